"""The quality of a photo on the wire: extension fields, which clients of the v1.5 API skip."""

from typing import Annotated

from msgspec import Meta, Struct

from storage.quality import Quality, Reason
from storage.scenes import ScenePhoto

Edges = Annotated[float | None, Meta(description="Edges that fit side by side across the photo.")]
Brightness = Annotated[float, Meta(description="Mean of the photo, 0-1.")]
WashedOut = Annotated[float, Meta(description="Share of the photo as good as white, 0-1.")]
Tilt = Annotated[float | None, Meta(description="Degrees; above 0 = the right end is lower.")]
Pixels = Annotated[float | None, Meta(description="Median short side of the products.")]
Share = Annotated[float | None, Meta(description="The same as a share of the long side, 0-1.")]
Screen = Annotated[float, Meta(description="How far a screen's grid stands out; noise has 2.")]
Reasons = Annotated[list[Reason], Meta(description="What to do better; a warning, no refusal.")]


class PhotoQuality(Struct, frozen=True):
    """What a photo is worth to recognition; null where it shows nothing to measure by."""

    sharpness: Edges
    brightness: Brightness
    washed_out: WashedOut
    tilt_degrees: Tilt
    product_pixels: Pixels
    product_share: Share
    screen_score: Screen
    reasons: Reasons


class MeasuredPhoto(Struct, frozen=True):
    """A photo of the scene and its quality."""

    image: int
    quality: PhotoQuality


def to_wire(quality: Quality | None) -> PhotoQuality | None:
    """Round the numbers; null before recognition."""
    if quality is None:
        return None
    return PhotoQuality(
        sharpness=_rounded(quality.sharpness, 0),
        brightness=round(quality.brightness, 3),
        washed_out=round(quality.washed_out, 3),
        tilt_degrees=_rounded(quality.tilt_degrees, 1),
        product_pixels=_rounded(quality.product_pixels, 0),
        product_share=_rounded(quality.product_share, 3),
        screen_score=round(quality.screen_score, 1),
        reasons=quality.reasons,
    )


def measured(photos: list[ScenePhoto]) -> list[MeasuredPhoto]:
    """List the photos that were measured, in the order they were sent."""
    wired = ((photo.image.id, to_wire(photo.quality)) for photo in photos)
    return [MeasuredPhoto(image_id, quality) for image_id, quality in wired if quality]


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
