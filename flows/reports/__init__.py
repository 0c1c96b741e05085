"""Report types: pure functions from facts and master data to one JSON answer.

A new type is one file here and one line in `REPORTS`; a customer's own is a file in a folder that
`use` reads at the start.
"""

from collections.abc import Collection
from pathlib import Path

from flows.reports import (
    assortment,
    changes,
    facing_count,
    mhl_compliance,
    osa,
    panorama,
    photo_quality,
    planogram_compliance,
    price_tags,
    realogram,
    share_of_space,
)
from flows.reports.contract import Report
from flows.reports.frames import INPUTS
from flows.reports.own import load_own

REPORTS: tuple[Report, ...] = (
    facing_count.REPORT,
    share_of_space.REPORT,
    realogram.REPORT,
    price_tags.REPORT,
    panorama.REPORT,
    mhl_compliance.REPORT,
    planogram_compliance.REPORT,
    osa.REPORT,
    assortment.REPORT,
    photo_quality.REPORT,
    changes.REPORT,
)
NAMES: tuple[str, ...] = tuple(report.name for report in REPORTS)

_BY_NAME = {report.name: report for report in REPORTS}
_ALIASES = {"SHARE_OF_SPAC": "SHARE_OF_SPACE"}  # typo of a public client
_SUFFIX = "_1_5"  # stored and sent by older installations of the original service
_SUFFIXED = ("FACING_COUNT", "REALOGRAM")  # those that clients of theirs know with it
_on_wire: dict[str, str] = {}


def use(folder: Path | None, *, suffixed: bool = False) -> None:
    """Know the types of this folder beside the shipped ones, and no others.

    Args:
        suffixed: tell clients FACING_COUNT_1_5 and REALOGRAM_1_5.

    Raises:
        BadReportFile: names the file and says what is wrong with it.
    """
    own = load_own(folder, taken=NAMES) if folder else ()
    _BY_NAME.clear()
    _BY_NAME.update({report.name: report for report in (*REPORTS, *own)})
    _on_wire.clear()
    _on_wire.update({name: name + _SUFFIX for name in _SUFFIXED} if suffixed else {})


def on_wire(name: str) -> str:
    """Name a type as clients are told it."""
    return _on_wire.get(name, name)


def known() -> tuple[Report, ...]:
    """Every report type there is, the shipped ones first."""
    return tuple(_BY_NAME.values())


def possible(master_data: Collection[str]) -> list[str]:
    """Name the types that can be made when this master data exists.

    Args:
        master_data: of `display`, `planogram`, `must_have`, what there is for a scene.
    """
    missing = [name for name, one in INPUTS.items() if one.needs and one.needs not in master_data]
    return [report.name for report in known() if report.may_lack(missing)]


def by_name(name: str) -> Report:
    """The report type of that name; KeyError when there is none."""
    return _BY_NAME[name]


def canonical(name: str) -> str | None:
    """The name we use for a name a client sent, or None when we have no such type.

    Source: wire-compatible names of the v1.5 API, `FACING_COUNT_1_5` among them.
    """
    plain = name.removesuffix(_SUFFIX)
    plain = _ALIASES.get(plain, plain)
    return next((one for one in (plain, name) if one in _BY_NAME), None)
