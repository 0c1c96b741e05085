"""What to do so that the shelf becomes the planogram: ADD, REMOVE, MOVE, REPLACE."""

import numpy as np

from flows.reports.planogram.answer import Action, Box, Place, Source
from flows.reports.planogram.faces import Flags, Found, Whole
from flows.reports.planogram.verdict import EXTRA, MOVED, SURPLUS, Verdict

_RANK = {"REPLACE": 0, "MOVE": 1, "ADD": 2, "REMOVE": 3}


def actions_of(
    found: Found, verdict: Verdict, places: list[Place], boxes: list[Box]
) -> list[Action]:
    """What to do, most faces gained first; then by kind, place and box.

    Args:
        places: of the records.
        boxes: of the facings.
    """
    spare = np.isin(verdict.role, (SURPLUS, EXTRA))
    done = _moves(verdict, places, boxes) + _fills(found, verdict, places, boxes, spare)
    return sorted(done + _removals(found, boxes, spare), key=_order)


def _order(action: Action) -> tuple[int, ...]:
    target, source = action.target, action.source
    where = (target.rack_index, target.shelf_index, target.product_index) if target else (0, 0, 0)
    box = source.boxes[0] if source else None
    return (
        -action.faces_gained,
        _RANK[action.action],
        *where,
        target.record_id if target else 0,
        box.image if box else 0,
        box.facing_id if box else 0,
    )


def _moves(verdict: Verdict, places: list[Place], boxes: list[Box]) -> list[Action]:
    moved = verdict.role == MOVED
    done: list[Action] = []
    for record in np.unique(verdict.record[moved]).tolist():
        place, of = places[record], np.flatnonzero(moved & (verdict.record == record)).tolist()
        source = Source(place.sku_id, [boxes[i] for i in of])
        done.append(Action("MOVE", place.sku_id, len(of), len(of), source, place))
    return done


def _fills(
    found: Found, verdict: Verdict, places: list[Place], boxes: list[Box], spare: Flags
) -> list[Action]:
    """Faces nobody in the scene has: instead of what stands in their place, else added.

    What is replaced is `spare` no longer.
    """
    lacking = _lacking(verdict)
    done: list[Action] = []
    for record in np.flatnonzero(lacking).tolist():
        place = places[record]
        there = np.flatnonzero(spare & (verdict.instead == record))[: lacking[record]]
        spare[there] = False
        for source in _sources(found, there, boxes):
            faces = len(source.boxes)
            done.append(Action("REPLACE", place.sku_id, faces, faces, source, place))
        if rest := int(lacking[record]) - len(there):
            done.append(Action("ADD", place.sku_id, rest, rest, None, place))
    return done


def _removals(found: Found, boxes: list[Box], spare: Flags) -> list[Action]:
    """What is too many and replaced by nothing."""
    return [
        Action("REMOVE", source.sku_id, len(source.boxes), 0, source, None)
        for source in _sources(found, np.flatnonzero(spare), boxes)
    ]


def _lacking(verdict: Verdict) -> Whole:
    """(records,) faces in view that no facing of the scene can fill."""
    moved = np.bincount(verdict.record[verdict.role == MOVED], minlength=len(verdict.planned))
    return np.maximum(verdict.in_view - verdict.right - verdict.unnamed - moved, 0)


def _sources(found: Found, of: Whole, boxes: list[Box]) -> list[Source]:
    """These facings by SKU, ascending."""
    return [
        Source(sku, [boxes[i] for i in of[found.sku[of] == sku].tolist()])
        for sku in np.unique(found.sku[of]).tolist()
    ]
