"""The six sentences that stay true whatever dies, checked against records and objects.

I1 every accepted scene exists with all its reports, I2 each report and revision exists once, I3 all
have ended, I4 every object that a row names exists and is what was stored, I5 a request without an
answer made at most one scene, I6 every ended report of a scene with an address has its message.
"""

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from bench.chaos.clients_log import History
from storage import facts, images, reports, scenes, tables, work
from storage.errors import NotFound, StorageError
from storage.objects import ObjectStore
from storage.records import Records

ENDED = {reports.READY, reports.ERROR}


@dataclass
class Verdict:
    """What is wrong, a line each, and what `make chaos` counts."""

    violations: list[str] = field(default_factory=list[str])
    scenes_lost: int = 0
    reports_twice: int = 0
    reports_ready: int = 0
    reports_in_error: int = 0


def check(records: Records, objects: ObjectStore, seen: History) -> Verdict:
    """Compare what clients saw with what is stored."""
    verdict = Verdict()
    with records.reading() as tx:
        for reply in seen.accepted:
            _check_scene(tx, objects, reply, verdict)
        _check_counts(tx, seen, verdict)
        _check_objects(tx, objects, verdict)
    return verdict


def _check_scene(tx: Connection, objects: ObjectStore, reply: dict, verdict: Verdict) -> None:
    try:
        scene = scenes.get(tx, reply["id"])
        found = reports.of_scene(tx, scene.id)
    except NotFound:
        verdict.scenes_lost += 1
        verdict.violations.append(f"I1 scene {reply['id']} is lost")
        return
    if reply["reports"] != {report.report_type: report.id for report in found}:
        verdict.scenes_lost += 1
        verdict.violations.append(f"I1 scene {scene.id} has other reports than its answer")
    if scene.status not in (scenes.DONE, scenes.ERROR):
        verdict.violations.append(f"I3 scene {scene.id} is {scene.status}")
    for report in found:
        _check_report(tx, objects, report, verdict)
    if scene.facts_revision is not None and scene.facts_day is not None:
        for name in facts.TABLES:
            key = facts.facts_key(scene.facts_day, scene.scene, scene.facts_revision, name)
            if not objects.exists(key):
                verdict.violations.append(f"I4 {key} is missing")


def _check_report(
    tx: Connection, objects: ObjectStore, report: reports.Report, verdict: Verdict
) -> None:
    verdict.reports_ready += report.status == reports.READY
    verdict.reports_in_error += report.status == reports.ERROR
    if report.status not in ENDED:
        verdict.violations.append(f"I3 report {report.id} is {report.status}")
        return
    try:
        reports.with_body(reports.get(tx, report.id), objects)
    except StorageError as error:
        verdict.violations.append(f"I4 body of report {report.id}: {error}")
    sent = select(func.count()).select_from(tables.messages).filter_by(report_id=report.id)
    wanted = reports.webhook_of(tx, report.id, report.revision)
    if wanted and tx.execute(sent.filter_by(revision=report.revision)).scalar_one() != 1:
        verdict.violations.append(f"I6 report {report.id} has no message, or several")


def _check_counts(tx: Connection, seen: History, verdict: Verdict) -> None:
    """I2 and I5, and that no work is left."""
    kept = tables.reports
    rows = Counter(tx.execute(select(kept.c.scene_id, kept.c.report_type)))
    verdict.reports_twice = sum(count - 1 for count in rows.values())
    if verdict.reports_twice:
        verdict.violations.append(f"I2 {verdict.reports_twice} reports exist twice")
    there = tx.execute(select(func.count()).select_from(tables.scenes)).scalar_one()
    extra = there - len(seen.accepted)
    if not 0 <= extra <= seen.indeterminate:
        verdict.violations.append(
            f"I5 {extra} scenes nobody was told of, {seen.indeterminate} requests without an answer"
        )
    if backlog := work.backlog(tx):
        verdict.violations.append(f"I3 {backlog} pieces of work are open")


def _check_objects(tx: Connection, objects: ObjectStore, verdict: Verdict) -> None:
    for image_id in tx.scalars(select(tables.images.c.id)):
        try:
            images.read_photo(objects, images.get(tx, image_id))
        except StorageError as error:
            verdict.violations.append(f"I4 photo {image_id}: {error}")
