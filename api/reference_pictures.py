"""References as clients see them: a link to the picture, and the box that shows the SKU."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from api.media import Links
from api.wire import Timestamp, timestamp
from storage import references
from storage.records import Transaction
from storage.references import Box, PicturedReference
from storage.reports import ERROR, NOT_READY, READY

Corners = Annotated[
    Box | None, Meta(description="x1 y1 x2 y2, pixels of the upright photo; null = all of it.")
]


class Picture(Struct, frozen=True):
    """A picture, or a box in one; `url` is signed, for a quarter of an hour."""

    url: str
    box: Corners


class SkuReference(Struct, frozen=True):
    """A picture by which a SKU is recognised."""

    id: int
    image: int  # upload id
    url: str  # signed, for a quarter of an hour
    box: Corners
    source: str  # packshot, picture, facing or unknown
    status: str  # NOT_READY until it is embedded, READY, or ERROR
    problem: str | None
    created_date: Timestamp


def to_wire(found: PicturedReference, links: Links, now: datetime) -> SkuReference:
    """Write a reference for clients."""
    reference = found.reference
    done = ERROR if found.problem else READY
    return SkuReference(
        id=reference.id,
        image=reference.image_id,
        url=links.url(found.image, now=now),
        box=reference.box,
        source=reference.source,
        status=done if found.embedded else NOT_READY,
        problem=found.problem,
        created_date=timestamp(reference.created_at),
    )


def small_path(found: PicturedReference) -> str | None:
    """Make the link of a reference's small picture, which is there once it is embedded."""
    there = found.embedded and not found.problem
    return f"/references/{found.reference.id}/small.jpg" if there else None


def pictures_of(
    tx: Transaction, sku_ids: Sequence[int], links: Links, now: datetime
) -> dict[int, Picture]:
    """Choose a picture for each of the SKUs; those without references are left out."""
    return {
        one.reference.sku_id: Picture(links.url(one.image, now=now), one.reference.box)
        for one in references.first_of(tx, sku_ids)
    }
