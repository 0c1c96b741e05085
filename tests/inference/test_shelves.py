"""Boxes are put on shelves, at positions, above lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.accuracy.photos import PRICE_TAG, PRODUCT, LabelledShelf, labelled_shelves
from bench.accuracy.standing import NO_SHELF, exactly_right, true_shelves
from inference.shelves import arrange, standing_on
from tests.inference.drawn import NO_TAGS, SIZE, boxes, drawn_shelves, mirror


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
    """Shuffled boxes, scores and tags get the same answers, and the lines are the same."""
    found, _, tags = drawn_shelves(seed, slope=0.03, stacked=True)
    shuffle = data.draw(st.permutations(range(len(found))))
    shuffle_tags = data.draw(st.permutations(range(len(tags))))

    scores = np.random.default_rng(seed).uniform(0.3, 0.9, len(found)).astype("f4")

    one = arrange(found, tags, SIZE, scores)
    other = arrange(found[shuffle], tags[shuffle_tags], SIZE, scores[shuffle])

    assert np.array_equal(one.shelf_index[shuffle], other.shelf_index)
    assert np.array_equal(one.position_index[shuffle], other.position_index)
    assert np.array_equal(one.tag_shelf_index[shuffle_tags], other.tag_shelf_index)
    assert np.array_equal(one.lines, other.lines)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10_000),
    slope=st.floats(-0.05, 0.05),
    factor=st.sampled_from([0.25, 0.5, 2.0, 4.0]),
)
def test_a_photo_of_another_size_has_the_same_shelves(seed: int, slope: float, factor: float):
    """Scaled boxes get the same answers, and the lines scale with them."""
    found, _, tags = drawn_shelves(seed, slope=slope, stacked=True)
    size = (int(SIZE[0] * factor), int(SIZE[1] * factor))

    one, other = arrange(found, tags, SIZE), arrange(found * factor, tags * factor, size)

    assert one.shelf_index.tolist() == other.shelf_index.tolist()
    assert one.position_index.tolist() == other.position_index.tolist()
    assert np.allclose(one.lines * factor, other.lines, rtol=1e-3)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), slope=st.floats(-0.05, 0.05))
def test_a_mirrored_photo_has_the_same_shelves(seed: int, slope: float):
    """Left and right do not matter to the shelves."""
    found, _, tags = drawn_shelves(seed, slope=slope, stacked=True)

    mirrored = arrange(mirror(found), mirror(tags), SIZE)

    assert arrange(found, tags, SIZE).shelf_index.tolist() == mirrored.shelf_index.tolist()


@pytest.mark.parametrize("photo", labelled_shelves(), ids=lambda photo: photo.name)
def test_a_real_photo_mirrored_or_halved_has_the_same_shelves(photo: LabelledShelf):
    """Real boxes are less tidy than drawn ones; still nothing depends on left, right or size."""
    found, tags, size = photo.of(PRODUCT), photo.of(PRICE_TAG), (photo.width, photo.height)
    expected = arrange(found, tags, size).shelf_index.tolist()

    mirrored = arrange(mirror(found, photo.width), mirror(tags, photo.width), size)
    halved = arrange(found / 2, tags / 2, (photo.width // 2, photo.height // 2))

    assert expected == mirrored.shelf_index.tolist()
    assert expected == halved.shelf_index.tolist()


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), slope=st.floats(-0.05, 0.05), data=st.data())
def test_a_few_unsure_boxes_make_no_shelf(seed: int, slope: float, data: st.DataObject):
    """Small false alarms on the ceiling and on the floor shift no shelf."""
    found, shelf_of, tags = drawn_shelves(seed, slope=slope)
    x = data.draw(st.lists(st.integers(0, 1100), min_size=1, max_size=3, unique=True))
    false = boxes(*((left, 10, left + 50, 60) for left in x), (x[0], 950, x[0] + 50, 990))
    scores = np.r_[np.full(len(found), 0.8), np.full(len(false), 0.5)]

    shelves = arrange(np.r_[found, false], tags, SIZE, scores.astype("f4"))

    assert shelf_of.tolist() == shelves.shelf_index[: len(found)].tolist()
    assert 3 == len(shelves.lines)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(*[st.integers(0, 100)] * 4), max_size=25),
    st.lists(st.tuples(*[st.integers(0, 100)] * 4), max_size=6),
    st.integers(0, 100),
)
def test_any_boxes_are_arranged(
    found: list[tuple[int, ...]], tags: list[tuple[int, ...]], seed: int
):
    """However senseless the boxes: shelves count from 0 without gaps, so do positions."""
    scores = np.random.default_rng(seed).integers(0, 2, len(found)).astype("f4") if seed else None

    shelves = arrange(boxes(*found), boxes(*tags), (100, 100), scores)

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


def test_real_facings_stand_on_the_labelled_shelf():
    """Of all labelled facings on 26 real photos 98 % get the very index a person gave them."""
    right = judged = 0
    for photo in labelled_shelves():
        boxes = photo.of(PRODUCT), photo.of(PRICE_TAG)
        found, true = arrange(*boxes, (photo.width, photo.height)), true_shelves(photo)
        right += exactly_right(found.shelf_index, true)
        judged += int((true != NO_SHELF).sum())

    assert right / judged > 0.98


def test_a_box_stands_on_the_line_that_is_nearest_to_its_foot():
    """Lines may be tilted; without a line there is no shelf."""
    lines = np.array([[0, 100, 100, 100], [0, 200, 100, 300]], np.float32)
    feet = np.array([[0, 0, 10, 120], [80, 90, 100, 210], [80, 90, 100, 190]], np.float32)

    assert [0, 1, 0] == standing_on(feet, lines).tolist()
    assert [-1] == standing_on(feet[:1], lines[:0]).tolist()
