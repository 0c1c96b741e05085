"""Scenes are done again: newer facts and reports beside the older ones, in one step."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from flows import again
from flows.again import (
    CannotSeeAgain,
    Overtaken,
    commit,
    prepare,
    recognise_again,
    report_again,
)
from flows.history_plan import Asked, Plan, make_plan, name_batch, note_plan
from flows.inputs import Inputs
from flows.make_report import make
from flows.replay import replay
from flows.resources import Resources
from storage import confirmations, facings, facts, history, lineage, reports, scenes, tables, work
from storage.history import REPORT_AGAIN, Progress, Wanted
from storage.images import image_key
from storage.reports import ERROR, NOT_READY, READY, Report
from storage.scenes import Scene
from tests.flows.plant import SHELVES, now
from tests.flows.test_inputs import recognised
from tests.inference import tiny
from tests.storage.test_master_frames import add_sku

pytestmark = pytest.mark.usefixtures("gondola")
TYPES = ["FACING_COUNT", "REALOGRAM", "OSA"]  # OSA lacks a display


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "make_way", lambda _: None)


@pytest.fixture
def scene(tools: Resources) -> Scene:
    """A scene of one known SKU with reports."""
    return reported(tools)


def reported(tools: Resources) -> Scene:
    """A scene of one known SKU whose reports were made."""
    with tools.records.transaction() as tx:
        add_sku(tx, 7)
    made = recognised(tools, 7, photos=1)
    with tools.records.transaction() as tx:
        reports.add(tx, made.id, TYPES, now=now())
        waiting = reports.of_scene(tx, made.id)
    make(waiting, Inputs(tools, made))
    return made


def current(tools: Resources, scene: Scene) -> list[Report]:
    """The reports of the scene."""
    with tools.records.reading() as tx:
        return reports.of_scene(tx, scene.id)


def statuses(tools: Resources, scene: Scene) -> list[tuple[int, str]]:
    """Revision and status of each report."""
    return [(one.revision, one.status) for one in current(tools, scene)]


def rename(tools: Resources) -> None:
    """Change what REALOGRAM says, and FACING_COUNT does not."""
    with tools.records.transaction() as tx:
        tx.execute(update(tables.skus).filter_by(id=7).values(name="Syrup"))


def test_only_reports_whose_inputs_changed_get_a_revision(tools: Resources, scene: Scene):
    """FACING_COUNT does not ask for names; OSA lacks the same thing as before."""
    rename(tools)

    commit(tools, report_again(tools, scene.id))

    assert [(1, READY), (2, READY), (1, ERROR)] == statuses(tools, scene)


def test_doing_reports_again_twice_changes_nothing_more(tools: Resources, scene: Scene):
    """What is up to date stays."""
    rename(tools)
    for _ in range(2):
        commit(tools, report_again(tools, scene.id))

    assert [1, 2, 1] == [revision for revision, _ in statuses(tools, scene)]


def test_old_reports_answer_until_the_new_ones_are_there(tools: Resources, scene: Scene):
    """Nothing is NOT_READY meanwhile, and the older revision can be read and replayed after."""
    rename(tools)
    change = report_again(tools, scene.id)
    meanwhile = statuses(tools, scene)
    commit(tools, change)
    realogram = current(tools, scene)[1]

    assert [(1, READY), (1, READY), (1, ERROR)] == meanwhile
    assert replay(tools.records, tools.objects, realogram.id, revision=1).same
    assert replay(tools.records, tools.objects, realogram.id, revision=2).same


def test_changes_since_a_scene_seen_again_are_made_again(tools: Resources):
    """The plan of `--reports` finds the scene that follows, and only its report is made anew."""
    with tools.records.transaction() as tx:
        add_sku(tx, 7)
    first, second = (recognised(tools, 7, photos=1, display_id=4) for _ in range(2))
    with tools.records.transaction() as tx:
        reports.add(tx, second.id, ["FACING_COUNT", "CHANGES"], now=now())
        waiting = reports.of_scene(tx, second.id)
        done = update(tables.scenes).values(status=scenes.DONE, display_id=4)
        tx.execute(done)
    make(waiting, Inputs(tools, second))
    asked = Asked("reports", Wanted())
    before = make_plan(tools, asked).scene_ids
    with tools.records.transaction() as tx:
        when = {"day": now().date(), "now": now()}
        scenes.set_facts(tx, first.id, revision=2, recognised_with=first.recognised_with, **when)
    tables_ = {name: facts.of_scene(tools.objects, first, name) for name in facts.TABLES}
    facts.write(tools.objects, day=now().date(), scene=first.scene, revision=2, tables=tables_)
    plan = make_plan(tools, asked)
    commit(tools, report_again(tools, second.id))

    assert ([], [second.id]) == (before, plan.scene_ids)
    assert {"scene before": 1} == plan.reasons
    assert [(1, READY), (2, READY)] == statuses(tools, second)
    assert [] == make_plan(tools, asked).scene_ids


def test_what_is_asked_for_in_one_second_is_counted_apart(tools: Resources):
    """Each batch has a name of its own."""
    first = now().replace(microsecond=0)
    for number in (1, 2):
        at = first + timedelta(milliseconds=number)
        plan = Plan(Asked("reports", Wanted()), scene_ids=[number])
        assert 1 == note_plan(tools, plan, batch=name_batch(at), now=at)

    with tools.records.reading() as tx:
        assert 2 == len(names := history.open_batches(tx))
        assert [1, 1] == [history.progress(tx, [name]).total for name in names]


@pytest.fixture
def seeing(tools: Resources, scene: Scene, tmp_path: Path) -> Scene:
    """The scene with a photo that is stored, and small models to see it."""
    detector = tiny.write_folder(tmp_path / "d", tiny.grid_network(), tiny.detector_card())
    changed = replace(tools.settings, detector=str(detector), text_finder="", text_reader="")
    tools.settings = changed
    photo = (SHELVES / "jp_20250529_034303-359.jpg").read_bytes()
    with tools.records.reading() as tx:
        image = scenes.photos(tx, scene.id)[0].image
    digest = sha256(photo).hexdigest()
    tools.objects.put(image_key(digest), photo)
    with tools.records.transaction() as tx:
        values = {"sha256": digest, "key": image_key(digest)}
        tx.execute(update(tables.images).filter_by(id=image.id).values(values))
        scenes.set_photo(tx, scene.id, image.id, status=READY, problem=None)
    return scene


def test_a_scene_seen_again_has_newer_facts_and_reports(tools: Resources, seeing: Scene):
    """All reports are of the new facts, whose models the scene names; the old ones stay."""
    commit(tools, recognise_again(tools, seeing.id))

    with tools.records.reading() as tx:
        now_ = scenes.get(tx, seeing.id)
        reported = current(tools, seeing)
        made_from = [lineage.of_revision(tx, one.id, one.revision) for one in reported[:2]]
        states = [lineage.of_revision(tx, one.id, 1) for one in reported[:2]]
    assert (2, tools.recogniser.detector_name) == (now_.facts_revision, now_.detector)
    assert [(2, READY), (2, READY), (2, ERROR)] == statuses(tools, seeing)
    assert [2, 2] == [one.facts_revision for one in made_from if one]
    assert [1, 1] == [one.facts_revision for one in states if one]


def test_a_scene_whose_photo_is_gone_stays_as_it_was(tools: Resources, seeing: Scene):
    """Facts are worth more than an error."""
    with tools.records.reading() as tx:
        tools.objects.delete(scenes.photos(tx, seeing.id)[0].image.key)

    with pytest.raises(CannotSeeAgain, match="Image 1: "):
        recognise_again(tools, seeing.id)

    assert [(1, READY), (1, READY), (1, ERROR)] == statuses(tools, seeing)


def test_a_scene_that_changed_meanwhile_is_left_alone(tools: Resources, seeing: Scene):
    """Of two that did it again, the one that commits first wins; nothing of the other stays."""
    first, second = recognise_again(tools, seeing.id), recognise_again(tools, seeing.id)
    commit(tools, first)

    with pytest.raises(Overtaken):
        commit(tools, second)

    assert [2, 2, 2] == [revision for revision, _ in statuses(tools, seeing)]


def test_reports_of_older_facts_never_follow_those_of_newer_ones(tools: Resources, seeing: Scene):
    """Who computed them while the scene was recognised again comes too late."""
    rename(tools)
    late = report_again(tools, seeing.id)
    commit(tools, recognise_again(tools, seeing.id))

    with pytest.raises(Overtaken):
        commit(tools, late)

    assert [2, 2, 2] == [revision for revision, _ in statuses(tools, seeing)]


def test_a_report_that_was_asked_for_anew_meanwhile_is_left_alone(tools: Resources, scene: Scene):
    """What somebody waits for is made of what there is by then; nothing older replaces it."""
    rename(tools)
    late, realogram = report_again(tools, scene.id), current(tools, scene)[1]
    with tools.records.transaction() as tx:
        reports.start_revision(tx, realogram.id, webhook=None, now=now())

    with pytest.raises(Overtaken):
        commit(tools, late)

    assert [(1, READY), (2, NOT_READY), (1, ERROR)] == statuses(tools, scene)


def test_work_is_done_in_the_step_that_changes_the_scene(tools: Resources, scene: Scene):
    """Killed after it, nobody does the scene once more."""
    rename(tools)
    at = now()
    with tools.records.transaction() as tx:
        history.ask(tx, REPORT_AGAIN, [scene.id], batch="b", now=at)
        mine = {"owner": "w", "now": at, "lease": tools.lease, "limit": 1}
        [claimed] = work.claim_due(tx, REPORT_AGAIN, **mine)

    commit(tools, prepare(tools, claimed), claimed)

    with tools.records.reading() as tx:
        assert Progress(1, 0, 0) == history.progress(tx, ["b"])


def test_every_attempt_writes_facts_of_its_own(tools: Resources, seeing: Scene):
    """Who lost its lease and writes on changes nothing of what the other one has committed."""
    lost = recognise_again(tools, seeing.id).facts
    commit(tools, recognise_again(tools, seeing.id, attempt=2))

    with tools.records.reading() as tx:
        pointed_at = scenes.get(tx, seeing.id).facts_revision
    assert lost
    assert (2, 3) == (lost.revision, pointed_at)


def test_what_a_person_said_holds_for_the_facing_that_is_there_again(
    tools: Resources, seeing: Scene
):
    """The answer moves to the box that covers the old one, and is not asked for again."""
    commit(tools, recognise_again(tools, seeing.id))
    with tools.records.transaction() as tx:
        scene = scenes.get(tx, seeing.id)
        ref = facings.refer(scene, 3)
        said = facings.said(ref, facings.read(tools.objects, [ref])[scene.id, 3])
        confirmations.confirm(tx, said, 7, learn=False, now=now())

    commit(tools, recognise_again(tools, seeing.id))

    with tools.records.reading() as tx:
        [carried] = confirmations.of_scenes(tx, [seeing.id])
        settled = select(tables.doubts.c.settled_at).filter_by(facing_id=3)
        doubt = tx.execute(settled).first()
    assert (3, 3, 7, said.crop) == (
        carried.facts_revision,
        carried.facing_id,
        carried.sku_id,
        carried.crop,
    )
    assert doubt is None or doubt.settled_at is not None
