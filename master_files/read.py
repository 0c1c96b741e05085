"""Files in, lines out: CSV, JSON, an Azure planogram, a PSA space plan."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from master_files import azure, psa
from master_files.lines import ORDER, Contents, Finding, Line, columns, kind_of

_KINDS = ", ".join(ORDER)
_SAY_KIND = f"What is in it? Name the file after its kind, or say --kind. Kinds: {_KINDS}."


def read(path: Path, *, kind: str | None = None, unit: str | None = None) -> Contents:
    """Read one file; what is wrong with it is told, not raised.

    Args:
        kind: of all lines, for CSV files and JSON lists that are not named after it.
        unit: mm, cm or in: of the sizes in planograms of Azure and in space plans.
    """
    name = path.name
    try:
        return _read(path.read_bytes(), path, kind, unit)
    except OSError as error:
        return _wrong(name, f"It cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        return _wrong(name, "It is not UTF-8; save it as “CSV UTF-8”.")
    except (csv.Error, msgspec.DecodeError, RecursionError) as error:
        return _wrong(name, f"It cannot be parsed: {error}.")


def _read(data: bytes, path: Path, kind: str | None, unit: str | None) -> Contents:
    if psa.is_psa(data):
        return psa.read(psa.decode(data), path.name, unit)
    text = data.decode("utf-8-sig")
    if "\0" in text or "\\u0000" in text:
        return _wrong(path.name, "Null characters are not allowed.")
    if path.suffix.lower() != ".json":
        return _read_csv(text, path.name, kind or kind_of(path.stem))
    return _read_json(msgspec.json.decode(text), path, kind, unit)


def _wrong(where: str, what: str) -> Contents:
    return Contents(findings=[Finding(where, what)])


def _read_csv(text: str, name: str, kind: str | None) -> Contents:
    """Read a table with a header; an empty cell says nothing about its field."""
    if kind is None:
        return _wrong(name, _SAY_KIND)
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    names = [cell.strip() for cell in next(reader, [])]
    if unknown := [one for one in names if one not in columns(kind)]:
        return _wrong(f"{name}, line 1", _unknown(unknown, kind))
    lines, findings = list[Line](), list[Finding]()
    for cells in reader:
        where = f"{name}, line {reader.line_num}"
        if len(cells) > len(names):
            findings.append(Finding(where, f"It has {len(cells)} cells, not {len(names)}."))
        elif any(cells):
            pairs = zip(names, map(str.strip, cells), strict=False)
            lines.append(Line(kind, where, {n: cell for n, cell in pairs if cell}))
    return Contents(lines, findings)


def _read_json(body: Any, path: Path, kind: str | None, unit: str | None) -> Contents:
    """Read a list of one kind, an object of lists by kind, or a planogram of Azure."""
    if azure.is_planogram(body):
        return azure.read(body, path.name, path.stem, unit)
    if isinstance(body, list):
        kind = kind or kind_of(path.stem)
        if kind is None:
            return _wrong(path.name, _SAY_KIND)
        body = {kind: body}
    if not isinstance(body, dict):
        return _wrong(path.name, "Send a list, or an object of lists.")
    lines, findings = list[Line](), list[Finding]()
    for found in _json_rows(body, path.name):
        (lines if isinstance(found, Line) else findings).append(found)  # pyright: ignore
    return Contents(lines, findings)


def _json_rows(body: dict[str, Any], name: str) -> Iterator[Line | Finding]:
    for said, rows in body.items():
        kind = kind_of(said)
        if kind is None or not isinstance(rows, list):
            yield Finding(name, f"“{said}” is no list of a known kind. Kinds: {_KINDS}.")
            continue
        for number, row in enumerate(rows):
            where = f"{name}, {said}[{number}]"
            if not isinstance(row, dict):
                yield Finding(where, "It is no object.")
            elif unknown := [one for one in row if one not in columns(kind)]:
                yield Finding(where, _unknown(unknown, kind))
            else:
                yield Line(kind, where, row)


def _unknown(names: list[str], kind: str) -> str:
    known = ", ".join(columns(kind))
    return f"Unknown columns of {kind}: {', '.join(names)}. Known: {known}."
