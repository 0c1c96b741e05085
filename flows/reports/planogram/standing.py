"""Which facing stands on which planned face, and which faces the photos show.

Every photo is looked at by itself, so it does not matter which part of the planogram it shows, nor
in which order the photos come.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from flows.reports.planogram.align import Costs, Pairs, Scores, align
from flows.reports.planogram.faces import UNNAMED, Flags, Found, Planned, Reals, Whole
from flows.reports.planogram.places import inside
from flows.reports.planogram.shelves import SAME
from flows.reports.planogram.view import Row, look

_UNNAMED = 20  # score of a facing that was not identified on a planned face
_OTHER = 0  # of another SKU
_ADRIFT = 150  # less per face width off its place, beyond _FREE
_FREE = 1.0  # face widths
_ADRIFT_AT_MOST = 600
_GAP_OPENS, _GAP = 150, 150  # a hole that the photo shows, an addition
_UNSEEN = 10  # a hole outside the photo, an addition that was not identified
_BEYOND = 100  # a facing beyond the planogram's end

T = TypeVar("T", bound=np.generic)


@dataclass(frozen=True)
class Standing:
    """What stands where.

    Args:
        face: (n,) planned face each facing stands on, whatever its SKU; -1 = on none.
        nearest: (n,) planned face whose place is nearest on the same shelf; -1 = the shelf is none
            of the planogram's.
        seen: (f,) whether a photo shows the place of each planned face.
        view: (f,) the first photo that shows the place although nothing stands there, -1 = none.
        place: (f, 4) that place there: x1 y1 x2 y2, pixels.
    """

    face: Whole
    nearest: Whole
    seen: Flags
    view: Whole
    place: Reals


def stand(found: Found, planned: Planned) -> Standing:
    """Find the place of every facing in the planogram.

    Photos on which no product was found show an empty shelf: all of the planogram.
    """
    facings, faces = len(found.sku), len(planned.sku)
    standing = Standing(
        face=np.full(facings, -1),
        nearest=np.full(facings, -1),
        seen=np.zeros(faces, np.bool_),
        view=np.full(faces, -1),
        place=np.zeros((faces, 4)),
    )
    rows = look(found, planned)
    full = [row for row in rows if row.row is not None]
    for row, pairs in zip(full, _align(found, planned, full), strict=True):
        _note_facings(found, row, pairs, standing)
        _note_places(row, row.shown & _with_room(found, row, pairs), standing)
    for row in rows:
        if row.row is None:
            _note_places(row, row.shown, standing)
    standing.seen[:] |= not facings and found.read > 0
    return standing


def _align(found: Found, planned: Planned, rows: list[Row]) -> list[Pairs]:
    """Align every found shelf with its planned faces."""
    if not rows:
        return []
    of = [_facings(found, row) for row in rows]
    sku, their_sku = (
        _table([planned.sku[r.faces] for r in rows], -3),
        _table([found.sku[o] for o in of], -2),
    )
    at, their_x = _table([r.places for r in rows], 0), _table([found.x[o] for o in of], 0)
    wide, shown = _table([r.widths for r in rows], 1), _table([r.shown for r in rows], 0)

    def pair_score(i: int) -> Scores:
        off = np.abs(their_x[:, i, None] - at) / wide
        adrift = np.minimum(np.maximum(off - _FREE, 0) * _ADRIFT, _ADRIFT_AT_MOST)
        one = their_sku[:, i, None]
        score = np.where(one == sku, SAME, np.where(one == UNNAMED, _UNNAMED, _OTHER))
        return score.astype(np.int32) - adrift.astype(np.int32)

    named = their_sku != UNNAMED
    costs = Costs(
        hole_open=np.where(shown, _GAP_OPENS, 0).astype(np.int32),
        hole=np.where(shown, _GAP, _UNSEEN).astype(np.int32),
        add_open=np.where(named, _GAP_OPENS, 0).astype(np.int32),
        add=np.where(named, _GAP, _UNSEEN).astype(np.int32),
        outside=_BEYOND,
    )
    return align([len(o) for o in of], [len(r.faces) for r in rows], pair_score, costs).pairs


def _facings(found: Found, row: Row) -> Whole:
    return np.flatnonzero(found.row == row.row)


def _note_facings(found: Found, row: Row, pairs: Pairs, standing: Standing) -> None:
    facings = _facings(found, row)
    both = np.array(pairs, np.int64).reshape(-1, 2)
    nearest = np.abs(found.x[facings, None] - row.places[None]).argmin(axis=1)
    standing.nearest[facings] = row.faces[nearest]
    standing.nearest[facings[both[:, 0]]] = row.faces[both[:, 1]]
    standing.face[facings[both[:, 0]]] = row.faces[both[:, 1]]
    if row.cut:
        standing.seen[row.faces[both[:, 1]]] = True
    elif pairs:  # what lies between two faces in view is in view
        standing.seen[row.faces[both[0, 1] : both[-1, 1] + 1]] = True


def _with_room(found: Found, row: Row, pairs: Pairs) -> Flags:
    """(k,) whether there is room in the photo beside the outermost facings of the shelf.

    A shelf that is full up to the edge of the photo says nothing of what comes after.
    """
    room = np.ones(len(row.faces), np.bool_)
    if pairs:
        of, size = _facings(found, row), found.sizes[row.view, 0]
        half, widths = found.width[of] / 2, row.widths
        left, right = (found.x[of] - half).min(), (found.x[of] + half).max()
        first, last = pairs[0][1], pairs[-1][1]
        before = left + widths[first] / 2 + row.places[:first] - row.places[first]
        after = right - widths[last] / 2 + row.places[last + 1 :] - row.places[last]
        room[:first] = inside(before, widths[:first], size)
        room[last + 1 :] = inside(after, widths[last + 1 :], size)
    return room


def _note_places(row: Row, shown: Flags, standing: Standing) -> None:
    standing.seen[row.faces[shown]] = True
    taken = np.isin(row.faces, standing.face)
    new = shown & ~taken & (standing.view[row.faces] < 0)
    half, height = row.widths / 2, np.ones(len(row.faces))
    boxes = (row.places - half, height * row.top, row.places + half, height * row.bottom)
    standing.view[row.faces[new]] = row.view
    standing.place[row.faces[new]] = np.column_stack(boxes)[new]


def _table(rows: list[NDArray[T]], fill: float) -> NDArray[T]:
    """(rows, longest), what is past the end of a row filled."""
    table = np.full((len(rows), max(len(row) for row in rows)), fill, rows[0].dtype)
    for index, row in enumerate(rows):
        table[index, : len(row)] = row
    return table
