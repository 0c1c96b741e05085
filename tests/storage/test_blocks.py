"""Blocks of a planogram out of fronts."""

from hypothesis import given
from hypothesis import strategies as st

from storage.blocks import Block, Front, blocks


def front(sku_id: int | None, x: float, y: float = 0, width: float = 10, height: float = 20):
    return Front(sku_id, x, y, x + width, y + height)


def row(*sku_ids: int | None, y: float = 0) -> list[Front]:
    """Fronts side by side, touching."""
    return [front(sku_id, 10.0 * n, y) for n, sku_id in enumerate(sku_ids)]


def test_runs_side_by_side_are_blocks():
    """Also when another product stands between two runs of one SKU."""
    assert [Block(7, 2, 1), Block(8, 1, 1), Block(7, 1, 1)] == blocks([row(7, 7, 8, 7)])


def test_stacks_are_as_high_as_they_are():
    """A run whose heights differ is two blocks: no front is lost."""
    fronts = row(7, 7, 7, y=20) + row(7, 7)

    assert [Block(7, 2, 2), Block(7, 1, 1)] == blocks([fronts])


def test_two_skus_on_top_of_each_other_are_two_blocks():
    """The upper first."""
    assert [Block(8, 2, 1), Block(7, 2, 1)] == blocks([row(8, 8) + row(7, 7, y=20)])


def test_an_unnamed_front_ends_a_run():
    """It makes no block."""
    assert [Block(7, 1, 1), Block(7, 1, 1)] == blocks([row(7, None, 7)])


def test_a_run_goes_on_in_the_next_photo():
    """Boxes of different photos are not compared."""
    assert [Block(7, 4, 1)] == blocks([row(7, 7), row(7, 7)])


def test_the_order_of_fronts_does_not_matter():
    """The same shelf gives the same blocks."""
    fronts = row(7, 7, 8, y=20) + row(7, 7)

    assert blocks([fronts]) == blocks([fronts[::-1]])


def test_fronts_that_overlap_a_little_stand_side_by_side():
    """As boxes of a detector do."""
    assert [Block(7, 2, 1)] == blocks([[front(7, 0, width=11), front(7, 8, 1, width=11)]])


def test_an_empty_shelf_has_no_blocks():
    """Nor has one without photos."""
    assert [] == blocks([[]]) == blocks([])


PLACES = st.tuples(st.sampled_from([None, 7, 8]), st.integers(0, 60), st.integers(0, 60))


@given(st.lists(st.lists(PLACES, max_size=12), max_size=3))
def test_every_named_front_is_in_a_block(places: list[list[tuple[int | None, int, int]]]):
    """Wherever the fronts stand, and whatever overlaps."""
    parts = [[front(*place) for place in part] for part in places]
    named = sum(place[0] is not None for part in places for place in part)

    assert named == sum(block.facing_x * block.facing_y for block in blocks(parts))
