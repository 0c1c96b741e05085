"""One visit of the Data API, put together from the records and the reports of its scenes."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from api.data_shapes import FullVisit, VisitImage, VisitItem, VisitKpi, VisitScene
from api.media import Links
from api.scene_summary import to_wire_reason
from api.wire import timestamp
from flows.reports.visit_kpis import KPIS, visit_kpis
from storage import collected_visits, oos_reasons, reports, scenes
from storage.collected_visits import CollectedVisit, KpiValue
from storage.images import Image
from storage.objects import ObjectStore
from storage.oos_reasons import OosReason
from storage.records import Records, Transaction
from storage.reports import NOT_READY, READY, Report
from storage.scenes import Scene

SHOWN = ("REALOGRAM", "PRICE_TAGS", "PHOTO_QUALITY", "ASSORTMENT", "FACING_COUNT")

Bodies = dict[str, Any]  # JSON by report type


class LoadedScene(Struct, frozen=True):
    """A scene and what belongs to it."""

    scene: Scene
    images: list[Image]
    reports: list[Report]
    shown: list[Report]  # of these, those whose bodies are told
    reasons: list[OosReason]
    bodies: Bodies = {}


def to_item(visit: CollectedVisit) -> VisitItem:
    """Write a visit of the list."""
    times = timestamp(visit.created_at), timestamp(visit.updated_at)
    return VisitItem(visit.id, visit.cid or "", visit.shop_name or visit.shop or "", *times)


def read_visit(
    records: Records, visit_id: int, objects: ObjectStore, links: Links, now: datetime
) -> FullVisit:
    """Read a visit with its scenes; NotFound when there is none."""
    with records.reading() as tx:
        visit = collected_visits.get(tx, visit_id)
        agent_id, agent_name = collected_visits.agent_of(tx, visit_id)
        said = collected_visits.kpi_values(tx, visit_id)
        found = [_load(tx, one) for one in collected_visits.scene_ids(tx, visit_id)]
    loaded = [_with_bodies(one, objects) for one in found]
    made = [report for one in loaded for report in one.reports]
    ended = bool(made) and all(report.status != NOT_READY for report in made)
    closed = max((report.updated_at for report in made), default=None) if ended else None
    return FullVisit(
        id=visit.id,
        cid=visit.cid or "",
        portal_url=f"{links.base_url}/?visit={visit.id}",
        agent_id=agent_id,
        current_agent_name=visit.agent_name or agent_name or visit.agent,
        current_agent_route=visit.agent_route,
        current_agent_role=None,
        store_id=None,
        customer_id=visit.shop,
        is_closed=ended,
        is_deleted=False,
        is_new=visit.is_new,
        latitude=visit.latitude,
        longitude=visit.longitude,
        closed_latitude=None,
        closed_longitude=None,
        closed_at=timestamp(closed) if closed else None,
        created_at=timestamp(visit.created_at),
        updated_at=timestamp(visit.updated_at),
        app_created_at=timestamp(visit.started_at),
        app_closed_at=None,
        scenes=[_scene(one, links, now) for one in loaded],
        kpis=_kpis(loaded, said),
    )


def _load(tx: Transaction, scene_id: int) -> LoadedScene:
    scene, made = scenes.get(tx, scene_id), reports.of_scene(tx, scene_id)
    wanted = {*SHOWN, *KPIS.values()}
    ready = [one for one in made if one.status == READY and one.report_type in wanted]
    return LoadedScene(
        scene,
        images=[photo.image for photo in scenes.photos(tx, scene_id)],
        reports=made,
        shown=[reports.get(tx, one.id) for one in ready],
        reasons=oos_reasons.of_scenes(tx, [scene_id]),
    )


def _with_bodies(one: LoadedScene, objects: ObjectStore) -> LoadedScene:
    full = [reports.with_body(report, objects) for report in one.shown]
    bodies = {
        report.report_type: msgspec.json.decode(report.body) for report in full if report.body
    }
    return msgspec.structs.replace(one, bodies=bodies)


def _scene(one: LoadedScene, links: Links, now: datetime) -> VisitScene:
    scene, bodies = one.scene, one.bodies
    return VisitScene(
        id=scene.id,
        created_at=timestamp(scene.created_at),
        task_id=None,
        portal_url=f"{links.base_url}/scenes/{scene.scene}",
        images=[_image(image, bodies, links, now) for image in one.images],
        image_quality=bodies.get("PHOTO_QUALITY", []),
        clone_id=None,
        question_groups=[],
        assortment=bodies.get("ASSORTMENT", []),
        facing_counts=bodies.get("FACING_COUNT", []),
        scene=scene.scene,
        reports={report.report_type: report.id for report in one.reports},
        oos_reasons=[to_wire_reason(reason) for reason in one.reasons],
    )


def _image(image: Image, bodies: Bodies, links: Links, now: datetime) -> VisitImage:
    seen = next((one for one in bodies.get("REALOGRAM", []) if one["image"] == image.id), {})
    return VisitImage(
        id=image.id,
        created_at=timestamp(image.created_at),
        original_url=links.url(image, now=now),
        corrected_perspective_url=None,
        is_deleted=False,
        annotations=seen.get("annotations", []),
        shelf_annotations=seen.get("shelf_annotations", []),
        price_annotations=[one for one in bodies.get("PRICE_TAGS", []) if one["image"] == image.id],
    )


def _kpis(loaded: list[LoadedScene], said: dict[int, KpiValue]) -> list[VisitKpi]:
    """What reports say, and in its place what clients say."""
    computed = visit_kpis(pair for one in loaded for pair in one.bodies.items())
    kpis = {one.kpi: VisitKpi(one.kpi, one.name, one.value, None, "report") for one in computed}
    for number, one in said.items():
        name = KPIS.get(number)
        kpis[number] = VisitKpi(number, name, one.value, one.target_value, "client")
    return [kpis[number] for number in sorted(kpis)]
