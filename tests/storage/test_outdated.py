"""Which reports might say something else today, and why."""

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from storage import facts, reports, scenes, versions
from storage.outdated import outdated
from storage.records import Records
from storage.report_bodies import Body
from storage.scenes import Scene
from tests.storage.rows import LINEAGE, NOW, accept


def made(tx: Connection, *, program: str = LINEAGE.program, older: str = "") -> int:
    """A scene with a report made by a program, before a kind of master data was written."""
    accepted = accept(tx, "FACING_COUNT")
    known = versions.current(tx)
    if older:
        known[older] -= 1
    made_from = replace(LINEAGE, master_data=known, program=program)
    report_id = accepted.report_ids["FACING_COUNT"]
    reports.set_ready(tx, report_id, 1, Body(b"[]", None, "0"), lineage=made_from, now=NOW)
    return accepted.scene_id


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({}, {}),
        ({"older": "skus"}, {"skus"}),
        ({"program": "0.0.9"}, {"other program"}),
        ({"older": "planograms", "program": "0.0.9"}, {"planograms", "other program"}),
    ],
)
def test_a_report_that_was_made_otherwise_is_outdated(
    records: Records, how: dict[str, str], why: set[str]
) -> None:
    """By older master data, by another program, or both."""
    with records.transaction() as tx:
        for table in ("skus", "planograms"):
            versions.bump(tx, table)
        scene = scenes.get(tx, made(tx, **how))

        assert ({scene.id: why} if why else {}) == outdated(tx, [scene], program="0.1.0")


def test_a_report_in_error_says_so(records: Records) -> None:
    """What it lacked may be there by now; a report that waits is left out."""
    with records.transaction() as tx:
        failed, waits = accept(tx, "OSA"), accept(tx, "OSA")
        reports.set_error(tx, failed.report_ids["OSA"], 1, "no display", now=NOW)
        both = [scenes.get(tx, one.scene_id) for one in (failed, waits)]

        assert {failed.scene_id: {"in error"}} == outdated(tx, both, program="0.1.0")


def seen(tx: Connection, scene_id: int, *, revision: int = 1) -> Scene:
    """The scene, recognised."""
    scenes.set_facts(tx, scene_id, revision=revision, day=NOW.date(), now=NOW)
    return scenes.get(tx, scene_id)


def changes(tx: Connection, before: Scene | None) -> Scene:
    """A scene compared with the one before, or with no rows where there was none."""
    accepted, key = accept(tx, "CHANGES", display_id=5), "inputs/0.parquet"
    if before and before.facts_revision:
        key = facts.facts_key(NOW.date(), before.scene, before.facts_revision, "facings")
    inputs = {"facings": "facts/its/own.parquet", "previous": "x", "previous_facings": key}
    made_from = replace(LINEAGE, master_data=versions.current(tx), inputs=inputs)
    report_id = accepted.report_ids["CHANGES"]
    reports.set_ready(tx, report_id, 1, Body(b"[]", None, "0"), lineage=made_from, now=NOW)
    return seen(tx, accepted.scene_id)


def test_what_was_compared_with_older_facts_is_outdated(records: Records) -> None:
    """The scene that follows one recognised again, and no other scene of the display."""
    with records.transaction() as tx:
        first = changes(tx, None)
        second = changes(tx, first)
        third = changes(tx, second)
        everything = [first, second, third]
        assert {} == outdated(tx, everything, program="0.1.0")

        seen(tx, first.id, revision=2)

        assert {second.id: {"scene before"}} == outdated(tx, everything, program="0.1.0")


def test_what_was_compared_with_another_scene_is_outdated(records: Records) -> None:
    """One between was recognised late; or the one before was taken as there being none."""
    with records.transaction() as tx:
        late = accept(tx, display_id=5)
        first = changes(tx, None)
        later = accept(tx, display_id=5)
        second = changes(tx, first)
        for one in (late, later):
            seen(tx, one.scene_id)
        why = {"scene before"}

        assert {first.id: why, second.id: why} == outdated(tx, [first, second], program="0.1.0")
