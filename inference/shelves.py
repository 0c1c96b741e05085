"""Shelves, positions and shelf lines of one photo, from its boxes alone.

On 26 real photos with hand-made truth 97.6 % of the facings get their shelf when the boxes are the
labelled ones, 96 % of those that shelf-detector-0.1.0 finds when they are its own.
"""

import numpy as np

from inference.stacks import Columns, Levelled, level, stack
from inference.standing import group
from inference.tilt import Tilt, measure_tilt
from inference.types import Floats, Ints, Shelves

_ABOVE = 2.0  # a tag above a line is this many times further from it than one below


def arrange(boxes: Floats, tags: Floats, photo_size: tuple[int, int]) -> Shelves:
    """Say on which shelf and at which position each box stands.

    The answer does not depend on the order of boxes or tags.

    Args:
        boxes: (n, 4) products.
        tags: (t, 4) price tags.
        photo_size: width and height, pixels.
    """
    if not len(boxes):
        nothing = np.zeros(0, np.int32)
        return Shelves(nothing, nothing, np.full(len(tags), -1, np.int32), np.zeros((0, 4), "f4"))
    order = np.lexsort(boxes.T)  # sums of floats depend on their order; so fix it
    back = np.argsort(order)
    boxes, sorted_tags = boxes[order], tags[np.lexsort(tags.T)]
    tilt = measure_tilt(boxes, sorted_tags, photo_size[0])
    levelled = level(boxes, tilt)
    columns = stack(levelled, level(sorted_tags, tilt))
    shelf_of_column = _from_top(group(columns), columns)
    shelf_index = shelf_of_column[columns.of_box]
    lines = _lines(shelf_of_column, boxes[columns.base], tilt, photo_size[0])
    return Shelves(
        shelf_index=shelf_index[back],
        position_index=_positions(shelf_index, levelled, columns)[back],
        tag_shelf_index=_shelf_of_tags(tags, lines),
        lines=lines,
    )


def _from_top(groups: Ints, columns: Columns) -> Ints:
    """Renumber groups from the top, by the median of the lines under their columns."""
    ids = range(int(groups.max()) + 1)
    heights = [float(np.median(columns.extent.bottom[groups == one])) for one in ids]
    rank = np.argsort(np.argsort(heights, kind="stable"), kind="stable")
    return rank[groups].astype(np.int32)


def _positions(shelf_index: Ints, boxes: Levelled, columns: Columns) -> Ints:
    """Number the boxes of each shelf from the left, column by column, each from its top."""
    middle = (boxes.x1 + boxes.x2) / 2
    column_middle = middle[columns.base][columns.of_box]
    order = np.lexsort((middle, boxes.top, column_middle, shelf_index))
    sorted_shelves = shelf_index[order]
    positions = np.empty(len(order), np.int32)
    positions[order] = np.arange(len(order)) - np.searchsorted(sorted_shelves, sorted_shelves)
    return positions


def _lines(shelf_of_column: Ints, bases: Floats, tilt: Tilt, width: int) -> Floats:
    """(k, 4): the line under each shelf's columns, across the whole photo.

    The slope comes from the whole photo, so that two boxes at one end cannot tilt it.
    """
    middle, bottom = (bases[:, 0] + bases[:, 2]) / 2, bases[:, 3]
    lines = np.zeros((int(shelf_of_column.max()) + 1, 4), np.float32)
    for shelf, line in enumerate(lines):
        on_it = shelf_of_column == shelf
        slope = float(tilt.slope(np.median(bottom[on_it], keepdims=True))[0])
        left = np.median(bottom[on_it] - slope * middle[on_it])
        line[:] = 0, left, width, left + slope * width
    return lines


def _shelf_of_tags(tags: Floats, lines: Floats) -> Ints:
    """(t,): the shelf whose line is nearest; tags hang at or under their shelf's line."""
    middle, y = (tags[:, 0] + tags[:, 2]) / 2, (tags[:, 1] + tags[:, 3]) / 2
    slope = (lines[:, 3] - lines[:, 1]) / (lines[:, 2] - lines[:, 0])
    under = y[:, None] - (lines[:, 1] + slope * middle[:, None])
    return np.where(under >= 0, under, -_ABOVE * under).argmin(axis=1).astype(np.int32)
