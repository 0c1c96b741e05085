"""Training crops of drawn scenes: square pieces at varying scale.

The scale is drawn so that the scene's typical product comes out between TYPICAL_SIDE pixels,
whatever the scene showed: products of every such size are seen equally often.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from training.recolour import recoloured
from training.scene_folder import StoredScene
from training.shelves import IGNORED

SIDE = 384  # pixels
TYPICAL_SIDE = (24, 110)  # pixels, sqrt of the area of the scene's median product in the crop
SCALES = (0.2, 3.0)  # of crop pixels to scene pixels
STRETCH = 0.08  # sigma of log(width / height) stretch
SHOWN, IGNORED_SHOWN = 0.5, 0.1  # share inside the crop to be truth, to be ignored
SMALLEST = (8, 6, 10)  # pixels, short side of a product, price tag and gap to be truth
PAD = 114


@dataclass(frozen=True)
class Crop:
    """One training example.

    Attributes:
        pixels: (SIDE, SIDE, 3) uint8 RGB.
        boxes: (n, 4) float32, pixels of the crop.
        labels: (n,) int64, index into LABELS, -1 ignored.
    """

    pixels: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


def random_crop(rng: np.random.Generator, scene: StoredScene) -> Crop:
    """Cut, scale, mirror and recolour one crop of a scene."""
    scale = _random_scale(rng, scene)
    if scale < 0.5:
        photo, boxes, scale = scene.half(), scene.boxes / 2, scale * 2
    else:
        photo, boxes = scene.photo(), scene.boxes
    stretch = np.exp(rng.normal(0, STRETCH))
    window = _window(rng, photo, scale * np.array([stretch, 1 / stretch]))
    pixels, boxes = _cut(photo, boxes, *window)
    boxes, labels = what_counts(boxes, scene.labels, SIDE)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
        boxes[:, [0, 2]] = SIDE - boxes[:, [2, 0]]
    return Crop(recoloured(rng, pixels), boxes, labels)


def _random_scale(rng: np.random.Generator, scene: StoredScene) -> float:
    products = scene.boxes[scene.labels == 0]
    if not len(products):
        return float(np.exp(rng.uniform(*np.log(SCALES))))
    typical = np.median(np.sqrt(np.prod(products[:, 2:] - products[:, :2], 1)))
    wanted = np.exp(rng.uniform(*np.log(TYPICAL_SIDE)))
    return float(np.clip(wanted / typical, *SCALES))


def _window(
    rng: np.random.Generator, photo: np.ndarray, scale: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Choose which part of the photo the crop shows.

    Returns:
        corner (x, y) and size (w, h) in photo pixels, and scale (x, y).
    """
    whole = np.array(photo.shape[1::-1])
    size = np.minimum(whole, np.maximum(8, SIDE / scale)).astype(int)
    corner = (rng.random(2) * (whole - size + 1)).astype(int)
    return corner, size, scale


def _cut(
    photo: np.ndarray,
    boxes: np.ndarray,
    corner: np.ndarray,
    size: np.ndarray,
    scale: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Cut and scale pixels and boxes; what the photo does not fill is padding."""
    piece = photo[corner[1] : corner[1] + size[1], corner[0] : corner[0] + size[0]]
    target = np.minimum(SIDE, np.maximum(1, np.round(size * scale))).astype(int)
    shrinks = scale.min() < 1
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    pixels = np.full((SIDE, SIDE, 3), PAD, np.uint8)
    pixels[: target[1], : target[0]] = cv2.resize(piece, target.tolist(), interpolation=how)
    exact = target / size
    return pixels, (boxes - np.tile(corner, 2)) * np.tile(exact, 2)


def what_counts(boxes: np.ndarray, labels: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """Clip boxes to a crop; what is cut or tiny is ignored, what is barely there is dropped.

    What was ignored already stays so, however little of it shows.
    """
    clipped = boxes.clip(0, side)
    sides = clipped[:, 2:] - clipped[:, :2]
    shown = np.prod(sides, 1) / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], 1), 1e-6)
    floor = np.take(SMALLEST, np.maximum(labels, 0))
    truth = (shown >= SHOWN) & (sides.min(1, initial=side) >= floor)
    kept = ((shown >= IGNORED_SHOWN) | (labels == IGNORED)) & (sides.min(1, initial=side) > 2)
    labels = np.where(truth, labels, IGNORED)[kept]
    return clipped[kept].astype(np.float32), labels.astype(np.int64)
