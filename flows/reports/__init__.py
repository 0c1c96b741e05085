"""Report types: pure functions from facts and master data to one JSON answer.

A new type is one file here and one line in `REPORTS`.
"""

from flows.reports import facing_count, realogram, share_of_space
from flows.reports.contract import Report

REPORTS: tuple[Report, ...] = (
    facing_count.REPORT,
    share_of_space.REPORT,
    realogram.REPORT,
)
NAMES: tuple[str, ...] = tuple(report.name for report in REPORTS)

_BY_NAME = {report.name: report for report in REPORTS}
_ALIASES = {"SHARE_OF_SPAC": "SHARE_OF_SPACE"}  # typo of a public client
_SUFFIX = "_1_5"  # stored and sent by older installations of the original service


def by_name(name: str) -> Report:
    """The report type of that name; KeyError when there is none."""
    return _BY_NAME[name]


def canonical(name: str) -> str | None:
    """The name we use for a name a client sent, or None when we have no such type.

    Source: wire-compatible names of the v1.5 API, `FACING_COUNT_1_5` among them.
    """
    plain = name.removesuffix(_SUFFIX)
    plain = _ALIASES.get(plain, plain)
    return plain if plain in _BY_NAME else None
