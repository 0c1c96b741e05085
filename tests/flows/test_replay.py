"""A report comes out the same, whatever happened to the master data since."""

import msgspec
import pytest
from click.testing import CliRunner
from sqlalchemy import update

from cli import main
from flows.inputs import Inputs
from flows.make_report import make
from flows.replay import NoReplay, first_difference, replay
from flows.resources import Resources
from storage import lineage, reports, tables
from storage.report_bodies import store_body
from storage.scenes import Scene
from tests.flows.plant import now
from tests.flows.test_inputs import recognised
from tests.storage.test_master_frames import add_sku

pytestmark = pytest.mark.usefixtures("gondola")


def made(tools: Resources, scene: Scene, name: str = "REALOGRAM") -> int:
    """A READY report of the scene; its id."""
    with tools.records.transaction() as tx:
        report_id = reports.add(tx, scene.id, [name], now=now())[name]
        report = reports.get(tx, report_id)
    make([report], Inputs(tools, scene))
    return report_id


def rename_sku(tools: Resources, sku_id: int) -> None:
    """Change master data that the report used."""
    with tools.records.transaction() as tx:
        tx.execute(update(tables.skus).filter_by(id=sku_id).values(name="Syrup"))


@pytest.fixture
def scene(tools: Resources) -> Scene:
    """A recognised scene of one known SKU."""
    with tools.records.transaction() as tx:
        add_sku(tx, 7)
    return recognised(tools, 7, photos=1)


def test_master_data_may_change(tools: Resources, scene: Scene):
    """What a report used was kept with it."""
    report_id = made(tools, scene)
    rename_sku(tools, 7)

    again = replay(tools.records, tools.objects, report_id)

    assert again.same
    assert b'"name":"Juice"' in again.body
    assert f"REALOGRAM {report_id}, revision 1: the same {len(again.body)} bytes." == again.sentence


def test_a_difference_is_shown(tools: Resources, scene: Scene):
    """With the bytes around the place where it begins."""
    report_id = made(tools, scene)
    with tools.records.transaction() as tx:
        report = reports.get(tx, report_id)
        body = store_body(tools.objects, (report.body or b"").replace(b"Juice", b"Jelly"))
        values = {"body": body.inline, "body_sha256": body.sha256}
        tx.execute(update(tables.report_revisions).filter_by(report_id=report_id).values(values))

    again = replay(tools.records, tools.objects, report_id)

    assert not again.same
    assert "Jelly" in again.sentence
    assert "Juice" in again.sentence


def test_a_report_notes_what_it_was_made_from(tools: Resources, scene: Scene):
    """Facts by their own objects, master data by kept ones and by version."""
    report_id = made(tools, scene)
    with tools.records.reading() as tx:
        made_from = lineage.of_revision(tx, report_id, 1)

    assert made_from
    assert ["facings", "photos", "shelves", "skus"] == sorted(made_from.inputs)
    assert made_from.inputs["facings"].endswith(f"/{scene.scene}/r1/facings.parquet")
    assert made_from.inputs["skus"].startswith("inputs/")
    assert {"gallery": 5, "skus": 1} == {
        "gallery": made_from.gallery,
        "skus": made_from.master_data["skus"],
    }


def test_an_unmade_report_cannot_be_replayed(tools: Resources, scene: Scene):
    """There is nothing to compare with."""
    with tools.records.transaction() as tx:
        report_id = reports.add(tx, scene.id, ["REALOGRAM"], now=now())["REALOGRAM"]

    with pytest.raises(NoReplay, match="NOT_READY"):
        replay(tools.records, tools.objects, report_id)


def test_a_report_older_than_lineage_says_what_to_do(tools: Resources, scene: Scene):
    """A new revision can be replayed."""
    report_id = made(tools, scene)
    with tools.records.transaction() as tx:
        old = update(tables.report_revisions).filter_by(report_id=report_id)
        tx.execute(old.values(lineage=None))

    with pytest.raises(NoReplay, match=r"force_update"):
        replay(tools.records, tools.objects, report_id)


def test_a_report_made_from_other_frames_says_what_to_do(tools: Resources, scene: Scene):
    """An older version made it, whose report type asked for less."""
    report_id = made(tools, scene)
    with tools.records.transaction() as tx:
        made_from = lineage.of_revision(tx, report_id, 1)
        assert made_from
        del made_from.inputs["skus"]
        old = update(tables.report_revisions).filter_by(report_id=report_id)
        tx.execute(old.values(lineage=msgspec.to_builtins(made_from)))

    with pytest.raises(NoReplay, match=r"from other frames: ask for a new revision"):
        replay(tools.records, tools.objects, report_id)


def test_the_command_ends_with_0_when_it_is_the_same(
    tools: Resources, scene: Scene, monkeypatch: pytest.MonkeyPatch
):
    """And tells so."""
    report_id = made(tools, scene)
    monkeypatch.setenv("GONDOLA_DATA", str(tools.settings.data_dir))

    ended = CliRunner().invoke(main, ["replay", str(report_id)])

    assert (0, True) == (ended.exit_code, "the same" in ended.output)


@pytest.mark.parametrize(("one", "other", "at"), [("abc", "abd", 2), ("ab", "abc", 2), ("", "", 0)])
def test_where_texts_differ(one: str, other: str, at: int):
    """The length of what they have in common."""
    assert at == first_difference(one, other)
