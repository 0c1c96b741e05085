"""Boxes are put on shelves, at positions, above lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.accuracy.photos import PRICE_TAG, PRODUCT, labelled_shelves
from inference.shelves import arrange

SIZE = (1200, 900)
NO_TAGS = np.zeros((0, 4), np.float32)


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    """(n, 4) float32."""
    return np.array(rows, np.float32).reshape(-1, 4)


def drawn_shelves(
    seed: int, *, slope: float = 0.0, converging: float = 0.0, stacked: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three drawn shelves: boxes, the shelf of each, tags on the edges."""
    rng = np.random.default_rng(seed)
    found, shelf_of, tags = [], [], []
    for shelf, edge in enumerate((280.0, 560.0, 850.0)):
        lean = slope + converging * (edge - SIZE[1] / 2) / SIZE[1]
        x = rng.uniform(0, 30)
        while x < SIZE[0] - 120:
            width, height = rng.uniform(50, 110), rng.uniform(70, 110)
            bottom = edge + lean * (x + width / 2 - SIZE[0] / 2) + rng.uniform(-3, 3)
            for level in range(2 if stacked and rng.random() < 0.5 else 1):
                foot = bottom - level * height
                found.append((x, foot - height, x + width, foot))
                shelf_of.append(shelf)
            if rng.random() < 0.4:
                tags.append((x, bottom + 5, x + 40, bottom + 30))
            x += width + rng.uniform(0, 25)
    return boxes(*found), np.array(shelf_of), boxes(*tags)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), slope=st.floats(-0.06, 0.06), tagged=st.booleans())
def test_tilted_shelves_are_told_apart(seed: int, slope: float, tagged: bool):
    """Shelves seen at a slope are found, with or without price tags."""
    found, shelf_of, tags = drawn_shelves(seed, slope=slope)

    shelves = arrange(found, tags if tagged else NO_TAGS, SIZE)

    assert shelf_of.tolist() == shelves.shelf_index.tolist()


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), converging=st.floats(-0.12, 0.12))
def test_stacks_in_perspective_share_their_shelf(seed: int, converging: float):
    """Stacked boxes stand on the shelf of the lowest, also where lines converge."""
    found, shelf_of, tags = drawn_shelves(seed, converging=converging, stacked=True)

    assert shelf_of.tolist() == arrange(found, tags, SIZE).shelf_index.tolist()


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), data=st.data())
def test_the_order_of_boxes_does_not_matter(seed: int, data: st.DataObject):
    """Shuffled boxes and tags get the same answers, and the lines are the same."""
    found, _, tags = drawn_shelves(seed, slope=0.03, stacked=True)
    shuffle = data.draw(st.permutations(range(len(found))))
    shuffle_tags = data.draw(st.permutations(range(len(tags))))

    one, other = arrange(found, tags, SIZE), arrange(found[shuffle], tags[shuffle_tags], SIZE)

    assert np.array_equal(one.shelf_index[shuffle], other.shelf_index)
    assert np.array_equal(one.position_index[shuffle], other.position_index)
    assert np.array_equal(one.tag_shelf_index[shuffle_tags], other.tag_shelf_index)
    assert np.array_equal(one.lines, other.lines)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(*[st.integers(0, 100)] * 4), max_size=25),
    st.lists(st.tuples(*[st.integers(0, 100)] * 4), max_size=6),
)
def test_any_boxes_are_arranged(found: list[tuple[int, ...]], tags: list[tuple[int, ...]]):
    """However senseless the boxes: shelves count from 0 without gaps, so do positions."""
    shelves = arrange(boxes(*found), boxes(*tags), (100, 100))

    ids = np.unique(shelves.shelf_index)
    assert list(range(len(ids))) == ids.tolist()
    for shelf in ids:
        positions = np.sort(shelves.position_index[shelves.shelf_index == shelf])
        assert list(range(len(positions))) == positions.tolist()
    assert (len(ids), 4) == shelves.lines.shape
    assert np.isfinite(shelves.lines).all()
    assert len(tags) == len(shelves.tag_shelf_index)


def test_positions_run_from_the_left_and_stacks_from_the_top():
    """A stack is counted at its place in the row, its highest box first."""
    found = boxes((200, 60, 290, 100), (300, 20, 360, 100), (202, 20, 292, 60), (0, 30, 90, 100))

    assert [2, 3, 1, 0] == arrange(found, NO_TAGS, SIZE).position_index.tolist()


def test_a_price_tag_parts_what_touches():
    """Two boxes that touch are a stack, unless a tag hangs between them."""
    found = boxes((0, 0, 90, 100), (0, 103, 90, 200))
    tag = boxes((20, 95, 70, 112))

    assert [0, 0] == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()
    assert [0, 1] == arrange(found, tag, SIZE).shelf_index.tolist()


def test_lines_run_under_the_products_from_edge_to_edge():
    """The line of a shelf passes under its boxes, from x = 0 to the photo's width."""
    found, shelf_of, tags = drawn_shelves(5, slope=0.04)

    lines = arrange(found, tags, SIZE).lines

    middle = (found[:, 0] + found[:, 2]) / 2
    x1, y1, x2, y2 = lines[shelf_of].T
    expected = y1 + (y2 - y1) * middle / SIZE[0]
    assert (3, 4) == lines.shape
    assert {0.0} == set(x1.tolist())
    assert {1200.0} == set(x2.tolist())
    assert np.abs(expected - found[:, 3]).max() < 8


def test_tags_belong_to_the_shelf_above_them():
    """A tag on a shelf's edge belongs to that shelf."""
    found, _, tags = drawn_shelves(5, slope=0.04)
    expected = np.searchsorted([420, 700], tags[:, 1])

    assert expected.tolist() == arrange(found, tags, SIZE).tag_shelf_index.tolist()


def test_without_products_there_is_no_shelf():
    """Tags alone are on no shelf."""
    shelves = arrange(NO_TAGS, boxes((0, 0, 9, 9)), SIZE)

    assert ([], [-1], (0, 4)) == (
        shelves.shelf_index.tolist(),
        shelves.tag_shelf_index.tolist(),
        shelves.lines.shape,
    )


@pytest.mark.parametrize(
    ("name", "shelf_count"),
    [
        ("jp_20250529_034303-359.jpg", 4),
        ("jp_20250529_034321-360.jpg", 4),
        ("no_IMG_20180105_175641.jpg", 3),
        ("no_IMG_20180105_175637.jpg", 4),
    ],
)
def test_real_shelves_are_counted_as_people_do(name: str, shelf_count: int):
    """On labelled boxes of real photos there are as many shelves as a person sees."""
    photo = next(photo for photo in labelled_shelves() if photo.name == name)

    found = arrange(photo.of(PRODUCT), photo.of(PRICE_TAG), (photo.width, photo.height))

    assert shelf_count == len(found.lines)
