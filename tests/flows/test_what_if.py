"""What reports would have said with another plan."""

import pytest
from sqlalchemy import func, select, update

from flows.inputs import Inputs
from flows.make_report import make
from flows.resources import Resources
from flows.what_if import what_if
from storage import reports, scenes, tables
from storage.history import Wanted
from storage.scenes import Scene
from tests.flows.plant import now
from tests.flows.test_inputs import recognised
from tests.reports.frames import frame
from tests.storage.test_master_frames import add, add_sku

pytestmark = pytest.mark.usefixtures("gondola")


@pytest.fixture
def scene(tools: Resources) -> Scene:
    """SKU 7 stands there; the list of its display wants 7 and 8."""
    with tools.records.transaction() as tx:
        for sku in (7, 8):
            add_sku(tx, sku)
        mhl = add(tx, tables.musthavelists)
        for sku in (7, 8):
            add(tx, tables.mhl_records, musthavelist_id=mhl, sku_id=sku)
        display = add(tx, tables.displays, musthavelist_id=mhl)
    made = recognised(tools, 7, photos=1, display_id=display)
    with tools.records.transaction() as tx:
        reports.add(tx, made.id, ["MHL_COMPLIANCE"], now=now())
        waiting = reports.of_scene(tx, made.id)
        tx.execute(update(tables.scenes).values(status=scenes.DONE))
    make(waiting, Inputs(tools, made))
    return made


def revisions(tools: Resources) -> int:
    """How many report revisions there are."""
    with tools.records.reading() as tx:
        return tx.execute(select(func.count()).select_from(tables.report_revisions)).scalar_one()


def test_another_list_gives_another_compliance(tools: Resources, scene: Scene):
    """Beside what the report says now; nothing is written."""
    before = revisions(tools)
    other = frame("must_have", "mhl_record_id skus\n1 7\n2 9,7\n3 10\n4 7")

    found = what_if(tools, other, Wanted(display=scene.display_id))

    assert [(scene.id, 0.5, 0.75, [10])] == found.select(
        "scene_id", "compliance_now", "compliance", "out_of_stock"
    ).rows()
    assert before == revisions(tools)


def test_the_same_list_gives_what_the_report_says(tools: Resources, scene: Scene):
    """Reports and what-if compute alike."""
    same = frame("must_have", "mhl_record_id skus\n1 7\n2 8")

    [(now_, then)] = what_if(tools, same, Wanted()).select("compliance_now", "compliance").rows()

    assert now_ == then == 0.5


@pytest.mark.filterwarnings("ignore:invalid value")  # the scene is one box of one pixel
def test_a_planogram_is_kept_or_not(tools: Resources, scene: Scene):
    """SKUs of the plan that are nowhere are out of stock."""
    plan = frame(
        "planogram", "sku_id rack_index shelf_index product_index facing_x\n7 0 0 0 1\n9 0 0 1 1"
    )

    [row] = what_if(tools, plan, Wanted(display=scene.display_id)).to_dicts()

    assert (None, [9]) == (row["compliance_now"], row["out_of_stock"])
