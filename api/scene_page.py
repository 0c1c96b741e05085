"""Loads what the scene page shows beside the summary: report tables and overlays of the photos."""

from collections import defaultdict

from api.scene_overlay import EMPTY, Overlay, make_overlay, read_facts
from api.scene_tables import DRAWN, Table, make_tables
from storage import catalog, confirmations, facts, reports
from storage.objects import ObjectStore
from storage.records import Records
from storage.reports import READY, Report
from storage.scenes import Scene


def load_tables_and_overlays(
    records: Records, objects: ObjectStore, scene: Scene, made: list[Report]
) -> tuple[list[Table], dict[int, Overlay]]:
    """Read facts and report bodies; overlays come by image id, an empty one when none is there."""
    frames = read_facts(objects, scene)
    shown = [r.id for r in made if r.status == READY and r.report_type not in DRAWN]
    with records.reading() as tx:
        answers = {one.facing_id: one for one in confirmations.of_scenes(tx, [scene.id])}
        seen = facts.sku_ids(frames["facings"]) if frames else []
        names = catalog.names(tx, [*seen, *(a.sku_id for a in answers.values() if a.sku_id)])
        full = [reports.get(tx, report_id, objects=objects) for report_id in shown]
    overlays: dict[int, Overlay] = defaultdict(lambda: EMPTY)
    if frames:
        image_ids = frames["photos"]["image_id"]
        overlays |= {
            image_id: make_overlay(frames, image_id, names, answers) for image_id in image_ids
        }
    return make_tables(full, names), overlays
