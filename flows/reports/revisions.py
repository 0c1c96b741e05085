"""Two revisions of one report compared: what differs, and whether models or master data explain it.

Definition: the report is computed once more from the older revision's facts and the newer one's
master data. What differs between the older answer and that one is due to master data; what differs
between that one and the newer answer is due to the models, as the photos are the same. The two
parts add up. Settings and the program that computes count as master data.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
import polars as pl

from flows.reports.contract import Report
from flows.reports.frames import FACTS

OF_FACTS = (*FACTS, "previous", *(f"previous_{name}" for name in FACTS))
MODEL, MASTER_DATA, BOTH = "MODEL", "MASTER_DATA", "BOTH"
_ROWS = {  # report type -> list of its answer, "" = the answer; fields that name a row
    "FACING_COUNT": ("", ("sku_id",)),
    "SHARE_OF_SPACE": ("", ("sku_id",)),
    "ASSORTMENT": ("", ("brand_id", "category_id")),
    "PRICE_TAGS": ("", ("sku_id",)),  # tags are numbered anew by every recognition
    "MHL_COMPLIANCE": ("records", ("mhl_record_id",)),
    "PLANOGRAM_COMPLIANCE": ("records", ("record_id",)),
    "OSA": ("skus", ("sku_id", "mhl_record_id")),
    "CHANGES": ("skus", ("sku_id",)),
}
_TOLD = {"PRICE_TAGS": {"sku_id", "name", "min_price", "max_price"}}  # else all but lists
_DECIMALS = 6

Frames = Mapping[str, pl.DataFrame]
Plain = dict[str, Any]


class SkuFacings(msgspec.Struct, frozen=True):
    """A SKU with another number of facings in the two revisions' facts; duplicates left out."""

    sku_id: int | None  # null = not identified
    before: int
    after: int


class RowChange(msgspec.Struct, frozen=True):
    """A row of the answer that differs: a SKU, or a slot of the planogram; null = no such row."""

    key: Plain
    before: Plain | None  # fields that are no lists
    with_new_master_data: Plain | None  # of the older facts
    after: Plain | None
    cause: str  # MODEL, MASTER_DATA or BOTH


class TotalChange(msgspec.Struct, frozen=True):
    """A number the answer says of the whole scene; null = there is none to subtract."""

    name: str
    before: float | None
    after: float | None
    by_model: float | None
    by_master_data: float | None


class Difference(msgspec.Struct, frozen=True):
    """All that differs between two revisions of a report."""

    same: bool
    cause: str | None  # MODEL, MASTER_DATA or BOTH; null = nothing differs on the way
    skus: list[SkuFacings]
    rows: list[RowChange]
    totals: list[TotalChange]
    model_explains: float | None  # changes due to models / all changes, 0-1; null = none is listed


def compare(report: Report, before: Frames, after: Frames) -> Difference:
    """Compare the answers to these frames; rows in the order of the newer answer, then those gone.

    Raises:
        MissingColumn: a frame lacks a column that the report is computed from today.
    """
    between = _mixed(before, after)
    answers = [_plain(report, frames) for frames in (before, between, after)]
    rows = _rows(report.name, answers)
    totals = _totals(answers)
    return Difference(
        same=answers[0] == answers[2],
        cause=_cause(*answers),
        skus=_facings(before.get("facings"), after.get("facings")),
        rows=rows,
        totals=totals,
        model_explains=_explained(rows, totals),
    )


def _mixed(before: Frames, after: Frames) -> dict[str, pl.DataFrame]:
    """The older facts with the newer master data; SKUs that only the older facts show stay."""
    mixed = {name: before[name] if name in OF_FACTS else after[name] for name in after}
    if "skus" in mixed:
        known = after["skus"]
        gone = before["skus"].join(known, on="sku_id", how="anti").select(known.columns)
        mixed["skus"] = pl.concat([known, gone]).sort("sku_id")
    return mixed


def _plain(report: Report, frames: Frames) -> Any:
    return msgspec.to_builtins(report.answer(frames))


def _rows(name: str, answers: list[Any]) -> list[RowChange]:
    if name not in _ROWS:
        return []
    field, key = _ROWS[name]
    before, between, after = (
        _by_key(answer[field] if field else answer, key, _TOLD.get(name)) for answer in answers
    )
    names = dict.fromkeys((*after, *between, *before))
    return [
        _change(dict(zip(key, one, strict=True)), before.get(one), between.get(one), after.get(one))
        for one in names
        if not before.get(one) == between.get(one) == after.get(one)
    ]


def _by_key(
    rows: list[Plain], key: tuple[str, ...], told: set[str] | None
) -> dict[tuple[Any, ...], Plain]:
    return {
        tuple(row[name] for name in key): {
            name: value
            for name, value in row.items()
            if not isinstance(value, list | dict) and (told is None or name in told)
        }
        for row in rows
    }


def _change(
    key: Plain, before: Plain | None, between: Plain | None, after: Plain | None
) -> RowChange:
    return RowChange(key, before, between, after, _cause(before, between, after) or BOTH)


def _cause(before: Any, between: Any, after: Any) -> str | None:
    by_master, by_model = before != between, between != after
    if by_master and by_model:
        return BOTH
    return MODEL if by_model else MASTER_DATA if by_master else None


def _totals(answers: list[Any]) -> list[TotalChange]:
    if not all(isinstance(answer, dict) for answer in answers):
        return []
    before, between, after = (cast(Plain, answer) for answer in answers)
    numbers = (
        (name, _number(before.get(name)), _number(between.get(name)), _number(value))
        for name, value in after.items()
    )
    return [
        TotalChange(name, old, new, _minus(new, middle), _minus(middle, old))
        for name, old, middle, new in numbers
        if not old == middle == new
    ]


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _minus(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else round(one - other, _DECIMALS)


def _facings(before: pl.DataFrame | None, after: pl.DataFrame | None) -> list[SkuFacings]:
    """By SKU, unidentified ones first."""
    if before is None or after is None:
        return []
    old, new = (dict(_counted(frame)) for frame in (before, after))
    skus = sorted({*old, *new}, key=lambda sku: (sku is not None, sku or 0))
    return [
        SkuFacings(sku, old.get(sku, 0), new.get(sku, 0))
        for sku in skus
        if old.get(sku, 0) != new.get(sku, 0)
    ]


def _counted(facings: pl.DataFrame) -> list[tuple[int | None, int]]:
    return facings.filter(~pl.col("duplicate")).group_by("sku_id").len().rows()


def _explained(rows: list[RowChange], totals: list[TotalChange]) -> float | None:
    """Of the rows, or where there are none, of the totals."""
    model = sum(row.cause != MASTER_DATA for row in rows)
    master = sum(row.cause != MODEL for row in rows)
    if not rows:
        model = sum(bool(total.by_model) for total in totals)
        master = sum(bool(total.by_master_data) for total in totals)
    return round(model / (model + master), _DECIMALS) if model + master else None
