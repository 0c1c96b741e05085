"""Accepting a scene, and its way to the end."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage import reports, scenes, tables, work
from storage.errors import NotFound, UnknownImages, UnknownVisit
from storage.records import Records
from storage.scenes import NewScene
from storage.uuid7 import make_uuid7
from tests.storage.rows import LEASE, NOW, accept, upload


def test_accepting_writes_all_a_scene_needs(records: Records) -> None:
    """Scene, photos, NOT_READY reports and the work are there after one transaction."""
    with records.transaction() as tx:
        photos = [upload(tx, content).id for content in (b"b", b"a")]
        accepted = scenes.accept(tx, NewScene(photos, ["REALOGRAM", "FACING_COUNT"]), now=NOW)
    with records.reading() as tx:
        scene = scenes.by_scene(tx, accepted.scene)
        order = [(photo.image.id, photo.position) for photo in scenes.photos(tx, scene.id)]
        statuses = [(r.report_type, r.status) for r in reports.of_scene(tx, scene.id)]
        due = [(one.flow, one.subject_id) for one in work.due(tx, now=NOW, limit=9)]

    assert ("ACCEPTED", accepted.visit_id) == (scene.status, scene.visit_id)
    assert [(photos[0], 0), (photos[1], 1)] == order
    assert [("REALOGRAM", "NOT_READY"), ("FACING_COUNT", "NOT_READY")] == statuses
    assert ["REALOGRAM", "FACING_COUNT"] == list(accepted.report_ids)
    assert [("recognize-scene", scene.id)] == due


def test_every_field_is_kept(records: Records) -> None:
    """What the client said about the scene is read back as it was."""
    said = {
        "display_id": 13,
        "taken_at": NOW - timedelta(hours=2),
        "webhook": "https://example.com/hook",
        "panorama_stack_height": 2,
        "panorama_stack_width": 3,
        "country_code": "RU",
        "retail_chain": "Corner",
        "metadata": {"task": {"id": 7, "tags": ["é", None]}},
    }
    with records.transaction() as tx:
        scene = scenes.get(tx, accept(tx, **said).scene_id)

    assert said == {name: getattr(scene, name) for name in said}


def test_a_photo_named_twice_is_kept_once(records: Records) -> None:
    """Repeated ids and report types mean nothing more."""
    with records.transaction() as tx:
        one, two = upload(tx, b"1").id, upload(tx, b"2").id
        new = NewScene([two, one, two], ["REALOGRAM", "REALOGRAM"])
        accepted = scenes.accept(tx, new, now=NOW)

        assert [two, one] == [photo.image.id for photo in scenes.photos(tx, accepted.scene_id)]
        assert 1 == len(reports.of_scene(tx, accepted.scene_id))


def test_unknown_photos_are_all_named(records: Records) -> None:
    """The error lists every unknown id, in the order given."""
    with records.transaction() as tx:
        known = upload(tx).id

    with pytest.raises(UnknownImages) as error, records.transaction() as tx:
        scenes.accept(tx, NewScene([99, known, 98], ["REALOGRAM"]), now=NOW)

    assert [99, 98] == error.value.image_ids


def test_a_refused_scene_leaves_nothing(records: Records) -> None:
    """An unknown visit is named, and no row is written, not even the agent."""
    with pytest.raises(UnknownVisit) as error, records.transaction() as tx:
        accept(tx, visit_id=5, agent_cid="a")

    counted = (tables.images, tables.agents, tables.visits, tables.scenes, tables.work)
    with records.reading() as tx:
        counts = [tx.scalar(select(func.count()).select_from(table)) for table in counted]
    assert (5, [0, 0, 0, 0, 0]) == (error.value.visit_id, counts)


def test_scenes_may_share_a_visit(records: Records) -> None:
    """A named visit is used again; without one a visit is made."""
    with records.transaction() as tx:
        first, other = accept(tx).visit_id, accept(tx).visit_id
        again = accept(tx, visit_id=first).visit_id

    assert (True, first) == (first != other, again)


def test_an_agent_is_known_by_the_clients_id(records: Records) -> None:
    """A new name renames the agent, no name leaves it, and no id means no agent."""
    names = select(tables.agents.c.cid, tables.agents.c.name)
    with records.transaction() as tx:
        first = accept(tx, agent_cid="7", agent_name="Ann")
        accept(tx, agent_cid="7", agent_name="Anna")
        last = accept(tx, agent_cid="7")
        nobody = accept(tx, agent_name="Ann")
        ids = [scenes.get(tx, one.scene_id).agent_id for one in (first, last, nobody)]

        assert [("7", "Anna")] == [tuple(row) for row in tx.execute(names)]
    assert (True, True, None) == (ids[0] is not None, ids[0] == ids[1], ids[2])


def test_a_scene_is_named_by_a_uuid7() -> None:
    """Thirty-two hex digits: milliseconds, version 7, variant 10, and random bits."""
    names = {make_uuid7(NOW) for _ in range(100)}
    milliseconds = f"{int(NOW.timestamp() * 1000):012x}"

    assert all(re.fullmatch(rf"{milliseconds}7[0-9a-f]{{3}}[89ab][0-9a-f]{{15}}", n) for n in names)
    assert 100 == len(names)


def test_later_scenes_sort_later() -> None:
    """Names of different milliseconds sort by time."""
    times = [NOW + timedelta(milliseconds=step) for step in range(50)]
    names = [make_uuid7(time) for time in times]

    assert sorted(names) == names


def test_a_scene_goes_its_way(records: Records) -> None:
    """Start, photos, facts and the end are all read back."""
    with records.transaction() as tx:
        scene_id = accept(tx).scene_id
        image_id = scenes.photos(tx, scene_id)[0].image.id
        scenes.start(tx, scene_id, detector="d-1", embedder="e-1", flow_run_id="run", now=NOW)
        running = scenes.get(tx, scene_id)
        scenes.set_photo(tx, scene_id, image_id, status="ERROR", problem="Not a JPEG.")
        scenes.set_facts(tx, scene_id, revision=1, day=NOW.date(), now=NOW)
        scenes.finish(
            tx, scene_id, status="DONE", problem=None, timings={"decode": 31.5}, now=NOW + LEASE
        )
        done, photo = scenes.get(tx, scene_id), scenes.photos(tx, scene_id)[0]

    assert ("RUNNING", "d-1", "e-1", "run", NOW) == (
        running.status,
        running.detector,
        running.embedder,
        running.flow_run_id,
        running.started_at,
    )
    assert ("ERROR", "Not a JPEG.") == (photo.status, photo.problem)
    assert ("DONE", 1, NOW.date(), {"decode": 31.5}, NOW + LEASE) == (
        done.status,
        done.facts_revision,
        done.facts_day,
        done.timings,
        done.finished_at,
    )


def test_recent_scenes_come_newest_first(records: Records) -> None:
    """Only as many as asked for."""
    with records.transaction() as tx:
        ids = [accept(tx).scene_id for _ in range(3)]

        assert ids[:0:-1] == [scene.id for scene in scenes.recent(tx, 2)]


def test_an_unknown_scene_is_not_found(records: Records) -> None:
    """Neither by id nor by name."""
    with records.reading() as tx:
        with pytest.raises(NotFound):
            scenes.get(tx, 1)
        with pytest.raises(NotFound):
            scenes.by_scene(tx, "0" * 32)


def test_a_scene_ends_once(records: Records) -> None:
    """Whoever takes it up again, as its work did not say that it was done, changes nothing."""
    with records.transaction() as tx:
        scene_id = accept(tx).scene_id
        end = {"timings": {"queue": 1.0}, "now": NOW}
        scenes.finish(tx, scene_id, status=scenes.DONE, problem=None, **end)  # type: ignore[arg-type]
        ended = scenes.get(tx, scene_id)
        scenes.start(tx, scene_id, detector="d", embedder="e", flow_run_id=None, now=NOW)
        scenes.finish(tx, scene_id, status=scenes.ERROR, problem="Died.", timings={}, now=NOW)

        assert ended == scenes.get(tx, scene_id)
