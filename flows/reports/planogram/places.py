"""Where the faces of a planogram should stand in a photo, and whether the photo shows that place.

Along the shelf, pixels of the photo = begin + scale * pixels of the planogram, from the faces that
are surely matched; near such a face its own offset counts, so that a shelf pushed together or
photographed at an angle does not matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flows.reports.planogram.faces import Flags, Found, Planned, Reals, Whole

_FEW = 4  # anchors too few, or faces too near to each other, to measure a scale of their own
_MANY = 200  # anchors are enough; every second, third ... of more
_STRETCH = 1.5  # the scale of a photo against that of its products, at most
_NEIGHBOURS = 3  # anchors, or products
_APART = 2.0  # faces; a product so far from where its neighbours say it stands is out of place
_INSIDE = 0.25  # share of a face that may lie outside the photo while it is still in view


@dataclass(frozen=True)
class Anchors:
    """Faces of one view that are surely matched.

    Args:
        found, planned: (a,) numbers of facings and of planned faces.
    """

    found: Whole
    planned: Whole


@dataclass(frozen=True)
class Line:
    """begin + scale * x: planogram to photo, pixels."""

    begin: float
    scale: float

    def __call__(self, x: Reals) -> Reals:
        """(n,) places in the photo."""
        return self.begin + self.scale * x

    def off(self, found: Found, planned: Planned, anchors: Anchors) -> float:
        """How far to the right of its places these anchors stand, pixels."""
        return float(np.median(found.x[anchors.found] - self(planned.x[anchors.planned])))


def fit(found: Found, planned: Planned, anchors: Anchors) -> Line:
    """The line most anchors agree with: medians of widths, slopes and offsets."""
    some = slice(None, None, 1 + len(anchors.found) // _MANY)
    faces, facings = anchors.planned[some], anchors.found[some]
    x, to, width = planned.x[faces], found.x[facings], planned.width[faces]
    scale = float(np.median(found.width[facings] / width))
    apart = x[:, None] - x[None]
    far = apart > _FEW * np.median(width)
    if far.any():
        slopes = (to[:, None] - to[None])[far] / apart[far]
        scale = float(np.clip(np.median(slopes), scale / _STRETCH, scale * _STRETCH))
    return Line(float(np.median(to - scale * x)), scale)


def places(found: Found, planned: Planned, faces: Whole, anchors: Anchors, line: Line) -> Reals:
    """(len(faces),): where these planned faces should stand by the anchors near them, pixels."""
    straight = line(planned.x[faces])
    sure = _in_place(found, planned, anchors, line)
    if not sure.any():
        return straight
    x = planned.x[anchors.planned[sure]]
    off = found.x[anchors.found[sure]] - line(x)
    order = np.argsort(x, kind="stable")
    return straight + np.interp(planned.x[faces], x[order], _smooth(off[order]))


def _in_place(found: Found, planned: Planned, anchors: Anchors, line: Line) -> Flags:
    """(a,): which anchors are of products that stand about where their neighbours on the shelf do.

    Every product counts once, however many faces it has; of two the one nearer to the line is.
    """
    x = planned.x[anchors.planned]
    off = found.x[anchors.found] - line(x)
    record, of = np.unique(planned.record[anchors.planned], return_inverse=True)
    count = np.bincount(of)
    at, aside = np.bincount(of, x) / count, np.bincount(of, off) / count
    order = np.argsort(at, kind="stable")
    likely = np.empty(len(record))
    pair = len(record) == _NEIGHBOURS - 1
    likely[order] = np.median([*aside, 0.0]) if pair else _smooth(aside[order])
    reach = _APART * line.scale * np.median(planned.width[anchors.planned])
    return (np.abs(aside - likely) <= reach)[of]


def _smooth(off: Reals) -> Reals:
    """Medians of three neighbours, so that one product in a wrong place moves no others."""
    if len(off) < _NEIGHBOURS:
        return np.full(len(off), off.mean())
    left, middle, right = off[:-2], off[1:-1], off[2:]
    low, high = np.minimum(left, right), np.maximum(left, right)
    return np.pad(np.clip(middle, low, high), 1, mode="edge")


def join(anchors: Sequence[Anchors]) -> Anchors:
    """All of them; at least one."""
    return Anchors(
        np.concatenate([one.found for one in anchors]),
        np.concatenate([one.planned for one in anchors]),
    )


def on_row(found: Found, anchors: Anchors, row: int) -> Anchors:
    """The anchors on one found shelf."""
    there = found.row[anchors.found] == row
    return Anchors(anchors.found[there], anchors.planned[there])


def inside(places: Reals, widths: Reals, size: float) -> Flags:
    """(n,): whether a photo of that size shows (nearly all of) faces of these widths there."""
    reach = widths * (0.5 - _INSIDE)
    return (places - reach >= 0) & (places + reach <= size)
