"""A scene as the flows leave it: facts, reports, photos, times."""

from typing import Any

import numpy as np
import polars as pl

from storage import catalog, facts, reports, scenes
from storage.quality import Quality, Reason
from storage.report_bodies import store_body
from tests.storage.rows import LINEAGE

from .conftest import Gondola

Rows = list[dict[str, Any]]
BOX = {"x1": 4.0, "y1": 5.0, "x2": 20.0, "y2": 40.0, "detection_score": 0.93}
TIMINGS = {"queue": 30.0, "decode": 41.0, "detect": 120.5, "reports": 12.0}


def facing(image_id: int, number: int, sku_id: int | None, **more: Any) -> dict[str, Any]:
    """One row of facings."""
    place = {"rack_index": 0, "shelf_index": 0, "position_index": number}
    models = {"detector": "det-1", "embedder": "emb-1"}
    score = None if sku_id is None else 0.81
    identity = {"sku_id": sku_id, "sku_score": score, "duplicate": False}
    return {
        "image_id": image_id, "facing_id": number, **BOX, **place, **identity, **models
    } | more  # fmt: skip


def price_tag(image_id: int, number: int, **more: Any) -> dict[str, Any]:
    """One row of price tags."""
    return {
        "image_id": image_id, "tag_id": number, **BOX, "shelf_index": 0, "detector": "det-1"
    } | more  # fmt: skip


def shelf(image_id: int, y: float, index: int = 0) -> dict[str, Any]:
    """One row of shelves."""
    return {"image_id": image_id, "shelf_index": index, "x1": 0.0, "y1": y, "x2": 60.0, "y2": y}


def photo(image_id: int, position: int, **more: Any) -> dict[str, Any]:
    """One row of photos."""
    size = {"width": 64, "height": 48, "status": "READY", "problem": None}
    return {
        "image_id": image_id,
        "position": position,
        **size,
        "facing_count": 1,
        "capped": False,
    } | more


def quality(*reasons: str) -> Quality:
    """The quality of a photo with these reasons."""
    return Quality(
        sharpness=1490.26,
        brightness=0.38961,
        washed_out=0.0,
        tilt_degrees=-0.25,
        product_pixels=None,
        product_share=None,
        screen_score=2.5812,
        reasons=[Reason(code, f"What to do about {code}.") for code in reasons],
    )


def set_quality(gondola: Gondola, scene_id: int, image_id: int, *reasons: str) -> None:
    """Note that the photo was recognised and measured."""
    with gondola.records.transaction() as tx:
        measured = quality(*reasons)
        scenes.set_photo(tx, scene_id, image_id, status="READY", problem=None, quality=measured)


def write_facts(gondola: Gondola, scene_id: int, **tables: Rows) -> None:
    """Store the facts and point the scene at them."""
    frames = {
        name: pl.DataFrame(tables.get(name, []), schema=schema)
        for name, schema in facts.TABLES.items()
    }
    now = gondola.clock.now
    with gondola.records.reading() as tx:
        scene = scenes.get(tx, scene_id).scene
    facts.write(gondola.objects, day=now.date(), scene=scene, revision=1, tables=frames)
    with gondola.records.transaction() as tx:
        scenes.start(tx, scene_id, detector="det-1", embedder="emb-1", flow_run_id="run-1", now=now)
        scenes.set_facts(tx, scene_id, revision=1, day=now.date(), now=now)


def write_embeddings(
    gondola: Gondola, scene: str, image: int, vectors: np.ndarray, embedder: str
) -> None:
    """Store what an embedder saw in the facings of a scene of one photo, in their order."""
    rows = [(image, n, v.astype("<f2").tobytes(), embedder) for n, v in enumerate(vectors)]
    frame = pl.DataFrame(rows, schema=facts.TABLES[facts.EMBEDDINGS], orient="row")
    with gondola.records.reading() as tx:
        day = scenes.by_scene(tx, scene).facts_day
    assert day
    key = facts.facts_key(day, scene, 1, facts.EMBEDDINGS)
    gondola.objects.put(key, facts.encode(facts.EMBEDDINGS, frame))


def finish(gondola: Gondola, scene_id: int, bodies: dict[str, bytes]) -> None:
    """End the reports that have a body here, and the scene."""
    now = gondola.clock.now
    with gondola.records.reading() as tx:
        made = reports.of_scene(tx, scene_id)
        photos = scenes.photos(tx, scene_id)
    kept = {
        report.id: store_body(gondola.objects, bodies[report.report_type])
        for report in made
        if report.report_type in bodies
    }
    with gondola.records.transaction() as tx:
        for report_id, body in kept.items():
            reports.set_ready(tx, report_id, 1, body, lineage=LINEAGE, now=now)
        for one in photos:
            scenes.set_photo(tx, scene_id, one.image.id, status="READY", problem=None)
        scenes.finish(tx, scene_id, status="DONE", problem=None, timings=TIMINGS, now=now)


def add_sku(gondola: Gondola, name: str) -> int:
    """Add a SKU; its id."""
    with gondola.records.transaction() as tx:
        fields = catalog.SkuFields(cid=name, name=name)
        return catalog.add_sku(tx, fields, now=gondola.clock.now).id


def answerable(gondola: Gondola, *facings: dict[str, Any]) -> tuple[str, int]:
    """A finished scene of one photo with these facings, each more than `facing` says."""
    image = gondola.image()
    reply = gondola.recognize(images=[image]).json()
    rows = [facing(image, n, more.pop("sku_id", None), **more) for n, more in enumerate(facings)]
    write_facts(gondola, reply["id"], facings=rows, photos=[photo(image, 0)])
    return reply["scene"], image
