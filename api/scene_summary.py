"""A scene in short: status, photos, reports, models and times."""

from msgspec import Struct

from api.quality import PhotoQuality, to_wire
from api.wire import Timestamp, timestamp
from storage.oos_reasons import OosReason
from storage.reports import Report
from storage.scenes import Scene, ScenePhoto


class PhotoSummary(Struct, frozen=True):
    """A photo of the scene; width and height are pixels of the upright photo."""

    image: int
    url: str  # signed, for a quarter of an hour, on this server
    width: int
    height: int
    status: str  # NOT_READY, READY or ERROR
    problem: str | None
    quality: PhotoQuality | None  # null before recognition


class ReportSummary(Struct, frozen=True):
    """A report of the scene, without its data."""

    id: int
    report_type: str
    status: str  # NOT_READY, READY or ERROR
    revision: int
    problem: str | None


class ReasonSummary(Struct, frozen=True):
    """Why a SKU is out of stock, as a client says."""

    id: int
    sku_gid: int
    name: str | None  # null = no SKU of the catalogue has this id
    reason: str
    message: str | None
    images: list[int]
    created_date: Timestamp


class SceneSummary(Struct, frozen=True):
    """A scene and how far it is."""

    id: int
    scene: str
    status: str  # ACCEPTED, RUNNING, DONE or ERROR
    problem: str | None
    visit: int
    display: int | None
    created_date: Timestamp
    finished_date: Timestamp | None
    detector: str | None
    embedder: str | None
    flow_run_url: str | None
    timings: dict[str, float]  # milliseconds by stage
    photos: list[PhotoSummary]
    reports: list[ReportSummary]
    oos_reasons: list[ReasonSummary]


def run_url(scene: Scene, prefect_ui: str) -> str | None:
    """Link to the flow run in the Prefect UI, once there is one."""
    return f"{prefect_ui}/runs/flow-run/{scene.flow_run_id}" if scene.flow_run_id else None


def summarise(  # noqa: PLR0913 (keyword-only)
    scene: Scene,
    photos: list[ScenePhoto],
    reports: list[Report],
    *,
    reasons: list[OosReason],
    urls: dict[int, str],
    prefect_ui: str,
) -> SceneSummary:
    """Put a scene's records together.

    Args:
        urls: link of each photo, by image id.
    """
    return SceneSummary(
        id=scene.id,
        scene=scene.scene,
        status=scene.status,
        problem=scene.problem,
        visit=scene.visit_id,
        display=scene.display_id,
        created_date=timestamp(scene.created_at),
        finished_date=timestamp(scene.finished_at) if scene.finished_at else None,
        detector=scene.detector,
        embedder=scene.embedder,
        flow_run_url=run_url(scene, prefect_ui),
        timings=scene.timings,
        photos=[_photo(photo, urls[photo.image.id]) for photo in photos],
        reports=[
            ReportSummary(r.id, r.report_type, r.status, r.revision, r.problem) for r in reports
        ],
        oos_reasons=[to_wire_reason(reason) for reason in reasons],
    )


def to_wire_reason(reason: OosReason) -> ReasonSummary:
    """Write a reason, without the scene it belongs to."""
    told = {name: getattr(reason, name) for name in ReasonSummary.__struct_fields__[:-1]}
    return ReasonSummary(**told, created_date=timestamp(reason.created_at))


def _photo(photo: ScenePhoto, url: str) -> PhotoSummary:
    image = photo.image
    return PhotoSummary(
        image=image.id,
        url=url,
        width=image.width,
        height=image.height,
        status=photo.status,
        problem=photo.problem,
        quality=to_wire(photo.quality),
    )
