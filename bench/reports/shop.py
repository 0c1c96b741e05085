"""A shop to measure with: displays with plans, scenes with facts, nothing recognised."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import Connection, Table

from flows import reports as report_types
from flows.resources import Resources
from storage import facts, images, reports, scenes, tables
from storage.records import insert
from storage.scenes import NewScene

SHELVES, WIDTH, HEIGHT = 10, 4000, 3000
SKUS = 150
RUN = 4  # facings of one SKU side by side
UNKNOWN, MISPLACED = 0.05, 0.03  # shares of the facings
TAG_EVERY = 6  # facings per price tag
NOW = datetime(2026, 1, 1, tzinfo=UTC)
_CANDIDATES = 5

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Shop:
    """One display and the SKU of each of its places: (photos, shelves, positions)."""

    display_id: int
    planned: np.ndarray


def make_shop(tools: Resources, *, photos: int, facings: int, seed: int = 0) -> Shop:
    """Make SKUs, a planogram of as many facings, a must-have list and their display."""
    columns = facings // (photos * SHELVES)
    runs = np.random.default_rng(seed).integers(1, SKUS + 1, (photos, SHELVES, columns // RUN + 1))
    planned = runs.repeat(RUN, axis=2)[..., :columns]
    with tools.records.transaction() as tx:
        _add_skus(tx)
        planogram = _add(tx, tables.planograms, name="All racks")
        _add_all(tx, tables.planogram_records, _records(planogram, planned))
        musthave = _add(tx, tables.musthavelists, name="Always")
        _add_all(tx, tables.mhl_records, [_must(musthave, sku) for sku in range(1, SKUS, 3)])
        display = _add(
            tx, tables.displays, name="Wall", planogram_id=planogram, musthavelist_id=musthave
        )
    return Shop(display, planned)


def _add_skus(tx: Connection) -> None:
    named = {"brand": tables.brands, "category": tables.categories}
    for table in (*named.values(), tables.manufacturers):
        _add_all(tx, table, [{"id": n, "name": f"{table.name} {n}"} for n in range(1, 8)])
    _add_all(
        tx,
        tables.skus,
        [
            {"id": n, "cid": str(n), "name": f"Product {n}", "size_x_mm": 60.0, "size_y_mm": 120.0}
            | {"brand": n % 7 + 1, "category": n % 5 + 1, "manufacturer": n % 3 + 1}
            for n in range(1, SKUS + 1)
        ],
    )


def _records(planogram: int, planned: np.ndarray) -> Rows:
    return [
        {"planogram_id": planogram, "rack_index": rack, "shelf_index": shelf, "sku_id": int(sku)}
        | {"product_index": position, "facing_x": RUN, "facing_y": 1}
        for (rack, shelf, position), sku in np.ndenumerate(planned[..., ::RUN])
    ]


def _must(musthave: int, sku: int) -> dict[str, Any]:
    return {"musthavelist_id": musthave, "sku_id": sku, "sku1": sku + 1}


def _add(tx: Connection, table: Table, **values: Any) -> int:
    row = table.insert().values(**values, created_at=NOW, updated_at=NOW)
    return tx.execute(row.returning(table.c.id)).scalar_one()


def _add_all(tx: Connection, table: Table, rows: Rows) -> None:
    stamps = {"created_at": NOW, "updated_at": NOW}
    tx.execute(insert(tx, table).on_conflict_do_nothing(), [{**row, **stamps} for row in rows])


def add_scene(tools: Resources, shop: Shop, *, seed: int) -> dict[str, int]:
    """Add a recognised scene of the shop's display; ids of its reports, of every type."""
    photos = len(shop.planned)
    wanted = [report.name for report in report_types.known()]
    with tools.records.transaction() as tx:
        size = {"width": WIDTH, "height": HEIGHT, "size_bytes": 1}
        taken = [images.add(tx, sha256=f"{n:064}", **size, now=NOW).id for n in range(photos)]
        made = scenes.accept(tx, NewScene(taken, wanted, display_id=shop.display_id), now=NOW)
        for image_id in taken:
            scenes.set_photo(tx, made.scene_id, image_id, status=reports.READY, problem=None)
        scenes.start(tx, made.scene_id, detector="d-1", embedder="e-1", flow_run_id=None, now=NOW)
    frames = _frames(shop, taken, np.random.default_rng(seed))
    facts.write(tools.objects, day=NOW.date(), scene=made.scene, revision=1, tables=frames)
    with tools.records.transaction() as tx:
        scenes.set_facts(tx, made.scene_id, revision=1, day=NOW.date(), now=NOW)
        ended = {"status": scenes.DONE, "problem": None, "timings": {}}
        scenes.finish(tx, made.scene_id, **ended, now=NOW)
    return made.report_ids


