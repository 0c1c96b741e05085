"""SHARE_OF_SPACE divides the shelf by facings and by width."""

import polars as pl

from flows.reports.share_of_space import REPORT, share_of_space
from tests.reports.frames import frame


def test_width_and_count_differ():
    """A wide pack has more space than facings."""
    facings = frame(
        "facings",
        """
        sku_id  x1  x2
        7       0   30
        9       30  40
        """,
    )

    assert [(7, 0.5, 0.75), (9, 0.5, 0.25)] == share_of_space(facings).rows()


def test_unidentified_facings_count_in_the_denominator():
    """Unknown products take space too, so known shares add up to less than 1."""
    facings = frame(
        "facings",
        """
        sku_id  x1  x2
        7       0   10
        -       10  40
        """,
    )

    assert [(7, 0.5, 0.25)] == share_of_space(facings).rows()


def test_duplicates_take_no_space():
    """A facing seen twice has its width once, above and below the line."""
    facings = frame(
        "facings",
        """
        sku_id  duplicate
        7       false
        7       true
        9       false
        """,
    )

    assert [(7, 0.5, 0.5), (9, 0.5, 0.5)] == share_of_space(facings).rows()


def test_row_order_of_the_facts_does_not_matter():
    """Shuffled facts give the same bytes, although float sums depend on order."""
    rows = "\n".join(f"{i} {i % 7} {i * 0.1:.3f} {i * 0.37 + 9:.3f}" for i in range(200))
    facings = frame("facings", "facing_id sku_id x1 x2\n" + rows)
    answers = {
        REPORT.render({"facings": facings.sample(fraction=1, shuffle=True, seed=seed)})
        for seed in range(5)
    }

    assert 1 == len(answers)


def test_empty_scene():
    """No facing, no division by zero."""
    assert b"[]" == REPORT.render({"facings": frame("facings")})


def test_output_schema():
    """Shares are 64-bit floats, ids integers."""
    facings = frame("facings", "sku_id\n1")

    assert [pl.Int64, pl.Float64, pl.Float64] == share_of_space(facings).dtypes
