"""What stands beside a facing has a say in what it is, as far as it looks alike.

Shops put packs of one SKU side by side. What hides one of them, light, a hand, a neighbour, hides
another less, so a facing and its look-alikes beside it are looked up as one: by the mean of their
vectors. Whoever looks different has no say, so the ends of a run stay what they are; and as long as
all others together have less to say than the facing itself, one that is a reference stays its SKU
beside references of a look-alike.
"""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from inference.types import Flags, Floats
from inference.vectors import normalise

_OVERLAP = 0.5  # of the smaller one: boxes that share more are views of one pack


class Neighbours(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who has a say, by a card."""

    unlike: Annotated[float, Meta(ge=-1, le=1)]  # cosine up to which a neighbour has none
    alike: Annotated[float, Meta(ge=-1, le=1)]  # from which it has as much as it may have
    together: Annotated[float, Meta(ge=0)]  # at most, all of them; the facing itself has 1
    apart: Annotated[float, Meta(ge=0)]  # gap at most, in sides of the smaller one
    beside: Annotated[float, Meta(ge=0, le=1)]  # of the other side of it in common at least
    size: Annotated[float, Meta(ge=1)]  # times wider or higher at most


def heeded(vectors: Floats, boxes: Floats, given: Neighbours | None) -> Floats:
    """What to look up for each facing: its vector and those of its look-alike neighbours, as one.

    Args:
        vectors: (n, dimensions), each of length 1.
        boxes: (n, 4) of one photo, any frame.
        given: None = nobody has a say but the facing itself.

    Returns:
        (n, dimensions), each of length 1.
    """
    return vectors if given is None else normalise(says(vectors, boxes, given) @ vectors)


def says(vectors: Floats, boxes: Floats, given: Neighbours) -> Floats:
    """What each facing (row) hears from each, (n, n) float32: itself 1, neighbours 0-1."""
    likeness = (vectors @ vectors.T - given.unlike) / (given.alike - given.unlike)
    say = np.where(_neighbours(boxes, given), np.clip(likeness, 0, 1), 0).astype(np.float32)
    np.fill_diagonal(say, 0)
    say *= np.minimum(given.together / np.maximum(say.sum(axis=1, keepdims=True), 1e-6), 1)
    np.fill_diagonal(say, 1)
    return say


def _neighbours(boxes: Floats, given: Neighbours) -> Flags:
    """(n, n): side by side or one on top of the other, of about one size."""
    left, top, right, bottom = boxes.T
    across, down = _in_common(left, right), _in_common(top, bottom)
    touching = [(-given.apart < one) & (one < _OVERLAP) for one in (across, down)]
    level, stacked = down > given.beside, across > given.beside
    size = _alike(right - left, given.size) & _alike(bottom - top, given.size)
    return size & ((level & touching[0]) | (stacked & touching[1]))


def _in_common(start: Floats, end: Floats) -> Floats:
    """(n, n) what two have in common along one axis, below 0 = gap; 1 = the shorter one."""
    sides = end - start
    shared = np.minimum(end[:, None], end) - np.maximum(start[:, None], start)
    return np.asarray(shared / np.minimum(sides[:, None], sides), np.float32)


def _alike(sides: Floats, most: float) -> Flags:
    """(n, n): neither is that many times as long as the other."""
    ratio = sides[:, None] / sides
    return (ratio < most) & (ratio > 1 / most)
