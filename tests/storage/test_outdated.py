"""Which reports might say something else today, and why."""

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from storage import reports, versions
from storage.outdated import outdated
from storage.records import Records
from storage.report_bodies import Body
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
        scene_id = made(tx, **how)

        assert ({scene_id: why} if why else {}) == outdated(tx, [scene_id], program="0.1.0")


def test_a_report_in_error_says_so(records: Records) -> None:
    """What it lacked may be there by now; a report that waits is left out."""
    with records.transaction() as tx:
        failed, waits = accept(tx, "OSA"), accept(tx, "OSA")
        reports.set_error(tx, failed.report_ids["OSA"], 1, "no display", now=NOW)
        both = [failed.scene_id, waits.scene_id]

        assert {failed.scene_id: {"in error"}} == outdated(tx, both, program="0.1.0")
