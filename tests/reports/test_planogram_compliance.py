"""PLANOGRAM_COMPLIANCE at its limits: nothing there, nothing planned, any shelf at all."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reports.planogram.faces import TooManyFaces
from tests.reports.planogram.drawn import compare, photo, plan, seen, statuses


def test_an_empty_scene_is_an_empty_shelf():
    """A photo without products shows that everything is missing."""
    answer = compare(plan("AAB"), seen(""), photo(3, 1))

    assert ({"A": "MISSING", "B": "MISSING"}, 0.0) == (statuses(answer), answer.compliance)
    assert [("ADD", 2), ("ADD", 1)] == [(one.action, one.faces) for one in answer.actions]


def test_a_scene_without_a_readable_photo_says_nothing():
    """What nobody saw is not in view."""
    answer = compare(plan("AAB"), seen(""), photo(3, 1, status="ERROR"))

    assert ({"A": "NOT_IN_VIEW", "B": "NOT_IN_VIEW"}, None, 0.0) == (
        statuses(answer),
        answer.compliance,
        answer.compliance_overall,
    )


def test_duplicates_alone_count_for_nothing():
    """A facing seen again stands in no place of its own."""
    answer = compare(plan("AAB"), seen("AAB", again="AB"), photo(3, 1))

    assert (0, {"MISSING"}) == (answer.correct_faces, set(statuses(answer).values()))


def test_a_mistyped_planogram_is_refused():
    """A record of a billion faces ends the report with a sentence, not the worker."""
    planogram = plan("AB").with_columns(facing_x=pl.lit(10**9, pl.Int32))

    with pytest.raises(TooManyFaces, match="2,000,000,000 faces"):
        compare(planogram, seen("AB"), photo(2, 1))


def test_an_empty_planogram_plans_nothing():
    """Everything is extra, and there is nothing to divide by."""
    answer = compare(plan(""), seen("AAB"), photo(3, 1))

    assert (None, [(1, 2), (2, 1)]) == (
        answer.compliance,
        [(extra.sku_id, extra.faces) for extra in answer.extra_products],
    )


SHELF = st.text("ABCDEF?", min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(st.lists(SHELF, min_size=1, max_size=4), st.lists(SHELF, min_size=1, max_size=4))
def test_every_face_is_counted_once_and_order_does_not_matter(planned: list[str], found: list[str]):
    """Correct faces never exceed what is planned or there; shuffled rows give the same bytes."""
    planogram = plan(*(shelf.replace("?", "G") for shelf in planned))
    facings, photos = seen(*found), photo(8, 4)
    answer = compare(planogram, facings, photos)

    named = facings.filter(pl.col("sku_id").is_not_null()).height
    assert answer.correct_faces <= answer.in_view_faces <= answer.planned_faces
    used = sum(len(record.boxes) for record in answer.records)
    assert named == used + sum(extra.faces for extra in answer.extra_products)
    boxes = [box for record in answer.records for box in record.boxes]
    assert len(boxes) == len({box.facing_id for box in boxes})
    assert answer == compare(planogram.reverse(), facings.reverse(), photos)
