"""Where the positions of another tool's planogram stand: racks, shelves, an order for all."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from master_files.lines import PLANOGRAM_RECORDS, PLANOGRAMS, SKU, Line
from storage.blocks import Front, blocks

MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4}
BIGGEST = 1e9  # of any unit: no shelf is so far away
NO_UNIT = "The file does not tell its unit; say --unit mm, cm or in to get sizes."


class Product(Struct, frozen=True):
    """A product of a planogram file; sizes in its unit."""

    code: str
    name: str
    where: str
    width: float | None = None
    height: float | None = None
    depth: float | None = None
    ean13: str | None = None
    brand: str | None = None
    category: str | None = None
    manufacturer: str | None = None


class Place(Struct, frozen=True):
    """A block of facings on a shelf of a rack."""

    rack: float  # any number that grows to the right
    shelf: float  # any number that grows downwards
    left: float
    code: str  # of the product
    facing_x: int
    facing_y: int
    where: str


def sku_lines(products: Iterable[Product], unit: str | None) -> Iterator[Line]:
    """Make lines of the products, for those that are no SKUs yet."""
    for product in products:
        yield Line(SKU, product.where, _sku(product, unit), only_new=True)


def planogram_lines(
    name: str, where: str, places: Iterable[Place], products: Iterable[Product], unit: str | None
) -> Iterator[Line]:
    """Make lines of a planogram and of all its records."""
    yield Line(PLANOGRAMS, where, {"name": name}, whole=True)
    known = {product.code: product for product in products}
    placed = list(places)
    racks = _ranks(one.rack for one in placed)
    shelves = {rack: _ranks(one.shelf for one in placed if one.rack == rack) for rack in racks}
    placed.sort(key=lambda one: (shelves[one.rack][one.shelf], one.rack, one.left))
    for index, one in enumerate(placed):
        values = {
            "planogram_name": name,
            "sku_cid": one.code,
            "rack_index": racks[one.rack],
            "shelf_index": shelves[one.rack][one.shelf],
            "product_index": index,
            "facing_x": one.facing_x,
            "facing_y": one.facing_y,
        }
        yield Line(PLANOGRAM_RECORDS, one.where, values | _size(known[one.code], unit))


def _size(product: Product, unit: str | None) -> dict[str, int]:
    if unit is None:
        return {}
    sizes = {"width": product.width, "height": product.height}
    return {name: round(size * MILLIMETRES[unit]) for name, size in sizes.items() if size}


def _ranks(values: Iterable[float]) -> dict[float, int]:
    return {value: rank for rank, value in enumerate(sorted(set(values)))}


def _sku(product: Product, unit: str | None) -> dict[str, object]:
    sizes = (product.width, product.height, product.depth) if unit else (None, None, None)
    told: dict[str, object] = {
        "cid": product.code,
        "name": product.name,
        "ean13": product.ean13,
        "brand_name": product.brand,
        "category_name": product.category,
        "manufacturer_name": product.manufacturer,
    }
    for name, size in zip(("size_x_mm", "size_y_mm", "size_z_mm"), sizes, strict=True):
        told[name] = size and round(size * MILLIMETRES[unit or "mm"], 3)
    return {name: value for name, value in told.items() if value}


def runs(fronts: Sequence[tuple[str, Front]]) -> list[tuple[str, int, int]]:
    """Put single fronts of one shelf together: product, side by side, stacked; from the left."""
    codes = sorted({code for code, _ in fronts})
    numbered = [
        Front(codes.index(code) + 1, front.x1, front.y1, front.x2, front.y2)
        for code, front in fronts
    ]
    return [(codes[b.sku_id - 1], b.facing_x, b.facing_y) for b in blocks([numbered])]
