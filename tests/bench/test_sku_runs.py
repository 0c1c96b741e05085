"""Facings that stand together are one run: as good as one picture."""

from collections import Counter

import numpy as np

from bench.accuracy.photos import labelled_shelves
from bench.accuracy.skus.runs import runs
from tests.bench.boxes import shelf

TWO_SHELVES = ((0, 400, 1000, 400), (0, 795, 1000, 795))


def parts(text: str, lines: tuple[tuple[float, float, float, float], ...] = TWO_SHELVES) -> int:
    """How many runs the facings of a photo make."""
    return len(set(runs(shelf(text, lines)).tolist()))


def test_side_by_side_is_one_run():
    """Two cans with a little air between them."""
    assert 1 == parts("0 600 90 790 cola \n 110 600 200 790 cola")


def test_an_empty_place_does_not_part_a_run():
    """What was sold between two facings leaves them one block."""
    assert 1 == parts("0 600 90 790 cola \n 500 600 590 790 cola")


def test_another_product_between_parts_a_run():
    """Cola, lemonade, cola: two runs of cola."""
    assert 3 == parts("0 600 90 790 cola \n 100 600 190 790 lemonade \n 200 600 290 790 cola")


def test_a_product_nobody_could_name_parts_a_run_too():
    """It is another product all the same."""
    assert 3 == parts("0 600 90 790 cola \n 100 600 190 790 \n 200 600 290 790 cola")


def test_mixed_stacks_do_not_part_a_run():
    """Cola under lemonade beside cola under lemonade: one run of each."""
    lower = "0 700 90 790 cola \n 100 700 190 790 cola"
    upper = "0 600 90 700 lemonade \n 100 600 190 700 lemonade"

    assert 2 == parts(f"{lower} \n {upper}")


def test_another_shelf_is_another_run():
    """The same can on two shelves."""
    assert 2 == parts("0 200 90 395 cola \n 0 600 90 790 cola")


def test_the_order_of_the_labels_does_not_matter():
    """Numbers may differ, runs do not."""
    lines = ["0 600 90 790 cola", "100 600 190 790 tea", "200 600 290 790 cola"]

    forwards, backwards = (runs(shelf("\n".join(each))) for each in (lines, lines[::-1]))

    assert (forwards[:, None] == forwards).tolist() == (
        (backwards[::-1, None] == backwards[::-1]).tolist()
    )


def test_a_run_of_the_labelled_photos_has_one_sku():
    """813 facings of known SKUs in fewer runs, none of two SKUs."""
    of_run: Counter[tuple[str, int]] = Counter()
    for photo in labelled_shelves():
        skus, numbers = np.array(photo.facing_skus, object), runs(photo)
        assert -1 not in numbers
        for run in np.unique(numbers[skus != ""]):
            assert 1 == len(set(skus[numbers == run]))
            of_run[photo.name, int(run)] += int((numbers == run).sum())

    assert 813 == sum(of_run.values())
    assert 352 < len(of_run) < 500
