"""What each photo of a scene was worth to recognition: numbers, and reasons with their advice.

It lies beside the photo in its scene, so the warnings of a report are those of its own recognition.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, select

from storage.tables import scene_images


class Reason(msgspec.Struct, frozen=True):
    """Why the photo may give less than it should."""

    code: str  # never changes its meaning
    advice: str  # to the photographer


class Quality(msgspec.Struct, frozen=True):
    """Numbers and reasons of one photo; None where it shows nothing to measure by."""

    sharpness: float | None  # edges that would fit side by side across the long side
    brightness: float  # mean of the photo, 0-1
    washed_out: float  # share of the photo that is as good as white, 0-1
    tilt_degrees: float | None  # above 0 = the right end of the shelves is lower
    product_pixels: float | None  # median short side of the products
    product_share: float | None  # the same / long side of the photo, 0-1
    screen_score: float  # how far the grid of a screen stands out; noise has about 2
    reasons: list[Reason]


class PhotoWarning(msgspec.Struct, frozen=True):
    """A reason of one of a scene's photos, as reports and webhooks carry it."""

    image: int
    code: str
    advice: str


NUMBERS = tuple(name for name in Quality.__struct_fields__ if name != "reasons")


def latest(tx: Connection, image_id: int) -> Quality | None:
    """Read what the newest scene in which the photo was recognised says of it."""
    query = (
        select(scene_images.c.quality)
        .where(scene_images.c.image_id == image_id, scene_images.c.quality.is_not(None))
        .order_by(scene_images.c.scene_id.desc())
        .limit(1)
    )
    return load(tx.scalar(query))


def warnings(photos: Iterable[tuple[int, Quality | None]]) -> list[PhotoWarning]:
    """List the reasons of all photos, given as id and quality, photo by photo."""
    return [
        PhotoWarning(image_id, reason.code, reason.advice)
        for image_id, quality in photos
        for reason in (quality.reasons if quality else ())
    ]


def load(stored: object) -> Quality | None:
    """Read the column; None before recognition."""
    return None if stored is None else msgspec.convert(stored, Quality)
