"""The answers of reports, as the server's docs/reports.md explains them.

Field by field what the server says; its tests hold the two together.
"""

from datetime import datetime
from typing import Any

from msgspec import Struct

from gondola.client.expected_answers import MhlCompliance, Osa, PlanogramCompliance


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
