"""SHARE_OF_SPACE divides the shelf by facings and by width."""

import polars as pl

from flows.reports.share_of_space import REPORT, share_of_space
from tests.reports.frames import frame


def shares(facings: str, photos: str = "", shelves: str = "", of: str = "-") -> pl.DataFrame:
    """Compute from text tables; `-` = no option is set."""
    options = frame("options", "" if of == "-" else f"share_of_space_of\n{of}")
    others = frame("photos", photos), frame("shelves", shelves), options
    return share_of_space(frame("facings", facings), *others)


def test_width_and_count_differ():
    """A wide pack has more space than facings."""
    answer = shares("""
        sku_id  x1  x2
        7       0   30
        9       30  40
    """)

    assert [(7, 0.5, 0.75), (9, 0.5, 0.25)] == answer.rows()


def test_unidentified_facings_count_in_the_denominator():
    """Unknown products take space too, so known shares add up to less than 1."""
    answer = shares("""
        sku_id  x1  x2
        7       0   10
        -       10  40
    """)

    assert [(7, 0.5, 0.25)] == answer.rows()


def test_duplicates_take_no_space():
    """A facing seen twice has its width once, above and below the line."""
    answer = shares("""
        sku_id  duplicate
        7       false
        7       true
        9       false
    """)

    assert [(7, 0.5, 0.5), (9, 0.5, 0.5)] == answer.rows()


def test_a_share_may_be_of_the_length_of_the_shelves():
    """Empty places count then: each photo is as long as it is wide, once per shelf."""
    facings = """
        sku_id  x1  x2
        7       0   30
        7       0   10
    """
    photos = "image_id width\n1 50\n2 30"
    shelves = "image_id shelf_index\n1 0\n1 1\n2 0"

    answer = shares(facings, photos, shelves, of="photos")

    assert [(7, 1.0, round(40 / 130, 6))] == answer.rows()
    assert [(7, 1.0, 1.0)] == shares(facings, photos, shelves, of="facings").rows()


def test_row_order_of_the_facts_does_not_matter():
    """Shuffled facts give the same bytes, although float sums depend on order."""
    rows = "\n".join(f"{i} {i % 7} {i * 0.1:.3f} {i * 0.37 + 9:.3f}" for i in range(200))
    facings = frame("facings", "facing_id sku_id x1 x2\n" + rows)
    rest = {name: frame(name) for name in ("photos", "shelves", "options")}
    answers = {
        REPORT.render({"facings": facings.sample(fraction=1, shuffle=True, seed=seed), **rest})
        for seed in range(5)
    }

    assert 1 == len(answers)


def test_empty_scene():
    """No facing, no division by zero."""
    assert b"[]" == REPORT.render({name: frame(name) for name in REPORT.inputs})


def test_output_schema():
    """Shares are 64-bit floats, ids integers."""
    assert [pl.Int64, pl.Float64, pl.Float64] == shares("sku_id\n1").dtypes
