"""Reading boxes off the detector's answers."""

import numpy as np
import pytest

from inference.card import CloserLook, DetectorInput
from inference.closer_look import closer_long_side
from training.detections import Detections, Reading, letterboxed

STRIDE = 8


def once(long_side: int, score: float) -> Reading:
    """A card that asks for one look."""
    return Reading(
        (long_side,), 1, long_side, score, vote_iou=0.99, crowding=(0.6, 0.2), stride=STRIDE
    )


def answering(cells: dict[tuple[int, int, int], float]):
    """A network that gives these (label, row, column) cells this logit and boxes of 4 cells."""

    def network(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows, columns = x.shape[2] // STRIDE, x.shape[3] // STRIDE
        cls = np.full((1, 2, rows, columns), -9.0)
        for cell, logit in cells.items():
            cls[(0, *cell)] = logit
        return cls, np.full((1, 4, rows, columns), np.log(2.0))

    return network


def test_box_lies_around_its_cell():
    """Distances count from the middle of the cell, in strides, in pixels of the photo."""
    photo = np.zeros((96, 192, 3), np.uint8)

    found = once(96, 0.4)(answering({(0, 3, 5): 0.0}), photo)

    assert [[56, 24, 120, 88]] == found.boxes.tolist()
    assert [0.5] == found.scores.tolist()


def test_the_weaker_of_two_overlapping_boxes_goes():
    """Neighbouring cells that see one product give one box, another label does not count."""
    cells = {(0, 3, 3): 2.0, (0, 3, 4): 1.0, (1, 3, 3): 1.5}

    found = once(96, 0.5)(answering(cells), np.zeros((96, 96, 3), np.uint8))

    assert [0, 1] == found.labels.tolist()


def test_photo_is_padded_right_and_below():
    """The long side is scaled, the rest is grey."""
    pixels, scale = letterboxed(np.full((90, 200, 3), 255, np.uint8), 100)

    assert (64, 128, 3) == pixels.shape
    assert [0.5, 0.5, 0.5, 0.5] == scale.tolist()
    assert (pixels[45:] == 114).all()
    assert (pixels[:45, :100] == 255).all()


def test_two_looks_are_one_answer():
    """The same product at two scales is one box, between what both looks measured."""
    reading = Reading((96, 192), 1, 192, 0.5, vote_iou=0.3, crowding=(0.6, 0.2), stride=STRIDE)

    def network(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """A product in the middle, 32 pixels large at 96 and 72 at 192."""
        cells = x.shape[2] // STRIDE
        cls = np.full((1, 1, cells, cells), -9.0)
        cls[0, 0, cells // 2, cells // 2] = 2.0
        return cls, np.full((1, 4, cells, cells), np.log(2.0 if cells == 12 else 4.5))

    found = reading(network, np.zeros((96, 96, 3), np.uint8))

    sides = (found.boxes[:, 2:] - found.boxes[:, :2]).tolist()
    assert [[pytest.approx(34, abs=1)] * 2] == sides


@pytest.mark.parametrize("seed", range(30))
def test_training_and_product_look_closer_alike(seed: int):
    """Both readings of a card choose the same scale."""
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(300, 5000, 2))
    middles = rng.uniform(0, 1, (int(rng.integers(1, 40)), 2)) * [width, height]
    sides = np.exp(rng.uniform(np.log(10), np.log(300), (len(middles), 2)))
    boxes = np.concatenate([middles - sides / 2, middles + sides / 2], 1).astype(np.float32)
    found = Detections(boxes, np.ones(len(boxes)), np.zeros(len(boxes), np.int64))
    look = {"typical_side": 40, "most": 1920, "score": 0.5}
    given = DetectorInput(long_side=576, mirrored_long_sides=(960,), closer_look=CloserLook(**look))

    rest = {"mirrored": (960,), "vote_iou": 0.65, "crowding": (0.6, 0.2), "stride": STRIDE}
    ours = Reading((576,), **look, **rest).closer(found, (height, width))

    assert closer_long_side(boxes, width, height, given) == ours
