"""A photo's verdict: facings counted, shelves compared."""

import pytest

from bench.accuracy.figures import ap50, confidence, figures
from tests.bench.boxes import shelf, verdict

LINES = ((0, 300, 1000, 300), (0, 600, 1000, 600))
FOUR = "0 200 90 300 \n 100 200 190 300 \n 0 500 90 600 \n 100 500 190 600"
HITS = "0 200 90 300 .9 \n 100 200 190 300 .9 \n 0 500 90 600 .8 \n 100 500 190 600 .7"


def test_the_count_error_is_a_ratio_of_the_labelled_facings():
    """Four labelled, three found and two false alarms: five counted, a quarter too many."""
    one = verdict(
        shelf(FOUR), HITS.replace(".7", ".4") + "\n 800 0 900 90 .9 \n 800 300 900 390 .9"
    )

    assert (5, 0.25) == (one.facings_found, one.count_error)


def test_boxes_in_ignored_regions_are_not_counted():
    """A heap nobody could label makes no count wrong."""
    photo = shelf(FOUR + "\n 700 0 1000 300 ignored")
    one = verdict(photo, HITS + "\n 800 100 900 200 .9")

    assert (4, 0.0) == (one.facings_found, one.count_error)


def test_shelves_of_found_facings_are_compared():
    """Both shelves are found, in their order."""
    one = verdict(shelf(FOUR, LINES), HITS)

    assert (4, 4, 4) == (one.shelves.judged, one.shelves.grouped, one.shelves.exact)


def test_missed_facings_are_not_judged_on_shelves():
    """Three found, three judged; the labelled boxes give all four."""
    one = verdict(shelf(FOUR, LINES), HITS.replace(".7", ".4"))

    assert (3, 4) == (one.shelves.judged, one.shelves_of_labelled.judged)


def test_a_shelf_of_ignored_boxes_has_no_number():
    """Boxes on top of the furniture, in an ignored region, do not shift the shelves below."""
    photo = shelf(FOUR + "\n 0 0 1000 120 ignored", LINES)
    one = verdict(photo, HITS + "\n 0 0 90 100 .9 \n 100 0 190 100 .9")

    assert 4 == one.shelves.exact


def test_one_false_alarm_among_ignored_boxes_makes_no_shelf():
    """The shelf above carries nothing labelled; finding it shifts none, whatever else is there."""
    photo = shelf(FOUR + "\n 0 0 700 120 ignored", LINES)
    above = "\n 0 0 90 100 .9 \n 100 0 190 100 .9 \n 800 0 890 100 .9"

    assert 4 == verdict(photo, HITS + above).shelves.exact


def test_a_shelf_of_false_alarms_shifts_the_others():
    """Three boxes on the ceiling, where nothing is ignored, cost every index but no grouping."""
    above = "\n 0 0 90 100 .9 \n 100 0 190 100 .9 \n 800 0 890 100 .9"
    one = verdict(shelf(FOUR, LINES), HITS + above)

    assert (4, 0) == (one.shelves.grouped, one.shelves.exact)


def test_figures_name_what_they_measure():
    """Recall and precision use the card's score, averages every box; no gap label, no gaps."""
    one = verdict(shelf(FOUR, LINES), HITS.replace(".7", ".4") + "\n 800 500 900 600 .9")

    measured = figures([one])

    assert (0.75, 0.75, 4) == tuple(
        measured["product"][key] for key in ("recall", "precision", "labelled")
    )
    assert measured["gap"] is None
    assert (0, None) == (measured["price_tag"]["labelled"], measured["price_tag"]["ap50"])
    assert 0.0 == measured["facing_count_error_median"]
    assert {"judged": 3, "right": 1.0, "exact_index": 1.0} == measured["shelves"]


def test_the_median_ignores_one_bad_photo():
    """Errors of 0, 0 and 3 have the median 0."""
    bad = verdict(shelf("0 0 90 90"), "0 0 90 90 .9 \n 200 0 300 90 .9 \n 200 200 300 300 .9")
    good = verdict(shelf(FOUR), HITS)

    assert 0.0 == figures([good, bad, good])["facing_count_error_median"]


def test_confidence_spans_the_scenes():
    """A perfect scene and one that is all missed: from 0 to 1; photos of a scene go together."""
    good = verdict(shelf(FOUR, scene="a"), HITS)
    bad = verdict(shelf(FOUR, scene="b"), "")

    assert [0.0, 1.0] == pytest.approx(confidence([good, good, bad]))
    assert (1.0, 0.0) == pytest.approx((ap50(good), ap50(bad)))
