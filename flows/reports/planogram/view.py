"""Where the planogram lies in one photo: which planned faces may stand on which found shelf."""

from dataclasses import dataclass

import numpy as np

from flows.reports.planogram.faces import Flags, Found, Planned, Reals, Whole
from flows.reports.planogram.heights import is_cut, shelf_height
from flows.reports.planogram.places import (
    Anchors,
    Line,
    fit,
    inside,
    join,
    on_row,
    places,
)
from flows.reports.planogram.shelves import Matched, match_shelves, stretches

_BESIDE = 0.5  # of the photo's width; a rack further off than that stands somewhere else


@dataclass(frozen=True)
class Row:
    """Planned faces that may stand on one shelf of a photo, from the left.

    Args:
        view: the photo.
        row: the found shelf; None = the shelf is empty.
        faces: (k,) planned faces.
        places, widths: (k,) middles and widths of their places, pixels.
        shown: (k,) whether the photo shows the place.
        top, bottom: of the shelf's products, pixels.
        cut: the photo ends in the middle of the shelf: what is not seen on it may be there.
    """

    view: int
    row: int | None
    faces: Whole
    places: Reals
    widths: Reals
    shown: Flags
    top: float
    bottom: float
    cut: bool = False


@dataclass(frozen=True)
class _Lie:
    """How the planogram lies in a view; `row_of` = planned shelf to found shelf."""

    view: int
    line: Line
    anchors: Anchors
    row_of: dict[int, int]


def look(found: Found, planned: Planned) -> list[Row]:
    """Find the planogram in every view.

    A view without anything of the planogram has no rows; when all are like that, the first is taken
    to show the first rack shelf by shelf.
    """
    matched = match_shelves(found, planned)
    anchors = _anchors(found, planned, matched)
    if not any(anchors) and matched and len(planned.shelves):
        matched[0], anchors[0] = _in_order(found, planned)
    rows: list[Row] = []
    for view, (of_view, sure) in enumerate(zip(matched, anchors, strict=True)):
        if sure:
            rows += _rows(found, planned, view, of_view, sure)
    return rows


def _anchors(
    found: Found, planned: Planned, matched: list[list[Matched]]
) -> list[dict[int, Anchors]]:
    """By view and rack, facings that read like the planned shelf; racks in the order matched."""
    every = [(view, one) for view, of_view in enumerate(matched) for one in of_view]
    rows = np.array([one.row for _, one in every], np.int64)
    shelves = np.array([one.shelf for _, one in every], np.int64)
    _, stretch = stretches(found, planned, rows, shelves, trace=True)
    sure: list[dict[int, list[Anchors]]] = [{} for _ in matched]
    for (view, one), pairs in zip(every, stretch, strict=True):
        both = np.array(pairs, np.int64).reshape(-1, 2)
        facings, faces = found.starts[one.row] + both[:, 0], planned.starts[one.shelf] + both[:, 1]
        same = found.sku[facings] == planned.sku[faces]
        if same.any():
            sure[view].setdefault(one.rack, []).append(Anchors(facings[same], faces[same]))
    return [{rack: join(parts) for rack, parts in racks.items()} for racks in sure]


def _in_order(found: Found, planned: Planned) -> tuple[list[Matched], dict[int, Anchors]]:
    rack = int(planned.shelves[0, 0])
    shelves = np.flatnonzero(planned.shelves[:, 0] == rack).tolist()
    rows = np.flatnonzero(found.views == 0).tolist()
    matched = [Matched(rack, row, shelf) for row, shelf in zip(rows, shelves, strict=False)]
    firsts = np.array([(found.starts[one.row], planned.starts[one.shelf]) for one in matched])
    return matched, {rack: Anchors(firsts[:, 0], firsts[:, 1])}


def _rows(
    found: Found, planned: Planned, view: int, matched: list[Matched], by_rack: dict[int, Anchors]
) -> list[Row]:
    """The shelves of one view, the empty ones last."""
    best = next(iter(by_rack))
    line = fit(found, planned, by_rack[best])
    reach = found.sizes[view, 0] * _BESIDE
    racks = {
        rack: anchors
        for rack, anchors in by_rack.items()
        if rack == best or abs(line.off(found, planned, anchors)) < reach
    }
    row_of = _rows_of_shelves(planned, matched, set(racks), best)
    lie = _Lie(view, line, join(list(racks.values())), row_of)
    shelves = range(len(planned.shelves))
    full = [_full(found, planned, lie, row) for row in sorted(set(row_of.values()))]
    return full + [_empty(found, planned, lie, shelf) for shelf in shelves if shelf not in row_of]


def _rows_of_shelves(
    planned: Planned, matched: list[Matched], racks: set[int], best: int
) -> dict[int, int]:
    """Planned shelf to found shelf, ascending.

    A rack with nothing in common with the photo has its shelves level with those of the best one.
    """
    row_of = {one.shelf: one.row for one in matched if one.rack in racks}
    level = {int(planned.shelves[o.shelf, 1]): o.row for o in matched if o.rack == best}
    for shelf, (rack, index) in enumerate(planned.shelves.tolist()):
        if rack not in racks and index in level:
            row_of[shelf] = level[index]
    return dict(sorted(row_of.items()))


def _full(found: Found, planned: Planned, lie: _Lie, row: int) -> Row:
    shelves = [shelf for shelf, of in lie.row_of.items() if of == row]
    faces = np.concatenate([_faces(planned, shelf) for shelf in shelves])
    of = slice(found.starts[row], found.starts[row + 1])
    own = on_row(found, lie.anchors, row)
    slides = len(np.unique(planned.record[own.planned])) == 1 and len(faces) > len(found.sku[of])
    nearest = lie.anchors if slides or not len(own.found) else own
    at = places(found, planned, faces, nearest, lie.line)
    wide = lie.line.scale * planned.width[faces]
    top, bottom = float(np.median(found.top[of])), float(np.median(found.bottom[of]))
    cut = is_cut(found, lie.view, row)
    shown = inside(at, wide, found.sizes[lie.view, 0]) & (not cut)
    return Row(lie.view, row, faces, at, wide, shown, top, bottom, cut)


def _empty(found: Found, planned: Planned, lie: _Lie, shelf: int) -> Row:
    """A planned shelf on which nothing was found: shown when there is room for it in the photo."""
    rack, index = planned.shelves[shelf].tolist()
    known = [(*planned.shelves[s].tolist(), row) for s, row in lie.row_of.items()]
    own = {at: row for of, at, row in known if of == rack}
    top, bottom = shelf_height(found, own or {at: row for _, at, row in known}, index)
    faces = _faces(planned, shelf)
    at, wide = lie.line(planned.x[faces]), lie.line.scale * planned.width[faces]
    width, height = found.sizes[lie.view]
    room = top >= 0 and bottom <= height
    return Row(lie.view, None, faces, at, wide, inside(at, wide, width) & room, top, bottom)


def _faces(planned: Planned, shelf: int) -> Whole:
    return np.arange(planned.starts[shelf], planned.starts[shelf + 1])
