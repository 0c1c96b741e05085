"""FACING_COUNT counts what a shopper sees."""

from flows.reports.facing_count import REPORT, facing_count
from tests.reports.frames import frame


def test_facings_are_counted_per_sku():
    """Every facing of a SKU counts, most facings first."""
    facings = frame(
        "facings",
        """
        sku_id
        7
        9
        9
        """,
    )

    assert [(9, 2), (7, 1)] == facing_count(facings).rows()


def test_duplicates_are_not_counted():
    """A facing seen in two overlapping photos counts once."""
    facings = frame(
        "facings",
        """
        sku_id  duplicate
        7       false
        7       true
        """,
    )

    assert [(7, 1)] == facing_count(facings).rows()


def test_unidentified_facings_are_left_out():
    """A product nobody knows has no SKU to count for."""
    facings = frame(
        "facings",
        """
        sku_id
        -
        7
        """,
    )

    assert [(7, 1)] == facing_count(facings).rows()


def test_ties_are_ordered_by_sku():
    """SKUs with the same count come in the order of their ids."""
    facings = frame(
        "facings",
        """
        sku_id
        8
        3
        5
        """,
    )

    assert [3, 5, 8] == facing_count(facings)["sku_id"].to_list()


def test_only_duplicates_make_an_empty_report():
    """A scene whose facings are all duplicates has nothing to count."""
    facings = frame(
        "facings",
        """
        sku_id  duplicate
        7       true
        """,
    )

    assert b"[]" == REPORT.render({"facings": facings})


def test_wire_shape():
    """The JSON has the documented keys and nothing else."""
    facings = frame(
        "facings",
        """
        sku_id
        10
        """,
    )

    assert b'[{"sku_id":10,"count":1}]' == REPORT.render({"facings": facings})
