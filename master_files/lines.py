"""What every file of master data becomes: lines of a few kinds, and what was wrong with it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from api.catalog import SkuBody
from api.master_resources import RESOURCES, Resource
from storage import tables

SKU, PLANOGRAMS, PLANOGRAM_RECORDS = "sku", "planograms", "planogram_records"
PACKSHOT = "packshot"  # column of a SKU: path of a JPEG, from the folder of the file
CATALOGUE = ("brand", "category", "manufacturer")  # links of a SKU, by id or by name
ALIASES = {"skus": SKU, "musthavelists": "mhl", "mhl_records": "mhl_record"}

BY_KIND: dict[str, Resource] = {
    resource.path[1:]: resource for resource in RESOURCES if resource.kind.is_master
}
ORDER = (  # what is named comes before what names it
    "brands",
    "categories",
    "manufacturers",
    SKU,
    "mhl",
    PLANOGRAMS,
    "displays",
    PLANOGRAM_RECORDS,
    "mhl_record",
)


class Line(Struct, frozen=True):
    """One row of a file: the fields it has, as text or as JSON values."""

    kind: str  # one of ORDER, as the resource is called in the API
    where: str  # "skus.csv, line 3"
    values: Mapping[str, Any]
    only_new: bool = False  # True: what is there already stays as it is
    whole: bool = False  # of a planogram: records that no line has are removed


class Finding(Struct, frozen=True):
    """Something wrong, and where."""

    where: str
    what: str


class Contents(Struct, frozen=True):
    """What a file holds."""

    lines: list[Line] = []
    findings: list[Finding] = []
    notes: list[str] = []  # what is not wrong but worth knowing


def columns(kind: str) -> list[str]:
    """Name the columns a file of a kind may have: the API's fields, and names in place of ids."""
    if kind == SKU:
        fields = [name for name in SkuBody.__struct_fields__ if name != "images"]
        return [*fields, PACKSHOT, *(f"{name}_name" for name in CATALOGUE)]
    resource = BY_KIND[kind]
    links = resource.kind.links
    named = (f"{n}_cid" if table is tables.skus else f"{n}_name" for n, table in links.items())
    return [*resource.body.__struct_fields__, *named]


def kind_of(name: str) -> str | None:
    """Read a kind from its name or from a file's."""
    lowered = name.lower().replace("-", "_")
    kind = ALIASES.get(lowered, lowered)
    return kind if kind in ORDER else None
