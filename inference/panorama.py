"""One picture of all placed photos, cut between the products, never through one.

Where photos overlap, the cut runs where they look alike and outside every product (a graph cut on
a small picture), so that packs are neither halved nor doubled.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
import simplejpeg

from inference.placing import Plane
from inference.projection import project_boxes
from inference.pyramid import Pyramid
from inference.types import Flags, Floats, Pixels, Reals

_SMALL = 800  # pixels of the long side of the picture that is cut
_PRODUCT = 400.0  # how unlike photos are made inside products; colours differ by 0-255
_INWARD = (0.0, 0.1, 0.2, 0.3)  # a cut that must be costs more the deeper it goes, in sides
_SOFT = 6  # pixels over which one photo fades into the next
_BRIGHTEST = 1.5  # a photo is made at most this many times brighter or darker
_EMPTY = 255
_QUALITY = 85
_THREADS = 2  # photos decoded and laid out beside each other

Read = Callable[[int, int], Pixels]  # photo, least long side -> upright pixels of that or more


@dataclass(frozen=True, eq=False)
class Tile:
    """A photo to be drawn."""

    photo: int
    width: int  # of the upright photo, pixels
    height: int
    homography: Reals  # (3, 3) to the panorama
    boxes: Floats  # (n, 4) products, pixels of the photo


def draw(plane: Plane, tiles: Sequence[Tile], read: Read) -> bytes:
    """Draw the photos; the same photos are the same bytes.

    Args:
        plane: what to draw on.
        tiles: in the order they are drawn.
        read: gives the pixels of a photo; called once for each, by several threads.

    Returns:
        A JPEG of the plane's size; white where no photo looks.
    """
    scale = min(1.0, _SMALL / max(plane.width, plane.height))
    small = (max(1, round(plane.width * scale)), max(1, round(plane.height * scale)))
    with ThreadPoolExecutor(_THREADS) as threads:
        laid = [threads.submit(_laid, tile, read, plane, small) for tile in tiles]
    both = [one.result() for one in laid]
    glances = [glance for _, glance in both]
    gains = _gains(glances, small)
    owned = _cut(glances, gains, small)
    picture = np.full((plane.height, plane.width, 3), _EMPTY, np.uint8)
    covered = np.zeros((plane.height, plane.width), np.bool_)
    for (whole, _), gain, own in zip(both, gains, owned, strict=True):
        _paint(picture, covered, whole, gain, own)
    return simplejpeg.encode_jpeg(picture, quality=_QUALITY, colorspace="RGB")


class _Drawn:
    """A photo on the plane at some size, and the window of the plane that holds it."""

    def __init__(self, tile: Tile, photo: Pyramid, plane: Plane, size: tuple[int, int]) -> None:
        width, height = size
        onto = np.diag([width / plane.width, height / plane.height, 1.0]) @ tile.homography
        there = _frame(tile, onto)
        x1, y1 = np.floor(there[:2]).astype(int).clip(0).tolist()
        x2, y2 = np.ceil(there[2:]).astype(int).clip(1, (width, height)).tolist()
        self.corner, self.window = (x1, y1), np.s_[y1:y2, x1:x2]
        pixels = photo.at_least(_long_side(tile, there)).pixels
        shrunk = np.diag([tile.width / pixels.shape[1], tile.height / pixels.shape[0], 1.0])
        here = np.array([[1, 0, -x1], [0, 1, -y1], [0, 0, 1]]) @ onto @ shrunk
        whole = np.full(pixels.shape[:2], 255, np.uint8)
        self.pixels = cv2.warpPerspective(pixels, here, (x2 - x1, y2 - y1))
        self.covers: Flags = cv2.warpPerspective(whole, here, (x2 - x1, y2 - y1)) == whole.max()
        self.boxes = project_boxes(tile.boxes, onto)


def _laid(tile: Tile, read: Read, plane: Plane, small: tuple[int, int]) -> tuple[_Drawn, _Drawn]:
    """The photo on the plane, and at a glance; decoded once."""
    pixels = read(tile.photo, _long_side(tile, _frame(tile, tile.homography)))
    photo = Pyramid(pixels)
    whole = _Drawn(tile, photo, plane, (plane.width, plane.height))
    return whole, _Drawn(tile, photo, plane, small)


def _frame(tile: Tile, onto: Reals) -> Floats:
    """(4,) the upright box around the photo, where it is drawn."""
    return project_boxes(np.array([[0, 0, tile.width, tile.height]], np.float32), onto)[0]


def _long_side(tile: Tile, there: Floats) -> int:
    """Pixels of the photo's long side that can be seen where it is drawn."""
    zoom = max((there[2] - there[0]) / tile.width, (there[3] - there[1]) / tile.height)
    longest = max(tile.width, tile.height)
    return max(1, min(longest, round(float(zoom) * longest)))


