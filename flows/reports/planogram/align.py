"""Alignment of what was found with what was planned, many pairs of sequences at once.

A planned element is paired with a found one or left out (a hole); a found one may be an addition.
All scores are whole numbers, so equal means equal and the answer is the same on every machine.

Source: Gotoh, "An improved algorithm for matching biological sequences" (1982), the affine gap
recurrence, and Smith and Waterman (1981) for `local`; along the planned axis it is a running
maximum.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Scores = NDArray[np.int32]
Cells = NDArray[np.uint8]
Pairs = list[tuple[int, int]]  # found, planned, both ascending

_CHOOSE, _PAIR, _HOLE, _ADD = 0, 1, 2, 3  # how a cell was reached; _CHOOSE: the way begins here
_HOLE_OPENS, _ADD_OPENS = 4, 8
_NEVER = np.int32(-(10**9))


@dataclass(frozen=True)
class Costs:
    """What leaving out costs; whole numbers >= 0.

    Args:
        hole_open, hole: (b, m) of planned element j: when a hole begins there, for each in it.
        add_open, add: (b, n) of found element i between planned ones, likewise.
        outside: of each found element before the first or after the last planned one.
        local: what lies before the first and after the last pair, on either axis, costs nothing.
    """

    hole_open: Scores
    hole: Scores
    add_open: Scores
    add: Scores
    outside: int = 0
    local: bool = False


@dataclass(frozen=True)
class Aligned:
    """The best alignment of each pair of sequences: its score (b,) and, if asked for, its pairs."""

    score: Whole
    pairs: list[Pairs]


def even_costs(found: tuple[int, int], planned: tuple[int, int], *, opens: int, each: int) -> Costs:
    """Costs of a local alignment that are the same for every element; shapes (b, n), (b, m)."""
    add, hole = np.full(found, each, np.int32), np.full(planned, each, np.int32)
    return Costs(np.full_like(hole, opens), hole, np.full_like(add, opens), add, local=True)


def align(
    found: Sequence[int] | Whole,
    planned: Sequence[int] | Whole,
    pair_score: Callable[[int], Scores],
    costs: Costs,
    *,
    trace: bool = True,
) -> Aligned:
    """Align b pairs of sequences.

    Ties: a pair before an addition before a hole, seen from the end; of several ends of a local
    alignment the first found element, then the first planned one.

    Args:
        found, planned: lengths of the sequences, b each.
        pair_score: of found index i: (b, m) scores of pairing it with each planned element; what
            lies past the end of a sequence does not matter.
        costs: see there.
        trace: also say which is paired with which.
    """
    lengths, ends = np.array(found, np.int64), np.array(planned, np.int64)
    walk = _Walk(costs, lengths, ends)
    steps = [walk.step(i, pair_score(i), trace=trace) for i in range(lengths.max(initial=0))]
    if not trace or not steps:
        return Aligned(walk.score, [[] for _ in lengths])
    way = np.stack(steps)
    ways = zip(walk.found.tolist(), walk.planned.tolist(), strict=True)
    return Aligned(walk.score, [_way_back(way[:, b].tolist(), *at) for b, at in enumerate(ways)])


class _Walk:
    """One row of the dynamic programme after the other, for all pairs of sequences."""

    def __init__(self, costs: Costs, lengths: Whole, ends: Whole) -> None:
        batch, width = costs.hole.shape
        self._costs, self._lengths = costs, lengths
        self._beyond = np.arange(width + 1) > ends[:, None]
        self._sums = np.zeros((batch, width + 1), np.int32)
        np.cumsum(costs.hole, axis=1, out=self._sums[:, 1:])
        self._best = np.zeros((batch, width + 1), np.int32)
        if not costs.local:
            self._best[:, 1:] = -self._sums[:, 1:] - costs.hole_open[:, :1]
        self._adding = np.full((batch, width + 1), _NEVER)
        self._outside = np.zeros((batch, width + 1), np.bool_)
        self._outside[np.arange(batch), 0] = self._outside[np.arange(batch), ends] = True
        self.found, self.planned = np.zeros_like(ends), ends.copy()  # where each way ends
        self.score = self._best[np.arange(batch), ends].astype(np.int64)

    def step(self, i: int, pair: Scores, *, trace: bool) -> Cells:
        """Take in found element i; returns how each cell was reached, empty without `trace`."""
        costs, before = self._costs, self._best
        opened = before - np.where(self._outside, 0, costs.add_open[:, i, None])
        add = np.where(self._outside, costs.outside, costs.add[:, i, None])
        self._adding = np.maximum(opened, self._adding) - add
        paired, hole = np.full_like(before, _NEVER), np.full_like(before, _NEVER)
        paired[:, 1:] = before[:, :-1] + pair
        whole = np.maximum(paired, self._adding)
        begins = whole[:, :-1] - costs.hole_open
        hole[:, 1:] = np.maximum.accumulate(begins + self._sums[:, :-1], axis=1) - self._sums[:, 1:]
        self._best = np.maximum(whole, hole)
        if costs.local:
            self._best = np.maximum(self._best, 0)
        self._note_end(i)
        if not trace:
            return np.zeros(0, np.uint8)
        how = np.where(self._best == hole, np.uint8(_HOLE), np.uint8(_CHOOSE))
        how = np.where(self._best == self._adding, np.uint8(_ADD), how)
        how = np.where(self._best == paired, np.uint8(_PAIR), how)
        how[:, 1:] |= np.where(begins - costs.hole == hole[:, 1:], _HOLE_OPENS, 0).astype(np.uint8)
        return how | np.where(opened - add == self._adding, _ADD_OPENS, 0).astype(np.uint8)

    def _note_end(self, i: int) -> None:
        """Keep the best end so far (local), or the end of the sequences that end here."""
        rows = np.arange(len(self._lengths))
        if self._costs.local:
            inside = np.where(self._beyond, _NEVER, self._best)
            at = inside.argmax(axis=1)
            better = (inside[rows, at] > self.score) & (i < self._lengths)
        else:
            at, better = self.planned, self._lengths == i + 1
        self.score[better] = self._best[rows, at][better]
        self.planned[better] = at[better]
        self.found[better] = i + 1


def _way_back(cells: list[list[int]], i: int, j: int) -> Pairs:
    """Follow one pair of sequences from its end (i, j) back to its beginning."""
    pairs: Pairs = []
    state = _CHOOSE
    while i > 0:
        cell = cells[i - 1][j]
        state = state or cell & 3
        if state == _PAIR:
            i, j, state = i - 1, j - 1, _CHOOSE
            pairs.append((i, j))
        elif state == _ADD:
            i, state = i - 1, _CHOOSE if cell & _ADD_OPENS else _ADD
        elif state == _HOLE:
            j, state = j - 1, _CHOOSE if cell & _HOLE_OPENS else _HOLE
        else:
            break
    return pairs[::-1]
