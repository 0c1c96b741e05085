"""Text of price tags becomes prices, and nothing else does."""

import pytest

from inference.prices import TextLine, amount_of, prices


def line(
    text: str, height: float = 0.4, *, x: float = 0.0, sure: float = 1.0, struck: bool = False
) -> TextLine:
    """A line of this height, so many tag widths from the left."""
    return TextLine(text, sure, x, 0.3, x + 0.3, 0.3 + height, struck)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("27.90", 27.9, None),
        ("27,90", 27.9, None),
        ("$4.99", 4.99, "$"),
        ("€ 1,29", 1.29, "€"),
        ("kr 17.45", 17.45, "kr"),
        ("298円", 298, "¥"),
        ("¥1,079", 1079, "¥"),
        ("1 299,00", 1299, None),
        ("10,-", 10, None),
        ("119", 119, None),
        ("\uff11\uff11\uff19", 119, None),
    ],
)
def test_a_price_in_any_writing(text: str, amount: float, currency: str | None):
    """Point, comma, thousands, signs before and after, wide digits."""
    (price,) = prices([line(text)])

    assert ("regular", amount, currency, 1) == (
        price.kind,
        price.amount,
        price.currency,
        price.quantity,
    )


@pytest.mark.parametrize(
    "text", ["350ml", "1.5L", "500 g", "-20%", "+10", "SPAR kr15.00", "Save 2.00", "OREO", "0"]
)
def test_what_is_no_price(text: str):
    """Sizes, percentages, points, savings, words."""
    assert [] == prices([line(text)])


@pytest.mark.parametrize("text", ["3/$10.99", "3 for 10.99", "3 x 10.99"])
def test_several_for_one_price(text: str):
    """The amount is for all of them together."""
    (price,) = prices([line(text)])

    assert ("multi_buy", 10.99, 3) == (price.kind, price.amount, price.quantity)


def test_the_price_per_kilo_is_no_price_of_the_product():
    """It is kept with its kind, whatever stands first."""
    found = prices([line("116.33 /kg", 0.2), line("34.90", 0.5, x=0.5)])

    assert [("regular", 34.9), ("unit", 116.33)] == [(p.kind, p.amount) for p in found]


def test_cents_sign_is_a_unit_price():
    """`12.4¢` beside the price is per ounce."""
    found = prices([line("12.4¢"), line("1.98", x=0.5)])

    assert [("regular", 1.98), ("unit", 12.4)] == [(p.kind, p.amount) for p in found]


def test_of_numbers_about_as_high_the_right_one_is_the_price():
    """Points and unit prices stand left of it."""
    assert 79 == prices([line("10", 0.42), line("79", 0.26, x=0.6)])[0].amount


def test_a_struck_price_is_what_it_cost_before():
    """The other one is the offer."""
    found = prices([line("39.90", struck=True, x=0.6), line("29.90")])

    assert [("promo", 29.9), ("regular", 39.9)] == [(p.kind, p.amount) for p in found]


def test_words_make_an_offer_and_a_member_price():
    """Tilbud, special, 特価; medlem, member, 会員."""
    assert "promo" == prices([line("9.90"), line("TILBUD", 0.1)])[0].kind
    assert "member" == prices([line("9.90"), line("Medlem 7.90", 0.2)])[1].kind


def test_a_sure_number_is_preferred():
    """A number nobody could read is only taken when there is no other."""
    unsure, sure = line("692821", 0.3, x=0.6, sure=0.4), line("689", 0.3)

    assert 689 == prices([unsure, sure], sure=0.7)[0].amount
    assert 692821 == prices([unsure], sure=0.7)[0].amount


def test_the_order_of_lines_does_not_matter():
    """The same prices in the same order."""
    lines = [line("116.33 /kg", 0.2), line("34.90", x=0.5), line("Medlem 29.90", 0.2)]

    assert prices(lines) == prices(lines[::-1])


def test_amounts():
    """Only the last separator before one or two digits is a decimal one."""
    assert [1299.5, 1299, 4.5, 10] == [
        amount_of(text) for text in ("1.299,50", "1,299", "4:50", "10,-")
    ]
