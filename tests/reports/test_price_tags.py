"""PRICE_TAGS says what each tag says and whose it is."""

from typing import Any

import msgspec
import polars as pl

from flows.reports.frames import INPUTS
from flows.reports.price_tags import REPORT
from tests.reports.frames import frame

SKUS = "sku_id name brand\n7 Havregryn Axa\n8 Knekkebrod Wasa"
FACINGS = "facing_id sku_id x1 x2\n0 7 0 100\n1 8 100 200"
_PRICES = INPUTS["price_tags"].schema["prices"]


def tags(text: str, *prices: list[tuple[str, float, int]], words: str | None = None):
    """Tags of a text table with their prices as kind, amount, quantity."""
    made = frame("price_tags", text)
    rows = [
        [
            {"kind": k, "amount": a, "currency": None, "quantity": q, "confidence": 0.9}
            for k, a, q in each
        ]
        for each in prices
    ]
    said = pl.lit(words, pl.String).alias("text")
    return made.with_columns(pl.Series("prices", rows, dtype=_PRICES), said)


def render(price_tags: pl.DataFrame, facings: str = FACINGS) -> list[dict[str, Any]]:
    """Render and parse the JSON."""
    frames = {
        "price_tags": price_tags,
        "facings": frame("facings", facings),
        "skus": frame("skus", SKUS),
        "options": frame("options", "price_confidence\n0.5"),
    }
    return msgspec.json.decode(REPORT.render(frames))


def test_a_tag_has_the_sku_of_its_facing():
    """Names come with it, the first of its prices is the price."""
    (row,) = render(tags("tag_id facing_id\n3 0", [("regular", 12.5, 1), ("unit", 50.0, 1)]))

    assert (7, "Havregryn", "Axa", 12.5, 0, 3) == (
        row["sku_id"],
        row["name"],
        row["brand"],
        row["price"],
        row["result_object"],
        row["result_pricetag"],
    )
    assert ["regular", "unit"] == [price["kind"] for price in row["prices"]]


def test_a_tag_without_product_has_no_sku():
    """It is listed all the same."""
    (row,) = render(tags("tag_id facing_id\n3 -", [("regular", 12.5, 1)]))

    assert (None, None, 12.5, 12.5) == (
        row["sku_id"],
        row["name"],
        row["price"],
        row["min_price"],
    )


def test_a_tag_nobody_could_read_has_no_price():
    """Its place and SKU are known."""
    (row,) = render(tags("tag_id facing_id\n3 0", []))

    assert (7, None, None, []) == (row["sku_id"], row["price"], row["max_price"], row["prices"])


def test_lowest_and_highest_price_are_over_all_tags_of_the_sku():
    """Of one piece: what three cost together, or a kilo, is no price of the SKU."""
    rows = render(
        tags(
            "tag_id facing_id\n3 0\n4 0\n5 0",
            [("promo", 10.0, 1), ("regular", 12.0, 1)],
            [("multi_buy", 25.0, 3), ("unit", 90.0, 1)],
            [("regular", 11.0, 1), ("member", 8.0, 1)],
        )
    )

    assert [(10.0, 10.0, 11.0), (25.0, 10.0, 11.0), (11.0, 10.0, 11.0)] == [
        (row["price"], row["min_price"], row["max_price"]) for row in rows
    ]


def test_the_price_is_what_one_costs():
    """The promo price before the regular one, both before all others, whatever stands first."""
    prices = [("unit", 90.0, 1), ("regular", 12.0, 1), ("promo", 10.0, 1)]

    (row,) = render(tags("tag_id facing_id\n3 0", prices))

    assert 10.0 == row["price"]
    assert ["promo", "regular", "unit"] == [price["kind"] for price in row["prices"]]


def test_a_price_that_is_not_surely_read_is_no_price_of_the_sku():
    """It stays the price of its tag, with its confidence."""
    made = tags("tag_id facing_id\n3 0\n4 0", [("regular", 12.0, 1)], [("regular", 1.0, 1)])
    unsure = made["prices"].to_list()
    unsure[1][0]["confidence"] = 0.4

    rows = render(made.with_columns(pl.Series("prices", unsure, dtype=_PRICES)))

    assert [(12.0, 12.0), (1.0, 12.0)] == [(row["price"], row["min_price"]) for row in rows]


def test_a_tag_of_a_duplicate_is_left_out():
    """Another photo shows it."""
    facings = "facing_id sku_id duplicate\n0 7 true"

    assert [] == render(tags("tag_id facing_id\n3 0", [("regular", 1.0, 1)]), facings)


def test_a_name_on_the_tag_is_stronger_than_its_place():
    """The tag hangs under one product and names its neighbour."""
    made = tags(
        "tag_id facing_id shelf_index x1 x2\n3 0 0 20 80", [("regular", 9.0, 1)], words="KNEKKEBRØD"
    )
    facings = "facing_id sku_id shelf_index x1 x2\n0 7 0 0 100\n1 8 0 100 200"

    (row,) = render(made, facings)

    assert (8, 1) == (row["sku_id"], row["result_object"])


def test_words_that_are_no_name_change_nothing():
    """The nearest product keeps the tag."""
    made = tags(
        "tag_id facing_id shelf_index x1 x2\n3 0 0 20 80", [("regular", 9.0, 1)], words="TILBUD"
    )

    assert [7] == [row["sku_id"] for row in render(made)]


def test_facts_from_before_tags_were_read_have_tags_without_price():
    """What they do not say is null, which is not an error."""
    old = frame("price_tags", "tag_id facing_id promo\n3 - -")

    (row,) = render(old)

    assert (None, False, []) == (row["price"], row["promo"], row["colors"])


def test_shuffled_facts_give_the_same_bytes():
    """Tags come by photo, shelf and place."""
    made = tags("tag_id facing_id\n3 0\n4 1\n5 -", *([("regular", 1.0, 1)],) * 3)
    rest = {"facings": frame("facings", FACINGS), "skus": frame("skus", SKUS)}
    rest["options"] = frame("options")
    answers = {
        REPORT.render({"price_tags": made.sample(fraction=1, shuffle=True, seed=seed), **rest})
        for seed in range(5)
    }

    assert 1 == len(answers)


def test_a_scene_without_tags_is_an_empty_list():
    """No tag, no row."""
    frames = {name: frame(name) for name in REPORT.inputs}

    assert b"[]" == REPORT.render(frames)
