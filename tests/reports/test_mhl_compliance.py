"""MHL_COMPLIANCE says which records of the must-have list are met."""

from flows.reports.mhl_compliance import REPORT, mhl_compliance
from tests.reports.frames import frame

LIST = """
    mhl_record_id  name   skus
    1              milk   7
    2              -      8,9
    3              bread  10,9
"""


def test_a_record_is_met_by_its_sku_or_an_alternative():
    """The first SKU of the record that is there is named; all of them are counted."""
    facings = frame("facings", "sku_id\n7\n9\n9\n-")

    answer = mhl_compliance(frame("must_have", LIST), facings)

    assert [(True, 7, 1), (True, 9, 2), (True, 9, 2)] == [
        (record.compliant, record.found_sku, record.facings) for record in answer.records
    ]
    assert (1.0, []) == (answer.compliance, answer.out_of_stock)


def test_what_is_not_there_is_out_of_stock():
    """The list of what is missing names the SKU of the record, not its alternatives."""
    answer = mhl_compliance(frame("must_have", LIST), frame("facings", "sku_id\n7"))

    assert (0.333333, [8, 10]) == (answer.compliance, answer.out_of_stock)
    assert [True, False, False] == [record.compliant for record in answer.records]
    assert [None, None] == [record.found_sku for record in answer.records[1:]]


def test_the_own_sku_comes_before_its_alternatives():
    """When SKU and alternative are both there, the SKU is the one found."""
    answer = mhl_compliance(
        frame("must_have", "mhl_record_id skus\n1 8,7"), frame("facings", "sku_id\n7\n8")
    )

    assert (8, 2) == (answer.records[0].found_sku, answer.records[0].facings)


def test_duplicates_meet_nothing():
    """A scene of duplicates only is an empty scene."""
    facings = frame("facings", "sku_id duplicate\n7 true\n9 true")

    answer = mhl_compliance(frame("must_have", LIST), facings)

    assert (0.0, [7, 8, 10]) == (answer.compliance, answer.out_of_stock)


def test_an_empty_list_has_no_compliance():
    """Nothing asked for is neither met nor missed."""
    answer = mhl_compliance(frame("must_have"), frame("facings", "sku_id\n7"))

    assert ([], None, []) == (answer.records, answer.compliance, answer.out_of_stock)


def test_the_order_of_rows_does_not_matter():
    """Shuffled frames give the same bytes."""
    frames = {"must_have": frame("must_have", LIST), "facings": frame("facings", "sku_id\n7\n9")}

    assert REPORT.render(frames) == REPORT.render({k: v.reverse() for k, v in frames.items()})
