"""Report types are taken under every name that clients know, and told as the operator says."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import reports

from .conftest import API, Gondola, start

ASKED = ["FACING_COUNT_1_5", "REALOGRAM", "SHARE_OF_SPAC", "PRICE_TAGS"]


@pytest.fixture
def suffixed(tmp_path: Path) -> Iterator[Gondola]:
    """An API that tells names as older installations of the original did."""
    with start(tmp_path, report_names="suffixed") as gondola:
        yield gondola
    reports.use(None)


def test_names_are_plain_unless_said(gondola: Gondola):
    """Whatever name was asked for."""
    reports.use(None)
    made = gondola.recognize(report_types=ASKED).json()["reports"]

    assert ["FACING_COUNT", "REALOGRAM", "SHARE_OF_SPACE", "PRICE_TAGS"] == list(made)


def test_names_have_the_suffix_where_it_is_known(suffixed: Gondola):
    """In the answer of recognize, in the list and in each report."""
    made = suffixed.recognize(report_types=ASKED).json()["reports"]
    listed = suffixed.get(f"{API}/reports/").json()["results"]
    one = suffixed.get(f"{API}/reports/{made['REALOGRAM_1_5']}/").json()

    names = ["FACING_COUNT_1_5", "REALOGRAM_1_5", "SHARE_OF_SPACE", "PRICE_TAGS"]
    assert names == list(made)
    assert names == [report["report_type"] for report in reversed(listed)]
    assert "REALOGRAM_1_5" == one["report_type"]
