"""The story of a scene, told by real flow runs."""

from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest
from standardwebhooks import Webhook

from demo.receiver import Receiver
from inference.card import EmbedderCard, load_card
from storage import (
    catalog,
    crops,
    doubts,
    endpoints,
    facings,
    images,
    messages,
    quality,
    references,
    reports,
    scenes,
    unknown,
    webhook_secrets,
)
from storage.catalog import SkuFields
from storage.endpoints import EVENTS
from storage.messages import Attempt
from storage.reports import ERROR, READY, Report
from storage.tables import messages as messages_table
from tests.flows.plant import REPORT_TYPES, SHELVES, Plant, free_port, now, wait_for
from tests.flows.webhook_receiver import receiving

pytestmark = pytest.mark.usefixtures("worker")
UNREADABLE = b"\xff\xd8\xff\xe0 this was a photo once"


def recognise(plant: Plant, image_ids: list[int], webhook: str | None = None) -> int:
    """Have a scene recognised; its id."""
    scene_id = plant.accept(image_ids, webhook=webhook).scene_id
    plant.nudge("recognize-scene", scene_id=scene_id)
    wait_for(lambda: plant.finished(scene_id))
    return scene_id


def reports_of(plant: Plant, scene_id: int) -> list[Report]:
    """The scene's reports, in the order asked for."""
    with plant.records.reading() as tx:
        return [reports.get(tx, one.id) for one in reports.of_scene(tx, scene_id)]


def embedder_key(plant: Plant) -> str:
    """What the vectors of the plant's embedder are tied to."""
    card = load_card(Path(plant.settings.embedder))
    assert isinstance(card, EmbedderCard)
    return card.key


def photos_of(plant: Plant, scene_id: int) -> list[tuple[int, str, str | None]]:
    """Image, status and problem of the scene's photos."""
    with plant.records.reading() as tx:
        photos = scenes.photos(tx, scene_id)
    return [(photo.image.id, photo.status, photo.problem) for photo in photos]


def posted(receiver: Receiver, count: int) -> dict[str, Any]:
    """What the next so many webhooks say, by report type."""
    bodies = [receiver.deliveries.get(timeout=60).body for _ in range(count)]
    assert count == len(bodies)
    return {name: said for body in bodies for name, said in body["reports"].items()}


def test_a_scene_becomes_facts_reports_and_webhooks(plant: Plant, photo: int, receiver: Receiver):
    """Everything is there, and the stages that took time are noted."""
    scene_id = recognise(plant, [photo], receiver.url)
    scene = plant.scene(scene_id)

    assert {READY} == {report.status for report in reports_of(plant, scene_id)}
    assert set(REPORT_TYPES) == posted(receiver, 3).keys()
    assert [(photo, READY, None)] == photos_of(plant, scene_id)
    with plant.records.reading() as tx:
        assert quality.latest(tx, photo) is not None
    assert ("DONE", 1, "tiny-detector-1.2.3") == (
        scene.status,
        scene.facts_revision,
        scene.detector,
    )
    assert {
        "queue", "fetch", "decode", "detect", "identify", "tags", "crops", "rows", "quality",
        "facts", "reports",
    } == scene.timings.keys()  # fmt: skip


def test_photos_that_overlap_become_a_panorama(plant: Plant):
    """Two photos of one run of shelves, laid beside each other by a worker."""
    names = ("jp_20250529_034303-359.jpg", "jp_20250529_034321-360.jpg")
    photos = [plant.upload((SHELVES / name).read_bytes(), 2560, 1440) for name in names]
    scene_id = plant.accept(photos, report_types=["PANORAMA"]).scene_id
    plant.nudge("recognize-scene", scene_id=scene_id)
    scene = wait_for(lambda: plant.finished(scene_id))
    (report,) = reports_of(plant, scene_id)
    with plant.records.reading() as tx:
        stored = reports.get(tx, report.id)
    said = msgspec.json.decode(reports.with_body(stored, plant.objects).body or b"")

    assert "stitch" in scene.timings
    assert ([], photos) == (said["unplaced"], [one["image"] for one in said["photos"]])
    assert "/media/panoramas/" in said["image_url"]


