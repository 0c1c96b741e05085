"""Boxes are put on shelves, at positions, above lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.accuracy.photos import PRICE_TAG, PRODUCT, LabelledShelf, labelled_shelves
from bench.accuracy.standing import NO_SHELF, exactly_right, true_shelves
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


def row(bottom: float, *, x: float = 0, count: int = 5, height: float = 100) -> np.ndarray:
    """Boxes of 90 x height side by side, from x on."""
    left = [x + 100 * i for i in range(count)]
    return boxes(*((at, bottom - height, at + 90, bottom) for at in left))


def tags_under(bottom: float, *, x: float = 0, count: int = 5) -> np.ndarray:
    """Tags of 60 x 40 on the rail under a row."""
    left = [x + 100 * i for i in range(count)]
    return boxes(*((at, bottom + 4, at + 60, bottom + 44) for at in left))


def mirror(found: np.ndarray, width: float = SIZE[0]) -> np.ndarray:
    """Boxes of the photo seen in a mirror."""
    return np.c_[width - found[:, 2], found[:, 1], width - found[:, 0], found[:, 3]].astype("f4")


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


def test_a_price_tag_parts_what_touches():
    """Two boxes that touch are a stack, unless a tag hangs between them."""
    found = boxes((0, 0, 90, 100), (0, 103, 90, 200))
    tag = boxes((20, 95, 70, 112))

    assert [0, 0] == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()
    assert [0, 1] == arrange(found, tag, SIZE).shelf_index.tolist()


def test_a_loose_stack_is_one_stack_where_tags_tell_the_rail():
    """Three boxes with gaps of 15 pixels: too wide to touch, too narrow for a rail of 40."""
    stack = boxes((0, 0, 90, 90), (0, 105, 90, 195), (0, 210, 90, 300))

    assert [0, 1, 2] == arrange(stack, NO_TAGS, SIZE).shelf_index.tolist()
    assert [0, 0, 0] == arrange(stack, tags_under(300, count=1), SIZE).shelf_index.tolist()


def test_a_shelf_below_begins_under_the_rail():
    """With a rail between them, a box above a box is a shelf of its own."""
    found = np.r_[row(100), row(250)]

    shelves = arrange(found, tags_under(100), SIZE)

    assert [0] * 5 + [1] * 5 == shelves.shelf_index.tolist()


def test_a_false_alarm_above_the_top_shelf_shifts_nothing():
    """A lamp taken for a product, less sure than the facings, is put on the nearest shelf."""
    found, scores = np.r_[boxes((500, 5, 600, 105)), row(300), row(600)], np.full(11, 0.8, "f4")

    assert [0] + [1] * 5 + [2] * 5 == arrange(found, NO_TAGS, SIZE, scores).shelf_index.tolist()
    scores[0] = 0.55
    assert [0] * 6 + [1] * 5 == arrange(found, NO_TAGS, SIZE, scores).shelf_index.tolist()


def test_one_facing_alone_stands_on_a_shelf():
    """A sure facing needs no company, a small one with a tag under it neither."""
    alone, small = boxes((300, 200, 390, 300)), boxes((300, 250, 360, 300))
    found = np.r_[alone, row(600), row(900)]
    scores = np.full(11, 0.8, "f4")

    assert 3 == len(arrange(found, NO_TAGS, SIZE, scores).lines)
    found[:1] = small
    assert 2 == len(arrange(found, NO_TAGS, SIZE, scores).lines)
    assert 3 == len(arrange(found, tags_under(300, x=300, count=1), SIZE, scores).lines)
    assert 3 == len(arrange(found, NO_TAGS, SIZE).lines)


def test_labels_on_a_rail_are_no_shelf():
    """Boxes as low as the tags beside them, on the same rail, belong to the shelf of the rail."""
    labels = boxes((70, 305, 98, 342), (170, 305, 198, 342), (510, 305, 580, 345))
    found = np.r_[row(300), labels, row(600)]

    shelves = arrange(found, tags_under(300), SIZE)

    assert [0] * 8 + [1] * 5 == shelves.shelf_index.tolist()
    assert np.allclose([300, 600], shelves.lines[:, 1], atol=3)


def test_bags_on_hooks_belong_to_the_shelf_they_hang_over():
    """What hangs between boxes, half as high above their line, is on their shelf."""
    bags = boxes((500, 160, 590, 265), (600, 150, 690, 255))
    found = np.r_[row(300), bags, row(300, x=700), row(600, count=12)]

    assert [0] * 12 + [1] * 12 == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()


def test_bins_one_behind_the_other_are_two_shelves():
    """The line of the row behind cuts the bottles in front, but each row stands on one line."""
    behind = np.r_[row(240, x=300, count=3, height=240), row(240, x=900, count=3, height=240)]
    front = np.r_[row(400, count=3, height=300), row(400, x=600, count=3, height=300)]

    shelves = arrange(np.r_[behind, front], NO_TAGS, SIZE)

    assert [0] * 6 + [1] * 6 == shelves.shelf_index.tolist()


def test_racks_side_by_side_have_shelves_of_their_own():
    """Boards of two racks that differ by a facing's height are counted from the top together."""
    left, right = (300, 600), (400, 750)
    found = np.concatenate([row(y) for y in left] + [row(y, x=600) for y in right])
    tags = np.concatenate([tags_under(y) for y in left] + [tags_under(y, x=600) for y in right])
    expected = [0] * 5 + [2] * 5 + [1] * 5 + [3] * 5

    assert expected == arrange(found, tags, SIZE).shelf_index.tolist()
    assert expected == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()


def test_tags_tell_boards_apart_that_boxes_cannot():
    """The last facing of a rack looks as if it stood on the board beside; its tag knows better."""
    found = np.r_[row(500, x=400, count=1), row(560, x=500)]
    tags = np.r_[tags_under(500, x=400, count=1), tags_under(560, x=500)]

    assert [0] * 6 == arrange(found, NO_TAGS, SIZE).shelf_index.tolist()
    assert [0] + [1] * 5 == arrange(found, tags, SIZE).shelf_index.tolist()


def test_racks_whose_boards_nearly_meet_share_their_shelves():
    """Boards that part by less than half a facing are one shelf, whatever hides their line."""
    sunk = row(270, height=60)
    found = np.r_[sunk, row(320, x=600), row(600), row(610, x=600)]
    tags = np.r_[tags_under(290), tags_under(320, x=600)]

    assert [0] * 10 + [1] * 10 == arrange(found, tags, SIZE).shelf_index.tolist()


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
