"""A year of a large customer, made up: records as they would be, facts merged by day.

Scenes are racks of three neighbouring categories; SKUs sell by Zipf's law and stand in runs; every
number comes from the seed.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
import polars as pl
from sqlalchemy import Connection, Table

from storage import facts, merged_facts, tables
from storage.merge_facts import SCENES
from storage.objects import ObjectStore
from storage.records import Records
from storage.uuid7 import make_uuid7

PER_SCENE = 2000  # facings in the mean; a third more or less
CHAINS, SHOPS, CATEGORIES, PER_CATEGORY, BRANDS = 20, 2000, 40, 125, 200
SKUS = CATEGORIES * PER_CATEGORY
NEIGHBOURS = 3  # categories in a scene
SHELVES, PHOTO = 12, 4000.0  # shelves of a scene, pixels
UNKNOWN, DUPLICATES = 0.05, 0.04  # shares of the facings
TAG_EVERY = 12  # facings
CANDIDATES = 3
SURE = 0.8  # an unknown facing this near to a SKU is ambiguous
BEGAN = datetime(2025, 1, 6, 9, tzinfo=UTC)  # a Monday
DAYS = 364
_BLOCK = 5000  # rows of one INSERT

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


def write_master_data(records: Records) -> None:
    """Write SKUs, brands and categories."""
    with records.transaction() as tx:
        _add_master_data(tx)


def write_records(records: Records, scenes: list[Seen]) -> None:
    """Write visits, scenes and their reports."""
    with records.transaction() as tx:
        _add(tx, tables.visits, (_visit(one) for one in scenes))
        _add(tx, tables.scenes, (_scene(one) for one in scenes))
        made = [_report(one, n, kind) for one in scenes for n, kind in enumerate(KPIS)]
        _add(tx, tables.reports, (report for report, _ in made))
        _add(tx, tables.report_revisions, (revision for _, revision in made))


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


def _add_master_data(tx: Connection) -> None:
    now = {"created_at": BEGAN, "updated_at": BEGAN}
    for table, count in ((tables.brands, BRANDS), (tables.categories, CATEGORIES)):
        noun = "Brand" if table is tables.brands else "Category"
        _add(tx, table, ({"id": n, "name": f"{noun} {n}", **now} for n in range(1, count + 1)))
    _add(tx, tables.skus, ({**_sku(n), **now} for n in range(1, SKUS + 1)))


def _sku(number: int) -> dict[str, Any]:
    category = (number - 1) // PER_CATEGORY
    brand = min(int(BRANDS ** np.random.default_rng(number).random()), BRANDS)  # few are large
    named = {"cid": f"sku-{number}", "name": f"SKU {number}"}
    return {"id": number, **named, "brand": brand, "category": category + 1}


def _visit(seen: Seen) -> dict[str, Any]:
    times = {"started_at": seen.at, "created_at": seen.at, "updated_at": seen.at}
    shop = {"shop": f"shop-{seen.shop}", "shop_name": f"Shop {seen.shop}"}
    return {"id": seen.scene_id, **shop, "shop_area": f"Area {seen.shop % 30}", **times}


def _scene(seen: Seen) -> dict[str, Any]:
    facts_of = {"facts_revision": 1, "facts_day": seen.at.date(), "facts_at": seen.at}
    return {
        "id": seen.scene_id,
        "scene": seen.scene,
        "visit_id": seen.scene_id,
        "retail_chain": f"Chain {seen.chain + 1}",
        "metadata": {},
        "status": "DONE",
        "timings": {},
        "detector": "shelf-detector-0.3.0",
        "embedder": "sku-embedder-0.2.0",
        "created_at": seen.at,
        **facts_of,
    }


def _report(seen: Seen, number: int, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A report and its revision; what it says follows from its scene."""
    report_id = seen.scene_id * len(KPIS) + number
    times = {"created_at": seen.at, "updated_at": seen.at}
    body = _BODIES[kind](np.random.default_rng(report_id), seen)
    digest = hashlib.sha256(body).hexdigest()
    report = {"id": report_id, "scene_id": seen.scene_id, "report_type": kind, "revision": 1}
    revision = {"report_id": report_id, "revision": 1, "status": "READY", "body": body}
    return report | times, revision | times | {"body_sha256": digest}


def _osa(rng: Rng, seen: Seen) -> bytes:
    first = seen.category * PER_CATEGORY + 1
    there = rng.random(EXPECTED) < 0.97 - seen.chain / 100
    skus = [
        {"sku_id": first + n, "present": bool(present), "facings": 3 * int(present)}
        for n, present in enumerate(there)
    ]
    said = {"expected": EXPECTED, "present": int(there.sum()), "skus": skus}
    return msgspec.json.encode(said)


def _planogram(rng: Rng, seen: Seen) -> bytes:
    faces = seen.facings
    right = int(faces * min(rng.normal(0.9 - seen.chain / 80, 0.05), 1))
    return msgspec.json.encode({"correct_faces": right, "in_view_faces": faces, "unnamed_faces": 0})


_BODIES = {"OSA": _osa, "PLANOGRAM_COMPLIANCE": _planogram}
KPIS = list(_BODIES)
EXPECTED = 30  # SKUs of a must-have list


def _add(tx: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    found = list(rows)
    for start in range(0, len(found), _BLOCK):
        tx.execute(table.insert(), found[start : start + _BLOCK])
