"""The Data API's shapes: visits as the original service tells them, filled from our reports.

Where the reference leaves items of a list open, they are the rows of the report that has them.
Fields after the documented ones are ours.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from api.master_bodies import Code
from api.scene_summary import ReasonSummary
from api.wire import Id, Moment, Text, Timestamp

Number = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class AckBody(Struct, frozen=True):
    """What the client confirms; everything may be left out.

    `updated_at` is that of the visit as it was read: what changed since then stays new.
    """

    cid: Code | None = None
    updated_at: Moment | None = None


class KpiBody(Struct, frozen=True):
    """A KPI of the visit; ids from 1 on are in docs/data-api.md, others are the client's own."""

    kpi: Id
    value: Number | float | Text
    target_value: Number | float | Text | None = None


class VisitItem(Struct, frozen=True):
    """A visit in the list."""

    id: int
    cid: str
    name: str
    created_at: Timestamp
    updated_at: Timestamp


class VisitImage(Struct, frozen=True):
    """A photo of a scene."""

    id: int
    created_at: Timestamp
    original_url: str  # signed, for a quarter of an hour
    corrected_perspective_url: str | None
    is_deleted: bool
    annotations: list[Any]  # as in REALOGRAM
    shelf_annotations: list[Any]  # as in REALOGRAM
    price_annotations: list[Any]  # as in PRICE_TAGS


class VisitScene(Struct, frozen=True):
    """A scene of a visit."""

    id: int
    created_at: Timestamp
    task_id: int | None
    portal_url: str
    images: list[VisitImage]
    image_quality: list[Any]  # as in PHOTO_QUALITY
    clone_id: int | None
    question_groups: list[Any]
    assortment: list[Any]  # as in ASSORTMENT
    facing_counts: list[Any]  # as in FACING_COUNT
    scene: str
    reports: dict[str, int]  # by type
    oos_reasons: list[ReasonSummary]


class VisitKpi(Struct, frozen=True):
    """A KPI of a visit; `source` is `report` or `client`."""

    kpi: int
    name: str | None
    value: float | str | None
    target_value: float | str | None
    source: str


class FullVisit(Struct, frozen=True):
    """A visit with its scenes; it is closed when all reports have ended."""

    id: int
    cid: str
    portal_url: str
    agent_id: int | None
    current_agent_name: str | None
    current_agent_route: str | None
    current_agent_role: str | None
    store_id: int | None
    customer_id: str | None
    is_closed: bool
    is_deleted: bool
    is_new: bool
    latitude: float | None
    longitude: float | None
    closed_latitude: float | None
    closed_longitude: float | None
    closed_at: Timestamp | None
    created_at: Timestamp
    updated_at: Timestamp
    app_created_at: Timestamp
    app_closed_at: Timestamp | None
    scenes: list[VisitScene]
    kpis: list[VisitKpi]


class Acknowledged(Struct, frozen=True):
    """A visit that was confirmed."""

    id: int
    cid: str
    is_new: bool
