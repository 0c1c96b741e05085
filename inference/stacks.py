"""Boxes that stand on boxes: every stack becomes one column that stands on a shelf.

Between two shelves one sees a rail, at least as high as the price tags on it. So where tags tell
that height, boxes with much less than it between them are a stack.
"""

from dataclasses import dataclass

import numpy as np

from inference.tilt import Tilt
from inference.types import Flags, Ids, Ints, Reals

# Shares are of the lower of the two heights, or of the narrower of the two widths.
_GAP = 0.08  # a stacked box touches the one below: gap at most this, or most of a tag ...
_SINK = 0.5  # ... and overlap at most this
_SHARED = 0.5  # so much of the width lies one above the other
_RAIL = 0.6  # of a tag's height: where less is seen between two boxes no rail carries tags
_EDGE = 0.15  # a tag may cover this much of a box's own height and still be outside it
_BESIDE = 0.25  # a tag this far beside a box, in its width, still belongs to its edge


@dataclass(frozen=True, eq=False)
class Levelled:
    """Boxes as they would be if the shelves were level."""

    x1: Reals  # (n,)
    x2: Reals
    top: Reals
    bottom: Reals

    @property
    def height(self) -> Reals:
        """(n,) at least one pixel."""
        return np.maximum(self.bottom - self.top, 1)

    @property
    def width(self) -> Reals:
        """(n,) at least one pixel."""
        return np.maximum(self.x2 - self.x1, 1)

    @property
    def usual_height(self) -> float:
        """Median height, 0 when there is no box."""
        return float(np.median(self.height)) if len(self.top) else 0.0

    @property
    def usual_width(self) -> float:
        """Median width, 0 when there is no box."""
        return float(np.median(self.width)) if len(self.top) else 0.0

    def only(self, chosen: Flags) -> "Levelled":
        """Some of them."""
        return Levelled(self.x1[chosen], self.x2[chosen], self.top[chosen], self.bottom[chosen])


@dataclass(frozen=True, eq=False)
class Columns:
    """Stacks, from the top of the highest box to the bottom of the lowest."""

    extent: Levelled  # (m,)
    base: Ids  # (m,) index of the box that stands on the shelf
    base_height: Reals  # (m,) height of that box
    of_box: Ints  # (n,) the column of each box


def level(boxes: Reals, tilt: Tilt) -> Levelled:
    """Level (n, 4) boxes."""
    middle = (boxes[:, 0] + boxes[:, 2]) / 2
    top, bottom = tilt.levelled(middle, boxes[:, 1]), tilt.levelled(middle, boxes[:, 3])
    return Levelled(boxes[:, 0], boxes[:, 2], top, bottom)


def stack(boxes: Levelled, tags: Levelled) -> Columns:
    """Put boxes that touch from above into columns; a price tag between two parts them."""
    upper, lower, gap = _touching(boxes, tags.usual_height)
    free = ~_parted(boxes, tags, upper, lower)
    upper, lower, gap = upper[free], lower[free], gap[free]
    nearest_first = np.lexsort((lower, np.abs(gap), upper))
    stacked, nearest = np.unique(upper[nearest_first], return_index=True)
    below = np.arange(len(boxes.top))
    below[stacked] = lower[nearest_first][nearest]
    return _columns(boxes, _follow(below))


def _touching(boxes: Levelled, tag_height: float) -> tuple[Ids, Ids, Reals]:
    """Pairs that may be stacked: the upper box, the lower box, the gap between them."""
    shorter = np.minimum.outer(boxes.height, boxes.height)
    gap = (boxes.top[None] - boxes.bottom[:, None]) / shorter
    deeper = boxes.bottom[None] - boxes.bottom[:, None]
    near = (gap > -_SINK) & (gap < np.maximum(_GAP, _RAIL * tag_height / shorter))
    touching = near & (deeper > 0)  # no two senseless boxes may stand on each other
    narrower = np.minimum.outer(boxes.width, boxes.width)
    touching &= shared_width(boxes, boxes) > _SHARED * narrower
    upper, lower = np.nonzero(touching)
    return upper, lower, gap[upper, lower]


def _follow(below: Ids) -> Ids:
    """From who stands on whom to who stands on the shelf at the bottom of it."""
    for _ in range(len(below).bit_length()):  # each round doubles the steps taken
        below = below[below]
    return below


def _columns(boxes: Levelled, bottom_box: Ids) -> Columns:
    base, of_box = np.unique(bottom_box, return_inverse=True)
    x1, x2, top = boxes.x1[base], boxes.x2[base], boxes.top[base]
    np.minimum.at(x1, of_box, boxes.x1)
    np.maximum.at(x2, of_box, boxes.x2)
    np.minimum.at(top, of_box, boxes.top)
    extent = Levelled(x1, x2, top, boxes.bottom[base])
    return Columns(extent, base, boxes.height[base], of_box.astype(np.int32))


def _parted(boxes: Levelled, tags: Levelled, upper: Ids, lower: Ids) -> Flags:
    """For every pair, whether a tag hangs below its upper box and above its lower one."""
    y = (tags.top + tags.bottom)[None] / 2
    beside = shared_width(boxes, tags) > -_BESIDE * boxes.width[:, None]
    below = beside & (y > (boxes.bottom - _EDGE * boxes.height)[:, None])
    above = beside & (y < (boxes.top + _EDGE * boxes.height)[:, None])
    return np.logical_or.reduce(below[upper] & above[lower], axis=1)


def shared_width(one: Levelled, other: Levelled) -> Reals:
    """(n, m): width that the two have above each other; negative = gap between them."""
    return np.minimum.outer(one.x2, other.x2) - np.maximum.outer(one.x1, other.x1)
