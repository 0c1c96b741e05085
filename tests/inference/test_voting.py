"""Boxes that agree are averaged."""

import numpy as np

from inference.voting import averaged


def test_agreeing_boxes_meet_in_the_middle():
    """Two boxes of equal score share; a third of another label and a fourth far away do not."""
    boxes = np.array([[0, 0, 100, 100], [10, 0, 110, 100], [5, 0, 105, 100], [40, 0, 140, 100]])
    scores = np.array([0.8, 0.8, 0.9, 0.7])
    labels = np.array([0, 0, 1, 0])

    first, third = averaged(
        boxes.astype(np.float32),
        scores.astype(np.float32),
        labels.astype(np.int32),
        np.array([0, 2]),
        0.65,
    )

    overlap = 90 / 110  # of the first with the second; with the fourth it is 60 / 140
    shift = 10 * overlap / (1 + overlap)
    assert np.allclose([shift, 0, 100 + shift, 100], first, atol=1e-4)
    assert [5, 0, 105, 100] == third.tolist()


def test_a_lone_box_stays():
    """Nothing to agree with, nothing changes, in however many blocks."""
    corners = np.arange(300, dtype=np.float32)[:, None] * 50
    boxes = np.concatenate([corners, corners, corners + 20, corners + 20], axis=1)

    same = averaged(
        boxes, np.full(300, 0.5, np.float32), np.zeros(300, np.int32), np.arange(300), 0.6
    )

    assert np.allclose(boxes, same, rtol=1e-6)


def test_means_do_not_leave_the_photo_by_rounding():
    """Boxes that all end at the photo's edge still do so on average."""
    rng = np.random.default_rng(0)
    boxes = np.full((200, 4), [0, 0, 2560, 1440], np.float32)
    scores = rng.random(200).astype(np.float32)

    mean = averaged(boxes, scores, np.zeros(200, np.int32), np.arange(200), 0.6)

    assert (boxes == mean).all()
