"""KPIs of a visit: ratios of its scenes' reports, put together by their counts.

Definition: sum of what is right / sum of what counts, over the scenes that have the report; so a
large shelf weighs more than a small one.
Source: docs/data-api.md#kpis
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from flows.reports.present import WIRE_DECIMALS


class Kpi(msgspec.Struct, frozen=True):
    """One KPI of a visit."""

    kpi: int
    name: str  # the report type it comes from
    value: float | None  # ratio 0-1, null = there is nothing to divide by


KPIS = {1: "OSA", 2: "MHL_COMPLIANCE", 3: "PLANOGRAM_COMPLIANCE"}


def visit_kpis(bodies: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Kpi]:
    """Put the reports of a visit together, in the order of KPIS.

    Args:
        bodies: report type and JSON of each report that is READY.
    """
    found = list(bodies)
    return [
        Kpi(number, name, _ratio([counts(name, body) for kind, body in found if kind == name]))
        for number, name in KPIS.items()
        if any(kind == name for kind, _ in found)
    ]


def counts(name: str, body: Mapping[str, Any]) -> tuple[int, int]:
    """What is right and what counts in one report."""
    if name == "OSA":
        return body["present"], body["expected"]
    if name == "MHL_COMPLIANCE":
        return sum(record["compliant"] for record in body["records"]), len(body["records"])
    return body["correct_faces"], body["in_view_faces"] - body["unnamed_faces"]


def _ratio(counts: list[tuple[int, int]]) -> float | None:
    right, whole = (sum(side) for side in zip(*counts, strict=True))
    return round(right / whole, WIRE_DECIMALS) if whole else None
