"""What reports are given, and what is said when there is nothing to give."""

from typing import Any

import msgspec
import polars as pl
import pytest

from flows.inputs import LOADERS, Inputs, load_again
from flows.reports.contract import MissingInput, Report
from flows.reports.frames import INPUTS
from flows.resources import Resources
from storage import facts, kept_frames, scenes, tables
from storage.scenes import NewScene, Scene
from tests.flows.plant import now
from tests.storage.rows import upload
from tests.storage.test_master_frames import add, add_sku


class Nothing(msgspec.Struct):
    """An answer for the tests."""


def report(*names: str, optional: tuple[str, ...] = ()) -> Report:
    """A report that asks for these inputs."""
    wanted = ", ".join([*names, *(f"{name}=None" for name in optional)])
    return Report("X", shape=Nothing, compute=eval(f"lambda {wanted}: None"))  # noqa: S307


def recognised(tools: Resources, *sku_ids: int, photos: int = 0, **fields: Any) -> Scene:
    """A scene with facts: one facing of each SKU in its first photo."""
    frames = {name: pl.DataFrame(schema=schema) for name, schema in facts.TABLES.items()}
    rows = [
        {"image_id": 1, "facing_id": i, "x1": 0, "y1": 0, "x2": 1, "y2": 1, "sku_id": sku_id}
        | {"detection_score": 1, "rack_index": 0, "shelf_index": 0, "position_index": i}
        | {"duplicate": False, "detector": "d", "embedder": "e"}
        for i, sku_id in enumerate(sku_ids)
    ]
    read = {"width": 9, "height": 9, "status": "READY", "facing_count": 1, "capped": False}
    seen = [{"image_id": i + 1, "position": i, **read} for i in range(photos)]
    frames["photos"] = pl.DataFrame(seen, schema=facts.TABLES["photos"])
    frames["facings"] = pl.DataFrame(rows, schema=facts.TABLES["facings"])
    when = {"day": now().date(), "now": now()}
    with tools.records.transaction() as tx:
        image_ids = [upload(tx).id for _ in range(photos)]
        made = scenes.accept(tx, NewScene(image_ids, [], **fields), now=now())
        how = {"gallery": 5, "thresholds": {}}
        scenes.set_facts(tx, made.scene_id, revision=1, recognised_with=how, **when)
        scene = scenes.get(tx, made.scene_id)
    facts.write(tools.objects, day=now().date(), scene=scene.scene, revision=1, tables=frames)
    return scene


def test_every_input_has_a_loader():
    """A report type can ask for anything that is documented."""
    assert INPUTS.keys() - LOADERS.keys() <= {"panorama"}


@pytest.mark.usefixtures("gondola")
@pytest.mark.parametrize("name", ["planogram", "must_have", "previous", "previous_facings"])
def test_a_scene_without_display_says_so(tools: Resources, name: str):
    """The sentence names the field to send."""
    scene = recognised(tools)

    with pytest.raises(MissingInput, match=r"no display: name one in `display`"):
        Inputs(tools, scene).given(report(name))


@pytest.mark.usefixtures("gondola")
def test_an_unknown_display_says_what_to_make(tools: Resources):
    """Scenes may name a display before it is made."""
    scene = recognised(tools, display_id=7)

    with pytest.raises(MissingInput, match=r"no display 7: make it with POST /displays/"):
        Inputs(tools, scene).given(report("planogram"))


@pytest.mark.usefixtures("gondola")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [("planogram", "no planogram: make one"), ("must_have", "no must-have list: make one")],
)
def test_a_display_without_a_plan_says_what_to_make(tools: Resources, name: str, sentence: str):
    """The sentence names the display and the address."""
    with tools.records.transaction() as tx:
        display = add(tx, tables.displays)

    with pytest.raises(MissingInput, match=f"Display {display} has {sentence}"):
        Inputs(tools, recognised(tools, display_id=display)).given(report(name))


@pytest.mark.usefixtures("gondola")
def test_one_of_the_optional_inputs_is_enough(tools: Resources):
    """The other one is left out; without any of them the report cannot be made."""
    with tools.records.transaction() as tx:
        planogram = add(tx, tables.planograms)
        planned = add(tx, tables.displays, planogram_id=planogram)
        bare = add(tx, tables.displays)
    either = report("facings", optional=("must_have", "planogram"))

    given = Inputs(tools, recognised(tools, display_id=planned)).given(either).frames

    assert {"facings", "planogram"} == given.keys()
    with pytest.raises(MissingInput, match="no must-have list"):
        Inputs(tools, recognised(tools, display_id=bare)).given(either)


@pytest.mark.usefixtures("gondola")
def test_skus_are_those_seen_and_those_planned(tools: Resources):
    """Of the facings, the planogram and the must-have list, each once."""
    with tools.records.transaction() as tx:
        for sku_id in (5, 6, 7, 8, 9):
            add_sku(tx, sku_id)
        planogram = add(tx, tables.planograms)
        add(tx, tables.planogram_records, planogram_id=planogram, sku_id=7)
        mhl = add(tx, tables.musthavelists)
        add(tx, tables.mhl_records, musthavelist_id=mhl, sku_id=7, sku1=8)
        planned = {"planogram_id": planogram, "musthavelist_id": mhl}
        display = add(tx, tables.displays, **planned)
    scene = recognised(tools, 5, 5, display_id=display)

    assert [5, 7, 8] == Inputs(tools, scene).given(report("skus")).frames["skus"][
        "sku_id"
    ].to_list()


@pytest.mark.usefixtures("gondola")
def test_skus_of_the_scene_before_have_names(tools: Resources):
    """A SKU that is gone is named, too."""
    with tools.records.transaction() as tx:
        for sku_id in (5, 6):
            add_sku(tx, sku_id)
    recognised(tools, 5, display_id=4)
    scene = recognised(tools, 6, display_id=4)

    skus = Inputs(tools, scene).given(report("skus")).frames["skus"]

    assert [5, 6] == skus["sku_id"].to_list()


@pytest.mark.usefixtures("gondola")
def test_frames_kept_by_an_older_version_lack_nothing(tools: Resources):
    """What they did not have yet is null."""
    old = pl.DataFrame({"share_of_space_of": ["photos"]})
    key = kept_frames.keep(tools.objects, old)

    frames = load_again(tools.objects, {"options": key})

    assert [("photos", None)] == frames["options"].rows()


@pytest.mark.usefixtures("gondola")
def test_the_previous_scene_is_of_the_same_display(tools: Resources):
    """The last one before that has facts; the first scene of a display has none."""
    first = recognised(tools, 5, display_id=4)
    recognised(tools, 6, display_id=9)
    second = recognised(tools, 7, display_id=4)
    recognised(tools, 8, display_id=4)
    asked = report("previous", "previous_facings")

    seen, nothing = (Inputs(tools, scene).given(asked).frames for scene in (second, first))

    assert ([first.id], [5]) == (
        seen["previous"]["scene_id"].to_list(),
        seen["previous_facings"]["sku_id"].to_list(),
    )
    assert [0, 0] == [frame.height for frame in nothing.values()]
