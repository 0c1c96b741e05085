"""OSA says what is there of what should be there."""

from flows.reports.osa import MUST_HAVE, PLANOGRAM, REPORT, osa
from tests.reports.frames import frame

LIST = """
    mhl_record_id  skus
    1              7
    2              8,9
"""
PLAN = """
    record_id  shelf_index  product_index  sku_id
    1          0            0              9
    2          0            1              7
    3          1            2              7
"""
NO_GAPS = frame("gaps")


def test_the_must_have_list_says_what_is_expected():
    """Alternatives count; the list comes before the planogram."""
    facings = frame("facings", "sku_id\n9\n9\n-")

    answer = osa(facings, NO_GAPS, frame("must_have", LIST), frame("planogram", PLAN))

    assert (MUST_HAVE, 2, 1, 0.5) == (
        answer.expected_by,
        answer.expected,
        answer.present,
        answer.osa,
    )
    assert [(7, 1, False, 0), (8, 2, True, 2)] == [
        (sku.sku_id, sku.mhl_record_id, sku.present, sku.facings) for sku in answer.skus
    ]
    assert [7] == answer.out_of_stock


def test_without_a_list_the_planogram_says_it():
    """A SKU planned in two places is expected once."""
    answer = osa(frame("facings", "sku_id\n7\n7"), NO_GAPS, planogram=frame("planogram", PLAN))

    assert (PLANOGRAM, 2, 1, [9]) == (
        answer.expected_by,
        answer.expected,
        answer.present,
        answer.out_of_stock,
    )


def test_one_of_list_and_planogram_is_enough():
    """The contract refuses the report only when both are missing."""
    assert REPORT.may_lack({"planogram"})
    assert REPORT.may_lack({"must_have"})
    assert not REPORT.may_lack({"planogram", "must_have"})


def test_gaps_are_listed_from_the_top_left():
    """Every empty place with its photo and box."""
    gaps = frame(
        "gaps",
        """
        image_id  gap_id  shelf_index  x1   x2
        1         0       1            5.6  9
        1         1       0            3    4
        """,
    )

    answer = osa(frame("facings"), gaps, frame("must_have", LIST))

    assert [(0, 3), (1, 6)] == [(gap.shelf_index, gap.x1) for gap in answer.gaps]


def test_duplicates_are_not_there():
    """A facing seen again makes nothing available."""
    answer = osa(frame("facings", "sku_id duplicate\n7 true"), NO_GAPS, frame("must_have", LIST))

    assert (0, 0.0) == (answer.present, answer.osa)


def test_nothing_expected_has_no_availability():
    """An empty list gives null, not 100 %."""
    assert osa(frame("facings"), NO_GAPS, frame("must_have")).osa is None


def test_the_order_of_rows_does_not_matter():
    """Shuffled frames give the same bytes."""
    frames = {
        "facings": frame("facings", "sku_id\n7\n9"),
        "gaps": frame("gaps", "gap_id x1\n0 1\n1 5"),
        "must_have": frame("must_have", LIST),
    }

    assert REPORT.render(frames) == REPORT.render({k: v.reverse() for k, v in frames.items()})
