"""PLANOGRAM_COMPLIANCE: what stands right, wrong or not at all, and what to do about it.

Definition: compliance = correctly placed faces / planned faces that the photos show, those left out
on whose place an unidentified product stands.
Source: docs/reports.md#planogram_compliance
"""

from typing import Any

import msgspec
import numpy as np
import polars as pl

from flows.reports.contract import Report
from flows.reports.planogram.actions import actions_of
from flows.reports.planogram.answer import Action, Box, Record, boxes_of, places_of
from flows.reports.planogram.faces import Found, found_faces, planned_faces, sort_facings
from flows.reports.planogram.records import missing_places, records_of
from flows.reports.planogram.standing import stand
from flows.reports.planogram.verdict import EXTRA, Verdict, judge

WIRE_DECIMALS = 6


class ExtraProduct(msgspec.Struct, frozen=True):
    """Facings that no record has a place for."""

    sku_id: int
    faces: int
    boxes: list[Box]


class PlanogramCompliance(msgspec.Struct, frozen=True):
    """The scene against the planogram of its display; null = nothing to divide by."""

    compliance: float | None  # correct / (in view - unnamed), ratio 0-1
    compliance_overall: float | None  # correct / planned, ratio 0-1
    planned_faces: int
    in_view_faces: int
    correct_faces: int
    unnamed_faces: int
    records: list[Record]
    extra_products: list[ExtraProduct]
    actions: list[Action]


def planogram_compliance(
    planogram: pl.DataFrame, facings: pl.DataFrame, photos: pl.DataFrame, skus: pl.DataFrame
) -> PlanogramCompliance:
    """Compare; records in the order of the planogram, actions by the faces they gain."""
    planogram = planogram.sort("rack_index", "shelf_index", "product_index", "record_id")
    facings = sort_facings(facings)
    found = found_faces(facings, photos)
    planned = planned_faces(planogram, found, skus)
    standing = stand(found, planned)
    verdict = judge(found, planned, standing, planogram.height)
    boxes, places = boxes_of(facings), places_of(planogram)
    missing = missing_places(planned, standing, found.images, planogram.height)
    return PlanogramCompliance(
        **_totals(verdict),
        records=records_of(places, found, verdict, boxes, missing),
        extra_products=_extras(found, verdict, boxes),
        actions=actions_of(found, verdict, places, boxes),
    )


def _totals(verdict: Verdict) -> dict[str, Any]:
    whole, in_view = int(verdict.planned.sum()), int(verdict.in_view.sum())
    correct, unnamed = int(verdict.right.sum()), int(verdict.unnamed.sum())
    return {
        "compliance": _ratio(correct, in_view - unnamed),
        "compliance_overall": _ratio(correct, whole),
        "planned_faces": whole,
        "in_view_faces": in_view,
        "correct_faces": correct,
        "unnamed_faces": unnamed,
    }


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, WIRE_DECIMALS) if whole else None


def _extras(found: Found, verdict: Verdict, boxes: list[Box]) -> list[ExtraProduct]:
    """By faces, most first, then by SKU; what was not identified is no extra product."""
    out = []
    extra = verdict.role == EXTRA
    for sku in np.unique(found.sku[extra]).tolist():
        of = np.flatnonzero(extra & (found.sku == sku)).tolist()
        out.append(ExtraProduct(sku, len(of), [boxes[i] for i in of]))
    return sorted(out, key=lambda one: (-one.faces, one.sku_id))


REPORT = Report("PLANOGRAM_COMPLIANCE", shape=PlanogramCompliance, compute=planogram_compliance)
