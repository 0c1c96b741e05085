"""Questions over HTTP: every format, every error, and the page of charts."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any, get_args

import polars as pl
import pytest

from api import analytics
from api.analytics import FormatName, QuestionName
from storage.answer_formats import FORMATS
from storage.questions import QUESTIONS
from storage.warehouse import Warehouse
from storage.warehouse_refresh import Figures, Source, refresh
from tests.storage.seen import facing, see

from .conftest import Gondola, start

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API with a warehouse: two SKUs in the chain Corner, one in <Mart>."""
    with start(tmp_path_factory.mktemp("analytics")) as made:
        for chain, skus in (("Corner", (1, 2)), ("<Mart>", (1,))):
            boxes = [facing(number, sku) for number, sku in enumerate(skus)]
            reports = {"OSA": b"x"}
            at = made.clock.now
            see(made.records, made.objects, *boxes, at=at, retail_chain=chain, bodies=reports)
        source = Source(
            made.records, made.objects, ["OSA"], lambda *_: Figures(1, 2, [(1, True, 1)]), 0.5
        )
        refresh(Warehouse(made.settings.data_dir), source, now=at + timedelta(hours=2))
        yield made


def ask(gondola: Gondola, question: str, **more: Any) -> Any:
    """Ask with a token."""
    return gondola.get(f"/analytics/{question}/", **more)


def test_an_answer_is_rows(asked: Gondola) -> None:
    """JSON names the columns, the rows and as of when they are."""
    reply = ask(asked, "share-of-shelf", params={"by": "chain, sku"})

    assert 200 == reply.status_code
    row = {"chain": "<Mart>", "sku": 1, "facings": 1}
    assert {
        "question": "share-of-shelf",
        "columns": ["chain", "sku", "facings", "share_of_facings", "share_of_space"],
        "rows": [
            row | {"share_of_facings": 1.0, "share_of_space": 1.0},
            {"chain": "Corner", "sku": 1, "facings": 1}
            | {"share_of_facings": 0.5, "share_of_space": 0.5},
            {"chain": "Corner", "sku": 2, "facings": 1}
            | {"share_of_facings": 0.5, "share_of_space": 0.5},
        ],
        "refreshed_date": "2026-11-22T12:00:00.123456Z",
    } == reply.json()


def test_conditions_all_hold(asked: Gondola) -> None:
    """A parameter that is given twice counts twice."""
    params = {"by": "sku", "where": ["chain=Corner", "sku>1"]}

    assert [2] == [row["sku"] for row in ask(asked, "share-of-shelf", params=params).json()["rows"]]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("csv", lambda data: pl.read_csv(BytesIO(data))),
        ("parquet", lambda data: pl.read_parquet(BytesIO(data))),
        ("arrow", lambda data: pl.read_ipc_stream(BytesIO(data))),
    ],
)
def test_formats_by_parameter_and_by_accept(asked: Gondola, name: str, read: Any) -> None:
    """`format` and the Accept header ask for the same bytes; the file has a name."""
    kind = FORMATS[name].media_type
    by_name = ask(asked, "osa", params={"by": "chain", "format": name})
    by_type = ask(asked, "osa", params={"by": "chain"}, headers={"Accept": f"{kind};q=1, */*"})

    assert by_name.content == by_type.content
    assert kind == by_name.headers["content-type"].partition(";")[0]
    assert f'filename="osa.{name}"' in by_name.headers["content-disposition"]
    assert ["<Mart>", "Corner"] == read(by_name.content)["chain"].to_list()


@pytest.mark.parametrize(
    ("path", "params", "field"),
    [
        ("osa", {"by": "colour"}, "by"),
        ("planogram-compliance", {"by": "brand"}, "by"),
        ("osa", {"where": "chain"}, "where"),
        ("osa", {"where": "sku=" + "9" * 40}, "where"),
        ("osa", {"format": "xlsx"}, "format"),
    ],
)
def test_what_is_wrong_is_named(
    asked: Gondola, path: str, params: dict[str, str], field: str
) -> None:
    """400, and which parameter."""
    reply = ask(asked, path, params=params)

    assert (400, [field]) == (reply.status_code, list(reply.json()["errors"]))


