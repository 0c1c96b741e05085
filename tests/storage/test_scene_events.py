"""What listeners of a scene are told."""

from datetime import timedelta
from threading import Thread

from storage import reports, scene_events, scenes
from storage.records import Records, Transaction
from storage.report_bodies import Body
from tests.storage.rows import LINEAGE, NOW, accept, upload


def told(tx: Transaction, scene_id: int, after: int = 0) -> list[tuple[int, str]]:
    """Number and kind of what happened."""
    found = scene_events.after(tx, {scene_id: after}).get(scene_id, [])
    return [(event.number, event.kind) for event in found]


def start(tx: Transaction, scene_id: int) -> None:
    """Begin to recognise it."""
    scenes.start(tx, scene_id, detector="d", embedder="e", flow_run_id=None, now=NOW)


def look_at(tx: Transaction, scene_id: int, image_id: int) -> None:
    """Recognise a photo."""
    scene_events.add_photo(tx, scene_id, image_id, status="READY", problem=None, now=NOW)


def finish(tx: Transaction, scene_id: int) -> None:
    """End the scene."""
    scenes.finish(tx, scene_id, status="DONE", problem=None, timings={}, now=NOW)


def test_a_scene_tells_its_story_in_order(records: Records) -> None:
    """Started, each photo, together, each report; numbers count from 1."""
    with records.transaction() as tx:
        accepted = accept(tx, "FACING_COUNT", "REALOGRAM")
        scene_id, ids = accepted.scene_id, list(accepted.report_ids.values())
        start(tx, scene_id)
        look_at(tx, scene_id, 1)
        scene_events.add(tx, scene_id, scene_events.TOGETHER, data={"duplicates": 3}, now=NOW)
        reports.set_ready(tx, ids[0], 1, Body(b"[]", None, ""), lineage=LINEAGE, now=NOW)
        reports.set_error(tx, ids[1], 1, "No planogram.", now=NOW)
        found = scene_events.after(tx, {scene_id: 0})[scene_id]

    assert list(enumerate(("started", "photo", "together", "report", "report"), 1)) == [
        (event.number, event.kind) for event in found
    ]
    assert {
        "report": ids[1],
        "report_type": "REALOGRAM",
        "status": "ERROR",
        "problem": "No planogram.",
        "count": 2,
        "of": 2,
    } == found[4].data


def test_what_was_told_is_not_told_again(records: Records) -> None:
    """Neither a second try of the scene nor a photo looked at twice is news."""
    with records.transaction() as tx:
        scene_id = accept(tx).scene_id
        for _ in range(2):
            start(tx, scene_id)
            look_at(tx, scene_id, 1)

        assert [(1, "started"), (2, "photo")] == told(tx, scene_id)
        assert [(2, "photo")] == told(tx, scene_id, after=1)


def test_nothing_follows_the_end(records: Records) -> None:
    """A report that is computed again later belongs to no story."""
    with records.transaction() as tx:
        accepted = accept(tx)
        finish(tx, accepted.scene_id)
        reports.set_error(tx, next(iter(accepted.report_ids.values())), 1, "Late.", now=NOW)

        assert [] == told(tx, accepted.scene_id)


def test_endings_are_of_scenes_that_are_over(records: Records) -> None:
    """With status and time."""
    with records.transaction() as tx:
        over, running = accept(tx).scene_id, accept(tx).scene_id
        finish(tx, over)

        assert {over: scene_events.Ending("DONE", None, NOW)} == scene_events.endings(
            tx, [over, running]
        )


def test_scenes_are_asked_for_together(records: Records) -> None:
    """Each from its own number on; nothing asked is nothing found."""
    with records.transaction() as tx:
        one, two = accept(tx).scene_id, accept(tx).scene_id
        for scene_id in (one, two):
            start(tx, scene_id)
            look_at(tx, scene_id, 1)
        found = scene_events.after(tx, {one: 1, two: 0})

        assert {one: [2], two: [1, 2]} == {
            scene_id: [event.number for event in events] for scene_id, events in found.items()
        }
        assert {} == scene_events.after(tx, {})


def test_photos_recognised_side_by_side_leave_no_gap(records: Records) -> None:
    """Whoever has seen a number has seen all before it."""
    with records.transaction() as tx:
        photos = [upload(tx, bytes([n])).id for n in range(8)]
        scene = scenes.accept(tx, scenes.NewScene(photos, ["REALOGRAM"]), now=NOW)
    seen: list[int] = []

    def recognise(image_id: int) -> None:
        with records.transaction() as tx:
            look_at(tx, scene.scene_id, image_id)

    threads = [Thread(target=recognise, args=[image_id]) for image_id in photos]
    for thread in threads:
        thread.start()
    while len(seen) < len(photos):
        with records.reading() as tx:
            seen += [n for n, _ in told(tx, scene.scene_id, after=max(seen, default=0))]
    for thread in threads:
        thread.join()

    assert list(range(1, 9)) == seen


def test_a_finished_scene_says_when(records: Records) -> None:
    """The time of its end, aware."""
    later = NOW + timedelta(seconds=5)
    with records.transaction() as tx:
        scene_id = accept(tx).scene_id
        scenes.finish(tx, scene_id, status="ERROR", problem="No.", timings={}, now=later)

        assert later == scene_events.endings(tx, [scene_id])[scene_id].finished_at


def test_any_number_of_scenes_is_followed_at_once(records: Records) -> None:
    """SQLite takes a thousand conditions in a query; there may be more listeners."""
    with records.transaction() as tx:
        scene_id = accept(tx, "FACING_COUNT").scene_id
        start(tx, scene_id)
        found = scene_events.after(tx, dict.fromkeys(range(scene_id, scene_id + 3000), 0))

    assert [scene_id] == list(found)
