"""Points of a photo that another photo of the same shelf shows too, and which of them agree.

RootSIFT: descriptors whose cosine is that of the square roots.
Source: Lowe, "Distinctive image features from scale-invariant keypoints" (2004); Arandjelovic and
Zisserman, "Three things everyone should know to improve object retrieval" (2012), section 3.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from inference.projection import project
from inference.pyramid import Pyramid
from inference.types import Flags, Floats, Ids, Keypoints, Pixels, Reals

_GLANCE = 96  # pixels, of the long side
_LONG_SIDE = 720  # pixels that points are looked for in; 960 take half as long again for as much
_MOST = 2500
_AT_ONCE = 500  # points compared with all of another photo: what the processor keeps at hand
_LEAST_CONTRAST = 0.03
_CLEAR = 0.8  # a match is this much nearer than the next best
_NEARLY_CLEAR = 0.85  # the same among the few points near where it must be
_TURNED_ALIKE = 0.8  # cosine between the gradients of the same point in two photos
_SIZED_ALIKE = 0.6  # natural logarithm of the ratio of what is seen there
_FEWEST = 2  # points that one can be told from another among
_ALIKE = 0.75  # distance of descriptors; of unrelated ones about 1


@dataclass(frozen=True, eq=False)
class Nearby:
    """Points of one photo that must lie in another, and where they are found there."""

    points: Ids  # (m,) of the first photo
    partners: Ids  # (m,) of the second, of use where found
    found: Flags  # (m,)


def find_keypoints(pixels: Pixels | Pyramid) -> Keypoints:
    """Find the points of an upright photo at its full size."""
    photo = Pyramid.of(pixels)
    width, height = photo.width, photo.height
    scale = _LONG_SIDE / max(width, height)
    small = photo.resized(max(1, round(width * scale)), max(1, round(height * scale)))
    grey, glance = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), _glance(small)
    sift = cv2.SIFT.create(nfeatures=_MOST, contrastThreshold=_LEAST_CONTRAST)
    found, histograms = sift.detectAndCompute(grey, None)  # pyright: ignore[reportArgumentType]
    if not found:
        nothing = np.zeros((0, 2), np.float32)
        return Keypoints(
            nothing, np.zeros((0, 128), "f4"), nothing, nothing[:, 0], glance, width, height
        )
    roots = np.sqrt(histograms / np.maximum(histograms.sum(axis=1, keepdims=True), 1e-9))
    x, y, angles, sizes = np.array([(*p.pt, np.radians(p.angle), p.size) for p in found], "f4").T
    return Keypoints(
        points=(np.stack([x, y], axis=1) / scale).astype(np.float32),
        descriptors=roots.astype(np.float32),
        turns=np.stack([np.cos(angles), np.sin(angles)], axis=1),
        sizes=(sizes / scale).astype(np.float32),
        glance=glance,
        width=width,
        height=height,
    )


def _glance(pixels: Pixels) -> Floats:
    scale = _GLANCE / max(pixels.shape)
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2Lab), np.float32)


def match(one: Keypoints, other: Keypoints) -> Ids:
    """Pairs of points that look alike and like no other, (m, 2)."""
    if min(len(one.points), len(other.points)) < _FEWEST:
        return np.zeros((0, 2), np.int64)
    starts = range(0, len(one.points), _AT_ONCE)
    found = [
        _nearest(one.descriptors[at : at + _AT_ONCE] @ other.descriptors.T, _CLEAR) for at in starts
    ]
    partners, clear = (np.concatenate(part) for part in zip(*found, strict=True))
    return np.stack([np.flatnonzero(clear), partners[clear]], axis=1)


def match_near(one: Keypoints, other: Keypoints, homography: Reals, near: float) -> Nearby:
    """Look for each point of `one` where the homography puts it in `other`.

    Args:
        homography: (3, 3) from pixels of `one` to pixels of `other`.
        near: how far from there it may be, in long sides of `other`.
    """
    there = project(one.points, homography)
    inside = np.flatnonzero(((there >= 0) & (there < (other.width, other.height))).all(axis=1))
    partners, found = np.zeros(len(inside), np.int64), np.zeros(len(inside), np.bool_)
    rows, columns = _pairs_near(there[inside], other.points, near * other.size)
    points = inside[rows]
    turn, zoom = _turn_and_zoom(homography, one.width / 2, one.height / 2)
    turned = np.einsum("ij,ij->i", one.turns[points] @ turn.T, other.turns[columns])
    sized = np.abs(np.log(other.sizes[columns]) - np.log(zoom * one.sizes[points]))
    kept = (turned > _TURNED_ALIKE) & (sized < _SIZED_ALIKE)
    rows, columns, points = rows[kept], columns[kept], points[kept]
    likeness = np.einsum("ij,ij->i", one.descriptors[points], other.descriptors[columns])
    order = np.lexsort((-likeness, rows))
    rows, columns, likeness = rows[order], columns[order], likeness[order]
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    second = np.where(np.diff(rows, append=-1)[first] == 0, np.roll(likeness, -1)[first], -1.0)
    alike = likeness[first] > 1 - _ALIKE**2 / 2
    partners[rows[first]] = columns[first]
    found[rows[first]] = alike & (1 - likeness[first] < _NEARLY_CLEAR**2 * (1 - second))
    return Nearby(inside, partners, found)


def _pairs_near(few: Floats, many: Floats, reach: float) -> tuple[Ids, Ids]:
    """Indices of the points of both that are at most so many pixels from each other."""
    order = np.argsort(many[:, 0], kind="stable")
    across = many[order, 0]
    start = np.searchsorted(across, few[:, 0] - reach)
    counts = np.searchsorted(across, few[:, 0] + reach, side="right") - start
    rows = np.repeat(np.arange(len(few)), counts)
    steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    columns = order[np.repeat(start, counts) + steps]
    level = np.abs(many[columns, 1] - few[rows, 1]) <= reach
    rows, columns = rows[level], columns[level]
    close = np.square(many[columns] - few[rows]).sum(axis=1) <= reach * reach
    return rows[close], columns[close]


def _turn_and_zoom(homography: Reals, x: float, y: float) -> tuple[Reals, float]:
    """What the homography does to directions (2, 2) and to lengths near a point."""
    depth = float(homography[2] @ (x, y, 1))
    there = homography[:2] @ (x, y, 1) / depth
    slopes = (homography[:2, :2] - np.outer(there, homography[2, :2])) / depth
    zoom = float(np.sqrt(abs(np.linalg.det(slopes))))
    angle = np.arctan2(slopes[1, 0] - slopes[0, 1], slopes[0, 0] + slopes[1, 1])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    return turn, zoom


def _nearest(likeness: Floats, clear: float) -> tuple[Ids, Flags]:
    """Index of each row's greatest cosine, and whether its distance is `clear` of the next.

    The cosines are used up.
    """
    rows = np.arange(len(likeness))
    best = likeness.argmax(axis=1)
    distance = 1 - likeness[rows, best]
    likeness[rows, best] = -1.0
    next_best = 1 - likeness.max(axis=1)
    return best, distance < clear**2 * next_best
