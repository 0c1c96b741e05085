"""Questions to the warehouse: what they count, by what, and what is refused."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from storage import answer_formats, questions, tables
from storage.errors import BadQuery, BadQuestion
from storage.objects import ObjectStore
from storage.questions import QUESTIONS, answer, ask
from storage.records import Records
from storage.warehouse import Warehouse
from storage.warehouse_refresh import Figures, Source, refresh
from tests.storage.rows import NOW
from tests.storage.seen import facing, later, price, see, tag

MAY = datetime(2026, 5, 4, 12, tzinfo=UTC)  # Monday of week 19


@pytest.fixture
def warehouse(tmp_path: Path, records: Records, folder: ObjectStore) -> Warehouse:
    """Two chains, two weeks; SKU 1 is of brand Ada, 2 of Bell, 3 of none."""
    with records.transaction() as tx:
        times = {"created_at": NOW, "updated_at": NOW}
        for number, name in ((1, "Ada"), (2, "Bell")):
            tx.execute(tables.brands.insert().values(id=number, name=name, **times))
        for number, brand in ((1, 1), (2, 2), (3, None)):
            named = {"cid": f"c{number}", "name": f"SKU {number}", "brand": brand}
            tx.execute(tables.skus.insert().values(id=number, **named, **times))
    one, two, unknown = facing(0, 1), facing(1, 2, width=200.0), facing(2, None)
    see(records, folder, one, two, at=MAY, retail_chain="Corner", shop="c1")
    see(records, folder, one, one | {"facing_id": 5}, at=later(days=71), retail_chain="Corner")
    tags = [tag(0, 0, price(2.0)), tag(1, 1, price(3.0))]
    see(records, folder, one, two, unknown, at=MAY, retail_chain="Mart", price_tags=tags)
    dear = [tag(0, 0, price(6.0)), tag(1, 1, price(3.0))]
    see(
        records,
        folder,
        one,
        two,
        at=MAY,
        retail_chain="Corner",
        price_tags=dear,
        bodies={"OSA": b"x"},
    )
    made = Warehouse(tmp_path / "w")
    said = Figures(1, 2, [(1, True, 1), (2, False, 0)])
    source = Source(records, folder, ["OSA"], lambda *_: said, 0.5)
    refresh(made, source, now=later(days=90))
    return made


def rows(warehouse: Warehouse, name: str, by: list[str], *where: str) -> list[tuple[Any, ...]]:
    """Ask; ratios with four digits."""
    found = answer(warehouse, ask(name, by, where))
    return found.with_columns(pl.selectors.float().round(4)).rows()


def test_shares_add_up_over_each_shelf(warehouse: Warehouse) -> None:
    """A share is of all products of its chain and week, unidentified ones included."""
    found = rows(warehouse, "share-of-shelf", ["chain", "week", "brand"])

    assert [
        ("Corner", "2026-W19", "Ada", 2, 0.5, 0.3333),
        ("Corner", "2026-W19", "Bell", 2, 0.5, 0.6667),
        ("Corner", "2026-W20", "Ada", 2, 1.0, 1.0),
        ("Mart", "2026-W19", "Ada", 1, 0.3333, 0.25),
        ("Mart", "2026-W19", "Bell", 1, 0.3333, 0.5),
        ("Mart", "2026-W19", None, 1, 0.3333, 0.25),
    ] == found


def test_without_a_product_it_is_a_share_of_brands(warehouse: Warehouse) -> None:
    """By chain alone the answer has the brands, too; by SKU it has not."""
    assert ["chain", "brand"] == ask("share-of-shelf", ["chain"]).columns[:2]
    assert ["chain", "sku"] == ask("share-of-shelf", ["chain", "sku"]).columns[:2]


def test_a_condition_restricts_both_sides_of_a_share(warehouse: Warehouse) -> None:
    """Among known brands of one chain the shares add up to 1."""
    found = rows(warehouse, "share-of-shelf", ["brand"], "chain=Mart", "brand!=")

    assert [("Ada", 1, 0.5, 0.3333), ("Bell", 1, 0.5, 0.6667)] == found


@pytest.mark.parametrize(
    ("where", "facings"),
    [
        ("chain=Corner", 6),
        ("chain!=Corner", 3),
        ("day>=2026-05-05", 2),
        ("day < 2026-05-05", 7),
        ("week=2026-W20", 2),
        ("sku<=1", 5),
        ("brand=", 1),
        ("shop=c1", 2),
        ("shop!=c1", 7),  # the shop of the others is not known
        ("chain='; DROP TABLE scenes; --", 0),
    ],
)
def test_conditions(warehouse: Warehouse, where: str, facings: int) -> None:
    """Each operator, texts, numbers, days and what is not known."""
    assert facings == sum(row[1] for row in rows(warehouse, "share-of-shelf", ["brand"], where))


def test_a_condition_is_read_in_one_go() -> None:
    """However many blanks a value has: this would take hours if they were tried in every way."""
    asked = ask("osa", [], [f" brand = a{' ' * 500_000}b "])

    assert f"a{' ' * 500_000}b" == asked.where[0].value


def test_osa_is_by_brand_as_well(warehouse: Warehouse) -> None:
    """Expected SKUs carry their brand."""
    assert [("Ada", 1, 1, 1.0), ("Bell", 1, 0, 0.0)] == rows(warehouse, "osa", ["brand"])


def test_where_nothing_was_seen_nothing_is_divided(warehouse: Warehouse) -> None:
    """A ratio of nothing is not known, in every question."""
    for question in QUESTIONS:
        for row in answer(warehouse, ask(question.name, [], ["chain=Nowhere"])).to_dicts():
            assert all(row[measure] in {None, 0} for measure in question.measures)


def test_a_price_of_nothing_is_compared_with_nothing(
    warehouse: Warehouse, records: Records, folder: ObjectStore
) -> None:
    """A SKU that is free everywhere has no index, and spoils that of no other."""
    see(records, folder, facing(0, 9), at=MAY, price_tags=[tag(0, 0, price(0.0))])
    source = Source(records, folder, [], lambda *_: Figures(0, 0), 0.5)
    refresh(warehouse, source, now=later(days=91), anew=True)

    assert [(9, 1, 1, None)] == rows(warehouse, "price-index", ["sku"], "sku=9")


def test_prices_are_compared_with_the_same_sku_everywhere(warehouse: Warehouse) -> None:
    """SKU 1 costs 2 in one chain and 6 in the other, 4 in the median; SKU 2 costs 3 in both."""
    assert [("Corner", 2, 2, 125.0), ("Mart", 2, 2, 75.0)] == rows(
        warehouse, "price-index", ["chain"]
    )


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_by_everything(warehouse: Warehouse, question: questions.Question) -> None:
    """Each dimension of each question is a column of the answer; so are its measures."""
    for name in question.dimensions:
        asked = ask(question.name, [name], [f"{name}!="])
        assert asked.columns == answer(warehouse, asked).columns


@pytest.mark.parametrize(
    ("name", "by", "where", "field"),
    [
        ("share-of-wallet", ["chain"], [], "question"),
        ("osa", ["colour"], [], "by"),
        ("planogram-compliance", ["brand"], [], "by"),
        ("osa", ["chain"], ["chain"], "where"),
        ("osa", ["chain"], ["colour=red"], "where"),
        ("osa", ["chain"], ["day>=May"], "where"),
        ("osa", ["chain"], ["sku=x"], "where"),
        ("osa", ["chain"], ["sku>"], "where"),
    ],
)
def test_what_is_wrong_is_named(name: str, by: list[str], where: list[str], field: str) -> None:
    """The error names the part of the question, and what it may be."""
    with pytest.raises(BadQuestion) as caught:
        ask(name, by, where)

    assert field == caught.value.field


def test_too_many_rows_are_refused(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is cut off silently."""
    monkeypatch.setattr(questions, "MOST_ROWS", 2)

    with pytest.raises(BadQuestion, match="More than 2 rows"):
        answer(warehouse, ask("share-of-shelf", ["scene", "sku"]))


def test_csv_holds_no_lists() -> None:
    """It is refused with a sentence that says what to do."""
    with pytest.raises(BadQuery, match="another format"):
        answer_formats.to_csv(pl.DataFrame({"many": [[1, 2]]}))


def test_every_format_says_the_same(warehouse: Warehouse) -> None:
    """CSV, JSON, Parquet and Arrow are read back as the same rows."""
    frame = answer(warehouse, ask("share-of-shelf", ["chain", "day"]))
    written = {name: one.encode(frame) for name, one in answer_formats.FORMATS.items()}

    assert frame.equals(pl.read_parquet(BytesIO(written["parquet"])))
    assert frame.equals(pl.read_ipc_stream(BytesIO(written["arrow"])))
    assert frame.equals(pl.read_csv(BytesIO(written["csv"]), schema=frame.schema))
    assert frame.equals(pl.read_json(BytesIO(written["json"]), schema=frame.schema))
