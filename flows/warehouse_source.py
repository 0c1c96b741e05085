"""What the warehouse is made of, and how the reports in it are read."""

from typing import Any

import msgspec

from flows.reports.visit_kpis import KPIS, counts
from storage.objects import ObjectStore
from storage.records import Records
from storage.warehouse_refresh import Figures, Source


def make_source(records: Records, objects: ObjectStore, price_confidence: float) -> Source:
    """Put together what a refresh reads.

    Args:
        records, objects: the stores.
        price_confidence: a price read with less is none, 0-1.
    """
    return Source(records, objects, list(KPIS.values()), read_figures, price_confidence)


def read_figures(report_type: str, body: bytes) -> Figures:
    """Read the JSON of a report of one of the KPIS, by the rule that visits count by."""
    said: dict[str, Any] = msgspec.json.decode(body)
    met, counted = counts(report_type, said)
    skus = said["skus"] if report_type == "OSA" else []
    return Figures(met, counted, [(one["sku_id"], one["present"], one["facings"]) for one in skus])
