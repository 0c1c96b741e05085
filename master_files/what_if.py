"""A must-have list or planogram out of a file, as reports are given it, without recording it."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from msgspec import structs

from master_files.lines import PLANOGRAM_RECORDS, PLANOGRAMS, SKU, Finding, Line
from master_files.read import read
from master_files.write import Writer
from storage import master_data, master_frames
from storage.master_kinds import MUST_HAVE_LISTS, Kind
from storage.master_kinds import PLANOGRAMS as PLANOGRAM_KIND
from storage.records import Records, Transaction

MUST_HAVE, PLANOGRAM = "must_have", "planogram"
_NAME = "What if, of the file "  # no name of a list that is there
_PARTS = {  # input of reports -> kind of the whole, of its parts, the field of the link
    MUST_HAVE: ("mhl", "mhl_record", "musthavelist"),
    PLANOGRAM: (PLANOGRAMS, PLANOGRAM_RECORDS, "planogram"),
}
_KINDS: dict[str, Kind[Any]] = {MUST_HAVE: MUST_HAVE_LISTS, PLANOGRAM: PLANOGRAM_KIND}
_FRAMES = {MUST_HAVE: master_frames.must_have, PLANOGRAM: master_frames.planogram}


class WrongFile(Exception):
    """The file holds no list or planogram, or something in it is wrong; says where and what."""


class _Undo(Exception):
    """Leaves the transaction without its writes."""


def plan_of(
    records: Records, path: Path, what: str, *, now: datetime, unit: str | None = None
) -> pl.DataFrame:
    """Read a file as `gondola import` does, all its records as one list or planogram.

    Args:
        records: know the SKUs the file names.
        path: of a file in any form that `gondola import` takes.
        what: MUST_HAVE or PLANOGRAM.
        now: the time.
        unit: mm, cm or in: of the sizes in planograms of other tools.

    Raises:
        WrongFile: with every finding.
    """
    contents = read(path, kind=_kind(path, what), unit=unit)
    _refuse(contents.findings)
    lines = _as_one(contents.lines, what)
    if not lines:
        raise WrongFile(f"{path.name} has no records of a {what.replace('_', '-')} list.")
    found: list[pl.DataFrame] = []
    with suppress(_Undo), records.transaction() as tx:
        found.append(_written(tx, lines, what, now))
        raise _Undo
    return found[0]


def _kind(path: Path, what: str) -> str | None:
    """A table is of records, whatever the file is called; other forms say themselves."""
    return _PARTS[what][1] if path.suffix.lower() in (".csv", ".tsv", ".txt") else None


def _as_one(lines: list[Line], what: str) -> list[Line]:
    """The SKUs of the file, and its records, whatever list they say they are of.

    Raises:
        WrongFile: they say they are of several.
    """
    _, part, link = _PARTS[what]
    own = (link, f"{link}_name")
    records = [line for line in lines if line.kind == part]
    of = {str(line.values[name]) for line in records for name in own if line.values.get(name)}
    if len(of) > 1:
        raise WrongFile(f"It names several: {', '.join(sorted(of))}. Leave one of them.")
    kept = [
        structs.replace(
            line, values={k: v for k, v in line.values.items() if k not in (*own, "id")}
        )
        for line in records
    ]
    return [*(line for line in lines if line.kind == SKU), *kept] if records else []


def _written(tx: Transaction, lines: list[Line], what: str, now: datetime) -> pl.DataFrame:
    kind, _, link = _PARTS[what]
    made = master_data.add(tx, _KINDS[what], {"name": f"{_NAME}{kind}"}, now=now)
    writer = Writer(tx, {}, now=now)
    for line in lines:
        values = line.values if line.kind == SKU else {**line.values, link: made.id}
        writer.write(structs.replace(line, values=values))
    _refuse(writer.findings)
    return _FRAMES[what](tx, made.id)


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise WrongFile("\n".join(f"{one.where}: {one.what}" for one in findings))
