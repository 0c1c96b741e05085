"""Every record of a planogram has the status a person would give it."""

import polars as pl
import pytest

from tests.reports.planogram.drawn import compare, photo, plan, seen, statuses, wrong


def test_a_shelf_as_planned_is_right():
    """Everything is correct, there is nothing to do."""
    answer = compare(plan("AABBC", "DDEEF"), seen("AABBC", "DDEEF"), photo(5, 2))

    assert {"CORRECT"} == set(statuses(answer).values())
    assert (1.0, 1.0, 10, 10, []) == (
        answer.compliance,
        answer.compliance_overall,
        answer.planned_faces,
        answer.correct_faces,
        answer.actions,
    )


@pytest.mark.parametrize(
    ("planned", "found", "expected"),
    [
        ("AABBCCDD", "AA..CCDD", {"B": "MISSING"}),
        ("AABBCCDD", "AACCDD", {"B": "MISSING"}),
        ("AABBCCDD", "AAB.CCDD", {"B": "WRONG_FACINGS"}),
        ("AABBCCDD", "AABBBCCDD", {"B": "WRONG_FACINGS"}),
        ("AABBCCDD", "AAXXCCDD", {"B": "SUBSTITUTED"}),
        ("AABCCDDE", "AAECCDDB", {"B": "MISPLACED", "E": "MISPLACED"}),
        ("AABCCDDE", "AACCDDBE", {"B": "MISPLACED"}),
        ("AABBCCDD", "AABBXCCDD", {}),
        ("AABBAA", "AABBAA", {}),
    ],
)
def test_one_change_has_one_status(planned: str, found: str, expected: dict[str, str]):
    """What was not touched stays CORRECT, however the rest is pushed aside."""
    assert expected == wrong([planned], [found])


def test_a_product_on_another_shelf_is_misplaced():
    """It is found wherever it stands."""
    assert {"F": "MISPLACED"} == wrong(["AABBCC", "DDEEFF"], ["AABBCCFF", "DDEE.."])


def test_what_is_not_identified_is_not_held_against_the_shelf():
    """A place on which an unknown product stands is left out, it is neither missing nor extra."""
    answer = compare(plan("AABBCC"), seen("AA??CC"), photo(6, 1))

    assert {"A": "CORRECT", "B": "NOT_IN_VIEW", "C": "CORRECT"} == statuses(answer)
    assert (1.0, 0.666667, 2, [], []) == (
        answer.compliance,
        answer.compliance_overall,
        answer.unnamed_faces,
        answer.extra_products,
        answer.actions,
    )


def test_stacked_faces_are_faces():
    """facing_x times facing_y are planned; a stack that is lower is WRONG_FACINGS."""
    planogram = plan("AB").with_columns(facing_y=pl.lit(2, pl.Int32))
    high = seen("AABB").with_columns(
        x1=pl.Series([0, 0, 100, 100], dtype=pl.Float32),
        x2=pl.Series([100, 100, 200, 200], dtype=pl.Float32),
    )

    assert {"A": "CORRECT", "B": "CORRECT"} == statuses(compare(planogram, high, photo(2, 1)))
    low = compare(planogram, high.head(3), photo(2, 1))
    assert {"A": "CORRECT", "B": "WRONG_FACINGS"} == statuses(low)


def test_facings_on_no_shelf_are_extra():
    """A shelf_index below 0 is no shelf of the planogram, and moves none."""
    facings = seen("XX", "AAB").with_columns(pl.col("shelf_index") - 1)

    answer = compare(plan("AAB"), facings, photo(3, 2))

    assert {"A": "CORRECT", "B": "CORRECT"} == statuses(answer)
    assert [(24, 2)] == [(extra.sku_id, extra.faces) for extra in answer.extra_products]


def test_a_shelf_of_other_products_is_all_wrong():
    """Nothing of the planogram is there: shelf by shelf, everything was replaced."""
    assert {"A": "SUBSTITUTED", "B": "SUBSTITUTED"} == wrong(["AAB"], ["XXY"])


def test_swapped_products_leave_those_between_in_place():
    """However many faces they have: what stands where it should has not moved."""
    other = "GGHHIIJJKKLLM"

    assert {"B": "MISPLACED", "D": "MISPLACED"} == wrong(
        ["ABBCCCDDDDEEF", other], ["ADDDDCCCBBEEF", other]
    )


def test_a_face_too_many_is_one_wherever_it_is_missing():
    """It should go back to the record that lacks it, and both are wrong."""
    found = wrong(["DAAB", "EAAC"], ["DA.B", "EAAAC"])

    assert {"A": "WRONG_FACINGS", "A4": "WRONG_FACINGS"} == found
