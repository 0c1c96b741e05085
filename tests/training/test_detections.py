"""Reading boxes off the detector's answers."""

import numpy as np

from training.detections import detect, letterboxed

STRIDE = 8


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
    photo = np.zeros((64, 128, 3), np.uint8)

    found = detect(answering({(0, 3, 5): 0.0}), photo, 64, stride=STRIDE, score=0.4)

    assert [[56, 24, 120, 88]] == found.boxes.tolist()
    assert [0.5] == found.scores.tolist()


def test_the_weaker_of_two_overlapping_boxes_goes():
    """Neighbouring cells that see one product give one box, another label does not count."""
    cells = {(0, 3, 3): 2.0, (0, 3, 4): 1.0, (1, 3, 3): 1.5}

    found = detect(answering(cells), np.zeros((96, 96, 3), np.uint8), 96, stride=STRIDE, score=0.5)

    assert [0, 1] == found.labels.tolist()


def test_photo_is_padded_right_and_below():
    """The long side is scaled, the rest is grey."""
    pixels, scale = letterboxed(np.full((90, 200, 3), 255, np.uint8), 100)

    assert (64, 128, 3) == pixels.shape
    assert [0.5, 0.5, 0.5, 0.5] == scale.tolist()
    assert (pixels[45:] == 114).all()
    assert (pixels[:45, :100] == 255).all()
