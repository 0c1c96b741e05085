"""The kinds of master data that clients write, each as its rows look on the wire."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlalchemy import Column, ColumnElement, Table, func, select

from storage import tables

Row = TypeVar("Row", bound=Struct)


class Brand(Struct, frozen=True):
    """Who a SKU is sold as."""

    id: int
    name: str | None


class Category(Brand, frozen=True):
    """What kind of product a SKU is."""


class Manufacturer(Brand, frozen=True):
    """Who makes a SKU."""


class MustHaveList(Brand, frozen=True):
    """The SKUs a display must have; its records say which."""


class Display(Struct, frozen=True):
    """A place that is photographed, and what should stand there."""

    id: int
    name: str | None
    planogram: int | None
    musthavelist: int | None


class Planogram(Struct, frozen=True):
    """How products should stand; its records say where."""

    id: int
    name: str | None
    display: int | None  # the display that has it; the first one when several share it


class PlanogramRecord(Struct, frozen=True):
    """A block of facings of one SKU; indices from 0, racks from the left, shelves from the top."""

    id: int
    rack_index: int | None
    shelf_index: int | None
    product_index: int | None  # in the whole planogram
    facing_x: int | None  # facings side by side
    facing_y: int | None  # facings stacked
    width: int | None  # of the product, mm
    height: int | None  # of the product, mm
    planogram: int | None
    sku: int | None
    created_at: datetime
    updated_at: datetime


class MustHaveRecord(Struct, frozen=True):
    """A demand that its SKU or one of the alternatives meets."""

    id: int
    name: str | None
    musthavelist: int | None
    sku: int | None
    sku1: int | None
    sku2: int | None
    sku3: int | None
    sku4: int | None
    sku5: int | None
    sku6: int | None


class Visit(Struct, frozen=True):
    """One presence of an agent in a shop, as the client tells it."""

    id: int
    shop: str | int | None  # the client's code, as it was sent
    agent: str | int | None
    started_date: datetime
    task: Any
    latitude: float | None  # degrees
    longitude: float | None  # degrees
    shop_name: str | None
    shop_area: str | None
    gps_shop: Any
    images: Any
    current_agent_name: str | None
    current_agent_route: str | None
    moderation: str | None
    results: Any
    helpdesk: Any


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """A kind of rows that clients write: its table, its rows, and what its fields name."""

    table: Table
    row: type[Row]
    noun: str
    links: dict[str, Table] = field(default_factory=dict)  # field -> what it names
    followers: tuple[Column[Any], ...] = ()  # columns without a foreign key that name its rows
    packed: tuple[str, ...] = ()  # fields kept as they were sent in the column `details`
    is_master: bool = True  # False: its id stays, and nobody counts its writes

    def column(self, name: str) -> ColumnElement[Any]:
        """Find the column of a field, under the field's name."""
        if name in self.packed:
            return self.table.c.details[name].label(name)
        if name == "display":
            return _display_of_planogram().label(name)
        return self.table.c[self.column_name(name)].label(name)

    def column_name(self, name: str) -> str:
        """Name the column of a field in the table; it may have none."""
        names = (f"{name}_id", name.replace("_date", "_at"))
        return next((spelling for spelling in names if spelling in self.table.c), name)


def _display_of_planogram() -> ColumnElement[Any]:
    """The display that has a planogram: kept there alone, so the two never disagree."""
    displays = tables.displays
    own = displays.c.planogram_id == tables.planograms.c.id
    return select(func.min(displays.c.id)).where(own).correlate(tables.planograms).scalar_subquery()


_skus = tables.skus
_alternatives = {f"sku{n}": _skus for n in range(1, 7)}

BRANDS = Kind(tables.brands, Brand, "brand", followers=(_skus.c.brand,))
CATEGORIES = Kind(tables.categories, Category, "category", followers=(_skus.c.category,))
MANUFACTURERS = Kind(
    tables.manufacturers, Manufacturer, "manufacturer", followers=(_skus.c.manufacturer,)
)
PLANOGRAMS = Kind(tables.planograms, Planogram, "planogram", links={"display": tables.displays})
PLANOGRAM_RECORDS = Kind(
    tables.planogram_records,
    PlanogramRecord,
    "planogram record",
    links={"planogram": tables.planograms, "sku": _skus},
)
MUST_HAVE_LISTS = Kind(tables.musthavelists, MustHaveList, "must-have list")
MUST_HAVE_RECORDS = Kind(
    tables.mhl_records,
    MustHaveRecord,
    "must-have record",
    links={"musthavelist": tables.musthavelists, "sku": _skus, **_alternatives},
)
DISPLAYS = Kind(
    tables.displays,
    Display,
    "display",
    links={"planogram": tables.planograms, "musthavelist": tables.musthavelists},
    followers=(tables.scenes.c.display_id,),
)
VISITS = Kind(
    tables.visits,
    Visit,
    "visit",
    packed=(
        "shop",
        "agent",
        "task",
        "gps_shop",
        "images",
        "current_agent_name",
        "current_agent_route",
        "moderation",
        "results",
        "helpdesk",
    ),
    is_master=False,
)
NOUNS = {
    _skus: "SKU",
    **{
        kind.table: kind.noun
        for kind in (
            BRANDS,
            CATEGORIES,
            MANUFACTURERS,
            PLANOGRAMS,
            PLANOGRAM_RECORDS,
            MUST_HAVE_LISTS,
            MUST_HAVE_RECORDS,
            DISPLAYS,
        )
    },
}
