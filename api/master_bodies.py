"""Master data as clients send it; a body that leaves a link out keeps it."""

from functools import cache
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, defstruct
from msgspec.structs import fields

from api.wire import Id, Moment, Text

OwnId = Annotated[int, Meta(ge=1, le=2**53, description="Chosen by the client, or left out.")]
Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Code = Text | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]  # told again as it was sent
Degrees = Annotated[float, Meta(ge=-180, le=180)]
Link = Id | UnsetType | None  # left out: it stays


class NamedBody(Struct, frozen=True):
    """Something with a name."""

    name: Text
    id: OwnId | None = None


class DisplayBody(NamedBody, frozen=True):
    """A display; a planogram or must-have list that is left out stays, null takes it away."""

    planogram: Link = UNSET
    musthavelist: Link = UNSET


class PlanogramBody(Struct, frozen=True):
    """A planogram; a display that is left out stays, null takes it away."""

    id: OwnId | None = None
    name: Text | None = None
    display: Link = UNSET


class PlanogramRecordBody(Struct, frozen=True):
    """A block of facings of one SKU; indices from 0, sizes in mm."""

    id: OwnId | None = None
    rack_index: Number | None = None
    shelf_index: Number | None = None
    product_index: Number | None = None
    facing_x: Number | None = None
    facing_y: Number | None = None
    width: Number | None = None
    height: Number | None = None
    planogram: Id | None = None
    sku: Id | None = None


class MustHaveRecordBody(Struct, frozen=True):
    """A SKU that must be there; any of the alternatives will do as well."""

    id: OwnId | None = None
    name: Text | None = None
    musthavelist: Id | None = None
    sku: Id | None = None
    sku1: Id | None = None
    sku2: Id | None = None
    sku3: Id | None = None
    sku4: Id | None = None
    sku5: Id | None = None
    sku6: Id | None = None


class VisitBody(Struct, frozen=True):
    """A visit, of which everything may be left out."""

    id: OwnId | None = None
    shop: Code | None = None
    agent: Code | None = None
    started_date: Moment | None = None
    task: Any = None
    latitude: Degrees | None = None
    longitude: Degrees | None = None
    shop_name: Text | None = None
    shop_area: Text | None = None
    gps_shop: Any = None
    images: list[Id] | None = None
    current_agent_name: Text | None = None
    current_agent_route: Text | None = None
    moderation: Text | None = None
    results: Any = None
    helpdesk: Any = None


@cache
def changes_of(body: type[Struct]) -> type[Any]:
    """Make the body of PATCH: the same fields, each may be left out."""
    optional = [(f.name, f.type | UnsetType, UNSET) for f in fields(body)]
    name = body.__name__.replace("Body", "Changes")
    doc = {"__doc__": "The fields that change; the others stay."}
    return defstruct(name, optional, frozen=True, namespace=doc)
