"""Reports and their revisions."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage import lineage, reports, tables, work
from storage.errors import NotFound, ObjectCorrupt
from storage.objects import ObjectStore, open_objects
from storage.records import Records
from storage.report_bodies import Body, store_body
from tests.storage.rows import LINEAGE, NOW, accept

LATER = NOW + timedelta(minutes=1)
BODY = Body(b"[]", None, "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945")


def test_a_report_begins_not_ready(records: Records) -> None:
    """A new report has no body and its first revision."""
    with records.transaction() as tx:
        accepted = accept(tx, "REALOGRAM")
        report = reports.get(tx, accepted.report_ids["REALOGRAM"])

    assert ("NOT_READY", 1, None, None) == (
        report.status,
        report.revision,
        report.body,
        report.problem,
    )
    assert (accepted.scene_id, accepted.scene, accepted.visit_id) == (
        report.scene_id,
        report.scene,
        report.visit_id,
    )


def test_a_ready_report_has_its_body(records: Records) -> None:
    """The bytes come back as they were given, and the report says when."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        ended = reports.set_ready(tx, report_id, 1, BODY, lineage=LINEAGE, now=LATER)
        report = reports.get(tx, report_id)

    assert (True, "READY", b"[]", NOW, LATER) == (
        ended,
        report.status,
        report.body,
        report.created_at,
        report.updated_at,
    )


def test_a_revision_ends_once(records: Records) -> None:
    """Who comes second is told so, and changes nothing."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        answers = [
            reports.set_error(tx, report_id, 1, "No must-have list.", now=NOW),
            reports.set_ready(tx, report_id, 1, BODY, lineage=LINEAGE, now=LATER),
            reports.set_error(tx, report_id, 1, "Another.", now=LATER),
        ]
        report = reports.get(tx, report_id)

    assert [True, False, False] == answers
    assert ("ERROR", "No must-have list.", None, NOW) == (
        report.status,
        report.problem,
        report.body,
        report.updated_at,
    )


def test_a_revision_that_does_not_exist_does_not_end(records: Records) -> None:
    """Nothing is made ready by mistake."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]

        assert not reports.set_ready(tx, report_id, 2, BODY, lineage=LINEAGE, now=NOW)


def test_a_new_revision_is_not_ready_again(records: Records) -> None:
    """The report waits for its new body, and the work is noted."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        reports.set_ready(tx, report_id, 1, BODY, lineage=LINEAGE, now=NOW)
        revision = reports.start_revision(tx, report_id, webhook=None, now=LATER)
        report = reports.get(tx, report_id)
        noted = [
            (one.flow, one.subject_id, one.revision) for one in work.due(tx, now=LATER, limit=9)
        ]

    assert (2, 2, "NOT_READY", None) == (revision, report.revision, report.status, report.body)
    assert ("compute-reports", report_id, 2) in noted


def test_every_revision_is_kept(records: Records) -> None:
    """The old body stays beside the new one."""
    kept = select(tables.report_revisions.c.revision, tables.report_revisions.c.body)
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        reports.set_ready(tx, report_id, 1, BODY, lineage=LINEAGE, now=NOW)
        reports.start_revision(tx, report_id, webhook=None, now=LATER)
        reports.set_ready(tx, report_id, 2, BODY, lineage=LINEAGE, now=LATER)
        rows = tx.execute(kept.order_by("revision")).all()

    assert [(1, b"[]"), (2, b"[]")] == [tuple(row) for row in rows]


def test_an_older_revision_can_be_read(records: Records) -> None:
    """With the status and body it ended with; the current one is read without naming it."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        reports.set_ready(tx, report_id, 1, BODY, lineage=LINEAGE, now=NOW)
        reports.start_revision(tx, report_id, webhook=None, now=LATER)
        read = [reports.get(tx, report_id, revision=revision) for revision in (1, 2, None)]

        with pytest.raises(NotFound):
            reports.get(tx, report_id, revision=3)
    assert [(1, "READY", b"[]"), (2, "NOT_READY", None), (2, "NOT_READY", None)] == [
        (one.revision, one.status, one.body) for one in read
    ]


def test_an_old_revision_that_ends_late_leaves_the_new_one_alone(records: Records) -> None:
    """The report stays NOT_READY until its current revision ends."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        reports.start_revision(tx, report_id, webhook=None, now=NOW)
        ended = reports.set_ready(tx, report_id, 1, BODY, lineage=LINEAGE, now=LATER)
        report = reports.get(tx, report_id)

    assert (True, "NOT_READY", NOW) == (ended, report.status, report.updated_at)


def test_an_update_may_go_elsewhere(records: Records) -> None:
    """A revision is sent to its own address, else to the scene's."""
    with records.transaction() as tx:
        report_id = accept(tx, webhook="https://a.example").report_ids["FACING_COUNT"]
        reports.start_revision(tx, report_id, webhook="https://b.example", now=NOW)
        reports.start_revision(tx, report_id, webhook=None, now=NOW)
        nowhere = accept(tx).report_ids["FACING_COUNT"]
        urls = [reports.webhook_of(tx, report_id, revision) for revision in (1, 2, 3)]

        assert reports.webhook_of(tx, nowhere, 1) is None
    assert ["https://a.example", "https://b.example", "https://a.example"] == urls


