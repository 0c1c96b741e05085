"""Tops: on steep photos what stands uppermost in front grows by its lid or top."""

import numpy as np
import pytest

from training.brands import KINDS
from training.facings import Facing
from training.packages import Package
from training.plane import opaque
from training.tops import STEEP, show_tops

PICTURE = opaque(np.full((60, 40, 3), 120, np.uint8))


def pile(kind: str, above: float) -> tuple[list[Facing], list[Facing]]:
    """Two packs on each other, before and after."""
    package = Package(PICTURE, 20, next(k for k in KINDS if k.name == kind), 0)
    group = [Facing(PICTURE, 10, y, 1, 0, standing=True) for y in (140, 80)]
    return group, show_tops(np.random.default_rng(1), group, package, above)


@pytest.mark.parametrize("kind", ["can", "box"])
def test_only_the_uppermost_grows_upwards(kind: str):
    """Its foot stays; what lies under another keeps its picture."""
    before, after = pile(kind, above=1)

    assert before[0] == after[0]
    assert after[1].bottom == before[1].bottom
    assert after[1].y < before[1].y - 3


@pytest.mark.parametrize(("kind", "above"), [("can", STEEP - 0.01), ("pouch", 1.0)])
def test_level_photos_and_soft_packs_show_no_tops(kind: str, above: float):
    """Nothing changes."""
    before, after = pile(kind, above)

    assert before == after
