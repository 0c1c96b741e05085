"""The planogram of Azure AI Vision product recognition: products, fixtures, positions.

x and y are from the top left corner, w and h go right and down; every position is one front.

Source: Microsoft, "Shelf planogram compliance (preview)", section "Prepare a planogram schema", and
PlanogramApiModel of the Computer Vision REST API 2023-04-01-preview.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from master_files.layout import BIGGEST, NO_UNIT, Place, Product, planogram_lines, runs, sku_lines
from master_files.lines import Contents, Finding
from storage.blocks import Front

_Number = Annotated[float, Meta(ge=-BIGGEST, le=BIGGEST)]


class _Product(Struct, frozen=True):
    id: str
    name: str
    w: _Number
    h: _Number


class _Fixture(Struct, frozen=True):
    id: str
    w: _Number
    h: _Number
    x: _Number
    y: _Number


class _Position(Struct, frozen=True, rename="camel"):
    id: str
    product_id: str
    fixture_id: str
    x: _Number
    y: _Number


class _Planogram(Struct, frozen=True):
    width: _Number
    height: _Number
    products: list[_Product]
    fixtures: list[_Fixture]
    positions: list[_Position]


def is_planogram(body: Any) -> bool:
    """Tell a planogram of Azure from other JSON."""
    inner = body.get("planogram", body) if isinstance(body, dict) else {}
    return isinstance(inner, dict) and {"products", "fixtures", "positions"} <= inner.keys()


def read(body: Any, file: str, name: str, unit: str | None) -> Contents:
    """Make lines of a planogram, which gets the name of its file.

    A fixture is a shelf; fixtures above each other are one rack. What stands on it in a row, or is
    stacked, is one record.
    """
    try:
        found = msgspec.convert(body.get("planogram", body), _Planogram, strict=False)
    except msgspec.ValidationError as error:
        return Contents(findings=[Finding(file, f"It is no planogram of Azure: {error}.")])
    if findings := list(_dangling(found, file)):
        return Contents(findings=findings)
    products = [
        Product(p.id, p.name or p.id, f"{file}, product {p.id}", p.w, p.h) for p in found.products
    ]
    notes = [] if unit else [NO_UNIT]
    placed = planogram_lines(name, file, _places(found, file), products, unit)
    return Contents([*sku_lines(products, unit), *placed], notes=notes)


def _dangling(found: _Planogram, file: str) -> Any:
    products, fixtures = {p.id for p in found.products}, {f.id for f in found.fixtures}
    for position in found.positions:
        where = f"{file}, position {position.id}"
        if position.product_id not in products:
            yield Finding(where, f"There is no product {position.product_id} in the file.")
        if position.fixture_id not in fixtures:
            yield Finding(where, f"There is no fixture {position.fixture_id} in the file.")


def _places(found: _Planogram, file: str) -> list[Place]:
    sizes = {product.id: product for product in found.products}
    racks = _racks(found.fixtures)
    places: list[Place] = []
    for fixture in found.fixtures:
        own = [p for p in found.positions if p.fixture_id == fixture.id]
        fronts = [(p.product_id, _front(p, sizes[p.product_id])) for p in own]
        for number, (code, wide, high) in enumerate(runs(fronts)):
            where = f"{file}, fixture {fixture.id}"
            place = Place(racks[fixture.id], fixture.y, fixture.x + number, code, wide, high, where)
            places.append(place)
    return places


def _front(position: _Position, product: _Product) -> Front:
    return Front(None, position.x, position.y, position.x + product.w, position.y + product.h)


def _racks(fixtures: list[_Fixture]) -> dict[str, float]:
    """Name the rack of each fixture by its left side: fixtures that overlap in x are one rack."""
    racks: dict[str, float] = {}
    left, right = 0.0, float("-inf")
    for fixture in sorted(fixtures, key=lambda f: (f.x, f.id)):
        if fixture.x >= right - fixture.w / 2:
            left, right = fixture.x, fixture.x + fixture.w
        racks[fixture.id] = left
    return racks
