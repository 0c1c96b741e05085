"""The planogram bench disturbs shelves as it says it does."""

from random import Random

import numpy as np
import pytest

from bench.accuracy.photos import labelled_shelves
from bench.planogram.disturb import FOREIGN, KINDS, disturb
from bench.planogram.judge import Tally, judge
from bench.planogram.shelf import facings_of, no_sizes, photos_of, planogram_of, shelves_of
from flows.reports.planogram_compliance import planogram_compliance

PHOTO = labelled_shelves()[0]
SHELVES = shelves_of(PHOTO)
SKUS = {product.sku for shelf in SHELVES for product in shelf if product.sku}
IDS = {sku: number + 1 for number, sku in enumerate(sorted(SKUS | {FOREIGN}))}


def seeded() -> Random:
    """The same numbers in every run."""
    return Random(1)  # noqa: S311 - no secret


def test_a_shelf_is_its_own_planogram():
    """Every labelled facing is in the facings, every named one in the planogram."""
    planogram, facings = planogram_of(SHELVES, IDS), facings_of(SHELVES, IDS)

    assert len(PHOTO.facing_skus) == facings.height
    assert facings["sku_id"].count() == (planogram["facing_x"] * planogram["facing_y"]).sum()


@pytest.mark.parametrize("kind", KINDS)
def test_a_disturbance_is_found(kind: str):
    """One change of each kind, its status and the faces that are in place."""
    changed, expected = disturb(SHELVES, [kind], seeded(), width=PHOTO.width)
    facings = facings_of(changed, IDS)

    answer = planogram_compliance(planogram_of(SHELVES, IDS), facings, photos_of(PHOTO), no_sizes())
    tally = Tally()
    judge(tally, answer, expected)

    assert expected.statuses or expected.extra
    assert tally.records == tally.right
    assert 1 == tally.within_one


def test_undisturbed_products_keep_their_boxes():
    """A replaced product changes its SKU and nothing else."""
    changed, _ = disturb(SHELVES, ["substitute"], seeded(), width=PHOTO.width)

    before, after = facings_of(SHELVES, IDS), facings_of(changed, IDS)
    boxes = ["x1", "y1", "x2", "y2"]
    assert np.array_equal(before[boxes].to_numpy(), after[boxes].to_numpy())
