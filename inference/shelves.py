"""Shelves, positions and shelf lines of one photo, from its boxes alone.

Level the boxes (tilt), set labels on rails aside (rails), join stacks to columns (stacks), group
the columns that stand on the same line (standing), keep the groups that are shelves (evidence).
"""

import numpy as np

from inference.evidence import are_shelves, weigh
from inference.rails import on_rail, tag_under
from inference.stacks import Columns, Levelled, level, stack
from inference.standing import group
from inference.tilt import Tilt, measure_tilt
from inference.types import Floats, Ids, Ints, Reals, Shelves

_ABOVE = 2.0  # a tag above a line is this many times further from it than one below


def arrange(
    boxes: Floats, tags: Floats, photo_size: tuple[int, int], scores: Floats | None = None
) -> Shelves:
    """Say on which shelf and at which position each box stands.

    Boxes that are no evidence of a shelf are put on the nearest one. The answer does not depend on
    the order of boxes or tags.

    Args:
        boxes: (n, 4) products, pixels of the upright photo.
        tags: (t, 4) price tags, likewise.
        photo_size: width and height, pixels.
        scores: (n,) 0-1, of the boxes; None = all are sure.
    """
    if not len(boxes):
        nothing = np.zeros(0, np.int32)
        return Shelves(nothing, nothing, np.full(len(tags), -1, np.int32), np.zeros((0, 4), "f4"))
    order = _order(boxes, scores)
    back = np.argsort(order)
    boxes, sorted_tags = boxes[order], tags[np.lexsort(tags.T)]
    scores = None if scores is None else scores[order]
    tilt = measure_tilt(boxes, sorted_tags, photo_size[0])
    levelled, rails = level(boxes, tilt), level(sorted_tags, tilt)
    shelf_index, base, carrying = _stand(levelled, rails, weigh(levelled, scores))
    lines = _lines(shelf_index[carrying], boxes[carrying], tilt, photo_size[0])
    return Shelves(
        shelf_index=shelf_index[back],
        position_index=_positions(shelf_index, levelled, base)[back],
        tag_shelf_index=_shelf_of_tags(tags, lines),
        lines=lines,
    )


def _order(boxes: Floats, scores: Floats | None) -> Ids:
    """An order of their own: sums of floats depend on it, so it must not be that of the input."""
    return np.lexsort(boxes.T if scores is None else (scores, *boxes.T))


def _stand(boxes: Levelled, tags: Levelled, weights: Reals) -> tuple[Ints, Ids, Ids]:
    """Shelf of each box (n,); the box at the foot of its stack (n,); the boxes lines run under."""
    standing = ~on_rail(boxes, tags)
    standing |= not standing.any()
    columns = stack(boxes.only(standing), tags)
    groups = group(columns, tags)
    tagged = ~np.isnan(tag_under(columns.extent, tags))
    is_shelf = are_shelves(groups, columns, weights[standing], tagged)
    heights = _heights(groups, columns)
    lines = np.unique(heights[is_shelf])
    shelf_index = _nearest(boxes.bottom, lines)
    shelf_index[standing] = _nearest(heights, lines)[groups][columns.of_box]
    ids, base = np.flatnonzero(standing), np.arange(len(boxes.top))
    base[standing] = ids[columns.base[columns.of_box]]
    return shelf_index, base, ids[columns.base[is_shelf[groups]]]


def _heights(groups: Ints, columns: Columns) -> Reals:
    """(g,): median of the lines under the columns of each group."""
    ids = range(int(groups.max()) + 1)
    return np.array([np.median(columns.extent.bottom[groups == one]) for one in ids])


def _nearest(y: Reals, lines: Reals) -> Ints:
    """(n,): the line that is nearest."""
    return np.abs(y[:, None] - lines[None]).argmin(axis=1).astype(np.int32)


def _positions(shelf_index: Ints, boxes: Levelled, base: Ids) -> Ints:
    """Number the boxes of each shelf from the left, stack by stack, each from its top."""
    middle = (boxes.x1 + boxes.x2) / 2
    order = np.lexsort((middle, boxes.top, middle[base], shelf_index))
    sorted_shelves = shelf_index[order]
    positions = np.empty(len(order), np.int32)
    positions[order] = np.arange(len(order)) - np.searchsorted(sorted_shelves, sorted_shelves)
    return positions


def _lines(shelf_index: Ints, bases: Floats, tilt: Tilt, width: int) -> Floats:
    """(k, 4): the line under each shelf's boxes, across the whole photo.

    The slope comes from the whole photo, so that two boxes at one end cannot tilt it.
    """
    middle, bottom = (bases[:, 0] + bases[:, 2]) / 2, bases[:, 3]
    lines = np.zeros((int(shelf_index.max()) + 1, 4), np.float32)
    for shelf, line in enumerate(lines):
        on_it = shelf_index == shelf
        slope = float(tilt.slope(np.median(bottom[on_it], keepdims=True))[0])
        left = np.median(bottom[on_it] - slope * middle[on_it])
        line[:] = 0, left, width, left + slope * width
    return lines


def standing_on(boxes: Floats, lines: Floats) -> Ints:
    """(n,): the shelf whose line is nearest to the bottom of each box; -1 = there is no shelf."""
    if not len(lines):
        return np.full(len(boxes), -1, np.int32)
    under = _under(lines, (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3])
    return np.abs(under).argmin(axis=1).astype(np.int32)


def _under(lines: Floats, x: Reals, y: Reals) -> Reals:
    """(n, k): pixels that each point (n,) lies under each line (k, 4)."""
    slope = (lines[:, 3] - lines[:, 1]) / (lines[:, 2] - lines[:, 0])
    return y[:, None] - (lines[:, 1] + slope * x[:, None])


def _shelf_of_tags(tags: Floats, lines: Floats) -> Ints:
    """(t,): the shelf whose line is nearest; tags hang at or under their shelf's line."""
    under = _under(lines, (tags[:, 0] + tags[:, 2]) / 2, (tags[:, 1] + tags[:, 3]) / 2)
    return np.where(under >= 0, under, -_ABOVE * under).argmin(axis=1).astype(np.int32)
