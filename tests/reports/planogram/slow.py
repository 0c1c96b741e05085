"""The alignment and the assignment as a person would write them: every possibility tried."""

from dataclasses import dataclass
from functools import cache
from itertools import permutations

from flows.reports.planogram.align import Pairs


@dataclass(frozen=True)
class Problem:
    """One found sequence (n) and one planned (m), with what everything costs."""

    score: list[list[int]]  # n x m
    hole_open: list[int]  # m
    hole: list[int]
    add_open: list[int]  # n
    add: list[int]
    outside: int

    def part(self, i: int, n: int, j: int, m: int) -> "Problem":
        """n found elements from i on and m planned ones from j on; nothing may lie outside."""
        return Problem(
            [row[j : j + m] for row in self.score[i : i + n]],
            self.hole_open[j : j + m],
            self.hole[j : j + m],
            self.add_open[i : i + n],
            self.add[i : i + n],
            outside=10**6,
        )


def best_score(of: Problem, pairs: Pairs | None = None) -> int:
    """The score of the best global alignment, by trying every step from every place.

    Args:
        pairs: of the alignment, all of them; None = any.
    """
    n, m = len(of.add), len(of.hole)
    wanted = {*pairs} if pairs is not None else None

    @cache
    def rest(i: int, j: int, last: str) -> int:
        if i == n and j == m:
            return 0
        ways: list[int] = []
        if i < n and j < m and (wanted is None or (i, j) in wanted):
            ways.append(of.score[i][j] + rest(i + 1, j + 1, "pair"))
        if j < m and (wanted is None or all(j != one for _, one in wanted)):
            opens = 0 if last == "hole" else of.hole_open[j]
            ways.append(rest(i, j + 1, "hole") - opens - of.hole[j])
        if i < n and j in (0, m):
            ways.append(rest(i + 1, j, "add") - of.outside)
        elif i < n:
            opens = 0 if last == "add" else of.add_open[i]
            ways.append(rest(i + 1, j, "add") - opens - of.add[i])
        return max(ways, default=-(10**9))

    return rest(0, 0, "")


def best_part(of: Problem) -> int:
    """The score of the best alignment of any part of both sequences, 0 = none is worth it."""
    n, m = len(of.add), len(of.hole)
    parts = (
        best_score(of.part(i, height, j, width))
        for i in range(n)
        for j in range(m)
        for height in range(1, n - i + 1)
        for width in range(1, m - j + 1)
    )
    return max(0, *parts, 0)


def cheapest(cost: list[list[int]]) -> int:
    """The cost of the best assignment of the shorter side, by trying every one."""
    if not cost or not cost[0]:
        return 0
    if len(cost) > len(cost[0]):
        cost = [list(column) for column in zip(*cost, strict=True)]
    columns = range(len(cost[0]))
    return min(
        sum(cost[i][j] for i, j in enumerate(chosen)) for chosen in permutations(columns, len(cost))
    )