def _frames(shop: Shop, taken: list[int], random: np.random.Generator) -> dict[str, pl.DataFrame]:
    facings = _facings(shop, taken, random)
    rows: dict[str, Rows] = {
        "facings": facings,
        "price_tags": _tags(facings, random),
        "gaps": [],
        "shelves": [_line(image_id, shelf) for image_id in taken for shelf in range(SHELVES)],
        "photos": [_photo(image_id, n) for n, image_id in enumerate(taken)],
        "placements": [
            {"image_id": one, "homography": np.eye(3).ravel().tolist()} for one in taken
        ],
    }
    return {name: pl.DataFrame(rows.get(name, []), schema=s) for name, s in facts.TABLES.items()}


def _facings(shop: Shop, taken: list[int], random: np.random.Generator) -> Rows:
    """The planned facings, some of them of another SKU or unknown."""
    columns = shop.planned.shape[2]
    width, height = WIDTH / columns, HEIGHT / SHELVES
    found: Rows = []
    for (photo, shelf, position), sku in np.ndenumerate(shop.planned):
        luck = random.random()
        seen = int(random.integers(1, SKUS + 1)) if luck < MISPLACED else int(sku)
        x, y = position * width, shelf * height
        near = [{"sku_id": (seen + k) % SKUS + 1, "score": 0.8} for k in range(_CANDIDATES)]
        found.append(
            {"image_id": taken[photo], "facing_id": len(found), "detection_score": 0.9}
            | {"x1": x, "y1": y + 60, "x2": x + width * 0.9, "y2": y + height * 0.9}
            | {"rack_index": photo, "shelf_index": shelf, "position_index": position}
            | {"sku_id": None if luck > 1 - UNKNOWN else seen, "sku_score": 0.8, "confidence": 0.9}
            | {"candidates": near, "ambiguous": False, "duplicate": False}
            | {"detector": "d-1", "embedder": "e-1"}
        )
    return found


def _tags(facings: Rows, random: np.random.Generator) -> Rows:
    return [
        {"image_id": facing["image_id"], "tag_id": n, "facing_id": facing["facing_id"]}
        | {"x1": facing["x1"], "y1": facing["y2"], "x2": facing["x2"], "y2": facing["y2"] + 30}
        | {"detection_score": 0.9, "shelf_index": facing["shelf_index"], "detector": "d-1"}
        | {"prices": [_price("regular", random), _price("unit", random)], "text": "9.99"}
        | {"colours": [{"color": "white", "score": 0.8}], "promo": False}
        for n, facing in enumerate(facings[::TAG_EVERY])
    ]


def _price(kind: str, random: np.random.Generator) -> dict[str, Any]:
    amount = round(float(random.integers(100, 3000)) / 100, 2)
    return {"kind": kind, "amount": amount, "quantity": 1, "confidence": 0.95}


def _line(image_id: int, shelf: int) -> dict[str, Any]:
    y = (shelf + 0.9) * HEIGHT / SHELVES
    return {"image_id": image_id, "shelf_index": shelf, "x1": 0.0, "y1": y, "x2": WIDTH, "y2": y}


def _photo(image_id: int, position: int) -> dict[str, Any]:
    size = {"width": WIDTH, "height": HEIGHT, "status": reports.READY, "facing_count": 500}
    return {"image_id": image_id, "position": position, **size, "capped": False, "sharpness": 900.0}
