"""The records of the history of `bench.data.history`: master data, visits, scenes, reports."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Table

from bench.data.history import BEGAN, CATEGORIES, PER_CATEGORY, SKUS, Rng, Seen
from storage import tables
from storage.records import Records

BRANDS = 200
EXPECTED = 30  # SKUs of a must-have list
_BLOCK = 5000  # rows of one INSERT


def write_master_data(records: Records) -> None:
    """Write SKUs, brands and categories."""
    with records.transaction() as tx:
        _add_master_data(tx)


def write_records(records: Records, scenes: list[Seen]) -> None:
    """Write visits, scenes and their reports."""
    with records.transaction() as tx:
        _add(tx, tables.visits, (_visit(one) for one in scenes))
        _add(tx, tables.scenes, (_scene(one) for one in scenes))
        made = [_report(one, n, kind) for one in scenes for n, kind in enumerate(_BODIES)]
        _add(tx, tables.reports, (report for report, _ in made))
        _add(tx, tables.report_revisions, (revision for _, revision in made))


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
    report_id = seen.scene_id * len(_BODIES) + number
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


def _add(tx: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    found = list(rows)
    for start in range(0, len(found), _BLOCK):
        tx.execute(table.insert(), found[start : start + _BLOCK])
