r"""A PSA file of ProSpace / JDA / Blue Yonder Space Planning: rows of comma-separated cells.

The first line is `PROSPACE SCHEMATIC FILE`; lines that begin with `;` are comments (version,
codepage). The first cell of a row says what it is. `\,` is a comma within a cell. y grows upwards
from the floor; a Position belongs to the Fixture above it, that to the Planogram above it. Cells,
counted from 0 (the format is not published; these are alike in the public readers and writers of
it): Product 1 UPC, 2 ID, 3 name, 5 width, 6 height, 7 depth, 12 manufacturer, 13 category,
232 brand; Planogram 1 name; Segment 4 width, 10 x; Fixture 4 x, 5 width, 6 y; Position 1 UPC, 2 ID,
4 x, 5 width, 14 facings side by side, 15 stacked.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from master_files.layout import BIGGEST, NO_UNIT, Place, Product, planogram_lines, sku_lines
from master_files.lines import Contents, Finding, Line

_FIRST = "PROSPACE SCHEMATIC FILE"
_CELL = re.compile(r"((?:[^\\,]|\\.)*)(?:,|$)")
_ESCAPED = re.compile(r"\\([,\\\"])")
_CODEPAGE = re.compile(rb"^; Codepage=(\d+)", re.MULTILINE)
_GTIN = re.compile(r"\d{8,14}")


def is_psa(data: bytes) -> bool:
    """Tell a PSA file by its first line."""
    return data.removeprefix(b"\xef\xbb\xbf").startswith(_FIRST.encode())


def decode(data: bytes) -> str:
    """Decode the file by the codepage it names."""
    said = _CODEPAGE.search(data[:1000])
    if said is None or said[1] == b"65001":
        return data.decode("utf-8-sig", errors="strict" if said else "replace")
    try:
        return data.decode(f"cp{said[1].decode()}")
    except LookupError:
        return data.decode("cp1252", errors="replace")


@dataclass
class _Planogram:
    """What was read of a planogram so far."""

    name: str
    where: str
    segments: list[float] = field(default_factory=list[float])  # left sides
    places: list[Place] = field(default_factory=list[Place])


class _Row:
    """Cells of one line; a cell that is not there is empty."""

    def __init__(self, line: str, where: str) -> None:
        self._cells = [_ESCAPED.sub(r"\1", cell).strip() for cell in _CELL.findall(line)]
        self.where = where

    def text(self, index: int) -> str:
        return self._cells[index] if index < len(self._cells) else ""

    def number(self, index: int) -> float:
        """Read a number; an empty cell is 0."""
        value = float(self.text(index) or 0)
        if not abs(value) <= BIGGEST:  # false for nan, too
            raise ValueError(self.text(index))
        return value


class _Reader:
    """Reads row by row and remembers what later rows belong to."""

    def __init__(self) -> None:
        self.products: dict[str, Product] = {}
        self.planograms: list[_Planogram] = []
        self._fixture_y = 0.0

    def take(self, row: _Row) -> str | None:
        """Take a row; a sentence when something is wrong with it."""
        kind = row.text(0)
        if kind == "Product":
            return self._take_product(row)
        if kind == "Planogram":
            name = row.text(1) or f"Planogram {len(self.planograms) + 1}"
            self.planograms.append(_Planogram(name, row.where))
        elif kind in ("Segment", "Fixture", "Position"):
            if not self.planograms:
                return f"The {kind} comes before any Planogram."
            return self._take_part(kind, row, self.planograms[-1])
        return None

    def _take_part(self, kind: str, row: _Row, planogram: _Planogram) -> str | None:
        if kind == "Segment":
            planogram.segments.append(row.number(10))
        elif kind == "Fixture":
            self._fixture_y = row.number(6)
        else:
            return self._take_position(row, planogram)
        return None

    def _take_product(self, row: _Row) -> str | None:
        code = row.text(2) or row.text(1)
        former = self.products.get(_key(row))
        if former and former.code != code:
            return f"Product {_key(row)} is in the file twice, as {former.code} and as {code}."
        upc = next((row.text(n) for n in (1, 2) if _GTIN.fullmatch(row.text(n))), None)
        self.products[_key(row)] = Product(
            code,
            row.text(3) or code,
            row.where,
            *(row.number(n) or None for n in (5, 6, 7)),
            ean13=upc,
            brand=row.text(232) or None,
            category=row.text(13) or None,
            manufacturer=row.text(12) or None,
        )
        return None

    def _take_position(self, row: _Row, planogram: _Planogram) -> str | None:
        product = self.products.get(_key(row))
        if product is None:
            return f"There is no Product {_key(row)} in the file."
        middle = row.number(4) + row.number(5) / 2
        rack = max((x for x in planogram.segments if x <= middle), default=0.0)
        wide, high = (max(1, round(row.number(n))) for n in (14, 15))
        left, shelf = row.number(4), -self._fixture_y
        place = Place(rack, shelf, left, product.code, wide, high, row.where)
        planogram.places.append(place)
        return None


def _key(row: _Row) -> str:
    return row.text(1) or row.text(2)


def read(text: str, file: str, unit: str | None) -> Contents:
    """Make lines of every planogram in the file."""
    reader, findings = _Reader(), list[Finding]()
    rows = (_Row(line, f"{file}, line {n}") for n, line in enumerate(text.splitlines(), 1))
    for row in rows:
        try:
            wrong = reader.take(row)
        except ValueError as error:
            wrong = f"A cell is no number: {error}."
        if wrong:
            findings.append(Finding(row.where, wrong))
    if not reader.planograms:
        findings.append(Finding(file, "There is no Planogram in the file."))
    found = [] if findings else list(_lines(reader, unit))
    return Contents(found, findings, notes=[] if unit else [NO_UNIT])


def _lines(reader: _Reader, unit: str | None) -> Iterator[Line]:
    products = list(reader.products.values())
    yield from sku_lines(products, unit)
    for one in reader.planograms:
        yield from planogram_lines(one.name, one.where, one.places, products, unit)
