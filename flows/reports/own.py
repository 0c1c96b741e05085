"""Report types of a customer's own: files in a folder, each with a `REPORT`."""

import re
from collections.abc import Collection
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from flows.reports.contract import Report

_NAME = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


class BadReportFile(Exception):
    """A file of the folder is no report type; the message names it and says why."""


def load_own(folder: Path, *, taken: Collection[str]) -> tuple[Report, ...]:
    """Load the report types of a folder, by file name; files that begin with `_` are left out.

    Args:
        taken: names that are given away already.

    Raises:
        BadReportFile: names the file, or the folder when there is none.
    """
    if not folder.is_dir():
        raise BadReportFile(f"There is no folder {folder} for report types.")
    reports: dict[str, Report] = {}
    for path in sorted(folder.glob("[!_]*.py")):
        report = _load(path)
        if report.name in taken or report.name in reports:
            raise BadReportFile(f"{path}: there is a report type {report.name} already.")
        reports[report.name] = report
    return tuple(reports.values())


def _load(path: Path) -> Report:
    report = getattr(_run(path), "REPORT", None)
    if not isinstance(report, Report):
        raise BadReportFile(f"{path}: define REPORT = Report(...).")
    if not _NAME.fullmatch(report.name):
        raise BadReportFile(f"{path}: the name {report.name!r} is not like FACING_COUNT.")
    return report


def _run(path: Path) -> Any:
    spec = spec_from_file_location(f"own_report_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadReportFile(f"{path} cannot be loaded.")
    module = module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:  # whatever the file does wrong
        raise BadReportFile(f"{path}: {type(error).__name__}: {error}") from error
    return module
