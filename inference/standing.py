"""Which columns stand on the same shelf: votes of neighbours, then grouping by those votes.

The line under a column is a shelf edge, and an edge cannot run through products. So whoever that
line would cut stands on the same shelf, and whoever lies wholly below it on a lower one. Where tags
hang under both columns, the tags say whether it is one edge. Near columns vote more than far ones,
so racks side by side may have shelves at different heights; large ones more than small ones, which
are parts of products more often than products.
"""

import numpy as np

from inference.rails import tag_under
from inference.stacks import Columns, Levelled
from inference.types import Flags, Ids, Ints, Reals

_HALF = 1.5  # at this many median widths a vote counts half
_ALIGNED = 0.1  # bottoms that differ less stand on one line; share of the lower base
_CUT = 0.3  # a line deeper in a column than this cuts it; share of the height of its base
_STEP = 0.5  # of the median facing's height between edges or rows: more, and it is another shelf
_ROW = 1.5  # so many near neighbours on one line make a row: one on each side
_SURE = 2.0  # vote of tags, where two columns both agree have 2
_LARGEST = 2.0  # a column of so many times the median size has the most to say
_ROUNDING = 1e-9


def group(columns: Columns, tags: Levelled) -> Ints:
    """Number the groups of columns that share a shelf, (m,) int32, in no particular order.

    Groups join in rounds, always those that have their best vote for each other, until no group
    wants to join another. (Greedy additive edge contraction of a multicut problem, in parallel.)
    """
    near = _nearness(columns) * _weight(columns)
    same_edge = _votes_of_tags(columns, tags)
    votes = near * np.where(same_edge == 0, _votes(columns, near), same_edge)
    groups = np.arange(len(votes))
    while (joined := _join(votes)) is not None:
        votes = _summed(votes, joined)
        groups = joined[groups]
    return groups.astype(np.int32)


def _summed(votes: Reals, joined: Ids) -> Reals:
    """Sum rows and columns of every new group."""
    order = np.argsort(joined, kind="stable")
    starts = np.searchsorted(joined[order], np.arange(joined.max() + 1))
    rows = np.add.reduceat(votes[order], starts, axis=0)
    return np.add.reduceat(rows[:, order], starts, axis=1)


def _join(votes: Reals) -> Ids | None:
    """The new group of every old one; None when nobody wants to join."""
    everyone = np.arange(len(votes))
    others = votes.copy()
    np.fill_diagonal(others, -np.inf)
    best = others.argmax(axis=1)
    mutual = (best[best] == everyone) & (others[everyone, best] > _ROUNDING)
    if not mutual.any():
        return None
    return np.unique(np.where(mutual, np.minimum(everyone, best), everyone), return_inverse=True)[1]


def _votes_of_tags(columns: Columns, tags: Levelled) -> Reals:
    """(m, m) symmetric, as `_votes`; 0 where no tag hangs under one of the two."""
    edge = tag_under(columns.extent, tags)
    step = np.abs(edge[:, None] - edge[None])
    votes = np.where(step < _STEP * np.median(columns.base_height), _SURE, -_SURE)
    return np.where(np.isnan(step), 0, votes)


def _votes(columns: Columns, near: Reals) -> Reals:
    """(m, m) symmetric: above 0 = same shelf, below 0 = different shelves."""
    extent, unit = columns.extent, columns.base_height
    lower = np.minimum.outer(unit, unit)
    line, bottom = extent.bottom[:, None], extent.bottom[None]  # row's line; column votes on it
    aligned = np.abs(line - bottom) < _ALIGNED * lower
    cut = (line - extent.top[None] > _CUT * unit[None]) & (line < bottom)
    below = extent.top[None] > line
    edge = _is_edge(near, aligned, cut & (bottom - line > _CUT * unit[None]))
    vote = (cut | aligned) * 1.0 - (below & edge[:, None])
    vote += vote.T
    return np.where((vote > 0) & _in_two_rows(columns, near), -1.0, vote)


def _in_two_rows(columns: Columns, near: Reals) -> Flags:
    """(m, m): whether both stand firmly in a row with neighbours, but in rows far apart.

    In a cooler's bins one row stands higher behind the other: its line cuts the bottles in front,
    and yet each row is one.
    """
    lower = np.minimum.outer(columns.base_height, columns.base_height)
    step = np.abs(columns.extent.bottom[:, None] - columns.extent.bottom[None])
    beside = (near * (step < _ALIGNED * lower)).sum(axis=1) - near.diagonal()
    in_row = beside >= _ROW
    return in_row[:, None] & in_row[None] & (step > _STEP * np.median(columns.base_height))


def _is_edge(near: Reals, aligned: Flags, deeply_cut: Flags) -> Flags:
    """(m,): whether a line is a shelf edge: more neighbours stand on it than it would cut.

    It is none where the box that should carry the column was not found.
    """
    return (near * deeply_cut).sum(axis=1) <= (near * aligned).sum(axis=1)


def _weight(columns: Columns) -> Reals:
    """(m, m): 1 for two columns of median size, more for larger ones."""
    size = np.sqrt(columns.extent.width * columns.base_height)
    weight = np.sqrt(np.minimum(size / np.median(size), _LARGEST))
    return np.multiply.outer(weight, weight)


def _nearness(columns: Columns) -> Reals:
    """(m, m): 1 for columns above each other, falling with the gap between them."""
    extent = columns.extent
    gap = np.maximum.outer(extent.x1, extent.x1) - np.minimum.outer(extent.x2, extent.x2)
    widths = np.maximum(gap, 0) / np.median(extent.width)
    return 1 / (1 + (widths / _HALF) ** 2)
