"""The cheapest way to give each of a few things one of others.

Source: Kuhn, "The Hungarian method for the assignment problem" (1955), in the form with shortest
augmenting paths by Jonker and Volgenant (1987). Own code because SciPy, the library for it, is
larger than all of Gondola.
"""

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


def assign(cost: Whole) -> list[tuple[int, int]]:
    """Pair rows with columns, each used once, at the lowest sum; all of the shorter side.

    Args:
        cost: (n, m) whole numbers; 100 x 100 take some 10 ms.

    Returns:
        (row, column), by row; the same for the same costs.
    """
    if cost.shape[0] > cost.shape[1]:
        return sorted((i, j) for j, i in assign(cost.T))
    rows, columns = cost.shape
    row_of = np.full(columns + 1, -1)  # the last column is where the search for a row begins
    row_price, column_price = np.zeros(rows, np.int64), np.zeros(columns + 1, np.int64)
    for row in range(rows):
        row_of[columns] = row
        _augment(cost, row_of, row_price, column_price)
    return sorted((int(row_of[j]), j) for j in range(columns) if row_of[j] >= 0)


def _augment(cost: Whole, row_of: Whole, row_price: Whole, column_price: Whole) -> None:
    """Find a column for the row in the last place, moving others where that is cheaper."""
    columns = cost.shape[1]
    far = np.iinfo(np.int64).max // 2
    distance, came_from = np.full(columns, far), np.full(columns, columns)
    used = np.zeros(columns + 1, np.bool_)
    at = columns
    while row_of[at] >= 0:
        used[at] = True
        row = row_of[at]
        reduced = cost[row] - row_price[row] - column_price[:-1]
        nearer = ~used[:-1] & (reduced < distance)
        distance[nearer], came_from[nearer] = reduced[nearer], at
        next_at = int(np.where(used[:-1], far, distance).argmin())
        step = distance[next_at]
        row_price[row_of[used]] += step
        column_price[used] -= step
        distance[~used[:-1]] -= step
        at = next_at
    while at != columns:
        row_of[at], at = row_of[came_from[at]], int(came_from[at])
    row_of[columns] = -1
