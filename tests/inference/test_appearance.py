"""What a facing looks like beside what the network says of it: its colours and its shape."""

import msgspec
import numpy as np
import pytest

from inference.appearance import Appearance, AppearanceReader
from inference.card import MODELS, EmbedderCard, load_card

RED, GREEN, WHITE = (200, 30, 30), (30, 150, 40), (250, 250, 250)
GIVEN = Appearance(
    network=0.25,
    shape=0.8,
    turn=0.8,
    lightness=0.1,
    spread=3.0,
    zones=(-0.45, 0.45),
    reach=(0.4, 0.6),
    palette=((45, 60, 40), (53, -50, 45), (95, 0, 0), (10, 0, 0)),
)


def crop(top: tuple[int, int, int], bottom: tuple[int, int, int], light: float = 1.0) -> np.ndarray:
    """Two colours, one above the other."""
    pixels = np.zeros((128, 96, 3), np.uint8)
    pixels[:64], pixels[64:] = (np.array(each) * light for each in (top, bottom))
    return pixels


def alike(*crops: np.ndarray) -> np.ndarray:
    """How much the first has in common with each of the others."""
    colours = AppearanceReader(GIVEN).colours(np.stack(crops))
    return colours[0] @ colours[1:].T


def test_colours_are_told_apart():
    """Red has all in common with red, nothing with green."""
    same, other = alike(crop(RED, RED), crop(RED, RED), crop(GREEN, GREEN))

    assert (pytest.approx(1, abs=1e-5), pytest.approx(0, abs=0.05)) == (same, other)


def test_it_matters_where_a_colour_is():
    """Red above green is neither green above red nor all red."""
    turned, half = alike(crop(RED, GREEN), crop(GREEN, RED), crop(RED, RED))

    assert max(turned, half) < 0.8


def test_less_light_is_no_other_colour():
    """A pack at the back of the shelf gets two thirds of the light."""
    (darker,) = alike(crop(RED, GREEN), crop(RED, GREEN, 0.67))

    assert darker > 0.8


def test_the_border_counts_little():
    """What stands beside the product is not the product."""
    framed = crop(RED, GREEN)
    framed[:, :8] = framed[:, -8:] = WHITE

    assert alike(crop(RED, GREEN), framed)[0] > 0.9


def test_a_wide_box_is_unlike_a_tall_one():
    """A bar is no bottle; a box that is off by a tenth still fits."""
    boxes = np.array([(0, 0, 30, 90), (0, 0, 33, 90), (50, 50, 140, 80), (0, 0, 1, 900)])

    shapes = AppearanceReader(GIVEN).shapes(boxes)

    assert shapes[0] @ shapes[1] > 0.99
    assert shapes[0] @ shapes[2] < 0
    assert np.allclose(1, np.linalg.norm(shapes, axis=1))


def test_a_vector_has_length_one():
    """Its product with another is the weighted mean of what network, colours and shape say."""
    crops = np.stack([crop(RED, GREEN), crop(RED, RED)])
    boxes = np.array([(0, 0, 30, 90), (0, 0, 30, 90)])
    seen = np.eye(6, dtype=np.float32)[:2]
    reader = AppearanceReader(GIVEN)
    colours = reader.colours(crops)

    one, other = reader.vectors(seen, crops, boxes)

    assert (6 + 2 * 4 + 2,) == one.shape
    assert pytest.approx(1, abs=1e-5) == float(one @ one)
    expected = (float(colours[0] @ colours[1]) + 0.8) / (0.25 + 1 + 0.8)
    assert pytest.approx(expected, abs=1e-5) == float(one @ other)


def test_another_appearance_is_another_embedder():
    """Its vectors do not compare, so its key differs; the length is known beforehand."""
    card = load_card(MODELS / "sku-embedder-0.2.0")
    assert isinstance(card, EmbedderCard)
    assert card.appearance
    other = msgspec.structs.replace(card.appearance, shape=0.7)
    bare = msgspec.structs.replace(card, appearance=None)

    keys = {each.key for each in (card, msgspec.structs.replace(card, appearance=other), bare)}

    assert (3, 256, 128) == (len(keys), card.dimensions, bare.dimensions)
