"""What the reports of a scene are computed from: one loader per input."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from flows.reports.contract import MissingInput, Report
from flows.reports.frames import FACTS, INPUTS
from flows.resources import Resources
from storage import facts, kept_frames, master_frames, panoramas, scenes, versions
from storage.objects import ObjectStore
from storage.scene_before import BEFORE, scene_before
from storage.scenes import Scene, ScenePhoto


class NoFacts(Exception):
    """A report was asked for before its scene was recognised."""


@dataclass(frozen=True)
class Loaded:
    """A frame and the key of the object that holds it."""

    frame: pl.DataFrame
    key: str


@dataclass(frozen=True)
class Given:
    """What a report was given, by input: the frames, and the objects to load them from again."""

    frames: dict[str, pl.DataFrame]
    keys: dict[str, str]


class Inputs:
    """The inputs of one scene's reports, each loaded once, so that all see the same master data."""

    def __init__(self, resources: Resources, scene: Scene) -> None:
        self.resources = resources
        self.scene = scene
        self._loaded: dict[str, Loaded | MissingInput] = {}

    def given(self, report: Report) -> Given:
        """Load what the report type asks for; what may be missing and is, is left out.

        Raises:
            MissingInput: says which master data to make.
        """
        loaded: dict[str, Loaded] = {}
        missing: dict[str, MissingInput] = {}
        for name in report.inputs:
            try:
                loaded[name] = self.load(name)
            except MissingInput as error:
                missing[name] = error
        if not report.may_lack(missing):
            raise next(iter(missing.values()))
        frames = {name: one.frame for name, one in loaded.items()}
        return Given(frames, {name: one.key for name, one in loaded.items()})

    def load(self, name: str) -> Loaded:
        """Load one input, or say again why there is none; what is in no object yet is kept."""
        if name not in self._loaded:
            try:
                found = LOADERS[name](self)
                if isinstance(found, pl.DataFrame):
                    found = Loaded(found, kept_frames.keep(self.resources.objects, found))
                self._loaded[name] = found
            except MissingInput as error:
                self._loaded[name] = error
        one = self._loaded[name]
        if isinstance(one, MissingInput):
            raise one
        return one

    @cached_property
    def master_data(self) -> dict[str, int]:
        """The versions of master data, by kind."""
        with self.resources.records.reading() as tx:
            return versions.current(tx)

    @cached_property
    def photos(self) -> list[ScenePhoto]:
        """The photos of the scene."""
        with self.resources.records.reading() as tx:
            return scenes.photos(tx, self.scene.id)

    @cached_property
    def scene_before(self) -> Scene | None:
        """The scene of the same display before.

        Raises:
            MissingInput: the scene has no display.
        """
        _display_of(self.scene)
        with self.resources.records.reading() as tx:
            return scene_before(tx, self.scene)


Loader = Callable[[Inputs], Loaded | pl.DataFrame]


def load_again(objects: ObjectStore, keys: Mapping[str, str]) -> dict[str, pl.DataFrame]:
    """Load the frames a report was given, by input, from the objects that hold them.

    Columns that did not exist yet are null.

    Raises:
        ObjectMissing: one of them was removed.
    """
    schemas = {name: INPUTS[name].schema for name in keys}
    return kept_frames.load_inputs(objects, keys, schemas)


def _facts(inputs: Inputs, scene: Scene, table: str) -> Loaded:
    day, revision = scene.facts_day, scene.facts_revision
    if day is None or revision is None:
        raise NoFacts(f"Scene {scene.id} has no facts: it has not been recognised.")
    key = facts.facts_key(day, scene.scene, revision, table)
    written = (scene.recognised_with or {}).get("facts", {})  # older scenes have no hashes
    return Loaded(facts.read_key(inputs.resources.objects, key, written.get(table)), key)


def _own(table: str) -> Loader:
    return lambda inputs: _facts(inputs, inputs.scene, table)


def _before(table: str) -> Loader:
    def read(inputs: Inputs) -> Loaded | pl.DataFrame:
        if inputs.scene_before is None:
            return pl.DataFrame(schema=INPUTS[BEFORE + table].schema)
        return _facts(inputs, inputs.scene_before, table)

    return read


def _previous(inputs: Inputs) -> pl.DataFrame:
    former = inputs.scene_before
    rows = [(former.id, former.scene, former.created_at)] if former else []
    return pl.DataFrame(rows, schema=INPUTS["previous"].schema, orient="row")


def _skus(inputs: Inputs) -> pl.DataFrame:
    """SKUs of the facings now and in the scene before, and of what is planned for the display."""
    wanted: set[int] = set()
    for name in ("facings", BEFORE + "facings", "planogram", "must_have"):
        with suppress(MissingInput):
            frame = inputs.load(name).frame
            column = frame["skus"].explode() if name == "must_have" else frame["sku_id"]
            wanted.update(column.drop_nulls().unique())
    with inputs.resources.records.reading() as tx:
        return master_frames.skus(tx, sorted(wanted))


def _planogram(inputs: Inputs) -> pl.DataFrame:
    display = _display_of(inputs.scene)
    with inputs.resources.records.reading() as tx:
        planned = master_frames.display(tx, display)
        if planned and planned[0]:
            return master_frames.planogram(tx, planned[0])
    raise _nothing_planned(display, planned is not None, "planogram", "/planograms/")


def _must_have(inputs: Inputs) -> pl.DataFrame:
    display = _display_of(inputs.scene)
    with inputs.resources.records.reading() as tx:
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


def _panorama(inputs: Inputs) -> pl.DataFrame:
    """The picture's row of facts with its link, which is the same whenever it is made."""
    stored, resources = _facts(inputs, inputs.scene, "panorama").frame, inputs.resources
    links = [panoramas.path(resources.panorama_secret, key) for key in stored["key"]]
    urls = [resources.settings.api_url + link for link in links]
    return stored.with_columns(pl.Series("url", urls, pl.String))


def _options(inputs: Inputs) -> pl.DataFrame:
    settings, schema = inputs.resources.settings, INPUTS["options"].schema
    return pl.DataFrame({name: [getattr(settings, name)] for name in schema}, schema=schema)


LOADERS: dict[str, Loader] = {
    **{table: _own(table) for table in FACTS},
    **{BEFORE + table: _before(table) for table in ("facings", "price_tags", "placements")},
    "panorama": _panorama,
    "previous": _previous,
    "skus": _skus,
    "planogram": _planogram,
    "must_have": _must_have,
    "options": _options,
}
