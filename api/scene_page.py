"""Loads what the scene page shows beside the summary: tables of reports, overlays of the photos."""

from collections import defaultdict
from typing import Any

import msgspec
from msgspec import Struct

from api.scene_marks import Bubble, Mark, Picture, picture, planogram_marks, price_bubbles
from api.scene_overlay import EMPTY, Overlay, make_overlay, read_facts
from api.scene_tables import Table, make_tables, named_skus
from storage import catalog, confirmations, facts, reports
from storage.objects import ObjectStore
from storage.records import Records
from storage.reports import READY, Report
from storage.scenes import Scene

UNSHOWN = {"REALOGRAM", "PHOTO_QUALITY"}  # the overlay and the captions say the same


class Shown(Struct, frozen=True):
    """What reports and facts say, for the page."""

    tables: list[Table]
    overlays: dict[int, Overlay]  # by image id; an empty one where nothing is there
    marks: dict[int, list[Mark]]  # by image id
    bubbles: dict[int, Bubble]  # by tag_id
    panorama: Picture | None


def load_shown(records: Records, objects: ObjectStore, scene: Scene, made: list[Report]) -> Shown:
    """Read facts and the bodies of reports that are READY."""
    frames = read_facts(objects, scene)
    wanted = [r.id for r in made if r.status == READY and r.report_type not in UNSHOWN]
    with records.reading() as tx:
        answers = {one.facing_id: one for one in confirmations.of_scenes(tx, [scene.id])}
        stored = [reports.get(tx, report_id) for report_id in wanted]
    full = [reports.with_body(report, objects) for report in stored]
    bodies: dict[str, Any] = {
        report.report_type: msgspec.json.decode(report.body) for report in full if report.body
    }
    with records.reading() as tx:
        seen = facts.sku_ids(frames["facings"]) if frames else []
        said = [answer.sku_id for answer in answers.values() if answer.sku_id]
        names = catalog.names(tx, {*seen, *said, *named_skus(bodies)})
    overlays: dict[int, Overlay] = defaultdict(lambda: EMPTY)
    for image_id in frames["photos"]["image_id"] if frames else ():
        overlays[image_id] = make_overlay(frames, image_id, names, answers)
    planned, stitched = bodies.get("PLANOGRAM_COMPLIANCE"), bodies.get("PANORAMA")
    return Shown(
        tables=make_tables({report.report_type: report.id for report in full}, bodies, names),
        overlays=overlays,
        marks=planogram_marks(planned, names) if planned else {},
        bubbles=price_bubbles(bodies.get("PRICE_TAGS", [])),
        panorama=picture(stitched) if stitched else None,
    )
