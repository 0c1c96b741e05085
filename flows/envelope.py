"""The bodies of webhooks.

An address that a call named gets the envelope of `POST /recognize` with one report in it, by type;
an endpoint gets an event with its name and time around the same. The same bytes for every attempt.

Source: v1.5 API, webhook of `/recognize`, the form its public clients parse; Standard Webhooks
1.0.0, section "Payload structure".
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec.structs import asdict, replace

from flows.reports import on_wire
from storage.quality import PhotoWarning, warnings
from storage.reports import READY, Report
from storage.scenes import Scene, ScenePhoto


class Failed(msgspec.Struct, frozen=True):
    """In place of the rows of a report that is ERROR."""

    status: str
    error: str


class Envelope(msgspec.Struct, frozen=True):
    """One report of one scene, as it is posted."""

    id: int  # of the scene, as POST /recognize answered
    images: list[int]
    display: int | None
    scene: str
    reports: dict[str, msgspec.Raw | Failed]  # one entry: type -> rows, byte for byte as stored
    warnings: list[PhotoWarning]  # ours; why photos may show less than is there


class ReportData(Envelope, frozen=True, kw_only=True):
    """The data of an event of a report."""

    report: int
    report_type: str
    revision: int
    status: str  # READY or ERROR


class SceneData(msgspec.Struct, frozen=True):
    """The data of an event of a scene."""

    id: int
    images: list[int]
    display: int | None
    scene: str
    visit: int
    status: str  # DONE or ERROR
    error: str | None
    reports: dict[str, int]  # type -> id


class EventBody(msgspec.Struct, frozen=True):
    """What an endpoint gets."""

    event: str = msgspec.field(name="type")
    timestamp: str  # when it happened, UTC; the header has the time of the attempt
    data: ReportData | SceneData


class ReportById(msgspec.Struct, frozen=True):
    """A report under its id, as `GET /reports/{id}` tells it."""

    id: int
    status: str
    report_type: str
    json: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET  # READY
    error: str | msgspec.UnsetType = msgspec.UNSET  # ERROR


def envelope(
    scene: Scene, photos: list[ScenePhoto], report: Report, *, by_id: bool = False
) -> bytes:
    """Write the body for an address that a call named.

    Args:
        by_id: the other documented form: `reports` by id; of a report that was computed anew, it
            alone, as the page on `force_update` says.
    """
    whole = _envelope(scene, photos, report)
    content = whole.reports[report.report_type]
    if not by_id:
        named: dict[str, Any] = {on_wire(report.report_type): content}
        return msgspec.json.encode(replace(whole, reports=named))
    told = {str(report.id): _by_id(report, content)}
    return msgspec.json.encode(told if report.revision > 1 else asdict(whole) | {"reports": told})


def _by_id(report: Report, content: msgspec.Raw | Failed) -> ReportById:
    name = on_wire(report.report_type)
    if isinstance(content, Failed):
        return ReportById(report.id, content.status, name, error=content.error)
    return ReportById(report.id, report.status, name, json=content)


def report_event(
    event: str, scene: Scene, photos: list[ScenePhoto], report: Report, *, at: datetime
) -> bytes:
    """Write the body of an event of a report for an endpoint."""
    own: dict[str, Any] = {
        "report": report.id,
        "report_type": report.report_type,
        "revision": report.revision,
        "status": report.status,
    }
    data = ReportData(**asdict(_envelope(scene, photos, report)), **own)
    return msgspec.json.encode(EventBody(event, _written(at), data))


def scene_event(
    event: str, scene: Scene, photos: list[ScenePhoto], reports: list[Report], *, at: datetime
) -> bytes:
    """Write the body of an event of a scene for an endpoint."""
    data = SceneData(
        id=scene.id,
        images=[photo.image.id for photo in photos],
        display=scene.display_id,
        scene=scene.scene,
        visit=scene.visit_id,
        status=scene.status,
        error=scene.problem,
        reports={report.report_type: report.id for report in reports},
    )
    return msgspec.json.encode(EventBody(event, _written(at), data))


def _envelope(scene: Scene, photos: list[ScenePhoto], report: Report) -> Envelope:
    if report.status == READY and report.body is not None:
        content: msgspec.Raw | Failed = msgspec.Raw(report.body)
    else:
        content = Failed(report.status, report.problem or "The report failed.")
    return Envelope(
        id=scene.id,
        images=[photo.image.id for photo in photos],
        display=scene.display_id,
        scene=scene.scene,
        reports={report.report_type: content},
        warnings=warnings((photo.image.id, photo.quality) for photo in photos),
    )


def _written(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
