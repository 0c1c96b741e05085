"""One loader per input that a report may ask for."""

from collections.abc import Callable

import polars as pl

from flows.reports.contract import MissingInput, Report
from flows.reports.frames import INPUTS
from flows.resources import Resources
from storage import facts, master_frames
from storage.scene_before import scene_before
from storage.scenes import Scene

FACTS = ("facings", "shelves", "price_tags", "gaps", "photos", "placements")
BEFORE = "previous_"  # of the scene before: previous_facings


class NoFacts(Exception):
    """A report was asked for before its scene was recognised."""


Loader = Callable[[Resources, Scene], pl.DataFrame]


def load(report: Report, resources: Resources, scene: Scene) -> dict[str, pl.DataFrame]:
    """Load what the report type asks for, by name; what may be missing and is, is left out.

    Raises:
        MissingInput: says which master data to make.
    """
    frames: dict[str, pl.DataFrame] = {}
    missing: dict[str, MissingInput] = {}
    for name in report.inputs:
        try:
            frames[name] = LOADERS[name](resources, scene)
        except MissingInput as error:
            missing[name] = error
    if not report.may_lack(missing):
        raise next(iter(missing.values()))
    return frames


def _facts(resources: Resources, scene: Scene, table: str) -> pl.DataFrame:
    day, revision = scene.facts_day, scene.facts_revision
    if day is None or revision is None:
        raise NoFacts(f"Scene {scene.id} has not been recognised yet.")
    return facts.read(resources.objects, day=day, scene=scene.scene, revision=revision, table=table)


def _own(table: str) -> Loader:
    return lambda resources, scene: _facts(resources, scene, table)


def _before(table: str) -> Loader:
    def read(resources: Resources, scene: Scene) -> pl.DataFrame:
        former = _previous_scene(resources, scene)
        if former is None:
            return pl.DataFrame(schema=INPUTS[BEFORE + table].schema)
        return _facts(resources, former, table)

    return read


def _previous_scene(resources: Resources, scene: Scene) -> Scene | None:
    _display_of(scene)
    with resources.records.reading() as tx:
        return scene_before(tx, scene)


def _previous(resources: Resources, scene: Scene) -> pl.DataFrame:
    former = _previous_scene(resources, scene)
    rows = [(former.id, former.scene, former.created_at)] if former else []
    return pl.DataFrame(rows, schema=INPUTS["previous"].schema, orient="row")


def _skus(resources: Resources, scene: Scene) -> pl.DataFrame:
    """SKUs of the facings, and of what is planned for the display, when there is a plan."""
    wanted = facts.sku_ids(_facts(resources, scene, "facings"))
    for name, column in (("planogram", pl.col("sku_id")), ("must_have", pl.col("skus").explode())):
        try:
            wanted += LOADERS[name](resources, scene).select(column).to_series().to_list()
        except MissingInput:
            continue
    with resources.records.reading() as tx:
        return master_frames.skus(tx, sorted(set(wanted)))


def _planogram(resources: Resources, scene: Scene) -> pl.DataFrame:
    display = _display_of(scene)
    with resources.records.reading() as tx:
        planned = master_frames.display(tx, display)
        if planned and planned[0]:
            return master_frames.planogram(tx, planned[0])
    raise _nothing_planned(display, planned is not None, "planogram", "/planograms/")


def _must_have(resources: Resources, scene: Scene) -> pl.DataFrame:
    display = _display_of(scene)
    with resources.records.reading() as tx:
        planned = master_frames.display(tx, display)
        if planned and planned[1]:
            return master_frames.must_have(tx, planned[1])
    raise _nothing_planned(display, planned is not None, "must-have list", "/mhl/")


def _display_of(scene: Scene) -> int:
    if scene.display_id is None:
        raise MissingInput("The scene has no display: name one in `display` of POST /recognize/.")
    return scene.display_id


def _nothing_planned(display: int, known: bool, what: str, path: str) -> MissingInput:
    if not known:
        return MissingInput(f"There is no display {display}: make it with POST /displays/.")
    return MissingInput(
        f"Display {display} has no {what}: make one with POST {path} and name it in the display."
    )


def _options(resources: Resources, scene: Scene) -> pl.DataFrame:
    del resources, scene
    return pl.DataFrame({"share_of_space_of": ["facings"]}, schema=INPUTS["options"].schema)


LOADERS: dict[str, Loader] = {
    **{table: _own(table) for table in FACTS},
    **{BEFORE + table: _before(table) for table in ("facings", "price_tags")},
    "previous": _previous,
    "skus": _skus,
    "planogram": _planogram,
    "must_have": _must_have,
    "options": _options,
}
