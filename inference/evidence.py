"""Whether a group of boxes is evidence enough of a shelf.

A detector takes lamps, posters and parts of packs for products. Such boxes are few, small and
unsure, and no price tag hangs under them; as a shelf of their own they would shift all below.
"""

import numpy as np

from inference.stacks import Columns, Levelled
from inference.types import Flags, Floats, Ints, Reals

_ENOUGH = 0.95  # so many facings of usual size and score are a shelf: all but one ...
_TAGGED = 0.5  # ... and a tag under one of them counts for this many
_DOUBT = 4  # power: a box of 0.84 of the median score counts half


def weigh(boxes: Levelled, scores: Floats | None) -> Reals:
    """(n,) 0-1: what each box says for a shelf, 1 = as much as a facing of usual size and score.

    Scores are compared with those of the same photo, so that any detector's will do.

    Args:
        boxes: n boxes.
        scores: (n,) 0-1; None = every box is sure, whatever its size.
    """
    if scores is None:
        return np.ones(len(boxes.top))
    size = np.sqrt(boxes.width * boxes.height)
    doubt = np.minimum(scores / max(float(np.median(scores)), 1e-6), 1) ** _DOUBT
    return np.minimum(size / np.median(size), 1) * doubt


def are_shelves(groups: Ints, columns: Columns, weights: Reals, tagged: Flags) -> Flags:
    """(g,): which groups are shelves; at least the best supported one is.

    Args:
        groups: (m,) group of each column, from 0.
        columns: m columns of n boxes.
        weights: (n,) from `weigh`.
        tagged: (m,) whether a tag hangs under the column.
    """
    support = np.bincount(groups[columns.of_box], weights)
    support += _TAGGED * (np.bincount(groups, tagged) > 0)
    return support >= min(_ENOUGH, support.max())