def _gains(tiles: Sequence[_Drawn], size: tuple[int, int]) -> list[Reals]:
    """Per photo (3,): what makes each colour as bright as in the photos drawn before it."""
    gains: list[Reals] = [np.ones(3) for _ in tiles]
    picture, covered = np.zeros((*size[::-1], 3), np.float32), np.zeros(size[::-1], np.bool_)
    for tile, gain in zip(tiles, gains, strict=True):
        before, done = picture[tile.window], covered[tile.window]
        both = done & tile.covers
        if both.any():
            ratio = before[both].mean(axis=0) / np.maximum(tile.pixels[both].mean(axis=0), 1)
            gain[:] = np.clip(ratio, 1 / _BRIGHTEST, _BRIGHTEST)
        fresh = tile.covers & ~done
        before[fresh] = tile.pixels[fresh] * gain
        done |= tile.covers
    return gains


def _cut(tiles: Sequence[_Drawn], gains: Sequence[Reals], size: tuple[int, int]) -> list[Pixels]:
    """Per photo: the part of its window in the small picture that is its own, 255 inside."""
    products = _products(tiles, size)
    looks = [
        tile.pixels * gain + number * products[tile.window][..., None]
        for number, (tile, gain) in enumerate(zip(tiles, gains, strict=True))
    ]
    found = cv2.detail.GraphCutSeamFinder("COST_COLOR").find(  # the stubs know UMat only
        cast("Any", [look.astype(np.float32) for look in looks]),
        [tile.corner for tile in tiles],
        cast("Any", [tile.covers.astype(np.uint8) * 255 for tile in tiles]),
    )
    return [np.asarray(mask.get(), np.uint8) for mask in found]


def _products(tiles: Sequence[_Drawn], size: tuple[int, int]) -> Floats:
    """How much a cut costs at each pixel: 0 beside the products, most in their middles."""
    cost = np.zeros(size[::-1], np.float32)
    for box in np.concatenate([tile.boxes for tile in tiles]):
        inward = np.concatenate([box[2:] - box[:2], box[:2] - box[2:]])
        for depth, part in enumerate(_INWARD, start=1):
            x1, y1, x2, y2 = np.rint(box + part * inward).astype(int).clip(0).tolist()
            np.maximum(cost[y1:y2, x1:x2], depth / len(_INWARD), out=cost[y1:y2, x1:x2])
    return cost * np.float32(_PRODUCT)


def _paint(picture: Pixels, covered: Flags, tile: _Drawn, gain: Reals, own: Pixels) -> None:
    """Lay the photo's own part over the picture, softly where there is something already."""
    height, width = tile.covers.shape
    part = cv2.resize(own, (width, height), interpolation=cv2.INTER_LINEAR) > _EMPTY // 2
    share = cv2.blur(part.astype(np.float32), (2 * _SOFT + 1, 2 * _SOFT + 1))
    share[~covered[tile.window]] = 1.0
    share[~tile.covers] = 0.0
    brighter = np.rint(np.arange(256)[:, None] * gain).clip(0, 255).astype(np.uint8)
    fresh = cv2.LUT(tile.pixels, brighter[None])
    picture[tile.window] = cv2.blendLinear(picture[tile.window], fresh, 1 - share, share)
    covered[tile.window] |= tile.covers
