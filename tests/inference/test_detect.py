"""A detector finds boxes on photos of any size."""

from collections.abc import Callable

import numpy as np
import openvino as ov
import openvino.opset13 as op
import pytest

from inference.detect import Detector
from inference.errors import BadModel
from inference.types import Floats, Pixels
from tests.inference import tiny


def test_boxes_are_where_the_dots_are(detector: Detector):
    """Products and tags are found with their sizes, best first."""
    photo = tiny.photo(256, 192, (4, 5, tiny.PRODUCT, 60), (12, 20, tiny.PRICE_TAG, 10))

    found = detector.detect(photo)

    order = np.argsort(found.labels)
    assert [tiny.PRODUCT, tiny.PRICE_TAG] == found.labels[order].tolist()
    assert np.allclose([tiny.box(4, 5, 60), tiny.box(12, 20, 10)], found.boxes[order], atol=0.01)
    assert (np.float32, np.float32, np.int32) == (
        found.boxes.dtype,
        found.scores.dtype,
        found.labels.dtype,
    )
    assert not found.capped


@pytest.mark.parametrize("times", [2, 3, 4])
def test_larger_photos_give_larger_boxes(detector: Detector, times: int):
    """The same picture at another size gives the same boxes at that size."""
    small = tiny.photo(256, 192, (8, 8, tiny.PRODUCT, 60))
    large = small.repeat(times, axis=0).repeat(times, axis=1)

    assert np.allclose(
        detector.detect(small).boxes * times, detector.detect(large).boxes, atol=times
    )


def two_sizes(detector: Detector, side: int) -> tuple[Pixels, Floats]:
    """A photo twice as large as `side`, and what `detector` finds on it."""
    small = tiny.photo(side, side, (4, 5, tiny.PRODUCT, 60), (20, 20, tiny.PRODUCT, 60))
    photo = small.repeat(2, axis=0).repeat(2, axis=1)
    return photo, detector.detect(photo).boxes


def test_looks_at_several_scales_are_settled_together(make_detector: Callable[..., Detector]):
    """What two looks find at the same place is one box, between the two where they may vote."""
    photo, once = two_sizes(make_detector(tiny.grid_network(), input={"long_side": 256}), 256)
    sides = {"long_side": 256, "more_long_sides": [512]}
    limits = {"score": 0.5, "nms_iou": 0.1, "vote_iou": 0.1}

    voted = make_detector(tiny.grid_network(), input=sides, thresholds=limits).detect(photo)

    assert len(once) == len(voted.boxes)
    assert (np.abs(voted.boxes - once).max(axis=1) > 0.5).all()


def test_a_mirrored_look_finds_the_same_boxes(make_detector: Callable[..., Detector]):
    """What is found with left and right swapped lies where it is on the photo."""
    photo = tiny.photo(256, 192, (4, 5, tiny.PRODUCT, 60), (20, 17, tiny.PRICE_TAG, 60))
    twice = {"long_side": 256, "mirrored_long_sides": [256]}

    once = make_detector(tiny.grid_network(), input={"long_side": 256}).detect(photo)
    both = make_detector(tiny.grid_network(), input=twice).detect(photo)

    assert 2 == len(once.boxes)
    assert once.labels.tolist() == both.labels.tolist()
    np.testing.assert_allclose(once.boxes, both.boxes, atol=0.01)


def test_a_box_that_overlaps_a_better_one_may_not_be_enough(make_detector: Callable[..., Detector]):
    """The score counts after what the overlap costs."""
    photo = tiny.photo(256, 256, (4, 4, tiny.PRODUCT, 95), (4, 5, tiny.PRODUCT, 100))
    limits = {"score": 0.5, "nms_iou": 0.95}
    crowding = {"weight": 1, "free": 0}

    both = make_detector(tiny.grid_network(), thresholds=limits).detect(photo)
    better = make_detector(tiny.grid_network(), thresholds={**limits, "crowding": crowding})

    assert 2 == len(both.boxes)
    assert [both.boxes[0].tolist()] == better.detect(photo).boxes.tolist()


