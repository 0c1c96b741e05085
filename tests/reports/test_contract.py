"""A wrong report type fails when it is written, not when it runs."""

import msgspec
import polars as pl
import pytest

from flows import reports
from flows.reports.contract import MissingColumn, Report, UnknownForm, UnknownInput
from tests.reports.frames import frame


class Row(msgspec.Struct):
    """A row for the tests."""

    sku_id: int


def test_unknown_inputs_are_refused():
    """A parameter that names no input is an error at import."""
    with pytest.raises(UnknownInput, match="weather"):
        Report("X", row=Row, compute=lambda weather: weather)


def test_a_wrong_output_column_is_refused():
    """The output must fit the row struct."""
    report = Report("X", row=Row, compute=lambda facings: facings.select("x1"))

    with pytest.raises(msgspec.ValidationError, match="sku_id"):
        report.answer({"facings": frame("facings", "sku_id\n1")})


class Shape(msgspec.Struct):
    """An object for the tests."""

    count: int


def test_an_answer_may_be_one_object():
    """A report with a shape hands over the object itself."""
    report = Report("X", shape=Shape, compute=lambda facings: Shape(facings.height))

    assert b'{"count":2}' == report.render({"facings": frame("facings", "sku_id\n1\n1")})


def test_a_wrong_object_is_refused():
    """An object is checked field by field, like a row."""
    report = Report("X", shape=Shape, compute=lambda facings: Shape("two"))

    with pytest.raises(msgspec.ValidationError, match="count"):
        report.answer({"facings": frame("facings")})


@pytest.mark.parametrize("form", [{}, {"row": Row, "shape": Shape}])
def test_an_answer_has_one_form(form: dict[str, type[msgspec.Struct]]):
    """Rows or an object: neither and both are an error at import."""
    with pytest.raises(UnknownForm, match="X needs"):
        Report("X", **form, compute=lambda facings: facings)


def test_a_frame_without_a_promised_column_is_refused():
    """The error names the column."""
    report = reports.by_name("FACING_COUNT")

    with pytest.raises(MissingColumn, match="duplicate"):
        report.answer({"facings": pl.DataFrame({"sku_id": [1]})})


@pytest.mark.parametrize(
    ("sent", "ours"),
    [
        ("REALOGRAM", "REALOGRAM"),
        ("FACING_COUNT_1_5", "FACING_COUNT"),
        ("SHARE_OF_SPAC", "SHARE_OF_SPACE"),
        ("NO_SUCH_TYPE", None),
    ],
)
def test_names_of_the_wire(sent: str, ours: str | None):
    """Suffixed names and a client's typo are understood, others are not."""
    assert ours == reports.canonical(sent)
