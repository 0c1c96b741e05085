"""What a monitor sees."""

import re
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from storage import endpoints, messages, work
from storage.endpoints import REPORT_READY
from storage.messages import Event
from tests.storage.rows import accept

from .conftest import API, Gondola, jpeg


def read(gondola: Gondola) -> dict[str, float]:
    """Every sample by its name and labels."""
    text = gondola.get("/metrics").text
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_requests_count_under_their_route(gondola: Gondola):
    """Ids are no series of their own."""
    labels = f"['{API}/reports/{{report_id}}', '404', 'GET']"
    name = f"http_server_request_duration_seconds_count{labels}"
    before = read(gondola).get(name, 0)
    for report_id in range(900_000, 900_005):
        gondola.get(f"{API}/reports/{report_id}/")

    assert before + 5 == read(gondola)[name]


def test_strange_requests_make_few_series(gondola: Gondola):
    """Paths that match no route, and methods nobody knows, are one each."""
    before = len(read(gondola))
    for n in range(500):
        gondola.get(f"/no/such/{n}")
        gondola.call(f"METHOD{n}", f"/{n}")

    assert len(read(gondola)) <= before + 60


def test_what_waits_is_told_with_its_age(gondola: Gondola):
    """A scene that nobody recognises, from its first second on."""
    before = read(gondola)["gondola_work_open['recognize-scene']"]
    gondola.recognize()
    gondola.clock.forward(seconds=90)
    after = read(gondola)

    assert before + 1 == after["gondola_work_open['recognize-scene']"]
    assert after["gondola_work_oldest_seconds['recognize-scene']"] >= 90
    assert 0 == after["gondola_work_open['deliver-webhooks']"]


def test_what_was_given_up_is_told(gondola: Gondola):
    """Until somebody looks."""
    scene = gondola.recognize().json()
    before = read(gondola)["gondola_work_given_up['recognize-scene']"]
    with gondola.records.transaction() as tx:
        claimed = work.claim(
            tx,
            work.RECOGNIZE_SCENE,
            scene["id"],
            owner="x",
            now=gondola.clock(),
            lease=timedelta(1),
        )
        assert claimed
        work.give_up(tx, claimed.id, problem="No.")

    assert before + 1 == read(gondola)["gondola_work_given_up['recognize-scene']"]


def test_what_was_refused_is_counted_by_its_kind(gondola: Gondola):
    """A class of problems, never what was sent: a file of another kind, half a photo, a bomb."""
    sent = {"NoPhoto": b"no photo", "PhotoCut": jpeg()[:300], "PhotoLarge": jpeg_of(60_000)}
    before = read(gondola)
    for data in sent.values():
        gondola.upload(data)
    after = read(gondola)

    assert dict.fromkeys(sent, 1) == {
        kind: after[name] - before.get(name, 0)
        for kind in sent
        for name in [f"gondola_refusals_total['{kind}']"]
    }


def jpeg_of(side: int) -> bytes:
    """A photo whose frame claims to be so large."""
    data = jpeg()
    frame = data.index(b"\xff\xc0")
    return data[: frame + 5] + side.to_bytes(2, "big") * 2 + data[frame + 9 :]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1/a.jpg", "loopback"),
        ("http://192.168.0.9/a.jpg", "private"),
        ("http://169.254.169.254/latest/", "metadata"),
        ("http://[::ffff:10.0.0.1]/", "embedded"),
        ("http://1.1.1.1:22/", "port"),
    ],
)
def test_addresses_that_are_not_open_are_counted_by_reason(gondola: Gondola, url: str, reason: str):
    """A word of a few, never the address."""
    name = f"gondola_outbound_denied_total['{reason}']"
    before = read(gondola).get(name, 0)
    reply = gondola.post(f"{API}/uploads/uploads_by_url/", json={"url": url})

    assert 400 == reply.status_code
    assert before + 1 == read(gondola)[name]


def test_it_is_told_how_long_the_disk_takes(gondola: Gondola):
    """To take a photo and its row: every upload waits for both."""
    names = [f"gondola_durable_write_duration_seconds_count['{s}']" for s in ("objects", "records")]
    before = read(gondola)
    gondola.upload(jpeg(67))
    after = read(gondola)

    assert all(after[name] > before.get(name, 0) for name in names)


def test_accepted_scenes_are_told(gondola: Gondola):
    """Also to who asks another process."""
    before = read(gondola)["gondola_scenes_accepted_total[]"]
    gondola.recognize()

    assert before + 1 == read(gondola)["gondola_scenes_accepted_total[]"]


def test_reports_are_awaited_and_none_is_lost(gondola: Gondola):
    """Of a scene that nobody recognises."""
    before = read(gondola)
    gondola.recognize(report_types=["FACING_COUNT"])
    after = read(gondola)

    assert before["gondola_reports_awaited[]"] + 1 == after["gondola_reports_awaited[]"]
    assert after["gondola_reports_oldest_seconds[]"] >= 0
    assert before["gondola_reports_lost[]"] == after["gondola_reports_lost[]"]


def test_metrics_need_a_token(gondola: Gondola):
    """Counts are nobody else's business."""
    assert 401 == gondola.http.get("/metrics").status_code
    assert re.match("text/plain", gondola.get("/metrics").headers["content-type"])


def test_receivers_that_are_behind_are_told(gondola: Gondola):
    """Since when the oldest message waits, and how many endpoints get nothing any more."""
    before = read(gondola)
    with gondola.records.transaction() as tx:
        scene = accept(tx, now=gondola.clock())
        event = Event(REPORT_READY, scene.scene_id, scene.scene, scene.report_ids["FACING_COUNT"])
        messages.add(tx, event, url="http://a.example/", now=gondola.clock())
        made = endpoints.add(tx, url="x", events=[], description="", now=gondola.clock())
        endpoints.disable(tx, made.id, because="Test.", now=gondola.clock())
    gondola.clock.forward(hours=3)
    after = read(gondola)

    assert 0 == before["gondola_webhook_oldest_undelivered_seconds[]"]
    assert 3 * 3600 == after["gondola_webhook_oldest_undelivered_seconds[]"]
    assert 1 == after["gondola_webhook_endpoints_disabled[]"]
    assert 1 == after["gondola_work_open['deliver-webhooks']"]
