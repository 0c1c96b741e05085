"""What stands beside a facing has a say in what it is, as far as it looks alike."""

import numpy as np
import pytest
from msgspec.structs import replace

from inference.neighbours import Neighbours, heeded, says
from inference.types import Floats

GIVEN = Neighbours(unlike=0.5, alike=0.9, together=2, apart=0.5, beside=0.5, size=2)
SIDE_BY_SIDE = [(0, 0, 10, 20), (10, 0, 20, 20)]


def alike(cosine: float) -> Floats:
    """Two vectors of length 1."""
    return np.array([[1, 0], [cosine, np.sqrt(1 - cosine**2)]], np.float32)


def say(*boxes: tuple[float, ...], cosine: float = 1.0) -> float:
    """What the second of two boxes has to say about the first."""
    return round(float(says(alike(cosine), np.array(boxes, np.float32), GIVEN)[0, 1]), 3)


@pytest.mark.parametrize(("cosine", "expected"), [(0.4, 0), (0.5, 0), (0.7, 0.5), (0.9, 1), (1, 1)])
def test_a_neighbour_speaks_as_far_as_it_looks_alike(cosine: float, expected: float):
    """From the card's `unlike` on, as loud as the facing itself from `alike` on."""
    assert expected == say(*SIDE_BY_SIDE, cosine=cosine)


@pytest.mark.parametrize(
    "other",
    [
        (14, 0, 24, 20),  # a gap of less than half a width
        (7, 0, 17, 20),  # a little behind
        (10, 9, 20, 29),  # lower, but more than half beside
        (0, 20, 10, 40),  # under it
        (0, 29, 10, 49),  # under it, a gap of less than half a height
        (10, 0, 29, 20),  # nearly twice as wide
    ],
)
def test_neighbours_touch_or_nearly_do(other: tuple[float, ...]):
    """Beside, above or below, of about one size."""
    assert 1 == say(SIDE_BY_SIDE[0], other)
    assert 1 == say(other, SIDE_BY_SIDE[0])


@pytest.mark.parametrize(
    "other",
    [
        (16, 0, 26, 20),  # too far to the right
        (10, 11, 20, 31),  # too low
        (0, 31, 10, 51),  # too far below
        (10, 20, 20, 40),  # across the corner
        (4, 0, 14, 20),  # the same pack, seen twice
        (10, 0, 31, 20),  # more than twice as wide
    ],
)
def test_what_stands_elsewhere_has_no_say(other: tuple[float, ...]):
    """Nor has what is no pack of about that size."""
    assert 0 == say(SIDE_BY_SIDE[0], other)
    assert 0 == say(other, SIDE_BY_SIDE[0])


def test_look_alikes_are_looked_up_as_one():
    """Half hidden, the first leans to the wrong SKU; its two neighbours put it right."""
    right, wrong = np.array([1, 0, 0]), np.array([0, 1, 0])
    facings = np.array([[0.6, 0.62, 0.5], [0.8, 0.4, 0.44], [0.78, 0.42, 0.46]], np.float32)
    facings /= np.linalg.norm(facings, axis=1, keepdims=True)
    boxes = np.array([(10 * n, 0, 10 * n + 10, 20) for n in (1, 0, 2)], np.float32)

    looked_up = heeded(facings, boxes, GIVEN)

    assert facings[0] @ wrong > facings[0] @ right
    assert (looked_up @ right > looked_up @ wrong).all()
    assert np.allclose(1, np.linalg.norm(looked_up, axis=1))


@pytest.mark.parametrize(("together", "kept"), [(0.9, True), (1.2, False)])
def test_a_reference_is_not_outvoted(together: float, kept: bool):
    """Between two packs of a look-alike, all three being references: unless the card lets it."""
    mine, theirs = alike(0.9)
    facings = np.stack([theirs, mine, theirs])
    boxes = np.array([(10 * n, 0, 10 * n + 10, 20) for n in range(3)], np.float32)

    looked_up = heeded(facings, boxes, replace(GIVEN, together=together))[1]

    assert kept == (looked_up @ mine > looked_up @ theirs)


def test_without_neighbours_a_vector_stays_as_it_is():
    """Alone on the shelf, beside what looks different, or with a card that asks for nothing."""
    boxes = np.array(SIDE_BY_SIDE, np.float32)

    assert np.allclose(alike(0.3), heeded(alike(0.3), boxes, GIVEN))
    assert np.allclose(alike(0.8)[:1], heeded(alike(0.8)[:1], boxes[:1], GIVEN))
    assert np.allclose(alike(0.8), heeded(alike(0.8), boxes, None))
    assert (0, 2) == heeded(alike(1)[:0], boxes[:0], GIVEN).shape


def test_the_order_of_facings_does_not_matter():
    """Whoever asks hears the same."""
    rng = np.random.default_rng(0)
    vectors = np.abs(rng.normal(size=(40, 6))).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    corners = rng.uniform(0, 60, (40, 2))
    boxes = np.concatenate([corners, corners + rng.uniform(8, 14, (40, 2))], 1).astype(np.float32)
    order = rng.permutation(40)

    said = says(vectors, boxes, GIVEN)

    assert 40 < (said > 0).sum()
    assert np.allclose(1, said.diagonal())
    assert np.allclose(said[np.ix_(order, order)], says(vectors[order], boxes[order], GIVEN))
