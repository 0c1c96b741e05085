"""Every output layout is read into the same boxes."""

from collections.abc import Callable

import numpy as np
import openvino as ov
import pytest

from inference.detect import Detector
from inference.errors import BadCard, BadModel
from tests.inference import tiny

FIXED = {"width": 64, "height": 64, "pad": 0}
LAYOUTS = {
    "centre_ltrb": (tiny.grid_network, {"long_side": 64, "pad": 0}),
    "yolo": (tiny.yolo_network, FIXED | {"scale": 255.0}),
    "end_to_end": (tiny.end_to_end_network, FIXED),
}
PHOTO = tiny.photo(64, 64, (2, 2, tiny.PRODUCT, 20), (5, 4, tiny.PRICE_TAG, 0))


@pytest.mark.parametrize("decoder", LAYOUTS)
def test_every_layout_gives_the_same_boxes(decoder: str, make_detector: Callable[..., Detector]):
    """The same two dots are found through all three decoders."""
    network, given = LAYOUTS[decoder]

    found = make_detector(network(), decoder=decoder, input=given).detect(PHOTO)

    order = np.argsort(found.labels)
    assert [tiny.PRODUCT, tiny.PRICE_TAG] == found.labels[order].tolist()
    assert np.allclose([tiny.box(2, 2, 20), tiny.box(5, 4, 0)], found.boxes[order], atol=0.01)
    assert found.scores.min() > 0.99


@pytest.mark.parametrize(
    ("decoder", "network"),
    [
        ("centre_ltrb", tiny.yolo_network),
        ("centre_ltrb", tiny.embedder_network),
        ("yolo", tiny.grid_network),
        ("yolo", tiny.end_to_end_network),
        ("end_to_end", tiny.yolo_network),
    ],
)
def test_a_model_that_does_not_fit_is_refused(
    decoder: str, network: Callable[[], ov.Model], make_detector: Callable[..., Detector]
):
    """The message says which outputs there are and which the decoder wants."""
    side = {"width": 96, "height": 128} if network is tiny.embedder_network else FIXED

    with pytest.raises(BadModel, match=rf"gives .* the decoder {decoder} wants"):
        make_detector(network(), decoder=decoder, input=side)


def test_the_number_of_classes_must_fit(make_detector: Callable[..., Detector]):
    """A card with three labels does not fit a network with two classes."""
    with pytest.raises(BadModel, match="wants"):
        make_detector(tiny.grid_network(), output={"labels": ["a", "b", "c"], "stride": 8})


def test_a_grid_needs_its_stride(make_detector: Callable[..., Detector]):
    """The decoder centre_ltrb names the field it misses."""
    with pytest.raises(BadCard, match=r"output\.stride"):
        make_detector(tiny.grid_network(), output={"labels": ["product", "price_tag"]})


def test_an_unknown_decoder_is_named(make_detector: Callable[..., Detector]):
    """The message lists the decoders there are."""
    with pytest.raises(BadCard, match="'ssd' is none of centre_ltrb, yolo, end_to_end"):
        make_detector(tiny.grid_network(), decoder="ssd")


def test_a_network_of_fixed_size_needs_that_size(make_detector: Callable[..., Detector]):
    """The card may not promise another size than the network takes."""
    with pytest.raises(BadCard, match=r"input\.width: the network takes only 64"):
        make_detector(tiny.yolo_network(), decoder="yolo", input={"long_side": 640})
