"""From the detector's answers to boxes, as the card promises the product will do it.

Written apart from the product on purpose: two readings of one card check each other.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from bench.accuracy.photos import PRODUCT
from training.detector_crops import PAD

MULTIPLE = 32  # the network's coarsest stride
STEP = 64  # long sides of closer looks are multiples of it
MAX_BOXES, NMS_IOU = 1000, 0.5
MOST_CANDIDATES = 5000
SMALLEST_SIDE = 2.0  # pixels of the photo; a thinner box shows nothing

Network = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]  # (1, 3, h, w) -> cls, reg


@dataclass(frozen=True)
class Detections:
    """Boxes of one photo, best first.

    Attributes:
        boxes: (n, 4) float32, x1 y1 x2 y2, pixels of the photo.
        scores: (n,) float32, 0..1.
        labels: (n,) int64, index into the card's labels.
    """

    boxes: np.ndarray
    scores: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Reading:
    """How a photo is read: what the card says about the input and the thresholds.

    Attributes:
        long_sides: of the looks at every photo, pixels.
        mirrored: long sides of the looks at every photo with left and right swapped.
        typical_side: median over the products of sqrt(area) below which there is a closer look,
            pixels of the largest look.
        most: long side of a closer look.
        score: of boxes that count, and that decide about a closer look.
        vote_iou: boxes that overlap by more are averaged.
        crowding: weight and free overlap: what it costs a box to overlap a better one.
        stride: pixels per cell of the network's answers.
    """

    long_sides: tuple[int, ...]
    typical_side: float
    most: int
    score: float
    vote_iou: float
    crowding: tuple[float, float]
    stride: int
    mirrored: tuple[int, ...] = ()

    def __call__(self, network: Network, photo: np.ndarray, lowest: float = 0) -> Detections:
        """Detect as the card says; boxes below the score may be asked for, for figures."""
        looks = [self._look(network, photo, side, lowest) for side in self.long_sides]
        looks += [
            _swapped(self._look(network, photo[:, ::-1], side, lowest), photo.shape[1])
            for side in self.mirrored
        ]
        found = self._settled(looks, lowest)
        closer = self.closer(found, photo.shape)
        if closer is None:
            return found
        return self._settled([*looks, self._look(network, photo, closer, lowest)], lowest)

    def closer(self, found: Detections, shape: tuple[int, ...]) -> int | None:
        """Say at which long side to look closer at a photo of (h, w, ...); None = not at all."""
        products = found.boxes[(found.labels == PRODUCT) & (found.scores >= self.score)]
        if not len(products):
            return None
        typical = np.median(np.sqrt(np.prod(products[:, 2:] - products[:, :2], 1)))
        wanted = max(shape[:2]) * self.typical_side / typical
        long_side = int(min(round(wanted / STEP) * STEP, self.most))
        return long_side if long_side > max(self.long_sides + self.mirrored) else None

    def _look(
        self, network: Network, photo: np.ndarray, long_side: int, lowest: float
    ) -> Detections:
        pixels, scale = letterboxed(photo, long_side)
        cls, reg = network(as_input(pixels))
        found = _decoded(cls[0], reg[0], self.stride, lowest or self.score)
        height, width = photo.shape[:2]
        boxes = (found.boxes / scale).clip(0, [width, height] * 2)
        solid = (boxes[:, 2:] - boxes[:, :2] >= SMALLEST_SIDE).all(1)
        return Detections(boxes[solid], found.scores[solid], found.labels[solid])

    def _settled(self, looks: list[Detections], lowest: float) -> Detections:
        every = Detections(
            np.concatenate([look.boxes for look in looks]),
            np.concatenate([look.scores for look in looks]),
            np.concatenate([look.labels for look in looks]),
        )
        kept = _strongest(every)
        boxes = [_vote(every, index, self.vote_iou) for index in kept]
        mean = np.array(boxes, np.float32).reshape(-1, 4)
        settled = Detections(mean, every.scores[kept], every.labels[kept])
        scores = settled.scores * (1 - _crowded(settled, *self.crowding))
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] >= (lowest or self.score)]
        return Detections(mean[order], scores[order], settled.labels[order])


def letterboxed(photo: np.ndarray, long_side: int) -> tuple[np.ndarray, np.ndarray]:
    """Scale to a long side and pad right and below.

    Returns:
        (h, w, 3) uint8, and (4,) float32: network pixels per photo pixel, for x1 y1 x2 y2.
    """
    height, width = photo.shape[:2]
    scale = long_side / max(height, width)
    inner = round(width * scale), round(height * scale)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    full = [-(-side // MULTIPLE) * MULTIPLE for side in inner]
    pixels = np.full((full[1], full[0], 3), PAD, np.uint8)
    pixels[: inner[1], : inner[0]] = cv2.resize(photo, inner, interpolation=how)
    return pixels, np.array([inner[0] / width, inner[1] / height] * 2, np.float32)


def _swapped(found: Detections, width: int) -> Detections:
    """What was found on the photo of this width with left and right swapped, on the photo."""
    left, top, right, bottom = found.boxes.T
    return replace(found, boxes=np.stack([width - right, top, width - left, bottom], 1))


def as_input(pixels: np.ndarray) -> np.ndarray:
    """(h, w, 3) uint8 to (1, 3, h, w) float32, 0..255."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], np.float32)


def _decoded(cls: np.ndarray, reg: np.ndarray, stride: int, score: float) -> Detections:
    """Read boxes off the cells that score; cls (labels, h, w), reg (4, h, w)."""
    label, row, column = np.nonzero(cls > np.log(score / (1 - score)))
    scores = 1 / (1 + np.exp(-cls[label, row, column]))
    if len(scores) > MOST_CANDIDATES:
        best = np.argpartition(-scores, MOST_CANDIDATES)[:MOST_CANDIDATES]
        label, row, column, scores = label[best], row[best], column[best], scores[best]
    left, top, right, bottom = np.exp(reg[:, row, column]) * stride
    x, y = (column + 0.5) * stride, (row + 0.5) * stride
    return Detections(np.stack([x - left, y - top, x + right, y + bottom], 1), scores, label)


def _strongest(found: Detections) -> np.ndarray:
    """Greedy suppression of overlapping boxes of one label: indices, best first."""
    order = np.argsort(-found.scores, kind="stable")
    apart = found.boxes + found.labels[:, None] * 1e5  # boxes of two labels never overlap
    kept: list[int] = []
    while len(order) and len(kept) < MAX_BOXES:
        kept.append(int(order[0]))
        order = order[1:][_overlap(apart[order[0]], apart[order[1:]]) <= NMS_IOU]
    return np.array(kept, np.int64)


def _overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    inner = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    both = inner.clip(0).prod(1)
    areas = (others[:, 2:] - others[:, :2]).prod(1)
    return both / ((box[2:] - box[:2]).prod() + areas - both + 1e-9)


def _vote(every: Detections, index: int, least: float) -> np.ndarray:
    """The mean of the boxes that agree with one of them, by score and overlap."""
    overlap = _overlap(every.boxes[index], every.boxes)
    say = every.scores * overlap * ((overlap >= least) & (every.labels == every.labels[index]))
    return say @ every.boxes / say.sum()


def _crowded(found: Detections, weight: float, free: float) -> np.ndarray:
    """What each box loses by its overlap with better ones of its label: share of its score."""
    lost = np.zeros(len(found.scores))
    for i in range(1, len(lost)):
        same = found.labels[:i] == found.labels[i]
        overlaps = _overlap(found.boxes[i], found.boxes[:i][same])
        lost[i] = weight * max(0.0, overlaps.max(initial=0) - free)
    return lost
