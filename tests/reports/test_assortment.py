"""ASSORTMENT counts different SKUs per brand and category."""

from flows.reports.assortment import REPORT, assortment
from tests.reports.frames import frame

SKUS = """
    sku_id  name  brand_id  brand  category_id  category
    7       a     1         Arla   5            milk
    8       b     1         Arla   5            milk
    9       c     2         Oatly  5            milk
    10      d     -         -      -            -
"""


def rows(facings: str) -> list[tuple[object, ...]]:
    """Brand, category, number of SKUs, facings and SKUs of each group."""
    answer = assortment(frame("facings", facings), frame("skus", SKUS))
    return answer.select("brand", "category", "sku_count", "facings", "skus").rows()


def test_skus_are_counted_per_brand_and_category():
    """Most SKUs first; SKUs of no brand are a group of their own."""
    assert [
        ("Arla", "milk", 2, 3, [7, 8]),
        ("Oatly", "milk", 1, 1, [9]),
        (None, None, 1, 1, [10]),
    ] == rows("sku_id\n7\n8\n8\n9\n10")


def test_duplicates_and_unknown_facings_are_left_out():
    """Only what is named and counts is in the assortment."""
    assert [("Oatly", "milk", 1, 1, [9])] == rows("sku_id duplicate\n9 false\n7 true\n- false")


def test_an_empty_scene_has_no_assortment():
    """No facings, no rows."""
    assert [] == rows("")


def test_the_order_of_rows_does_not_matter():
    """Shuffled frames give the same bytes."""
    frames = {"facings": frame("facings", "sku_id\n7\n9\n10\n8"), "skus": frame("skus", SKUS)}

    assert REPORT.render(frames) == REPORT.render({k: v.reverse() for k, v in frames.items()})
