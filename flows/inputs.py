"""One loader per input that a report may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from flows.reports.contract import MissingInput, Report
from flows.reports.frames import INPUTS
from flows.resources import Resources
from storage import facts, kept_frames, master_frames
from storage.kept_frames import keep
from storage.objects import ObjectStore
from storage.scene_before import scene_before
from storage.scenes import Scene

FACTS = ("facings", "shelves", "price_tags", "gaps", "photos", "placements")
BEFORE = "previous_"  # of the scene before: previous_facings


class NoFacts(Exception):
    """A report was asked for before its scene was recognised."""


@dataclass(frozen=True)
class Loaded:
    """A frame and the key of the object that holds it; None = it is in no object yet."""

    frame: pl.DataFrame
    key: str | None = None


@dataclass(frozen=True)
class Given:
    """What a report was given, by input: the frames, and the objects to load them from again."""

    frames: dict[str, pl.DataFrame]
    keys: dict[str, str]


Loader = Callable[[Resources, Scene], Loaded]


def load(report: Report, resources: Resources, scene: Scene) -> Given:
    """Load what the report type asks for; what may be missing and is, is left out.

    Raises:
        MissingInput: says which master data to make.
    """
    loaded: dict[str, Loaded] = {}
    missing: dict[str, MissingInput] = {}
    for name in report.inputs:
        try:
            loaded[name] = LOADERS[name](resources, scene)
        except MissingInput as error:
            missing[name] = error
    if not report.may_lack(missing):
        raise next(iter(missing.values()))
    kept = {name: one.key or keep(resources.objects, one.frame) for name, one in loaded.items()}
    return Given({name: one.frame for name, one in loaded.items()}, kept)


def load_again(objects: ObjectStore, keys: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """Load the frames a report was given, by input, from the objects that hold them.

    Raises:
        ObjectMissing: one of them was removed.
    """
    return {name: _again(objects, name, key) for name, key in keys.items()}


def _again(objects: ObjectStore, name: str, key: str) -> pl.DataFrame:
    return facts.read_key(objects, key) if facts.is_key(key) else kept_frames.load(objects, key)


def _facts(resources: Resources, scene: Scene, table: str) -> Loaded:
    day, revision = scene.facts_day, scene.facts_revision
    if day is None or revision is None:
        raise NoFacts(f"Scene {scene.id} has no facts: it has not been recognised.")
    key = facts.facts_key(day, scene.scene, revision, table)
    return Loaded(facts.read_key(resources.objects, key), key)


def _own(table: str) -> Loader:
    return lambda resources, scene: _facts(resources, scene, table)


def _before(table: str) -> Loader:
    def read(resources: Resources, scene: Scene) -> Loaded:
        former = _previous_scene(resources, scene)
        if former is None:
            return Loaded(pl.DataFrame(schema=INPUTS[BEFORE + table].schema))
        return _facts(resources, former, table)

    return read


def _previous_scene(resources: Resources, scene: Scene) -> Scene | None:
    _display_of(scene)
    with resources.records.reading() as tx:
        return scene_before(tx, scene)


def _previous(resources: Resources, scene: Scene) -> Loaded:
    former = _previous_scene(resources, scene)
    rows = [(former.id, former.scene, former.created_at)] if former else []
    return Loaded(pl.DataFrame(rows, schema=INPUTS["previous"].schema, orient="row"))


def _skus(resources: Resources, scene: Scene) -> Loaded:
    """SKUs of the facings, and of what is planned for the display, when there is a plan."""
    wanted = facts.sku_ids(_facts(resources, scene, "facings").frame)
    for name, column in (("planogram", pl.col("sku_id")), ("must_have", pl.col("skus").explode())):
        try:
            planned = LOADERS[name](resources, scene).frame
            wanted += planned.select(column).to_series().to_list()
        except MissingInput:
            continue
    with resources.records.reading() as tx:
        return Loaded(master_frames.skus(tx, sorted(set(wanted))))


def _planogram(resources: Resources, scene: Scene) -> Loaded:
    display = _display_of(scene)
    with resources.records.reading() as tx:
        planned = master_frames.display(tx, display)
        if planned and planned[0]:
            return Loaded(master_frames.planogram(tx, planned[0]))
    raise _nothing_planned(display, planned is not None, "planogram", "/planograms/")


def _must_have(resources: Resources, scene: Scene) -> Loaded:
    display = _display_of(scene)
    with resources.records.reading() as tx:
        planned = master_frames.display(tx, display)
        if planned and planned[1]:
            return Loaded(master_frames.must_have(tx, planned[1]))
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


def _options(resources: Resources, scene: Scene) -> Loaded:
    del scene
    chosen = {name: [getattr(resources.settings, name)] for name in INPUTS["options"].schema}
    return Loaded(pl.DataFrame(chosen, schema=INPUTS["options"].schema))


LOADERS: dict[str, Loader] = {
    **{table: _own(table) for table in FACTS},
    **{BEFORE + table: _before(table) for table in ("facings", "price_tags")},
    "previous": _previous,
    "skus": _skus,
    "planogram": _planogram,
    "must_have": _must_have,
    "options": _options,
}
