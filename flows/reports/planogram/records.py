"""The answer about each record of a planogram."""

from itertools import pairwise

import numpy as np

from flows.reports.planogram.answer import Box, EmptyPlace, Place, Record
from flows.reports.planogram.faces import Found, Planned, Whole
from flows.reports.planogram.standing import Standing
from flows.reports.planogram.verdict import MOVED, RIGHT, SURPLUS, Verdict


def records_of(
    places: list[Place],
    found: Found,
    verdict: Verdict,
    boxes: list[Box],
    missing: list[list[EmptyPlace]],
) -> list[Record]:
    """Say of each record what was planned and found.

    Args:
        places, missing: of the records.
        boxes: of the facings.
    """
    mine = np.isin(verdict.role, (RIGHT, MOVED, SURPLUS))
    own = _by_record(np.where(mine, verdict.record, -1), len(places))
    there = _by_record(verdict.instead, len(places))
    skus, counts = found.sku.tolist(), _counts(verdict)
    return [
        Record(
            place.record_id,
            place.sku_id,
            place.rack_index,
            place.shelf_index,
            place.product_index,
            planned=planned,
            in_view=in_view,
            found=len(mine),
            correct=correct,
            unnamed=unnamed,
            status=status(in_view - unnamed, correct, surplus, moved, len(others)),
            instead=sorted({skus[i] for i in others}),
            boxes=[boxes[i] for i in mine],
            instead_boxes=[boxes[i] for i in others],
            missing=empty,
        )
        for place, mine, others, empty, (planned, in_view, correct, unnamed, surplus, moved) in zip(
            places, own, there, missing, counts, strict=True
        )
    ]


def _counts(verdict: Verdict) -> list[list[int]]:
    """Planned, in view, correct, unnamed, surplus and moved faces of each record."""
    others = [
        np.bincount(of, minlength=len(verdict.planned))
        for of in (verdict.crowds[verdict.crowds >= 0], verdict.record[verdict.role == MOVED])
    ]
    columns = (verdict.planned, verdict.in_view, verdict.right, verdict.unnamed, *others)
    return np.column_stack(columns).tolist()


def status(judged: int, correct: int, surplus: int, moved: int, instead: int) -> str:
    """The status of a record, from its faces.

    Args:
        judged: planned faces in view on which no unidentified product stands.
        correct: faces in their place.
        surplus: faces beside them that are too many.
        moved: faces that stand somewhere else.
        instead: facings of other SKUs on its place.
    """
    if judged <= 0:
        return "NOT_IN_VIEW"
    if correct:
        return "CORRECT" if correct == judged and not surplus else "WRONG_FACINGS"
    if moved:
        return "MISPLACED"
    return "SUBSTITUTED" if instead else "MISSING"


def missing_places(
    planned: Planned, standing: Standing, images: list[int], records: int
) -> list[list[EmptyPlace]]:
    """The empty places of each record, one box around those of a photo.

    Args:
        images: of each view.
    """
    of = _by_record(np.where(standing.view >= 0, planned.record, -1), records)
    views = standing.view.tolist()
    return [
        [
            _around(standing, images[view], [face for face in faces if views[face] == view])
            for view in sorted({views[face] for face in faces})
        ]
        for faces in of
    ]


def _around(standing: Standing, image: int, faces: list[int]) -> EmptyPlace:
    place = standing.place[faces]
    corners = np.concatenate([place[:, :2].min(axis=0), place[:, 2:].max(axis=0)])
    return EmptyPlace(image, *np.rint(corners).astype(int).tolist())


def _by_record(record: Whole, records: int) -> list[list[int]]:
    """For each record, the entries that name it, ascending."""
    order = np.argsort(record, kind="stable")
    cuts = np.searchsorted(record[order], np.arange(records + 1))
    return [order[first:end].tolist() for first, end in pairwise(cuts.tolist())]
