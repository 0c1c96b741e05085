"""Blocks of a planogram out of single fronts: runs of one SKU side by side, stacks of it.

Pure: boxes in, blocks out.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from msgspec import Struct

_OVERLAP = 0.5  # of the lower front: fronts whose middles are nearer stand side by side


class Front(Struct, frozen=True):
    """One product front on a shelf; y grows downwards, any unit."""

    sku_id: int | None  # None = not named: it ends a run, and makes no block
    x1: float
    y1: float
    x2: float
    y2: float


class Block(Struct, frozen=True):
    """Fronts of one SKU that stand together."""

    sku_id: int
    facing_x: int  # side by side
    facing_y: int  # stacked


Layers = list[tuple[int | None, int]]  # SKU and fronts, of one column from the top


def blocks(parts: Iterable[Sequence[Front]]) -> list[Block]:
    """Put the fronts of one shelf together, from the left; where two are stacked, the upper first.

    Columns with the same SKUs at the same heights are one block; a column of another height is
    another block, so no front is lost.

    Args:
        parts: of the shelf from the left, such as what each photo shows; each in units of its own.
    """
    columns = [_layers(column) for part in parts for column in _columns(part)]
    runs = ((layers, len(list(run))) for layers, run in groupby(columns))
    return [Block(sku_id, wide, high) for layers, wide in runs for sku_id, high in layers if sku_id]


def _columns(fronts: Sequence[Front]) -> list[list[Front]]:
    columns: list[list[Front]] = []
    for front in sorted(fronts, key=lambda f: (f.x1 + f.x2, f.y1, f.sku_id or 0)):
        if columns and _is_stacked(front, columns[-1]):
            columns[-1].append(front)
        else:
            columns.append([front])
    return columns


def _is_stacked(front: Front, column: Sequence[Front]) -> bool:
    """Whether its middle is above or below the first of the column, and it covers none of them."""
    middle = (front.x1 + front.x2) / 2
    return column[0].x1 < middle < column[0].x2 and not any(
        abs(front.y1 + front.y2 - one.y1 - one.y2) / 2
        < _OVERLAP * min(front.y2 - front.y1, one.y2 - one.y1)
        for one in column
    )


def _layers(column: Iterable[Front]) -> Layers:
    ordered = sorted(column, key=lambda front: front.y1 + front.y2)
    return [(sku_id, len(list(run))) for sku_id, run in groupby(ordered, key=lambda f: f.sku_id)]