def test_unknown_reports_are_not_found(records: Records) -> None:
    """Neither read nor updated."""
    with records.transaction() as tx:
        with pytest.raises(NotFound, match="report 3"):
            reports.get(tx, 3)
        with pytest.raises(NotFound, match="report 3"):
            reports.start_revision(tx, 3, webhook=None, now=NOW)


def test_a_page_lists_the_newest_first(records: Records) -> None:
    """The count is of all reports, the page of those asked for."""
    with records.transaction() as tx:
        ids = [accept(tx).report_ids["FACING_COUNT"] for _ in range(4)]
        count, page = reports.page(tx, limit=2, offset=1)

    assert (4, [ids[2], ids[1]]) == (count, [report.id for report in page])


@pytest.mark.parametrize(("size", "inline"), [(2, True), (65_536, True), (65_537, False)])
def test_a_large_body_is_an_object(
    records: Records, folder: ObjectStore, size: int, inline: bool
) -> None:
    """Above 64 kB the body lies in the object store, and is read from there."""
    data = b"[" + b" " * (size - 2) + b"]"
    body = store_body(folder, data)
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        reports.set_ready(tx, report_id, 1, body, lineage=LINEAGE, now=NOW)
        report = reports.with_body(reports.get(tx, report_id), folder)

    assert (inline, data) == (body.inline is not None, report.body)
    assert ([] if inline else [f"bodies/{body.sha256}.json"]) == list(folder.list(""))


def test_a_damaged_body_is_never_given_out(records: Records, tmp_path: Path) -> None:
    """A flipped byte is noticed, in the row and in the object store."""
    store = open_objects(tmp_path.as_uri())
    large = store_body(store, b" " * 70_000)
    store.put(str(large.key), b"x" * 70_000)
    with records.transaction() as tx:
        accepted = accept(tx, "FACING_COUNT", "REALOGRAM")
        one, two = accepted.report_ids.values()
        reports.set_ready(tx, one, 1, large, lineage=LINEAGE, now=NOW)
        reports.set_ready(tx, two, 1, BODY, lineage=LINEAGE, now=NOW)
        tx.execute(update(tables.report_revisions).values(body=b"{}").filter_by(report_id=two))

        for report_id in (one, two):
            with pytest.raises(ObjectCorrupt):
                reports.with_body(reports.get(tx, report_id), store)


def test_the_previous_report_is_of_the_same_type_and_display(records: Records) -> None:
    """The last one before, of another scene of this display."""
    with records.transaction() as tx:
        first, other, second, third = (
            accept(tx, "REALOGRAM", "FACING_COUNT", display_id=display).report_ids
            for display in (13, 14, 13, 13)
        )
        previous = [
            reports.get(tx, scene["REALOGRAM"]).previous_report
            for scene in (first, other, second, third)
        ]

    assert [None, None, first["REALOGRAM"], second["REALOGRAM"]] == previous


def test_without_a_display_there_is_no_previous_report(records: Records) -> None:
    """Photos of nothing in particular do not follow each other."""
    with records.transaction() as tx:
        accept(tx)
        report_id = accept(tx).report_ids["FACING_COUNT"]

        assert reports.get(tx, report_id).previous_report is None


def test_the_previous_report_is_of_the_same_shop(records: Records) -> None:
    """One display may stand in many shops; each has its own history."""
    with records.transaction() as tx:
        scenes = [accept(tx, display_id=13) for _ in range(3)]
        for scene, shop in zip(scenes, ("A", "B", "A"), strict=True):
            tx.execute(update(tables.visits).values(shop=shop).filter_by(id=scene.visit_id))
        ids = [scene.report_ids["FACING_COUNT"] for scene in scenes]
        previous = [reports.get(tx, report_id).previous_report for report_id in ids]

    assert [None, None, ids[0]] == previous


def test_a_ready_report_says_what_it_was_made_from(records: Records) -> None:
    """Each revision has its own lineage; one that is not READY has none."""
    with records.transaction() as tx:
        report_id = accept(tx).report_ids["FACING_COUNT"]
        reports.set_ready(tx, report_id, 1, BODY, lineage=LINEAGE, now=NOW)
        reports.start_revision(tx, report_id, webhook=None, now=NOW)
        made_from = [lineage.of_revision(tx, report_id, revision) for revision in (1, 2, 3)]

    assert [LINEAGE, None, None] == made_from
