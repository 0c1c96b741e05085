"""Truth and findings as text tables, so that a case reads like a specification."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.accuracy.judging import Look, Verdict, verdicts
from bench.accuracy.photos import LABELS, PRODUCT, LabelledShelf

FLOOR = ((0, 795, 1000, 795),)


@dataclass(frozen=True, eq=False)
class Found:
    """Boxes with scores, all products."""

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray


def found(text: str = "") -> Found:
    """Lines of `x1 y1 x2 y2 score`."""
    rows = np.array([line.split() for line in text.split("\n") if line.strip()], np.float32)
    rows = rows.reshape(-1, 5)
    return Found(rows[:, :4], rows[:, 4], np.full(len(rows), PRODUCT, np.int32))


def shelf(
    text: str = "",
    lines: tuple[tuple[float, float, float, float], ...] = FLOOR,
    *,
    scene: str = "scene",
    name: str = "photo.jpg",
) -> LabelledShelf:
    """Lines of `x1 y1 x2 y2`, perhaps a SKU or `ignored` behind; a photo of 1000 x 800."""
    rows = [line.split() for line in text.split("\n") if line.strip()]
    boxes = np.array([row[:4] for row in rows], np.float32).reshape(-1, 4)
    return LabelledShelf(
        path=Path(name),
        scene=scene,
        domain="boxes",
        width=1000,
        height=800,
        boxes=boxes,
        labels=np.full(len(boxes), PRODUCT, np.int32),
        ignored=np.array([row[4:] == ["ignored"] for row in rows], np.bool_),
        skus=tuple("".join(row[4:]).replace("ignored", "") for row in rows),
        lines=np.array(lines, np.float32).reshape(-1, 4),
    )


def verdict(photo: LabelledShelf, text: str, score: float = 0.5) -> Verdict:
    """Judge findings on one photo, by a detector with this score on its card."""
    boxes = found(text)
    known = tuple(label != "gap" for label in LABELS)
    look = Look(photo, "detector-1", known, score, boxes.boxes, boxes.scores, boxes.labels)
    return verdicts([look])[0]
