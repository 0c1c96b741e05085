"""`gondola import`: files of master data into the records, all of it or nothing."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from api.uploads import Limits
from master_files import packshots
from master_files.lines import ORDER, PLANOGRAMS, Finding, Line
from master_files.packshots import Packshot
from master_files.read import read
from master_files.write import Counts, Writer
from storage.objects import ObjectStore
from storage.records import Records


class Imported(Struct, frozen=True):
    """What became of the files; with findings nothing was written."""

    counts: dict[str, Counts]  # by kind, in the order they were written
    findings: list[Finding]
    notes: list[str]


class _Undo(Exception):
    """Leaves a transaction without its writes."""


def import_files(  # noqa: PLR0913 (keyword-only)
    records: Records,
    objects: ObjectStore,
    paths: Sequence[Path],
    *,
    limits: Limits,
    now: datetime,
    kind: str | None = None,
    unit: str | None = None,
    dry_run: bool = False,
) -> Imported:
    """Write the lines of all files in one transaction; nothing when one of them is wrong.

    Doing it again changes nothing: a row that is there is found by its id, code, name or place.

    Args:
        limits: how large a packshot may be.
        kind: of lines in files that are not named after it.
        unit: mm, cm or in: of the sizes in planograms of other tools.
        dry_run: only tell what would be done.
    """
    contents = [read(path, kind=kind, unit=unit) for path in paths]
    lines = [line for one in contents for line in one.lines]
    findings = [finding for one in contents for finding in one.findings]
    notes = list(dict.fromkeys(note for one in contents for note in one.notes))
    pictures: dict[str, Packshot] = {}
    for path, one in zip(paths, contents, strict=True):
        found, wrong = packshots.read(one.lines, path.parent, limits)
        pictures |= found
        findings += wrong
    if not (dry_run or findings):
        for picture in pictures.values():
            picture.store(objects)
    counts: dict[str, Counts] = {}
    with suppress(_Undo), records.transaction() as tx:
        writer = Writer(tx, pictures, now=now)
        _write(writer, lines)
        findings += writer.findings
        counts = {name: writer.counts[name] for name in ORDER if name in writer.counts}
        if findings or dry_run:
            raise _Undo
    return Imported(counts, findings, notes)


def _write(writer: Writer, lines: Sequence[Line]) -> None:
    """Write what is named before what names it; displays of planograms when both are there.

    A line with an id comes before those that may mean the same row by its name.
    """
    whole = [line for line in lines if line.whole]
    lines = sorted(lines, key=lambda line: line.values.get("id") is None)
    for name in ORDER:
        for line in lines:
            if line.kind == name:
                writer.write(_without_display(line))
        if name == "displays":
            for line in lines:
                if line.kind == PLANOGRAMS and _without_display(line) is not line:
                    writer.write(line, again=True)
    for line in whole:
        writer.finish(line)


def _without_display(line: Line) -> Line:
    if line.kind != PLANOGRAMS:
        return line
    kept = {name: v for name, v in line.values.items() if not name.startswith("display")}
    return line if len(kept) == len(line.values) else msgspec.structs.replace(line, values=kept)
