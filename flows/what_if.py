"""Reports of stored scenes with another must-have list or planogram, without writing any."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import polars as pl

from flows.reports.mhl_compliance import REPORT as MHL
from flows.reports.mhl_compliance import mhl_compliance
from flows.reports.planogram_compliance import REPORT as PLANOGRAM
from flows.reports.planogram_compliance import planogram_compliance
from flows.resources import Resources
from storage import facts, history, master_frames, reports
from storage.errors import ObjectMissing
from storage.history import Wanted
from storage.scenes import Scene

SCHEMA: dict[str, Any] = {
    "scene_id": pl.Int64,
    "scene": pl.String,
    "created_at": pl.Datetime("us", "UTC"),
    "display": pl.Int64,
    "compliance_now": pl.Float64,  # of the report there is; null = there is none
    "compliance": pl.Float64,  # with the other plan
    "out_of_stock": pl.List(pl.Int64),  # SKUs of the other plan that are not there
}

Answer = tuple[float | None, list[int]]
Tell = Callable[[int], None]  # how many scenes were computed


def what_if(
    tools: Resources, plan: pl.DataFrame, wanted: Wanted, *, tell: Tell = lambda _: None
) -> pl.DataFrame:
    """Compute the compliance of every wanted scene as if the plan had been its display's.

    Args:
        tools: the stores.
        plan: the input `must_have` or `planogram` of reports.
        wanted: which scenes.
        tell: called as it goes on.

    Returns:
        Columns of SCHEMA, by scene_id; scenes whose facts are gone are left out.
    """
    is_list = "mhl_record_id" in plan.columns
    with tools.records.reading() as tx:
        skus = master_frames.skus(tx)
    rows = list[dict[str, Any]]()
    for some, now in _scenes(tools, wanted, MHL.name if is_list else PLANOGRAM.name):
        for scene in some:
            try:
                answer = _met(tools, scene, plan) if is_list else _kept(tools, scene, plan, skus)
            except ObjectMissing:
                continue
            rows.append(_row(scene, now.get(scene.id), answer))
        tell(len(rows))
    return pl.DataFrame(rows, schema=SCHEMA)


def _scenes(
    tools: Resources, wanted: Wanted, report_type: str
) -> Iterator[tuple[list[Scene], dict[int, float | None]]]:
    """Scenes, and what their reports say now."""
    after = 0
    while True:
        with tools.records.reading() as tx:
            some = history.chosen(tx, wanted, after=after)
            ids = [scene.id for scene in some]
            stored = [reports.get(tx, one) for one in history.ready(tx, ids, report_type)]
        if not some:
            return
        full = [reports.with_body(one, tools.objects) for one in stored]
        yield some, {one.scene_id: _compliance(one.body) for one in full}
        after = some[-1].id


def _compliance(body: bytes | None) -> float | None:
    found = msgspec.json.decode(body or b"{}")
    return found.get("compliance") if isinstance(found, dict) else None


def _met(tools: Resources, scene: Scene, must_have: pl.DataFrame) -> Answer:
    found = mhl_compliance(must_have, facts.of_scene(tools.objects, scene, "facings"))
    return found.compliance, found.out_of_stock


def _kept(tools: Resources, scene: Scene, planogram: pl.DataFrame, skus: pl.DataFrame) -> Answer:
    facings, photos = (facts.of_scene(tools.objects, scene, name) for name in ("facings", "photos"))
    found = planogram_compliance(planogram, facings, photos, skus)
    there = set(facings["sku_id"].to_list())
    missing = sorted({one.sku_id for one in found.records} - there)
    return found.compliance, missing


def _row(scene: Scene, now: float | None, answer: Answer) -> dict[str, Any]:
    compliance, out_of_stock = answer
    return {
        "scene_id": scene.id,
        "scene": scene.scene,
        "created_at": scene.created_at,
        "display": scene.display_id,
        "compliance_now": now,
        "compliance": compliance,
        "out_of_stock": out_of_stock,
    }