def test_small_products_get_a_closer_look(make_detector: Callable[..., Detector]):
    """Where products are too small for the card, a larger scale has its say, too."""
    photo, once = two_sizes(make_detector(tiny.grid_network(), input={"long_side": 256}), 256)
    side = float(np.median(np.sqrt(np.prod(once[:, 2:] - once[:, :2], axis=1))))  # half on input
    look = {"typical_side": side, "score": 0.5, "most": 512}
    given = {"long_side": 256, "closer_look": look}
    both = {"long_side": 256, "more_long_sides": [512]}

    closer = make_detector(tiny.grid_network(), input=given).detect(photo)

    assert make_detector(tiny.grid_network(), input=both).detect(photo).boxes.tolist() == (
        closer.boxes.tolist()
    )


def test_boxes_end_at_the_photo(detector: Detector):
    """A box that reaches out of the photo is clipped to it."""
    photo = tiny.photo(256, 192, (0, 0, tiny.PRODUCT, 100), (23, 31, tiny.PRODUCT, 100))

    boxes = detector.detect(photo).boxes

    assert 2 == len(boxes)
    assert (boxes >= 0).all()
    assert (boxes <= [256, 192, 256, 192]).all()


def test_what_lies_in_the_padding_is_dropped(make_detector: Callable[..., Detector]):
    """White padding looks like a product to the tiny network, but it is not on the photo."""
    given = {"long_side": 256, "multiple": 256, "pad": 255}
    photo = tiny.photo(256, 64, (2, 2, tiny.PRODUCT, 0))

    found = make_detector(tiny.grid_network(), input=given).detect(photo)

    assert (found.boxes[:, 3] <= 64).all()
    assert ((found.boxes[:, 2:] - found.boxes[:, :2]) >= 2).all()


def test_more_than_the_cap_says_so(make_detector: Callable[..., Detector]):
    """At most max_boxes come back, the best, and the detections say that there were more."""
    dots = [(row, column, tiny.PRODUCT, 0) for row in range(1, 9, 2) for column in range(1, 9, 2)]
    limits = {"score": 0.5, "nms_iou": 0.5, "max_boxes": 10}
    photo = tiny.photo(256, 256, *dots)

    found = make_detector(tiny.grid_network(), thresholds=limits).detect(photo)

    assert (10, True) == (len(found.boxes), found.capped)


def test_classes_of_one_label_are_one(make_detector: Callable[..., Detector]):
    """Two classes that the card calls `product` suppress each other and count as products."""
    photo = tiny.photo(256, 256, (8, 8, tiny.PRODUCT, 100), (8, 9, tiny.PRICE_TAG, 100))
    output = {"labels": ["product", "product"], "stride": 8}

    one = make_detector(tiny.grid_network(), output=output)

    found = one.detect(photo)
    assert [0] == found.labels.tolist()
    assert [True] == one.labelled(found.labels, "product").tolist()


def test_an_empty_photo_has_no_boxes(detector: Detector):
    """Black gives nothing, in the right shapes."""
    found = detector.detect(tiny.photo(256, 192))

    assert ((0, 4), (0,), (0,)) == (found.boxes.shape, found.scores.shape, found.labels.shape)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (3, 7)])
def test_photos_of_any_shape_are_taken(detector: Detector, size: tuple[int, int]):
    """The strangest photo is still a photo."""
    assert 0 == len(detector.detect(tiny.photo(*size)).boxes)


def test_values_that_are_no_numbers_are_refused(make_detector: Callable[..., Detector]):
    """A network that computes NaN is a bad model, not an empty shelf."""
    pixels = op.parameter([-1, 3, 64, 64], np.float32, name="x")
    nothing = op.sqrt(op.reduce_mean(pixels, np.array([1, 2, 3])) - op.constant(np.float32(999)))
    rows = op.reshape(op.concat([nothing] * 6, 0), [1, 6, -1], False)
    rows.output(0).get_tensor().set_names({"out"})
    network = ov.Model([op.result(rows)], [pixels], "nan")
    broken = make_detector(network, decoder="yolo", input={"width": 64, "height": 64})

    with pytest.raises(BadModel, match="no numbers"):
        broken.detect(tiny.photo(64, 64))
