"""Which planned shelf each found shelf is, rack by rack.

Two shelves are alike as far as the best stretch of one reads like a stretch of the other. The
shelves of a photo and those of a rack are then aligned in their order, from the top; a photo may
show some of them only, and a shelf that is all different stands where its neighbours leave it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from flows.reports.planogram.align import Pairs, Scores, align, even_costs
from flows.reports.planogram.faces import UNNAMED, Found, Planned, Whole
from flows.reports.planogram.heights import EMPTY, with_empty_shelves

SAME = 1000  # score of a planned face and a found one of the same SKU
_UNNAMED = 200  # of one that was not identified
_OTHER = -300  # of one of another SKU
_GAP_OPENS, _GAP = 300, 150
_NEIGHBOUR = 60  # two shelves with nothing in common, because both lie between others
_SKIPPED = 600  # a shelf between matched ones that was not found, or not planned
_FEW = 3  # faces; a shorter stretch is no full likeness


class Matched(NamedTuple):
    """A shelf of a photo and the planned shelf it is."""

    rack: int
    row: int
    shelf: int


def codes(values: Whole, starts: Whole, pad: int) -> Whole:
    """(rows, longest) the values of each row, then `pad`."""
    lengths = np.diff(starts)
    table = np.full((len(lengths), int(lengths.max(initial=0))), pad, np.int64)
    for row, (start, length) in enumerate(zip(starts[:-1], lengths, strict=True)):
        table[row, :length] = values[start : start + length]
    return table


def stretches(
    found: Found, planned: Planned, rows: Whole, shelves: Whole, *, trace: bool
) -> tuple[Whole, list[Pairs]]:
    """The best common stretch of each found shelf and planned shelf.

    Args:
        rows, shelves: (b,) which found shelf with which planned one.
        trace: also say which face is which.

    Returns:
        (b,) scores; per b, (found, planned) places in their shelves, of the same SKU or not.
    """
    left = codes(found.sku, found.starts, -2)[rows]
    right = codes(planned.sku, planned.starts, -3)[shelves]
    costs = even_costs(left.shape, right.shape, opens=_GAP_OPENS, each=_GAP)

    def pair_score(i: int) -> Scores:
        sku = left[:, i, None]
        return np.where(sku == right, SAME, np.where(sku == UNNAMED, _UNNAMED, _OTHER)).astype("i4")

    lengths = np.diff(found.starts)[rows], np.diff(planned.starts)[shelves]
    aligned = align(*lengths, pair_score, costs, trace=trace)
    return aligned.score, aligned.pairs


def match_shelves(found: Found, planned: Planned) -> list[list[Matched]]:
    """Match found shelves with planned ones, per view.

    The rack that the view shows most of comes first; racks without anything in common with the view
    are left out.
    """
    alike = _alike(found, planned)
    racks = planned.shelves[:, 0]
    rows = [np.flatnonzero(found.views == view) for view in range(len(found.sizes))]
    hanging = [with_empty_shelves(found, of) for of in rows]
    blocks = [
        (view, hanging[view], np.flatnonzero(racks == rack))
        for view in range(len(found.sizes))
        for rack in np.unique(racks)
        if alike[np.ix_(rows[view], racks == rack)].any()
    ]
    matched: list[list[Matched]] = [[] for _ in found.sizes]
    scores, orders = _in_order(alike, [block[1:] for block in blocks])
    for index in sorted(range(len(blocks)), key=lambda index: (-scores[index], index)):
        view, of, shelves = blocks[index]
        matched[view] += [
            Matched(int(racks[shelves[j]]), int(of[i]), int(shelves[j]))
            for i, j in orders[index]
            if of[i] != EMPTY
        ]
    return matched


def _alike(found: Found, planned: Planned) -> Whole:
    """(r, p): how much of each planned shelf stands on each found one, at most `SAME`."""
    common = _in_common(found, planned)
    worth = (common > 0) & (found.views >= 0)[:, None]
    worth &= (2 * common >= common.max(axis=1, initial=0)[:, None]) | (
        2 * common >= common.max(axis=0, initial=0)
    )
    rows, shelves = np.nonzero(worth)
    score, _ = stretches(found, planned, rows, shelves, trace=False)
    shorter = np.minimum(np.diff(found.starts)[rows], np.diff(planned.starts)[shelves])
    alike = np.zeros(common.shape, np.int64)
    alike[rows, shelves] = np.where(score >= SAME, score, 0) // np.maximum(shorter, _FEW)
    return alike


def _in_common(found: Found, planned: Planned) -> Whole:
    """(r, p): faces a found and a planned shelf have in common, whatever their order."""
    skus = np.unique(planned.sku)
    common = np.zeros((len(found.views), len(planned.shelves)), np.int64)
    there = _histograms(found.sku, found.row, skus, len(found.views))
    wanted = _histograms(planned.sku, planned.shelf, skus, len(planned.shelves))
    for row in range(len(there)):
        common[row] = np.minimum(there[row], wanted).sum(axis=1)
    return common


def _histograms(sku: Whole, shelf: Whole, skus: Whole, shelves: int) -> Whole:
    """(shelves, skus): faces of each SKU on each shelf."""
    at = np.searchsorted(skus, sku)
    known = at < len(skus)
    known[known] = skus[at[known]] == sku[known]
    counts = np.zeros((shelves, len(skus)), np.int64)
    np.add.at(counts, (shelf[known], at[known]), 1)
    return counts


def _in_order(
    alike: Whole, blocks: Sequence[tuple[Whole, Whole]]
) -> tuple[Sequence[int], list[Pairs]]:
    """Align the found shelves of a view, empty ones between, with those of a rack, by block."""
    if not blocks:
        return [], []
    rows, shelves = [len(block[0]) for block in blocks], [len(block[1]) for block in blocks]
    found, wanted = (len(blocks), max(rows)), (len(blocks), max(shelves))
    table = np.zeros((*found, max(shelves)), np.int32)
    costs = even_costs(found, wanted, opens=0, each=_SKIPPED)
    for block, (of, planned) in enumerate(blocks):
        is_empty = (of == EMPTY)[:, None]
        likely = np.where(is_empty, 0, alike[np.ix_(of, planned)]) + _NEIGHBOUR
        table[block, : len(of), : len(planned)] = likely
        costs.add[block, : len(of)][of == EMPTY] = 0
    aligned = align(rows, shelves, lambda i: table[:, i], costs)
    return aligned.score.tolist(), aligned.pairs