def test_what_is_too_much_for_json_is_not_cut_off(
    asked: Gondola, monkeypatch: pytest.MonkeyPatch
) -> None:
    """400 that names the other formats, which take it."""
    monkeypatch.setattr(analytics, "MOST_OBJECTS", 2)
    params = {"by": "chain,sku"}

    assert "csv" in ask(asked, "share-of-shelf", params=params).json()["errors"]["format"][0]
    assert 200 == ask(asked, "share-of-shelf", params=params | {"format": "csv"}).status_code


def test_other_questions_are_not_found(asked: Gondola) -> None:
    """There is no such thing."""
    assert 404 == ask(asked, "share-of-wallet").status_code


def test_before_the_first_refresh_it_says_what_to_do(gondola: Gondola) -> None:
    """404 with the command; the page says the same."""
    reply = ask(gondola, "osa")

    assert 404 == reply.status_code
    assert "gondola warehouse refresh" in reply.json()["detail"]
    assert "gondola warehouse refresh" in gondola.get("/analytics/", headers=HTML).text


def test_the_questions_are_listed(gondola: Gondola) -> None:
    """Each with what it may be asked by, also without a warehouse."""
    listed = gondola.get("/analytics/").json()

    assert [question.name for question in QUESTIONS] == [one["name"] for one in listed]
    assert "brand" in listed[0]["dimensions"]


def test_the_document_knows_every_question_and_format() -> None:
    """What the API takes is what there is."""
    assert list(get_args(QuestionName)) == [question.name for question in QUESTIONS]
    assert list(get_args(FormatName)) == list(FORMATS)


def test_the_page_draws_what_was_seen(asked: Gondola) -> None:
    """Bars, a line and links to the same answers; names of clients are text, never markup."""
    page = asked.get("/analytics/", headers=HTML).text

    assert "On-shelf availability" in page
    assert "Corner" in page
    assert "&lt;Mart&gt;" in page
    assert "<Mart>" not in page
    assert 'href="/analytics/osa/?by=chain&amp;format=csv"' in page
    assert "<script" not in page


def test_the_page_is_of_one_chain(asked: Gondola) -> None:
    """The choice restricts every chart, and stays chosen."""
    page = asked.get("/analytics/", params={"chain": "Corner"}, headers=HTML).text

    assert "<option selected>Corner</option>" in page
    assert "where=chain%3DCorner" in page


def test_a_wrong_day_is_a_page_with_the_reason(asked: Gondola) -> None:
    """400, as everywhere."""
    reply = asked.get("/analytics/", params={"since": "May"}, headers=HTML)

    assert 400 == reply.status_code
    assert "day is a day as 2026-05-31" in reply.text


def test_what_has_no_name_is_drawn_too(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A shop that names neither chains nor brands sees its shelves all the same."""
    with start(tmp_path_factory.mktemp("nameless")) as made:
        see(made.records, made.objects, facing(0, 1), at=made.clock.now, bodies={"OSA": b"x"})
        read = Figures(1, 2, [(1, True, 1)])
        source = Source(made.records, made.objects, ["OSA"], lambda *_: read, 0.5)
        refresh(Warehouse(made.settings.data_dir), source, now=made.clock.now)
        page = made.get("/analytics/", headers=HTML).text

    assert "no brand" in page
    assert page.count("no chain") > 1  # share of shelf, availability


def test_charts_of_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An empty warehouse makes a page that says that nothing was seen."""
    with start(tmp_path_factory.mktemp("empty")) as made:
        source = Source(made.records, made.objects, ["OSA"], lambda *_: Figures(0, 0), 0.5)
        refresh(Warehouse(made.settings.data_dir), source, now=made.clock.now)
        page = made.get("/analytics/", headers=HTML)

    assert 200 == page.status_code
    assert "Nothing of this was seen" in page.text
