"""The answers of reports that compare a scene with what should stand there."""

from msgspec import Struct, field


class MhlRecord(Struct, frozen=True):
    """One record of the must-have list."""

    mhl_record_id: int
    name: str | None
    sku: int
    compliant: bool
    found_sku: int | None
    facings: int


class MhlCompliance(Struct, frozen=True):
    """The scene against the must-have list of its display."""

    records: list[MhlRecord]
    compliance: float | None
    out_of_stock: list[int]


class Box(Struct, frozen=True):
    """A facing; whole pixels of the upright photo."""

    image: int
    facing_id: int
    x1: int
    y1: int
    x2: int
    y2: int


class EmptyPlace(Struct, frozen=True):
    """Where missing faces should stand; whole pixels of the upright photo."""

    image: int
    x1: int
    y1: int
    x2: int
    y2: int


class Record(Struct, frozen=True):
    """One record of the planogram; counts in faces."""

    record_id: int
    sku_id: int
    rack_index: int
    shelf_index: int
    product_index: int
    planned: int
    in_view: int
    found: int
    correct: int
    unnamed: int
    status: str
    instead: list[int]
    boxes: list[Box]
    instead_boxes: list[Box]
    missing: list[EmptyPlace]


class ExtraProduct(Struct, frozen=True):
    """Facings that no record has a place for."""

    sku_id: int
    faces: int
    boxes: list[Box]


class Source(Struct, frozen=True):
    """What stands where it should not."""

    sku_id: int
    boxes: list[Box]


class Place(Struct, frozen=True):
    """A place in the planogram."""

    record_id: int
    sku_id: int
    rack_index: int
    shelf_index: int
    product_index: int


class Action(Struct, frozen=True):
    """One thing to do with faces of a SKU."""

    action: str
    sku_id: int
    faces: int
    faces_gained: int
    source: Source | None = field(name="from")
    target: Place | None = field(name="to")


class PlanogramCompliance(Struct, frozen=True):
    """The scene against the planogram of its display; null = nothing to divide by."""

    compliance: float | None
    compliance_overall: float | None
    planned_faces: int
    in_view_faces: int
    correct_faces: int
    unnamed_faces: int
    records: list[Record]
    extra_products: list[ExtraProduct]
    actions: list[Action]


class ExpectedSku(Struct, frozen=True):
    """One thing that should be there."""

    sku_id: int
    mhl_record_id: int | None
    present: bool
    facings: int


class Gap(Struct, frozen=True):
    """An empty place; whole pixels of the upright photo, shelf_index from the top of the photo."""

    image: int
    shelf_index: int
    x1: int
    y1: int
    x2: int
    y2: int


class Osa(Struct, frozen=True):
    """On-shelf availability of the scene."""

    expected_by: str
    expected: int
    present: int
    osa: float | None
    skus: list[ExpectedSku]
    out_of_stock: list[int]
    gaps: list[Gap]
