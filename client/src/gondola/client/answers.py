"""The answers of reports, as the server's docs/reports.md explains them.

Field by field what the server says; its tests hold the two together.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct, field


class FacingCount(Struct, frozen=True):
    """One SKU of the scene."""

    sku_id: int
    count: int


class ShareOfSpace(Struct, frozen=True):
    """One SKU of the scene."""

    sku_id: int
    share_of_count: float
    share_of_space: float


class Annotation(Struct, frozen=True):
    """One facing; centre and size in pixels."""

    sku_id: int | None
    x: int
    y: int
    h: int
    w: int
    duplicate: bool
    name: str | None


class ShelfAnnotation(Struct, frozen=True):
    """One shelf line, left to right, pixels."""

    x1: int
    y1: int
    x2: int
    y2: int


class Realogram(Struct, frozen=True):
    """One photo, in the order the photos were sent."""

    image: int
    annotations: list[Annotation]
    shelf_annotations: list[ShelfAnnotation]


class Colour(Struct, frozen=True):
    """A colour of the tag and its share of the tag's area, 0-1."""

    color: str
    score: float


class TagPrice(Struct, frozen=True):
    """One price of the tag; `amount` is for `quantity` pieces together."""

    kind: str
    amount: float
    currency: str | None
    quantity: int
    confidence: float


class PriceTag(Struct, frozen=True):
    """One price tag; from `image` on our own fields."""

    sku_id: int | None
    name: str | None
    brand: str | None
    manufacturer: str | None
    category: str | None
    sku_image_url: str | None
    price: float | None
    min_price: float | None
    max_price: float | None
    promo: bool
    price_tag_colors: list[str]
    colors: list[Colour]
    result_object: int | None
    result_pricetag: int
    image: int
    prices: list[TagPrice]
    text: str | None
    barcode: str | None


class Placement(Struct, frozen=True):
    """One photo that is in the picture."""

    image: int
    homography: list[float]


class Panorama(Struct, frozen=True):
    """The picture of the scene; null when no two of its photos overlap."""

    image_url: str | None
    width: int | None
    height: int | None
    photos: list[Placement]
    unplaced: list[int]


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


class Assortment(Struct, frozen=True):
    """One brand in one category."""

    brand_id: int | None
    brand: str | None
    category_id: int | None
    category: str | None
    sku_count: int
    facings: int
    skus: list[int]


class PhotoQuality(Struct, frozen=True):
    """One photo, in the order the photos were sent; numbers are null where there is no measure."""

    image: int
    good: bool
    reasons: list[str]
    status: str
    problem: str | None
    facings: int
    capped: bool
    sharpness: float | None
    brightness: float | None
    washed_out: float | None
    tilt_degrees: float | None
    product_pixels: float | None
    product_share: float | None
    screen_score: float | None


class Models(Struct, frozen=True):
    """That the two scenes were recognised by different models."""

    detector_before: str | None
    detector_now: str | None
    embedder_before: str | None
    embedder_now: str | None
    changed_facings: int
    may_explain: int


class SkuChange(Struct, frozen=True):
    """A SKU with another number of facings or another price."""

    sku_id: int
    name: str | None
    change: str
    facings_before: int
    facings_now: int
    price_before: float | None
    price_now: float | None


class ShelfSku(Struct, frozen=True):
    """A SKU with another number of facings on a shelf; null = not identified."""

    sku_id: int | None
    facings_before: int
    facings_now: int


class ShelfChange(Struct, frozen=True):
    """A shelf on which something differs."""

    rack_index: int
    shelf_index: int
    facings_before: int
    facings_now: int
    skus: list[ShelfSku]


class Changes(Struct, frozen=True):
    """All that differs; lists are empty when there is no scene before."""

    previous_scene: str | None
    previous_date: datetime | None
    facings_before: int
    facings_now: int
    models: Models | None
    skus: list[SkuChange]
    shelves: list[ShelfChange]


FORMS: dict[str, Any] = {
    "FACING_COUNT": list[FacingCount],
    "SHARE_OF_SPACE": list[ShareOfSpace],
    "REALOGRAM": list[Realogram],
    "PRICE_TAGS": list[PriceTag],
    "PANORAMA": Panorama,
    "MHL_COMPLIANCE": MhlCompliance,
    "PLANOGRAM_COMPLIANCE": PlanogramCompliance,
    "OSA": Osa,
    "ASSORTMENT": list[Assortment],
    "PHOTO_QUALITY": list[PhotoQuality],
    "CHANGES": Changes,
}
