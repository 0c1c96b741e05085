"""A scene done again: recognised by today's models, or only its reports by today's master data.

`prepare` does everything but change the records, `commit` changes them in one transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from flows import reports
from flows.announce import report_changed
from flows.carried import Carried, carry
from flows.inputs import Inputs
from flows.looking import (
    Written,
    are_several,
    look_at,
    note_photos,
    put_together,
    stitch,
    write,
)
from flows.make_report import PROGRAM, Answer, answer
from flows.making_way import make_way
from flows.reports.contract import MissingInput
from flows.resources import Resources, now
from flows.scene_facts import Seen
from storage import confirmations, doubts, lineage, new_revisions, scene_events, scenes, work
from storage import reports as stored
from storage.history import REPORT_AGAIN
from storage.lineage import Lineage
from storage.records import Transaction
from storage.reports import Report
from storage.scenes import Scene
from storage.work import Work


class CannotSeeAgain(Exception):
    """A photo that was recognised cannot be read any more; the facts there are stay."""


class Overtaken(Exception):
    """The scene changed meanwhile; it is done once more."""


@dataclass(frozen=True)
class Change:
    """What is to be committed."""

    scene: Scene  # as it was
    answers: list[Answer]
    facts: Written | None = None  # None = they stay
    seen: list[Seen] = field(default_factory=list[Seen])
    carried: Carried | None = None


def recognise_again(tools: Resources, scene_id: int, *, attempt: int = 1) -> Change:
    """See the scene's photos with the models and the gallery there are now.

    Args:
        attempt: how often the work was taken up. Each writes facts of its own: who lost its lease
            and goes on all the same changes no byte that somebody points at.

    Raises:
        CannotSeeAgain: nothing would be gained and something lost.
    """
    scene, seen = _read(tools, scene_id), list[Seen]()
    with tools.records.reading() as tx:
        photos = scenes.photos(tx, scene_id)
    version, gallery = tools.versioned_gallery()
    for photo in photos:
        make_way(tools)
        seen.append(look_at(tools, photo, gallery, one_of_several=len(photos) > 1))
    _refuse_losses(seen)
    make_way(tools)
    tables = put_together(tools, seen)
    if are_several(seen):
        tables = stitch(tools, scene, tables, seen)
    revision = (scene.facts_revision or 0) + attempt
    wrote = write(tools, scene, seen, tables, revision=revision, gallery_version=version)
    later = _pointed_at(scene, wrote, tools)
    carried = carry(tools, scene, later, tables["facings"])
    make_way(tools)
    inputs = Inputs(tools, later)
    answers = [answer(report, inputs) for report in _reports(tools, scene_id)]
    return Change(scene, answers, wrote, seen, carried)


def report_again(tools: Resources, scene_id: int) -> Change:
    """Compute those of the scene's reports that today's inputs or program may change."""
    make_way(tools)
    scene = _read(tools, scene_id)
    inputs = Inputs(tools, scene)
    with tools.records.reading() as tx:
        made_from = lineage.of_scene(tx, scene_id)
    made = [
        answer(report, inputs)
        for report in _reports(tools, scene_id)
        if report.status != stored.NOT_READY
        and not _is_current(report, made_from.get(report.id), inputs)
    ]
    return Change(scene, [one for one in made if not _says_the_same(one)])


def prepare(tools: Resources, claimed: Work) -> Change:
    """Do what a piece of work asks for, but for `commit`."""
    if claimed.flow == REPORT_AGAIN:
        return report_again(tools, claimed.subject_id)
    return recognise_again(tools, claimed.subject_id, attempt=claimed.tries)


def commit(tools: Resources, change: Change, claimed: Work | None = None) -> None:
    """Make the new revisions those that everybody reads, all at once; the work is done with it.

    Raises:
        Overtaken: somebody else changed the scene, or a report of it.
    """
    with tools.records.transaction() as tx:
        scene_events.hold(tx, {change.scene.id})
        if scenes.get(tx, change.scene.id).facts_revision != change.scene.facts_revision:
            raise Overtaken
        if change.facts:
            _swap(tx, tools, change, change.facts)
        for one in sorted(change.answers, key=lambda one: one.report.id):
            _add(tx, one)
        if claimed:
            work.finish(tx, claimed.id, now=now())


def _swap(tx: Transaction, tools: Resources, change: Change, wrote: Written) -> None:
    scene = change.scene
    new_revisions.swap_facts(
        tx,
        scene.id,
        revision=wrote.revision,
        day=wrote.day,
        detector=tools.recogniser.detector_name,
        embedder=tools.recogniser.embedder_name,
        recognised_with=wrote.recognised_with,
        now=now(),
    )
    note_photos(tx, scene, change.seen)
    doubts.replace(tx, scene.id, wrote.revision, wrote.doubts, now=now())
    if change.carried and not confirmations.carry(tx, scene, *change.carried, now=now()):
        raise Overtaken


def _add(tx: Transaction, one: Answer) -> None:
    if one.made:
        body, made_from = one.made
        renewed = new_revisions.add_ready(tx, one.report, body, lineage=made_from, now=now())
    else:
        renewed = new_revisions.add_error(tx, one.report, one.problem or "", now=now())
    if renewed is None:
        raise Overtaken
    if renewed.is_changed:
        report_changed(tx, one.report, renewed.revision, now=now())


def _read(tools: Resources, scene_id: int) -> Scene:
    with tools.records.reading() as tx:
        return scenes.get(tx, scene_id)


def _reports(tools: Resources, scene_id: int) -> list[Report]:
    """The scene's reports, but those of types that are there no more."""
    with tools.records.reading() as tx:
        found = stored.of_scene(tx, scene_id)
    return [report for report in found if reports.canonical(report.report_type) is not None]


def _refuse_losses(seen: Sequence[Seen]) -> None:
    for one in seen:
        if one.problem and one.photo.status == stored.READY:
            raise CannotSeeAgain(f"Image {one.photo.image.id}: {one.problem}")


def _pointed_at(scene: Scene, wrote: Written, tools: Resources) -> Scene:
    return replace(
        scene,
        facts_revision=wrote.revision,
        facts_day=wrote.day,
        detector=tools.recogniser.detector_name,
        embedder=tools.recogniser.embedder_name,
        recognised_with=wrote.recognised_with,
    )


def _is_current(report: Report, made_from: Lineage | None, inputs: Inputs) -> bool:
    """Whether it would be made of the same frames by the same program."""
    if made_from is None or made_from.program != PROGRAM:
        return False
    return made_from.inputs == _keys(report, inputs)


def _keys(report: Report, inputs: Inputs) -> dict[str, str] | None:
    try:
        return inputs.given(reports.by_name(report.report_type)).keys
    except MissingInput:
        return None


def _says_the_same(one: Answer) -> bool:
    """Whether it is an ERROR again, for the same reason."""
    was_error = one.report.status == stored.ERROR
    return was_error and one.made is None and one.problem == one.report.problem
