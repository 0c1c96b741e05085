"""What a facing looks like, as one vector: the network's answer, its colours and its shape.

The network knows prints and forms, colours tell flavours apart that share one print, and the shape
is what stretching the crop takes away. The dot product of two such vectors is the weighted mean of
the three likenesses, so that the search for the nearest already heeds all of them.
"""

from typing import Annotated

import cv2
import numpy as np
from msgspec import Meta, Struct

from inference.types import Floats, Ids, Pixels, Reals

COLUMNS, ROWS = 24, 32  # a crop's colours are read at this size
_LEVELS = 32  # per channel, of the table from colours to the palette
_STEP = 256 // _LEVELS
_NARROW, _WIDE = 1 / 6, 6.0  # shapes beyond count as these
SHAPE = 2  # numbers that say how wide a box is for its height

Weight = Annotated[float, Meta(ge=0)]
Positive = Annotated[float, Meta(gt=0)]
Lab = tuple[float, float, float]  # CIE L*a*b*, 0-100 and about +-100


class Appearance(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What joins the network's answer in a vector, by a card; colours count 1."""

    network: Weight  # what the network's answer counts
    shape: Weight  # what the shape of the box counts
    turn: Annotated[float, Meta(ge=0, le=0.85)]  # radians per factor e of width to height
    lightness: Weight  # of colours, against hue and strength
    spread: Positive  # how far a colour reaches to those of the palette
    zones: Annotated[tuple[float, ...], Meta(min_length=1)]  # their middles, -1 = top, 1 = bottom
    reach: tuple[Positive, Positive]  # sigma of a zone in height and width, half the crop = 1
    palette: Annotated[tuple[Lab, ...], Meta(min_length=1)]


class AppearanceReader:
    """Reads colours and shapes the way a card says, and puts them beside the network's answer."""

    def __init__(self, given: Appearance) -> None:
        """Work out what each colour and each place of a crop counts."""
        self._given = given
        self._shares = _shares(given)
        self._zones = _zones(given)
        parts = np.array([given.network, 1.0, given.shape])
        self._weights = np.sqrt(parts / parts.sum()).astype(np.float32)

    def vectors(self, seen: Floats, crops: Pixels, boxes: Ids) -> Floats:
        """Put the three together.

        Args:
            seen: (n, dimensions) what the network says, each of length 1.
            crops: (n, height, width, 3) RGB, whatever their size.
            boxes: (n, 4) where they come from: x1 y1 x2 y2 in pixels.

        Returns:
            (n, dimensions + colours + 2), each of length 1.
        """
        own = seen, self.colours(crops), self.shapes(boxes)
        weighted = [weight * part for weight, part in zip(self._weights, own, strict=True)]
        return np.concatenate(weighted, axis=1).astype(np.float32)

    def colours(self, crops: Pixels) -> Floats:
        """Say how much of each colour of the palette is in each zone.

        Roots of shares: the product of two is what they have in common.

        Returns:
            (n, zones * palette), each of length 1.

        Source: Swain and Ballard, Color Indexing, 1991, with soft bins; Bhattacharyya coefficient.
        """
        found = np.empty((len(crops), len(self._zones), self._shares.shape[1]), np.float32)
        for row, crop in zip(found, crops, strict=True):
            row[:] = self._zones @ self._shares[_table_rows(crop)]
        return np.sqrt(found / len(self._zones)).reshape(len(crops), -1)

    def shapes(self, boxes: Ids) -> Floats:
        """Turn a direction by how wide a box is for its height: (n, 2), each of length 1."""
        width, height = (boxes[:, 2:] - boxes[:, :2]).T
        turned = self._given.turn * np.log(np.clip(width / height, _NARROW, _WIDE))
        return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def _table_rows(crop: Pixels) -> Ids:
    """(ROWS * COLUMNS,) row of each pixel's colour in the table."""
    small = cv2.resize(crop, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA)
    red, green, blue = (small // _STEP).astype(np.int64).reshape(-1, 3).T
    return (red * _LEVELS + green) * _LEVELS + blue


def _shares(given: Appearance) -> Floats:
    """(_LEVELS ** 3, palette) what each colour of the palette has of a colour; rows sum to 1.

    Lightness counts less than hue: a shelf is lit unevenly.
    """
    one = np.arange(_LEVELS) * _STEP + _STEP // 2
    colours = np.stack(np.meshgrid(one, one, one, indexing="ij"), axis=-1).reshape(1, -1, 3)
    lab = cv2.cvtColor(colours.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    scale = np.array([given.lightness, 1, 1], np.float32)
    seen, palette = lab * scale, np.array(given.palette, np.float32) * scale
    apart = (seen**2).sum(1)[:, None] + (palette**2).sum(1) - 2 * seen @ palette.T
    apart -= apart.min(axis=1, keepdims=True)
    shares = np.exp(-apart / (2 * given.spread**2))
    return (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)


def _zones(given: Appearance) -> Floats:
    """(zones, ROWS * COLUMNS) what each pixel counts in each zone; rows sum to 1.

    Zones lie one below the other and fade outwards: what is near the border is often no product.
    """
    tall, wide = given.reach
    across = np.exp(-((_places(COLUMNS) / wide) ** 2) / 2)
    down = [np.exp(-(((_places(ROWS) - middle) / tall) ** 2) / 2) for middle in given.zones]
    zones = np.stack([np.outer(one, across).ravel() for one in down])
    return (zones / zones.sum(axis=1, keepdims=True)).astype(np.float32)


def _places(count: int) -> Reals:
    """Middles of so many pixels, from -1 to 1."""
    return (np.arange(count) + 0.5) / count * 2 - 1
