"""What to expect of a SKU, and what to do about it."""

import pytest

from flows.forecast_sku import advice, outlook_of
from inference.forecast import Prospect
from storage.forecasts import Confusion

ALIKE = [(7, 0.91)]


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Prospect(0, None, []), "none can be read"),
        (Prospect(1, None, []), "Add 2 more pictures"),
        (Prospect(2, 1.0, []), "Add another picture"),
        (Prospect(5, None, []), "Add another picture"),
        (Prospect(3, 0.4, ALIKE), "Most facings will not be named"),
        (Prospect(3, 0.9, ALIKE), "pictures that differ"),
    ],
    ids=["unreadable", "one", "two", "five times the same", "low recall", "look-alike"],
)
def test_the_advice_is_what_helps_most(found: Prospect, told: str):
    """More pictures first, then better ones, then such as tell it from others."""
    assert told in str(advice(found))


def test_a_sku_that_is_known_well_needs_no_advice():
    """Nothing has to be done."""
    assert advice(Prospect(3, 0.9, [])) is None


def test_an_outlook_has_all_that_was_found():
    """Recall is rounded; pictures that cannot be read are counted."""
    outlook = outlook_of(Prospect(3, 2 / 3, ALIKE), 1)

    assert (3, 1, 0.6667) == (outlook.references, outlook.failed, outlook.recall)
    assert [Confusion(7, 0.91)] == outlook.confusions