def test_what_nobody_knows_becomes_unknown_products(plant: Plant, photo: int):
    """Each facing in doubt has a small picture; those that look alike are put together."""
    scene_id = recognise(plant, [photo])
    with plant.records.reading() as tx:
        in_doubt = doubts.facing_ids(tx, scene_id)
    ref = facings.refer(plant.scene(scene_id), in_doubt[0])
    run = plant.nudge("cluster-unknown")

    assert crops.read(plant.objects, ref).startswith(b"\xff\xd8")
    assert "COMPLETED" == wait_for(lambda: plant.ended(run))
    with plant.records.reading() as tx:
        members = [m for m in unknown.members(tx, limit=1000) if m.scene_id == scene_id]
        count, _ = unknown.page(tx, newest=False, limit=1, offset=0)
    assert set(in_doubt) == {member.facing_id for member in members}
    assert all(member.product_id for member in members)
    products = {member.product_id for member in members}
    assert 1 <= len(products) <= count  # other scenes have unknown products, too


def test_an_unreadable_photo_is_an_error_of_its_own(plant: Plant, photo: int):
    """The scene goes on with the other photos."""
    broken = plant.upload(UNREADABLE)
    scene_id = recognise(plant, [photo, broken])
    (_, good, _), (_, bad, problem) = photos_of(plant, scene_id)

    assert ("DONE", READY, ERROR) == (plant.scene(scene_id).status, good, bad)
    assert problem
    assert {READY} == {report.status for report in reports_of(plant, scene_id)}


def test_a_changed_photo_is_an_error_of_its_own(plant: Plant, photo: int):
    """Bytes that are not the bytes that were uploaded are not looked at."""
    changed = plant.upload(b"as it was uploaded")
    with plant.records.reading() as tx:
        plant.objects.put(images.get(tx, changed).key, b"as it is now")
    scene_id = recognise(plant, [photo, changed])

    assert [READY, ERROR] == [status for _, status, _ in photos_of(plant, scene_id)]


def test_without_a_readable_photo_every_report_is_an_error(plant: Plant, receiver: Receiver):
    """It says so in each webhook."""
    scene_id = recognise(plant, [plant.upload(UNREADABLE)], receiver.url)
    failed = {"status": "ERROR", "error": "None of the 1 photos could be read."}

    assert "ERROR" == plant.scene(scene_id).status
    assert dict.fromkeys(REPORT_TYPES, failed) == posted(receiver, 3)


def test_a_scene_nudged_twice_is_recognised_once(plant: Plant, photo: int, receiver: Receiver):
    """Both runs end well; each report is posted once."""
    scene_id = plant.accept(plant.copies(photo, 4), webhook=receiver.url).scene_id
    runs = [plant.nudge("recognize-scene", scene_id=scene_id) for _ in range(2)]

    assert ["COMPLETED"] * 2 == [wait_for(lambda r=run: plant.ended(r)) for run in runs]
    assert set(REPORT_TYPES) == posted(receiver, 3).keys()
    assert receiver.deliveries.empty()


def test_a_report_is_computed_again_without_recognition(
    plant: Plant, photo: int, receiver: Receiver
):
    """It gets a second revision and a webhook of its own; the facts stay as they are."""
    scene_id = recognise(plant, [photo])
    before, report = plant.scene(scene_id), reports_of(plant, scene_id)[0]
    with plant.records.transaction() as tx:
        revision = reports.start_revision(tx, report.id, webhook=receiver.url, now=now())
    plant.nudge("compute-reports", report_ids=[report.id])

    assert report.report_type in posted(receiver, 1)
    assert (2, READY) == (revision, reports_of(plant, scene_id)[0].status)
    assert before.facts_at == plant.scene(scene_id).facts_at


