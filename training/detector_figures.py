"""How good a detector is: COCO average precision and recall, and the score to ship."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from bench.accuracy.coco import LOWEST_SCORE, RECALLS, Curve, curve, judge
from bench.accuracy.photos import LABELS
from training.detections import Detections
from training.shelves import IGNORED

Look = Callable[[np.ndarray, float], Detections]  # photo, lowest score of boxes that enter


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo with its truth.

    Attributes:
        photo: (h, w, 3) uint8 RGB.
        boxes: (n, 4) x1 y1 x2 y2, pixels.
        labels: (n,) index into LABELS.
        ignored: (n,) bool, regions where nothing counts.
    """

    photo: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    ignored: np.ndarray


def labelled(photo: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> LabelledPhoto:
    """Take truth whose label -1 is ignored; it is so as a product."""
    return LabelledPhoto(photo, boxes, np.maximum(labels, 0), labels == IGNORED)


def detector_figures(
    look: Look, photos: Iterable[LabelledPhoto], score: float
) -> dict[str, dict[str, float]]:
    """Measure every label that the photos have.

    AP, AP50, AP75 and recall50 are COCO's. The best score is that of the highest harmonic mean
    of precision and recall at an overlap of 0.5; both are also given from `score` on.
    """
    truth, found = [], []
    for each in photos:
        truth.append(each)
        found.append(look(each.photo, LOWEST_SCORE))
    present = sorted({int(label) for each in truth for label in each.labels[~each.ignored]})
    return {LABELS[label]: _summary(curve(judge(truth, found, label)), score) for label in present}


def _summary(measured: Curve, score: float) -> dict[str, float]:
    precision = measured.precision
    harmonic = 2 * precision[0] * RECALLS / np.maximum(precision[0] + RECALLS, 1e-9)
    best = int(harmonic.argmax())
    shipped = max(0, int((measured.scores >= score).sum()) - 1)  # scores fall as recall rises
    figures = {
        "AP": precision.mean(),
        "AP50": precision[0].mean(),
        "AP75": precision[5].mean(),
        "recall50": measured.recall[0],
        "best_score": measured.scores[best],
        "precision_from_best": precision[0, best],
        "recall_from_best": RECALLS[best],
        "precision_from_score": precision[0, shipped],
        "recall_from_score": RECALLS[shipped],
    }
    return {name: round(float(value), 3) for name, value in figures.items()}
