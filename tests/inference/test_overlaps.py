"""Non-maximum suppression does what the textbook loop does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inference.overlaps import suppress

coordinate = st.integers(0, 40)
candidate = st.tuples(
    coordinate,
    coordinate,
    coordinate,
    coordinate,
    st.sampled_from([0.3, 0.5, 0.9]),
    st.integers(0, 2),
)


def iou(a: list[float], b: list[float]) -> float:
    """Intersection over union of two boxes."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared
    return shared / union if union else 0


def slow(boxes: np.ndarray, scores: np.ndarray, labels: np.ndarray, max_iou: float) -> list[int]:
    """One box after the other, best first."""
    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        rivals = [k for k in kept if labels[k] == labels[i]]
        if all(iou(boxes[i].tolist(), boxes[k].tolist()) <= max_iou for k in rivals):
            kept.append(i)
    return kept


def arrays(candidates: list[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes (corners sorted), scores, labels."""
    table = np.array(candidates, np.float32).reshape(-1, 6)
    boxes = np.concatenate([np.minimum(table[:, :2], table[:, 2:4]), table[:, :2]], axis=1)
    boxes[:, 2:] = np.maximum(table[:, :2], table[:, 2:4])
    return boxes, table[:, 4], table[:, 5].astype(np.int32)


@given(st.lists(candidate, max_size=60), st.sampled_from([0.25, 0.5, 1.0]), st.integers(0, 20))
def test_same_as_the_slow_version(candidates: list[tuple[int, ...]], max_iou: float, most: int):
    """Fast and slow keep the same boxes in the same order, or the best of them."""
    boxes, scores, labels = arrays(candidates)

    assert (
        slow(boxes, scores, labels, max_iou)[:most]
        == suppress(boxes, scores, labels, max_iou, most).tolist()
    )


def test_crowds_over_many_blocks():
    """Thousands of candidates around few objects leave one box per object and label."""
    rng = np.random.default_rng(3)
    corners = np.repeat(rng.uniform(0, 1000, (40, 2)), 50, axis=0) + rng.normal(0, 1, (2000, 2))
    boxes = np.concatenate([corners, corners + 30], axis=1).astype(np.float32)
    scores = rng.uniform(0.3, 1, 2000).astype(np.float32)
    labels = (np.arange(2000) % 2).astype(np.int32)

    assert slow(boxes, scores, labels, 0.5) == suppress(boxes, scores, labels, 0.5, 1000).tolist()


def test_equal_scores_keep_their_order():
    """Of two equal boxes the first stays."""
    boxes = np.array([[0, 0, 9, 9], [0, 0, 9, 9]], np.float32)

    assert [0] == suppress(boxes, np.ones(2, np.float32), np.zeros(2, np.int32), 0.5, 9).tolist()


def test_nothing_stays_nothing():
    """No candidates, no boxes."""
    empty = np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int32)

    assert [] == suppress(*empty, 0.5, 9).tolist()
