"""Empty places in the front row: which facings are missing, and where one sees that."""

from dataclasses import dataclass

import numpy as np

from training.facings import Facing, Shelf

SCENES_WITH_GAPS = 0.5  # some lose theirs to the photo's border
MOST_GAPS = 4
MIDDLE = (0.14, 0.86)  # of the plane, where a gap is likely to be in the photo
SMALLEST_WIDTH = 0.8  # of the facing that is missing


@dataclass(frozen=True)
class Gap:
    """An empty place in front: a rectangle on the plane, pixels, and the facings taken away."""

    x1: float
    y1: float
    x2: float
    y2: float
    missing: tuple[Facing, ...]


@dataclass(frozen=True)
class Row:
    """One filled shelf, not yet drawn.

    Attributes:
        shelf: where it is.
        edge: height of its front edge, pixels.
        groups: facings side by side, a list per SKU; each may be emptied by a gap.
        gaps: empty places.
        dividers: x of the walls between compartments, pixels; none on open shelves.
    """

    shelf: Shelf
    edge: float
    groups: list[list[Facing]]
    gaps: list[Gap]
    dividers: tuple[float, ...] = ()


def leave_gaps(rng: np.random.Generator, rows: list[Row], size: tuple[int, int]) -> None:
    """Take facings out of some rows, in place; `size` is the plane's width and height."""
    if rng.random() > SCENES_WITH_GAPS:
        return
    near = [row for row in rows if MIDDLE[0] < row.shelf.base / size[1] < MIDDLE[1] + 0.1]
    for _ in range(int(rng.integers(1, MOST_GAPS + 1)) if near else 0):
        row = near[int(rng.integers(len(near)))]
        places = [
            (group, facing)
            for group in row.groups
            for facing in group
            if facing.standing and MIDDLE[0] < facing.x / size[0] < MIDDLE[1]
        ]
        if places:
            group, facing = places[int(rng.integers(len(places)))]
            _empty(row, group, _run(rng, group, facing, narrow=facing.width < 4 * row.shelf.scale))


def _run(rng: np.random.Generator, group: list[Facing], first: Facing, narrow: bool) -> set[int]:
    """Columns that go: mostly one, sometimes a few, sometimes all from there on."""
    length = int(rng.choice([1, 2, 3, 99], p=[0.55, 0.2, 0.1, 0.15]))
    length = max(length, 2) if narrow else length
    columns = {facing.column for facing in group}
    return {c for c in columns if first.column <= c < first.column + length}


def _empty(row: Row, group: list[Facing], columns: set[int]) -> None:
    """Remove the columns and note what is empty now, up to the neighbours on both sides."""
    missing = [facing for facing in group if facing.column in columns]
    left, right = min(f.x for f in missing), max(f.right for f in missing)
    width = missing[0].width
    if any(left - width < gap.x2 and gap.x1 < right + width for gap in row.gaps):
        return
    group[:] = [facing for facing in group if facing.column not in columns]
    others = [facing for each in row.groups for facing in each]
    x1 = max([left - 0.3 * width, *(f.right for f in others if f.x < left and f.right < right)])
    x2 = min([right + 0.3 * width, *(f.x for f in others if f.right > right and f.x > left)])
    near = [f.y for f in others if f.standing and x1 - width < f.right and f.x < x2 + width]
    top = max(row.shelf.top, min(f.y for f in missing), min(near, default=0))
    if x2 - x1 >= SMALLEST_WIDTH * width:
        row.gaps.append(Gap(x1, top, x2, row.shelf.base, tuple(missing)))
