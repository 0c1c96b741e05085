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


@dataclass(frozen=True)
class Kind(Generic[Row]):
    """A kind of master data: its table, its rows, and what its fields name."""

    table: Table
    row: type[Row]
    noun: str
    links: dict[str, Table] = field(default_factory=dict)  # field -> what it names
    followers: tuple[Column[Any], ...] = ()  # columns without a foreign key that name its rows

    def column(self, name: str) -> ColumnElement[Any]:
        """Find the column of a field, under the field's name."""
        if name == "display":
            return _display_of_planogram().label(name)
        columns = self.table.c
        return (columns[f"{name}_id"] if f"{name}_id" in columns else columns[name]).label(name)


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
