"""A year of a large customer, made up: its scenes, and their facts, merged by day.

Scenes are racks of three neighbouring categories; SKUs sell by Zipf's law and stand in runs; every
number comes from the seed.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from storage import facts, merged_facts
from storage.merge_facts import SCENES
from storage.objects import ObjectStore
from storage.uuid7 import make_uuid7

PER_SCENE = 2000  # facings in the mean; a third more or less
CHAINS, SHOPS, CATEGORIES, PER_CATEGORY = 20, 2000, 40, 125
SKUS = CATEGORIES * PER_CATEGORY
NEIGHBOURS = 3  # categories in a scene
SHELVES, PHOTO = 12, 4000.0  # shelves of a scene, pixels
UNKNOWN, DUPLICATES = 0.05, 0.04  # shares of the facings
TAG_EVERY = 12  # facings
CANDIDATES = 3
SURE = 0.8  # an unknown facing this near to a SKU is ambiguous
BEGAN = datetime(2025, 1, 6, 9, tzinfo=UTC)  # a Monday
DAYS = 364

Rng = np.random.Generator
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Seen:
    """One scene of the history."""

    scene_id: int
    scene: str
    at: datetime
    chain: int
    shop: int
    category: int  # the first of its neighbours
    facings: int


def make_scenes(
    facings: int, *, seed: int = 0, began: datetime = BEGAN, days: int = DAYS, first: int = 1
) -> list[Seen]:
    """Draw the scenes of a history of about so many facings, in the order of time.

    Args:
        facings: in all.
        seed: of every draw but the scenes' names.
        began: when the first was taken.
        days: over how many they are spread.
        first: the lowest scene_id.
    """
    rng, count = np.random.default_rng(seed), max(facings // PER_SCENE, 1)
    weight = 1 / np.arange(1, CHAINS + 1)
    chain_of = rng.choice(CHAINS, SHOPS, p=weight / weight.sum())
    shops, categories = rng.integers(SHOPS, size=count), rng.integers(CATEGORIES, size=count)
    sizes = rng.uniform(2 / 3, 4 / 3, count)
    sizes = np.maximum(sizes / sizes.sum() * facings, 1).astype(int)
    day_of = np.arange(count) * days // count
    found: list[Seen] = []
    for n in range(count):
        at = began + timedelta(days=int(day_of[n]), seconds=n % 36_000)
        shop = int(shops[n])
        where = (int(chain_of[shop]), shop, int(categories[n]))
        found.append(Seen(first + n, make_uuid7(at), at, *where, int(sizes[n])))
    return sorted(found, key=lambda one: one.scene)


def write_facts(
    objects: ObjectStore, scenes: list[Seen], *, seed: int = 0, told: Progress = lambda _: None
) -> None:
    """Write facings and price tags of the scenes, day by day, in parts as `merge_facts` makes."""
    done = 0
    for number, (day, of_part) in enumerate(_parts(scenes)):
        rng = np.random.default_rng([seed, number])
        facings = _facings(rng, of_part)
        part = merged_facts.part_of(day, [(one.scene, 1) for one in of_part])
        for table, frame in (("facings", facings), ("price_tags", _tags(rng, facings))):
            columns = list(facts.TABLES[table])
            split = frame.partition_by("scene", as_dict=True, maintain_order=True)
            frames = {(scene[0], 1): rows.select(columns) for scene, rows in split.items()}
            objects.put(part.key(table), merged_facts.encode(table, frames))
        done += facings.height
        told(done)


def write_new(objects: ObjectStore, scenes: list[Seen], *, seed: int = 0) -> None:
    """Write the facts of scenes as recognition does: files of their own."""
    empty = {name: pl.DataFrame(schema=schema) for name, schema in facts.TABLES.items()}
    for one in scenes:
        rng = np.random.default_rng([seed, one.scene_id])
        facings = _facings(rng, [one])
        found = {"facings": facings, "price_tags": _tags(rng, facings)}
        tables_ = {name: frame.drop("scene") for name, frame in found.items()}
        day = one.at.date()
        facts.write(objects, day=day, scene=one.scene, revision=1, tables=empty | tables_)


def _parts(scenes: list[Seen]) -> Iterator[tuple[date, list[Seen]]]:
    by_day: dict[date, list[Seen]] = {}
    for one in scenes:
        by_day.setdefault(one.at.date(), []).append(one)
    for day, found in sorted(by_day.items()):
        for start in range(0, len(found), SCENES):
            yield day, found[start : start + SCENES]


def _facings(rng: Rng, scenes: list[Seen]) -> pl.DataFrame:
    """Rows of `facings` with their scene, in the order of facts."""
    sizes = np.array([one.facings for one in scenes])
    total = int(sizes.sum())
    which = np.repeat(np.arange(len(scenes)), sizes)
    first = np.cumsum(sizes) - sizes
    number = np.arange(total) - first[which]
    per_shelf = np.maximum(sizes // SHELVES, 1)[which]
    shelf = np.minimum(number // per_shelf, SHELVES - 1)
    place = number - shelf * per_shelf
    sku = _skus(rng, np.array([one.category for one in scenes]), which)
    width = (40 + sku % 60).astype("f4")
    left = (place * 100 % PHOTO).astype("f4")
    top = (shelf * 250).astype("f4")
    sure = rng.beta(8, 2, total).astype("f4")
    known = rng.random(total) >= UNKNOWN
    columns: dict[str, Any] = {
        "scene": pl.Series([one.scene for one in scenes]).gather(which),
        "image_id": np.array([one.scene_id for one in scenes])[which],
        "facing_id": number,
        "x1": left + rng.normal(0, 3, total).astype("f4"),
        "y1": top + rng.normal(0, 3, total).astype("f4"),
        "x2": left + width + rng.normal(0, 3, total).astype("f4"),
        "y2": top + 200 + rng.normal(0, 3, total).astype("f4"),
        "detection_score": rng.beta(9, 1, total).astype("f4"),
        "rack_index": np.zeros(total, int),
        "shelf_index": shelf,
        "position_index": place,
        "sku_id": pl.Series(sku).set(pl.Series(~known), None),
        "sku_score": sure,
        "confidence": sure**2,
        "candidates": _candidates(rng, sku, sure),
        "ambiguous": ~known & (sure > SURE),
        "duplicate": rng.random(total) < DUPLICATES,
    }
    models = [pl.lit("shelf-detector-0.3.0").alias("detector")]
    models += [pl.lit("sku-embedder-0.2.0").alias("embedder")]
    frame = pl.DataFrame(columns).with_columns(models)
    return frame.select("scene", *(pl.col(c).cast(k) for c, k in facts.TABLES["facings"].items()))


def _skus(rng: Rng, category: np.ndarray, which: np.ndarray) -> np.ndarray:
    """SKU of each facing: runs of one SKU, drawn by Zipf's law among those of its scene."""
    weight = 1 / np.arange(1, NEIGHBOURS * PER_CATEGORY + 1)
    drawn = rng.choice(len(weight), len(which) // 4 + 1, p=weight / weight.sum())
    runs = np.repeat(drawn, rng.integers(1, 12, len(drawn)))
    runs = np.resize(runs, len(which))
    return (category[which] * PER_CATEGORY + runs) % SKUS + 1


def _candidates(rng: Rng, sku: np.ndarray, sure: np.ndarray) -> pl.Series:
    others = rng.integers(1, SKUS + 1, (len(sku), CANDIDATES - 1))
    ids = np.concatenate([sku[:, None], others], axis=1).ravel()
    scores = (sure[:, None] * np.linspace(1, 0.8, CANDIDATES, dtype="f4")).ravel()
    rows = pl.DataFrame({"sku_id": ids, "score": scores}).to_struct("candidates")
    return rows.reshape((len(sku), CANDIDATES)).cast(facts.TABLES["facings"]["candidates"])


def _tags(rng: Rng, facings: pl.DataFrame) -> pl.DataFrame:
    """Every so many facings a tag with one price, which follows the SKU."""
    own = facings.gather_every(TAG_EVERY).select("scene", "image_id", "facing_id", "shelf_index",
                                                 "sku_id", "x1", "y2")  # fmt: skip
    amount = pl.Series(rng.normal(1, 0.08, own.height)).alias("noise")
    price = pl.struct(
        pl.lit("regular").alias("kind"),
        ((1 + pl.col("sku_id").fill_null(0) % 900 / 100) * amount).round(2).alias("amount"),
        pl.lit("EUR").alias("currency"),
        pl.lit(1, pl.Int32).alias("quantity"),
        pl.lit(0.9, pl.Float32).alias("confidence"),
    )
    named = own.with_columns(
        pl.int_range(pl.len()).over("scene").alias("tag_id"),
        (pl.col("x1") + 60).alias("x2"),
        pl.col("y2").alias("y1"),
        (pl.col("y2") + 30).alias("y2"),
        pl.lit(0.9).alias("detection_score"),
        pl.concat_list(price).alias("prices"),
        pl.lit("shelf-detector-0.3.0").alias("detector"),
    )
    schema = facts.TABLES["price_tags"]
    later = [pl.lit(None).alias(c) for c in schema if c not in named.columns]
    named = named.with_columns(later)
    return named.select("scene", *(pl.col(c).cast(k) for c, k in schema.items()))
