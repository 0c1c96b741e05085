"""The plane knows which pixels belong to what, whatever covers it."""

import numpy as np

from training.materials import Materials
from training.plane import PRICE_TAG, PRODUCT, Item, Plane, opaque
from training.price_labels import draw_price_label
from training.shelves import IGNORED, visible_boxes
from training.stores import random_store

STRAIGHT = np.eye(3)


def empty_plane(width: int = 100, height: int = 80) -> Plane:
    """A plane with nothing on it."""
    return Plane(np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.int16))


def block(width: int, height: int) -> np.ndarray:
    """An opaque sprite."""
    return opaque(np.full((height, width, 3), 200, np.uint8))


def test_price_tag_lies_inside_its_box():
    """The pixels of a drawn price tag and its box agree."""
    plane = empty_plane()
    style = random_store(np.random.default_rng(0), Materials()).label_style
    label = draw_price_label(np.random.default_rng(0), (40, 24), style)
    plane.paste(opaque(label.picture), 30, 20, item=Item(PRICE_TAG, text=label.price))

    boxes, labels, _ = visible_boxes(plane, plane.owners, STRAIGHT)

    assert [[30, 20, 70, 44]] == boxes.tolist()
    assert [PRICE_TAG] == labels.tolist()
    assert (24, 40, 3) == label.picture.shape


def test_covered_part_does_not_count():
    """A product behind a tray ends where the tray begins."""
    plane = empty_plane()
    plane.paste(block(20, 40), 10, 10, item=Item(PRODUCT, sku=4))
    plane.fill(0, 40, 100, 50, np.array((90, 60, 30)))

    boxes, labels, kept = visible_boxes(plane, plane.owners, STRAIGHT)

    assert [[10, 10, 30, 40]] == boxes.tolist()
    assert [PRODUCT] == labels.tolist()
    assert [0] == kept


def test_mostly_hidden_product_is_ignored():
    """Less than half visible is neither hit nor miss."""
    plane = empty_plane()
    plane.paste(block(20, 40), 10, 10, item=Item(PRODUCT, sku=4))
    plane.fill(0, 22, 100, 80, np.zeros(3))

    _, labels, _ = visible_boxes(plane, plane.owners, STRAIGHT)

    assert [IGNORED] == labels.tolist()


def test_what_leaves_the_plane_is_clipped():
    """Painting beyond the border is no error."""
    plane = empty_plane(10, 10)
    plane.paste(block(8, 8), -4, -4, item=Item(PRODUCT))
    plane.fill(-5, 5, 50, 50, np.linspace(0, 255, 45)[:, None, None])

    boxes, _, _ = visible_boxes(plane, plane.owners, STRAIGHT)

    assert [[0, 0, 4, 4]] == boxes.tolist()
