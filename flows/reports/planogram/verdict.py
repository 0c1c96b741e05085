"""What is right and wrong about each record of a planogram, in faces.

Every facing that counts gets one role. A facing of the right SKU on its planned face is `right`. Of
the others those are given to records that miss a face of their SKU, the nearest first (`moved`);
then those that stand next to faces of their own record are one too many of it (`surplus`); the
rest is `extra`, whether it stands where another SKU should (`instead`) or not.
"""

from dataclasses import dataclass

import numpy as np

from flows.reports.planogram.assign import assign
from flows.reports.planogram.faces import UNNAMED, Found, Planned, Whole
from flows.reports.planogram.standing import Standing

RIGHT, UNKNOWN, MOVED, SURPLUS, EXTRA, UNCOUNTED = range(6)
_OTHER_SHELF = 1000  # faces; a move within a shelf is always nearer
_OTHER_RACK = 100_000


@dataclass(frozen=True)
class Verdict:
    """Roles of the facings and faces of the records.

    Args:
        role: (n,) of each facing.
        record: (n,) row of the planogram a facing counts for, -1 = none.
        crowds: (n,) row of the planogram a facing is one too many of where it stands, -1 = none; it
            may be missing elsewhere (`MOVED`).
        instead: (n,) row of the planogram on whose place a facing of another SKU stands, -1 = none.
        planned, in_view, right, unnamed: (records,) faces.
    """

    role: Whole
    record: Whole
    crowds: Whole
    instead: Whole
    planned: Whole
    in_view: Whole
    right: Whole
    unnamed: Whole


def judge(found: Found, planned: Planned, standing: Standing, records: int) -> Verdict:
    """Give every facing its role."""
    on = standing.face >= 0
    at = np.where(on, planned.record[standing.face], -1) if len(planned.record) else standing.face
    same = on & (found.sku == _sku_of(planned, standing.face))
    unknown = found.sku == UNNAMED
    role = np.select([~found.counts, same, unknown], [UNCOUNTED, RIGHT, UNKNOWN], EXTRA).astype(
        np.int64
    )
    record = np.where(same | unknown, at, -1)
    whole = _count(planned.record, records)
    right = np.minimum(_count(record[role == RIGHT], records), whole)
    unnamed = np.minimum(_count(record[(role == UNKNOWN) & on], records), whole - right)
    role = _too_many(role, record, whole)
    instead = np.where(role == EXTRA, at, -1)
    in_view = np.minimum(_count(planned.record[standing.seen], records), whole)
    in_view = np.maximum(in_view, right + unnamed)
    crowds = np.full_like(record, -1)
    verdict = Verdict(role, record, crowds, instead, whole, in_view, right, unnamed)
    _give(found, planned, standing, verdict)
    _spread(found, verdict)
    return verdict


def _sku_of(planned: Planned, face: Whole) -> Whole:
    return planned.sku[face] if len(planned.sku) else np.full(len(face), -9)


def _count(record: Whole, records: int) -> Whole:
    return np.bincount(record[record >= 0], minlength=records)


def _too_many(role: Whole, record: Whole, whole: Whole) -> Whole:
    """Of more facings on a record than it plans (two photos of one shelf), the last are extra."""
    role = role.copy()
    for one in np.flatnonzero(_count(record[role == RIGHT], len(whole)) > whole):
        role[np.flatnonzero((role == RIGHT) & (record == one))[whole[one] :]] = EXTRA
    return role


def _give(found: Found, planned: Planned, standing: Standing, verdict: Verdict) -> None:
    """Give facings that are on no place of theirs to records of their SKU that miss a face."""
    lacking = verdict.in_view - verdict.right - verdict.unnamed
    first = np.searchsorted(planned.record, np.arange(len(lacking)))
    wanting = np.repeat(np.arange(len(lacking)), lacking)
    wanted, free = planned.sku[first[wanting]], verdict.role == EXTRA
    for sku in np.intersect1d(found.sku[free], wanted).tolist():
        facings = np.flatnonzero(free & (found.sku == sku))
        records = wanting[wanted == sku]
        cost = _distance(planned, standing, facings, first[records])
        for i, j in assign(cost):
            verdict.role[facings[i]], verdict.record[facings[i]] = MOVED, records[j]


def _distance(planned: Planned, standing: Standing, facings: Whole, faces: Whole) -> Whole:
    """(n, f) faces along the shelf, more for other shelves and racks."""
    nearest = standing.nearest[facings]
    nowhere = (nearest < 0)[:, None]
    theirs, ours = planned.shelves[planned.shelf[nearest]], planned.shelves[planned.shelf[faces]]
    racks = np.where(nowhere, 1, np.abs(theirs[:, None, 0] - ours[None, :, 0]))
    shelves = np.where(nowhere, 0, np.abs(theirs[:, None, 1] - ours[None, :, 1]))
    along = np.abs(planned.x[nearest][:, None] - planned.x[faces][None]) / planned.width[faces]
    along = np.minimum(along, _OTHER_SHELF - 1).astype(np.int64)
    return _OTHER_RACK * racks + _OTHER_SHELF * shelves + along


def _spread(found: Found, verdict: Verdict) -> None:
    """Facings beside one of a record, of the same SKU, are too many of that record."""
    role, record, crowds = verdict.role, verdict.record, verdict.crowds
    for order in (range(1, len(role)), range(len(role) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for i in order:
            beside = i - step
            if role[i] not in (EXTRA, MOVED) or crowds[i] >= 0:
                continue
            if found.sku[i] != found.sku[beside] or found.row[i] != found.row[beside]:
                continue
            of = record[beside] if role[beside] == RIGHT else crowds[beside]
            if of < 0 or of == record[i]:
                continue
            crowds[i] = of
            if role[i] == EXTRA:
                role[i], record[i] = SURPLUS, of
