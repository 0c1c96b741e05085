"""How good a detector is: COCO average precision and recall, and the score to ship.

The COCO tools stop at 100 boxes per photo unless told otherwise; a shelf has more.
"""

import contextlib
import io
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from training.detections import MAX_BOXES, Detections, Network, detect
from training.detector import LABELS, STRIDE
from training.shelves import IGNORED

LOWEST_SCORE = 0.05  # of boxes that enter the figures


@dataclass(frozen=True)
class LabelledPhoto:
    """A photo with its truth.

    Attributes:
        photo: (h, w, 3) uint8 RGB.
        boxes: (n, 4) x1 y1 x2 y2, pixels.
        labels: (n,) 0 product, 1 price tag.
        ignored: (n,) bool, regions where nothing counts.
    """

    photo: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray
    ignored: np.ndarray


def labelled(photo: np.ndarray, boxes: np.ndarray, labels: np.ndarray) -> LabelledPhoto:
    """Take a drawn scene; what is ignored there is so as a product."""
    return LabelledPhoto(photo, boxes, np.maximum(labels, 0), labels == IGNORED)


def detector_figures(
    network: Network, photos: Iterable[LabelledPhoto], long_side: int, score: float
) -> dict[str, dict[str, float]]:
    """Measure every label.

    AP, AP50, AP75 and recall50 are COCO's. The best score is that of the highest harmonic mean
    of precision and recall at an overlap of 0.5; both are also given from `score` on.
    """
    truth, found = [], []
    for each in photos:
        truth.append(each)
        found.append(detect(network, each.photo, long_side, stride=STRIDE, score=LOWEST_SCORE))
    evaluation = _evaluate(truth, found)
    return {name: _summary(evaluation, index, score) for index, name in enumerate(LABELS)}


def _evaluate(truth: list[LabelledPhoto], found: list[Detections]) -> COCOeval:
    with contextlib.redirect_stdout(io.StringIO()):
        expected = COCO()
        expected.dataset = {
            "info": {},
            "images": [{"id": i} for i in range(len(truth))],
            "categories": [{"id": i} for i in range(len(LABELS))],
            "annotations": _annotations(truth),
        }
        expected.createIndex()
        evaluation = COCOeval(expected, expected.loadRes(_results(found)), "bbox")
        evaluation.params.maxDets = [1, 100, MAX_BOXES]
        evaluation.evaluate()
        evaluation.accumulate()
    return evaluation


def _annotations(truth: list[LabelledPhoto]) -> list[dict[str, object]]:
    entries = []
    for number, photo in enumerate(truth):
        for box, label, ignored in zip(photo.boxes, photo.labels, photo.ignored, strict=True):
            entries.append(_entry(number, box, label, id=len(entries) + 1, iscrowd=int(ignored)))
    return entries


def _results(found: list[Detections]) -> list[dict[str, object]]:
    return [
        _entry(number, box, label, score=float(score))
        for number, each in enumerate(found)
        for box, score, label in zip(each.boxes, each.scores, each.labels, strict=True)
    ]


def _entry(photo: int, box: np.ndarray, label: int, **more: float) -> dict[str, object]:
    x1, y1, x2, y2 = (float(value) for value in box)
    size = [x1, y1, x2 - x1, y2 - y1]
    area = size[2] * size[3]
    return {"image_id": photo, "category_id": int(label), "bbox": size, "area": area, **more}


def _summary(evaluation: COCOeval, label: int, score: float) -> dict[str, float]:
    precision = evaluation.eval["precision"][:, :, label, 0, 2]  # (IoU, recall, ...)
    recall = evaluation.eval["recall"][:, label, 0, 2]
    scores = evaluation.eval["scores"][0, :, label, 0, 2]
    at = np.linspace(0, 1, precision.shape[1])
    harmonic = 2 * precision[0] * at / np.maximum(precision[0] + at, 1e-9)
    best = int(harmonic.argmax())
    shipped = max(0, int((scores >= score).sum()) - 1)  # scores fall as recall rises
    figures = {
        "AP": precision.mean(),
        "AP50": precision[0].mean(),
        "AP75": precision[5].mean(),
        "recall50": recall[0],
        "best_score": scores[best],
        "precision_from_best": precision[0, best],
        "recall_from_best": at[best],
        "precision_from_score": precision[0, shipped],
        "recall_from_score": at[shipped],
    }
    return {name: round(float(value), 3) for name, value in figures.items()}
