"""One loader per input that a report may ask for."""

from collections.abc import Callable

import polars as pl

from flows.reports.contract import Report
from flows.resources import Resources
from storage import catalog, facts
from storage.scenes import Scene


class NoFacts(Exception):
    """A report was asked for before its scene was recognised."""


Loader = Callable[[Resources, Scene], pl.DataFrame]


def load(report: Report, resources: Resources, scene: Scene) -> dict[str, pl.DataFrame]:
    """Load what the report type asks for, by name."""
    return {name: LOADERS[name](resources, scene) for name in report.inputs}


def _facts(table: str) -> Loader:
    def read(resources: Resources, scene: Scene) -> pl.DataFrame:
        day, revision = scene.facts_day, scene.facts_revision
        if day is None or revision is None:
            raise NoFacts(f"Scene {scene.id} has not been recognised yet.")
        return facts.read(
            resources.objects, day=day, scene=scene.scene, revision=revision, table=table
        )

    return read


def _skus(resources: Resources, scene: Scene) -> pl.DataFrame:
    """SKUs that occur in the scene."""
    facings = LOADERS["facings"](resources, scene)
    with resources.records.reading() as tx:
        return catalog.skus(tx, facts.sku_ids(facings))


LOADERS: dict[str, Loader] = {
    "facings": _facts("facings"),
    "shelves": _facts("shelves"),
    "price_tags": _facts("price_tags"),
    "photos": _facts("photos"),
    "skus": _skus,
}
