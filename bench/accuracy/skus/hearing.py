"""What to look up for an item: itself and its neighbours, but never what gives the answer away."""

import numpy as np

from bench.accuracy.skus.items import Embedded
from inference.types import Floats, Ids
from inference.vectors import normalise


def heard(every: Embedded, references: Ids, asked: Ids) -> Floats:
    """What recognition looks up for each item asked for.

    A reference is a picture in the gallery, not a pack on the shelf: it has no say. Neither has
    what stands in one run with the reference of the very SKU that is asked for. A neighbour of
    another SKU speaks, even for a reference of its own run: that can only mislead.

    Args:
        every: the items, their vectors and what they say of each other.
        references: (m,) indices of the items in the gallery.
        asked: (n,) indices of the items in question.

    Returns:
        (n, dimensions), each of length 1.
    """
    if every.says is None:
        return every.vectors[asked]
    items, say = every.items, every.says[asked]
    telling = np.isin(items.runs, items.runs[references])
    say[telling & (items.skus == items.skus[asked, None])] = 0
    say[:, references] = 0
    say[np.arange(len(asked)), asked] = 1
    return normalise(say @ every.vectors)
