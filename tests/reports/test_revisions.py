"""What differs between two revisions of a report, and whether models or master data explain it."""

import polars as pl
import pytest

from flows import reports
from flows.reports.frames import INPUTS
from flows.reports.revisions import (
    BOTH,
    MASTER_DATA,
    MODEL,
    OF_FACTS,
    Difference,
    SkuFacings,
    compare,
)
from tests.reports.frames import frame

OLD_LIST = "mhl_record_id skus\n1 7\n2 8"
NEW_LIST = "mhl_record_id skus\n1 7\n2 9"


def mhl(facings: str, must_have: str) -> dict[str, pl.DataFrame]:
    """What MHL_COMPLIANCE is made from."""
    return {"facings": frame("facings", facings), "must_have": frame("must_have", must_have)}


def difference(before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame]) -> Difference:
    """Compare MHL_COMPLIANCE."""
    return compare(reports.by_name("MHL_COMPLIANCE"), before, after)


def test_what_is_not_of_facts_is_master_data():
    """Whatever input a report gets, it is one or the other; those of the scene before are facts."""
    assert {"skus", "planogram", "must_have", "options"} == INPUTS.keys() - set(OF_FACTS)


def test_the_same_frames_differ_in_nothing():
    """Nothing is explained where nothing is to explain."""
    made = mhl("sku_id\n7", OLD_LIST)

    assert Difference(True, None, [], [], [], None) == difference(made, made)


@pytest.mark.parametrize(
    ("facings", "must_have", "causes", "explains"),
    [
        ("sku_id\n7\n8", OLD_LIST, {2: MODEL}, 1.0),
        ("sku_id\n7", NEW_LIST, {2: MASTER_DATA}, 0.0),
        ("sku_id\n7\n9", NEW_LIST, {2: BOTH}, 0.5),
        ("sku_id\n9", NEW_LIST, {1: MODEL, 2: BOTH}, 2 / 3),
    ],
)
def test_a_row_has_a_cause(facings: str, must_have: str, causes: dict[int, str], explains: float):
    """Old facts with new master data stand between the two revisions."""
    found = difference(mhl("sku_id\n7", OLD_LIST), mhl(facings, must_have))

    assert causes == {row.key["mhl_record_id"]: row.cause for row in found.rows}
    assert explains == pytest.approx(found.model_explains, abs=1e-6)


def test_the_parts_of_a_total_add_up():
    """Compliance fell by half because of the list, and rose by half because of the models."""
    before = mhl("sku_id\n7\n8", OLD_LIST)
    after = mhl("sku_id\n7\n7", "mhl_record_id skus\n1 9\n2 10\n3 7\n4 7")

    [total] = difference(before, after).totals

    assert ("compliance", 1.0, 0.5, 0.0, -0.5) == (
        total.name,
        total.before,
        total.after,
        total.by_model,
        total.by_master_data,
    )


def test_facings_are_compared_by_sku():
    """What was not identified comes first; duplicates are left out."""
    before = mhl("sku_id duplicate\n7 false\n7 true\n8 false", OLD_LIST)
    after = mhl("sku_id duplicate\n7 false\n- false\n9 false", OLD_LIST)

    assert [SkuFacings(None, 0, 1), SkuFacings(8, 1, 0), SkuFacings(9, 0, 1)] == difference(
        before, after
    ).skus


def test_a_sku_only_the_old_facts_show_keeps_its_name():
    """The SKUs of the newer revision do not list it; its brand is no change of master data."""
    skus = ("sku_id name brand_id\n7 tea 1", "sku_id name brand_id\n8 milk 2")
    before, after = (
        {"facings": frame("facings", f"sku_id\n{sku}"), "skus": frame("skus", text)}
        for sku, text in zip((7, 8), skus, strict=True)
    )

    found = compare(reports.by_name("ASSORTMENT"), before, after)

    assert {MODEL} == {row.cause for row in found.rows}


@pytest.mark.parametrize("name", reports.NAMES)
def test_every_report_type_can_be_compared(name: str):
    """Empty frames differ in nothing."""
    report = reports.by_name(name)
    empty = {one: frame(one) for one in report.inputs}
    if "options" in empty:
        empty["options"] = frame("options", "share_of_space_of price_confidence\nfacings 0.5")

    assert compare(report, empty, empty).same
