"""Why a photo may give less than it should, and what to tell the photographer.

A reason is a warning, nothing is refused here. The thresholds were set on 26 sharp real photos and
worsened copies of them; `make bench-quality` repeats that, docs/benchmarks.md has the figures.
"""

from collections.abc import Callable
from dataclasses import dataclass

from inference.types import Quality

_FEWEST_EDGES = 400.0  # across the photo; with fewer the detector loses every fifth product and tag
_FEWEST_OF_PRODUCT = 20.0  # edges across a product; with fewer its price and small print are gone
_SHARP = 4.0  # pixels; narrower edges are sharp, however few fit across a small photo
_DARK = 0.24  # the darkest real photo has 0.37; two stops less cost 15 % of the products
_WASHED_OUT = 0.15  # of the photo; two stops too much cost half of the price tags
_STEEP = 5.0  # degrees; beyond it facings are put on wrong shelves
_FEWEST_PIXELS = 48.0  # half of what the embedder looks at; digits of a price are 10 pixels high
_SMALL = 0.033  # 26 of 800 pixels; a detector that looks once at 800 loses most smaller ones
_LARGE = 0.13  # there is no room for more than about seven products side by side
_SCREEN = 3.5  # real photos reach 2.9; a screen with one pixel on two of the camera's has 4.6


@dataclass(frozen=True)
class Reason:
    """One thing that may be wrong with a photo."""

    code: str  # stored and sent: never renamed
    advice: str  # to the photographer
    applies: Callable[[Quality], bool]


def reasons(quality: Quality) -> list[Reason]:
    """Say what is wrong with a photo, in the order of REASONS."""
    return [reason for reason in REASONS if reason.applies(quality)]


def _blurred(photo: Quality) -> bool:
    """Blurred as a whole, or so that only the products suffer; without any edge if there is light.

    What is sharp is never blurred: small photos and far products are told by other reasons.
    """
    edge, product = photo.edge_width, photo.product_pixels
    if edge is None:
        return not (_dark(photo) or _overexposed(photo))
    coarse = photo.long_side < _FEWEST_EDGES * edge
    coarse_products = product is not None and product < _FEWEST_OF_PRODUCT * edge
    return edge >= _SHARP and (coarse or coarse_products)


def _dark(photo: Quality) -> bool:
    return photo.brightness < _DARK


def _overexposed(photo: Quality) -> bool:
    return photo.washed_out > _WASHED_OUT


def _tilted(photo: Quality) -> bool:
    return photo.tilt_degrees is not None and abs(photo.tilt_degrees) > _STEEP


def _too_far(photo: Quality) -> bool:
    if photo.product_pixels is None or photo.product_share is None:
        return False
    return photo.product_pixels < _FEWEST_PIXELS or photo.product_share < _SMALL


def _too_near(photo: Quality) -> bool:
    return photo.product_share is not None and photo.product_share > _LARGE


def _screen(photo: Quality) -> bool:
    """What is blurred shows no grid but that of its JPEG, blocks of eight pixels."""
    return photo.screen_score > _SCREEN and not _blurred(photo)


def _capped(photo: Quality) -> bool:
    return photo.capped


REASONS = (
    Reason(
        "BLURRED",
        "The photo is blurred: hold the phone still, wipe its lens, tap the shelf to focus.",
        _blurred,
    ),
    Reason("DARK", "The photo is too dark: switch on a light or the flash.", _dark),
    Reason(
        "OVEREXPOSED",
        "Bright parts are washed out: keep lamps out of the photo, tap a product to set the light.",
        _overexposed,
    ),
    Reason("TILTED", "The shelves lean: hold the phone level with them.", _tilted),
    Reason(
        "TOO_FAR",
        "The products are too small: go nearer, and send the photo with all its pixels.",
        _too_far,
    ),
    Reason(
        "TOO_NEAR",
        "Hardly a shelf is seen: step back until it shows with several products.",
        _too_near,
    ),
    Reason(
        "SCREEN",
        "This looks like a photo of a screen: photograph the shelf itself.",
        _screen,
    ),
    Reason(
        "CAPPED",
        "More products than one photo may hold, the rest is missing: take several photos.",
        _capped,
    ),
)
