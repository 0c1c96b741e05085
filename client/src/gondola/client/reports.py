"""Reports of a scene, with their answers as types."""

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from gondola.client.answers import (
    FORMS,
    Assortment,
    Changes,
    FacingCount,
    Panorama,
    PhotoQuality,
    PriceTag,
    Realogram,
    ShareOfSpace,
)
from gondola.client.errors import ReportFailed
from gondola.client.expected_answers import MhlCompliance, Osa, PlanogramCompliance


class Report(Struct, frozen=True):
    """A report, READY or ERROR, or NOT_READY yet."""

    id: int
    status: str
    report_type: str
    visit: int | None = None
    created_date: str | None = None
    updated_date: str | None = None
    previous_report: int | None = None
    photos: dict[str, Any] | None = None
    warnings: list[dict[str, Any]] = []
    json: msgspec.Raw = msgspec.Raw(b"null")
    error: str | None = None

    @property
    def answer(self) -> Any:
        """The answer: rows or an object of this module, plain JSON for a type of your own.

        Raises:
            ReportFailed: with the server's reason.
        """
        if self.status != "READY":
            raise ReportFailed(f"{self.report_type} {self.id}: {self.error or self.status}")
        return msgspec.json.decode(self.json, type=FORMS.get(_plain(self.report_type), Any))


class Reports:
    """The reports of a scene, by type."""

    def __init__(self, reports: list[Report]) -> None:
        self._by_type = {_plain(report.report_type): report for report in reports}

    def __iter__(self) -> Iterator[Report]:
        """In the order they were asked for."""
        return iter(self._by_type.values())

    def __getitem__(self, report_type: str) -> Report:
        """The report of this type; ReportFailed when none was asked for."""
        if report_type not in self._by_type:
            raise ReportFailed(f"{report_type} was not asked for.")
        return self._by_type[report_type]

    @property
    def facing_count(self) -> list[FacingCount]:
        """The answer of FACING_COUNT; ReportFailed when there is none."""
        return self["FACING_COUNT"].answer

    @property
    def share_of_space(self) -> list[ShareOfSpace]:
        """The answer of SHARE_OF_SPACE; ReportFailed when there is none."""
        return self["SHARE_OF_SPACE"].answer

    @property
    def realogram(self) -> list[Realogram]:
        """The answer of REALOGRAM; ReportFailed when there is none."""
        return self["REALOGRAM"].answer

    @property
    def price_tags(self) -> list[PriceTag]:
        """The answer of PRICE_TAGS; ReportFailed when there is none."""
        return self["PRICE_TAGS"].answer

    @property
    def panorama(self) -> Panorama:
        """The answer of PANORAMA; ReportFailed when there is none."""
        return self["PANORAMA"].answer

    @property
    def mhl_compliance(self) -> MhlCompliance:
        """The answer of MHL_COMPLIANCE; ReportFailed when there is none."""
        return self["MHL_COMPLIANCE"].answer

    @property
    def planogram_compliance(self) -> PlanogramCompliance:
        """The answer of PLANOGRAM_COMPLIANCE; ReportFailed when there is none."""
        return self["PLANOGRAM_COMPLIANCE"].answer

    @property
    def osa(self) -> Osa:
        """The answer of OSA; ReportFailed when there is none."""
        return self["OSA"].answer

    @property
    def assortment(self) -> list[Assortment]:
        """The answer of ASSORTMENT; ReportFailed when there is none."""
        return self["ASSORTMENT"].answer

    @property
    def photo_quality(self) -> list[PhotoQuality]:
        """The answer of PHOTO_QUALITY; ReportFailed when there is none."""
        return self["PHOTO_QUALITY"].answer

    @property
    def changes(self) -> Changes:
        """The answer of CHANGES; ReportFailed when there is none."""
        return self["CHANGES"].answer


def _plain(report_type: str) -> str:
    """Without the suffix that some servers are set to write."""
    return report_type.removesuffix("_1_5")
