"""On which shelf each labelled facing stands, read off the labelled lines; and who got it right."""

from functools import cache

import numpy as np

from bench.accuracy.photos import PRODUCT, LabelledShelf
from inference.types import Flags, Floats, Ints

NO_SHELF = -1  # hangs on a hook: its shelf is not judged
_SUNK = 0.25  # of a facing's height it may reach below its line, behind the lip of the shelf
_BESIDE = 0.02  # of the photo's width a line may end short of what stands on it
_MOST = 0.5  # of a found shelf's boxes lie where nothing counts: neither does the shelf
_STEP = 0.5  # of the median facing's height between two pieces of one shelf


def true_shelves(photo: LabelledShelf) -> Ints:
    """The shelf of each labelled facing, counted from the top over those that carry facings.

    A facing stands on the first line under its base; where the photo ends above the next line, on
    one more shelf at the bottom. Lines of racks side by side are pieces of one shelf unless they
    part by a step of half a facing.

    Returns:
        (n,) in the order of `photo.of(PRODUCT)`, or NO_SHELF.
    """
    boxes, lines, slack = photo.of(PRODUCT), _to_the_edge(photo), _BESIDE * photo.width
    tall = boxes[:, 3] - boxes[:, 1]
    lip = _SUNK * np.maximum(tall, np.median(tall))  # as high for a flat facing as for others
    middle, base = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3] - lip
    y = _heights(lines, middle)
    under = y >= base[:, None]
    beside = (lines[:, 0] - slack > middle[:, None]) | (lines[:, 2] + slack < middle[:, None])
    standing = np.where(under & ~beside, y, np.inf)
    on_line = _pieces(lines, _STEP * float(np.median(tall)), slack)[standing.argmin(1)]
    bottommost = np.where(under.any(1), NO_SHELF, len(lines))
    shelf = np.where(np.isfinite(standing).any(1), on_line, bottommost)
    return _from_top(shelf, boxes[:, 3])


def exactly_right(found: Ints, true: Ints) -> int:
    """How many facings got the very index of their shelf."""
    return int((found == true)[true != NO_SHELF].sum())


def numbered(found: Ints, facing: Flags, ignored: Flags) -> Ints:
    """The found shelves that count: those at labelled facings, or where most boxes are judged.

    A shelf of the photo that carries nothing labelled has no number in the truth, so finding it
    must shift none: one false alarm beside many boxes in ignored regions does not make it count.

    Args:
        found: (n,) shelf of each detection.
        facing: (n,) whether it lies on a labelled facing, however badly it fits.
        ignored: (n,) whether it lies where nothing counts.
    """
    ids = np.unique(found)
    counts = [facing[found == one].any() or ignored[found == one].mean() <= _MOST for one in ids]
    return ids[np.array(counts, np.bool_)]


def rightly_grouped(found: Ints, true: Ints) -> int:
    """How many facings stand right when found shelves are mapped one to one on true ones."""
    judged = true != NO_SHELF
    rows, columns = (np.unique(each[judged], return_inverse=True) for each in (found, true))
    together = np.zeros((len(rows[0]), len(columns[0])), int)
    np.add.at(together, (rows[1], columns[1]), 1)
    return _best_pairing(together)


def _best_pairing(together: np.ndarray) -> int:
    """The most that pairs of a row and a column add up to, each used once at most."""
    columns = range(together.shape[1])

    @cache
    def best(row: int, taken: int) -> int:
        if row == len(together):
            return 0
        pairs = (
            int(together[row, column]) + best(row + 1, taken | 1 << column)
            for column in columns
            if together[row, column] and not taken >> column & 1
        )
        return max([best(row + 1, taken), *pairs])

    return best(0, 0)


def _to_the_edge(photo: LabelledShelf) -> Floats:
    """The lines; one that leaves the photo at its bottom goes on to the right edge."""
    lines = photo.lines.copy()
    lines[lines[:, 3] >= photo.height - 1, 2] = photo.width
    return lines


def _heights(lines: Floats, x: Floats) -> Floats:
    """(n, k): y of each line at each x."""
    slope = (lines[:, 3] - lines[:, 1]) / (lines[:, 2] - lines[:, 0])
    return lines[:, 1] + slope * (x[:, None] - lines[:, 0])


def _pieces(lines: Floats, step: float, slack: float) -> Ints:
    """(k,): pieces of one shelf have the same number; the smallest steps are joined first."""
    before = lines[:, None, 2] <= lines[None, :, 0] + slack  # (k, k): ends where the other begins
    steps = np.abs(lines[:, None, 3] - lines[None, :, 1])
    group = np.arange(len(lines), dtype=np.int32)
    for pair in np.argsort(steps, axis=None, kind="stable"):
        left, right = np.unravel_index(pair, steps.shape)
        if before[left, right] and steps[left, right] <= step:
            _join(group, int(left), int(right), before | before.T)
    return group


def _join(group: Ints, left: int, right: int, apart: Flags) -> None:
    """Give two groups one number, unless some lines of theirs lie above each other."""
    one, other = group == group[left], group == group[right]
    if apart[np.ix_(one, other)].all():
        group[other] = group[left]


def _from_top(shelf: Ints, bottoms: Floats) -> Ints:
    """Renumber shelves by the median base of the facings on them."""
    used = sorted(
        set(shelf.tolist()) - {NO_SHELF}, key=lambda one: np.median(bottoms[shelf == one])
    )
    return np.array([used.index(one) if one in used else NO_SHELF for one in shelf], np.int32)
