"""The body of a webhook: the envelope of `POST /recognize` with one report in it, by type.

Source: v1.5 API, webhook of `/recognize`, the form its public clients parse.
"""

import msgspec

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


def envelope(scene: Scene, photos: list[ScenePhoto], report: Report) -> bytes:
    """Write the body; the same bytes for the same report revision."""
    if report.status == READY and report.body is not None:
        content: msgspec.Raw | Failed = msgspec.Raw(report.body)
    else:
        content = Failed(report.status, report.problem or "The report failed.")
    return msgspec.json.encode(
        Envelope(
            id=scene.id,
            images=[photo.image.id for photo in photos],
            display=scene.display_id,
            scene=scene.scene,
            reports={report.report_type: content},
            warnings=warnings((photo.image.id, photo.quality) for photo in photos),
        )
    )
