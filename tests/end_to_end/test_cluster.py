"""Past one machine: 2 APIs, 3 workers, PostgreSQL and S3, real processes and real photos."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
import urllib3

import up
from bench.chaos.clients_log import History
from bench.chaos.invariants import Verdict, check
from bench.cluster import clients
from bench.cluster.machines import Cluster, kill
from demo import catalogue
from demo.receiver import Receiver
from storage import tables, work
from storage.objects import open_objects
from storage.records import Records

AFTER_SECONDS = 10  # for which clients go on after the kills
LIMIT = 100  # what GONDOLA_RATE_LIMIT is
END_SECONDS = 300

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900)]


@pytest.fixture
def records(cluster: Cluster) -> Iterator[Records]:
    """The records that all machines share."""
    opened = Records(cluster.settings.records_url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Five machines and their servers; each worker has one core's threads, one scene at a time."""
    folder = tmp_path_factory.mktemp("cluster")
    with Cluster(folder, apis=2, workers=3, worker_scenes=1, worker_threads=1) as running:
        yield running


def test_a_token_works_everywhere_and_ends_everywhere(cluster: Cluster):
    """What one API issued and stored the other knows: tokens, photos, their signed links."""
    one, other = cluster.client(0), cluster.client(1)
    other.token = one.token

    image = one.upload(clients.SHELVES / clients.PHOTOS[0][0])
    link = other.get(f"/api/v1.5/uploads/{image}/")["url"]
    path = link.removeprefix(cluster.urls[1])
    photo = cluster.folder / "photo.jpg"
    one.download(cluster.urls[0] + path, photo)

    assert photo.read_bytes().startswith(b"\xff\xd8")


def test_rate_limits_are_exact_over_both_apis(cluster: Cluster):
    """Of 300 requests to both at once exactly 100 are looked at, in every order of arrival."""
    codes = Counter(clients.knock(cluster.urls, cluster.client().token, 3 * LIMIT))

    assert {400: LIMIT, 429: 2 * LIMIT} == codes  # 400: looked at, and it was no scene


def owners(records: Records) -> Counter[str]:
    """How many scenes each worker process recognised or holds."""
    with records.reading() as tx:
        rows = tx.execute(tables.work.select().filter_by(flow=work.RECOGNIZE_SCENE)).mappings()
        return Counter(row["owner"].split(":")[1] for row in rows if row["owner"])


def busy(cluster: Cluster, records: Records) -> up.Part:
    """Wait until every worker recognised a scene and one holds another; that one."""
    until = time.monotonic() + END_SECONDS
    while time.monotonic() < until:
        with records.reading() as tx:
            held = {owner.split(":")[1] for owner in work.owners(tx)}
        done = owners(records)
        pids = {str(part.process.pid): part for part in cluster.workers if part.process}
        mine = [part for pid, part in pids.items() if pid in held and done[pid] > 1]
        if mine and len(done) == len(cluster.workers):
            return mine[0]
        time.sleep(0.05)
    raise AssertionError(f"no worker is busy: {done}")


def test_a_worker_and_an_api_are_killed_and_nothing_is_lost_or_done_twice(
    cluster: Cluster, records: Records
):
    """Every scene that was accepted is READY once, and every webhook came."""
    client = cluster.client()
    catalogue.load(client, lambda: None)
    enough = Event()
    with Receiver() as receiver, ThreadPoolExecutor(1) as background:
        bodies = clients.prepare(client, receiver.url)
        args = cluster.urls, client.token, bodies, enough
        posting = background.submit(clients.post_scenes, *args)
        try:
            kill(busy(cluster, records))
            kill(cluster.apis[1])
            time.sleep(AFTER_SECONDS)
        finally:
            enough.set()
        accepted = posting.result()
        wait_for_end(records)
        time.sleep(3)  # a webhook that comes twice would come now
        came = Counter(
            (delivery.body["id"], name)
            for delivery in list(receiver.deliveries.queue)
            for name in delivery.body["reports"]
        )
    objects = open_objects(cluster.settings.objects_url)
    verdict = check(records, objects, History(asked=len(accepted), accepted=accepted))
    objects.close()

    print(told(accepted, verdict, came))

    assert [] == verdict.violations
    assert (0, 0, 0) == (verdict.scenes_lost, verdict.reports_twice, verdict.reports_in_error)
    assert len(accepted) == len({reply["scene"] for reply in accepted})
    assert {
        (reply["id"], name) for reply in accepted for name in clients.REPORT_TYPES
    } == came.keys()
    assert [1] * len(accepted) == revisions(records)


def told(accepted: list[dict[str, Any]], verdict: Verdict, came: Counter[tuple[int, str]]) -> str:
    """What happened, for whoever looks on."""
    again = came.total() - len(came)
    return (
        f"\n{len(accepted)} scenes accepted, {verdict.scenes_lost} lost, "
        f"{verdict.reports_ready} reports READY, {verdict.reports_twice} twice, "
        f"{verdict.reports_in_error} in ERROR, {again} webhooks came again"
    )


def wait_for_end(records: Records) -> None:
    """Wait until no work is open."""
    until = time.monotonic() + END_SECONDS
    while time.monotonic() < until:
        with records.reading() as tx:
            if not work.backlog(tx):
                return
        time.sleep(0.2)


def revisions(records: Records) -> list[int]:
    """How often each scene was recognised to the end."""
    with records.reading() as tx:
        return [row.facts_revision for row in tx.execute(tables.scenes.select())]


def test_scheduled_runs_happen_once(cluster: Cluster):
    """While all that went on, no time of the sweep's schedule was run twice."""
    done = [run for run in sweeps(cluster) if run["state_type"] == "COMPLETED"]
    times = Counter(run["expected_start_time"] for run in done)

    assert len(times) >= 3
    assert {1} == set(times.values())


def sweeps(cluster: Cluster) -> list[dict[str, str]]:
    """Every scheduled run of the sweep."""
    url = f"{cluster.settings.prefect_api_url}/flow_runs/filter"
    wanted = {"deployments": {"name": {"any_": ["warm"]}}, "flows": {"name": {"any_": ["sweep"]}}}
    runs = urllib3.request("POST", url, json=wanted, timeout=10.0).json()
    return [run for run in runs if run["auto_scheduled"]]
