"""Where the shelves of a planogram should hang in a photo, by those that were found."""

import numpy as np

from flows.reports.planogram.faces import Found, Whole

EMPTY = -1  # in place of a found shelf
_FEW = 3  # shelves; fewer do not say how far apart they hang
_AT_MOST = 5  # empty shelves between two
_EDGE = 2.0  # pixels
_LOW = 0.6  # of the usual height
_WIDE = 1.75  # of the usual distance; so far apart are shelves with an empty one between


def with_empty_shelves(found: Found, rows: Whole) -> Whole:
    """Put `EMPTY` between found shelves that hang so far apart that there is room for more.

    Args:
        rows: found shelves of a photo, from the top.
    """
    if len(rows) < _FEW:
        return rows
    apart = np.diff([_middle(found, row) for row in rows.tolist()])
    usual = max(float(np.median(apart)), 1.0)
    room = np.clip(np.rint(apart / usual) - 1, 0, _AT_MOST).astype(np.int64)
    empty = np.where(apart > _WIDE * usual, room, 0)
    return np.insert(rows, np.repeat(np.arange(1, len(rows)), empty), EMPTY)


def is_cut(found: Found, view: int, row: int) -> bool:
    """Whether the photo ends in the middle of a found shelf.

    Its products reach the upper or lower edge and are clearly lower than those of other shelves.
    """
    bottom, top = _extent(found, row)
    if top > _EDGE and bottom < found.sizes[view, 1] - _EDGE:
        return False
    shelves = np.flatnonzero(found.views == view).tolist()
    heights = [np.subtract(*_extent(found, shelf)) for shelf in shelves]
    return bool(bottom - top < _LOW * np.median(heights))


def shelf_height(found: Found, known: dict[int, int], shelf: int) -> tuple[float, float]:
    """Top and bottom of a planned shelf that was not found.

    Args:
        known: planned shelf (shelf_index) to found shelf, of one rack or of all; not empty.
        shelf: its shelf_index.

    Returns:
        Pixels of the photo.
    """
    indices = sorted(known)
    middles = np.array([_middle(found, known[index]) for index in indices])
    steps = np.diff(middles) / np.diff(indices)
    height = float(np.median([np.subtract(*_extent(found, known[index])) for index in indices]))
    spacing = float(np.median(steps)) if len(steps) else height * 1.3
    at = int(np.abs(np.array(indices) - shelf).argmin())
    below = [index for index in indices if index > shelf]
    above = [index for index in indices if index < shelf]
    if below and above:
        middle = float(np.interp(shelf, indices, middles))
    else:
        middle = float(middles[at] + spacing * (shelf - indices[at]))
    return middle - height / 2, middle + height / 2


def _middle(found: Found, row: int) -> float:
    """Height of the middle of a found shelf's products, pixels."""
    return sum(_extent(found, row)) / 2


def _extent(found: Found, row: int) -> tuple[float, float]:
    """Bottom and top of a found shelf: medians of its facings."""
    of = slice(found.starts[row], found.starts[row + 1])
    return float(np.median(found.bottom[of])), float(np.median(found.top[of]))