def test_a_report_asked_anew_too_early_waits_for_recognition(plant: Plant, photo: int):
    """The revision is made once there are facts, and is no error before."""
    scene = plant.accept([photo])
    report_id = next(iter(scene.report_ids.values()))
    with plant.records.transaction() as tx:
        reports.start_revision(tx, report_id, webhook=None, now=now())
    run = plant.nudge("compute-reports", report_ids=[report_id])
    assert wait_for(lambda: plant.ended(run)) == "COMPLETED"
    assert reports.NOT_READY == reports_of(plant, scene.scene_id)[0].status

    plant.nudge("recognize-scene", scene_id=scene.scene_id)
    wait_for(lambda: plant.finished(scene.scene_id))

    ended = reports_of(plant, scene.scene_id)[0]
    assert (2, READY) == (ended.revision, ended.status)


def test_an_endpoint_is_told_of_reports_and_of_the_end(plant: Plant, photo: int):
    """Each report and then the scene; a report computed anew that says the same is no change."""
    with receiving() as receiver:
        with plant.records.transaction() as tx:
            endpoint = endpoints.add(
                tx, url=receiver.url, events=list(EVENTS), description="", now=now()
            )
        scene_id = recognise(plant, [photo])
        wait_for(lambda: len(receiver.heard) == 4)
        report = reports_of(plant, scene_id)[0]
        with plant.records.transaction() as tx:
            reports.start_revision(tx, report.id, webhook=None, now=now())
        plant.nudge("compute-reports", report_ids=[report.id])
        wait_for(lambda: len(receiver.heard) == 5)
        with plant.records.transaction() as tx:
            secrets = webhook_secrets.find(tx, endpoint.id, now=now())
            endpoints.remove(tx, endpoint.id)
    for heard in receiver.heard:
        Webhook(secrets[0]).verify(heard.body, heard.headers)
    told = Counter(msgspec.json.decode(heard.body)["type"] for heard in receiver.heard)

    assert {"report.ready": 4, "scene.done": 1} == told
    assert 5 == len({heard.uid for heard in receiver.heard})


class Ok(BaseHTTPRequestHandler):
    """Takes every POST."""

    def do_POST(self) -> None:
        """Answer 204."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_webhook_is_sent_again_when_nobody_answered(plant: Plant, photo: int):
    """The sweep finds the message when its next try has come."""
    port = free_port()
    scene_id = recognise(plant, [photo], f"http://127.0.0.1:{port}/gondola")
    refused = wait_for(lambda: attempts_of(plant, scene_id, 1))
    with ThreadingHTTPServer(("127.0.0.1", port), Ok) as receiver:
        Thread(target=receiver.serve_forever).start()
        attempts = wait_for(lambda: attempts_of(plant, scene_id, 2))
        receiver.shutdown()

    assert [[None]] * 3 == [[one.status_code for one in tries] for tries in refused]
    assert [[None, 204]] * 3 == [[one.status_code for one in tries] for tries in attempts]


def attempts_of(plant: Plant, scene_id: int, count: int) -> list[list[Attempt]] | None:
    """The attempts of each of the three messages, when each has had so many."""
    ours = [report.id for report in reports_of(plant, scene_id)]
    with plant.records.reading() as tx:
        query = messages_table.select().where(messages_table.c.report_id.in_(ours))
        found = [messages.attempts(tx, row["id"]) for row in tx.execute(query).mappings()]
    return found if [count] * 3 == [len(attempts) for attempts in found] else None


def test_a_scene_that_nobody_was_told_of_is_found(plant: Plant, photo: int):
    """The sweep nudges what is due and held by nobody."""
    scene_id = plant.accept([photo]).scene_id

    assert "DONE" == wait_for(lambda: plant.finished(scene_id)).status


def test_a_new_packshot_is_embedded_without_a_scene(plant: Plant, photo: int):
    """The sweep has the gallery ready before a scene asks for it."""
    key = embedder_key(plant)
    with plant.records.transaction() as tx:
        catalog.add_sku(tx, SkuFields(cid="new", name="New", image=photo), now=now())
        waiting = references.count_missing(tx, key)

    def missing() -> int:
        with plant.records.reading() as tx:
            return references.count_missing(tx, key)

    assert 1 == waiting
    assert wait_for(lambda: missing() == 0)
