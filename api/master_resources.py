"""The resources of master data: where each is, what it is made of, what its documentation says."""

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from api.master_bodies import (
    DisplayBody,
    MustHaveRecordBody,
    NamedBody,
    PlanogramBody,
    PlanogramRecordBody,
    VisitBody,
)
from storage import master_kinds
from storage.master_kinds import Kind


@dataclass(frozen=True)
class Resource:
    """One resource; `api.master_data` makes its calls."""

    path: str
    kind: Kind[Any]
    body: type[Struct]
    plural: str  # of what `kind.noun` says
    tag: str = "Master data"
    removable: bool = False

    @property
    def name(self) -> str:
        """Tell what operations are named by, such as createPlanogramRecord."""
        return self.kind.row.__name__


def _catalogue(kind: Kind[Any], plural: str) -> Resource:
    return Resource(f"/{plural}", kind, NamedBody, plural, tag="Catalogue")


RESOURCES = [
    _catalogue(master_kinds.BRANDS, "brands"),
    _catalogue(master_kinds.CATEGORIES, "categories"),
    _catalogue(master_kinds.MANUFACTURERS, "manufacturers"),
    Resource("/displays", master_kinds.DISPLAYS, DisplayBody, "displays", removable=True),
    Resource("/planograms", master_kinds.PLANOGRAMS, PlanogramBody, "planograms", removable=True),
    Resource(
        "/planogram_records",
        master_kinds.PLANOGRAM_RECORDS,
        PlanogramRecordBody,
        "planogram records",
        removable=True,
    ),
    Resource("/mhl", master_kinds.MUST_HAVE_LISTS, NamedBody, "must-have lists", removable=True),
    Resource(
        "/mhl_record",
        master_kinds.MUST_HAVE_RECORDS,
        MustHaveRecordBody,
        "must-have records",
        removable=True,
    ),
    Resource("/visits", master_kinds.VISITS, VisitBody, "visits"),
]
