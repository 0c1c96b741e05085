"""Scenes that were recognised: rows and facts as the flows leave them."""

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from storage import facts, reports, scenes, tables
from storage.objects import ObjectStore
from storage.records import Records
from storage.report_bodies import store_body
from storage.warehouse import Warehouse
from tests.storage.rows import LINEAGE, NOW, accept

Rows = list[dict[str, Any]]


def facing(number: int, sku_id: int | None, **more: Any) -> dict[str, Any]:
    """A facing 100 pixels wide; `width` says another."""
    width = more.pop("width", 100.0)
    place = {"rack_index": 0, "shelf_index": number % 3, "position_index": number}
    box = {"x1": number * 100.0, "y1": 5.0, "x2": number * 100.0 + width, "y2": 205.0}
    sure = {"detection_score": 0.9, "sku_id": sku_id, "duplicate": False}
    models = {"detector": "det-1", "embedder": "emb-1"}
    return {"image_id": 1, "facing_id": number, **box, **place, **sure, **models} | more


def tag(number: int, facing_id: int | None, *prices: dict[str, Any]) -> dict[str, Any]:
    """A price tag of a facing."""
    box = {"x1": 0.0, "y1": 210.0, "x2": 60.0, "y2": 240.0, "detection_score": 0.9}
    named = {"shelf_index": 0, "facing_id": facing_id, "detector": "det-1"}
    return {"image_id": 1, "tag_id": number, **box, **named, "prices": list(prices)}


def price(
    amount: float, kind: str = "regular", confidence: float = 0.9, currency: str | None = "EUR"
) -> dict[str, Any]:
    """A price on a tag."""
    said = {"amount": amount, "currency": currency, "quantity": 1}
    return {"kind": kind, **said, "confidence": confidence}


def frames(**given: Rows) -> dict[str, pl.DataFrame]:
    """The tables of facts, those not given empty."""
    return {
        name: pl.DataFrame(given.get(name, []), schema) for name, schema in facts.TABLES.items()
    }


def see(
    records: Records,
    objects: ObjectStore,
    *facings: dict[str, Any],
    at: datetime = NOW,
    bodies: dict[str, bytes] | None = None,
    shop: str | None = None,
    **more: Any,
) -> int:
    """Accept and recognise a scene; its id. More are tables of facts and fields of the scene."""
    given = {name: more.pop(name) for name in list(more) if name in facts.TABLES}
    with records.transaction() as tx:
        accepted = accept(tx, *(bodies or {}), now=at, **more)
        visit = tables.visits.update().where(tables.visits.c.id == accepted.visit_id)
        tx.execute(visit.values(shop=shop))
    recognise(records, objects, accepted.scene_id, *facings, at=at, **given)
    kept = {name: store_body(objects, body) for name, body in (bodies or {}).items()}
    with records.transaction() as tx:
        for name, body in kept.items():
            report = accepted.report_ids[name]
            reports.set_ready(tx, report, 1, body, lineage=LINEAGE, now=at)
    return accepted.scene_id


def recognise(
    records: Records,
    objects: ObjectStore,
    scene_id: int,
    *facings: dict[str, Any],
    at: datetime = NOW,
    revision: int = 1,
    **given: Rows,
) -> None:
    """Write a facts revision and point the scene at it."""
    with records.reading() as tx:
        scene = scenes.get(tx, scene_id).scene
    written = frames(facings=list(facings), **given)
    hashes = facts.write(objects, day=at.date(), scene=scene, revision=revision, tables=written)
    with records.transaction() as tx:
        scenes.set_facts(
            tx,
            scene_id,
            revision=revision,
            day=at.date(),
            now=at,
            recognised_with={"facts": hashes},
        )


def later(**by: float) -> datetime:
    """A time after NOW."""
    return NOW + timedelta(**by)


def rows(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    """Ask."""
    return warehouse.query(sql).rows()
