"""A tag belongs to the product above it on its shelf edge."""

import numpy as np

from inference.tag_owner import tag_owners

PRODUCTS = np.array([[0, 0, 50, 90], [50, 0, 100, 90], [0, 120, 100, 190]], np.float32)
SHELVES = np.array([0, 0, 1], np.int32)


def owners(*tags: tuple[float, float, float, float], edge: int = 0, above: int = 0) -> list[int]:
    """Owners of tags on one edge; `above` leaves out the first products."""
    boxes = np.array(tags, np.float32).reshape(-1, 4)
    edges = np.full(len(tags), edge, np.int32)
    return tag_owners(PRODUCTS[above:], SHELVES[above:], boxes, edges).tolist()


def test_the_product_above_owns_the_tag():
    """The one over the middle of the tag."""
    assert [0, 1] == owners((10, 95, 30, 105), (60, 95, 90, 105))


def test_products_above_come_first_even_when_those_below_are_nearer():
    """Tags hang under what they speak of."""
    assert [1] == owners((60, 108, 90, 119))


def test_an_edge_with_nothing_above_belongs_to_what_is_below():
    """All its tags do."""
    assert [0, 0] == owners((10, 95, 30, 105), (60, 95, 90, 105), above=2)


def test_a_tag_beside_all_products_has_no_owner():
    """Its product is not in the photo."""
    assert [-1] == owners((140, 95, 160, 105))


def test_without_products_nobody_owns_a_tag():
    """No product, no owner."""
    assert [-1] == owners((0, 95, 10, 105), above=3)


def test_the_order_of_tags_does_not_matter():
    """Each keeps its owner."""
    tags = [(10.0, 95.0, 30.0, 105.0), (60.0, 95.0, 90.0, 105.0), (140.0, 95.0, 160.0, 105.0)]

    assert owners(*tags)[::-1] == owners(*tags[::-1])
