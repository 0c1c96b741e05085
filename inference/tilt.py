"""How much shelves lean at each height of the photo, and boxes as if they did not.

A camera that is turned or looks up makes shelf edges run at a slope that changes with height.
The slope is read from neighbours that stand on the same edge.
"""

from dataclasses import dataclass

import numpy as np

from inference.types import Flags, Reals

_PAIRS_NEEDED = 8  # fewer neighbours say nothing about how the slope changes
_STEEPEST = 0.08  # further from the median than this is no neighbour on the same shelf
_NEAREST = 3  # neighbours to the right and to the left that are compared


@dataclass(frozen=True, eq=False)
class Tilt:
    """Slope at height y: `level` + `change` * y; levelled coordinates turn around x = `middle`."""

    level: float
    change: float
    middle: float

    def slope(self, y: Reals) -> Reals:
        """Rise per pixel to the right."""
        return self.level + self.change * y

    def levelled(self, x: Reals, y: Reals) -> Reals:
        """The y that (x, y) would have if all shelves were level."""
        return y - self.slope(y) * (x - self.middle)


def measure_tilt(boxes: Reals, tags: Reals, width: float) -> Tilt:
    """Measure the tilt of a photo.

    Args:
        boxes: (n, 4) products.
        tags: (t, 4) price tags; they hang in a line, so they may be far apart.
        width: of the photo, pixels.
    """
    parts = [
        _neighbours(boxes, reach=4.0, max_step=0.35),
        _neighbours(tags, reach=12.0, max_step=0.8),
    ]
    slopes, heights = np.concatenate(parts, axis=1)
    level, change = _fit(slopes, heights)
    return Tilt(level, change, width / 2)


def _neighbours(boxes: Reals, *, reach: float, max_step: float) -> Reals:
    """(2, m): slope between the bottoms of neighbours, and their mean height.

    A mirrored photo has the same neighbours.

    Args:
        boxes: (n, 4).
        reach: how far a neighbour may be, in mean widths of the two boxes.
        max_step: by how much the bottoms may differ, in heights of the lower box.
    """
    if len(boxes) <= 1:
        return np.zeros((2, 0), np.float32)
    x, bottom = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    right, down = x[None] - x[:, None], bottom[None] - bottom[:, None]
    widths = np.add.outer(width, width) / 2
    near = (np.abs(right) > 0.3 * widths) & (np.abs(right) < reach * widths)
    near &= np.abs(down) < max_step * np.minimum(height[None], height[:, None])
    one, other = np.nonzero(_nearest_on_right(near, right) | _nearest_on_right(near, -right).T)
    slopes = down[one, other] / right[one, other]
    return np.stack([slopes, (bottom[one] + bottom[other]) / 2])


def _nearest_on_right(near: Flags, right: Reals) -> Flags:
    """(n, n): whether the second is among the nearest of those near the first on its right."""
    distance = np.where(near & (right > 0), right, np.inf)
    last = min(_NEAREST, len(right)) - 1
    limit = np.partition(distance, last, axis=1)[:, last]
    return np.isfinite(distance) & (distance <= limit[:, None])


def _fit(slopes: Reals, heights: Reals) -> tuple[float, float]:
    """Fit slope = level + change * height by least squares, dropping outliers three times."""
    if not len(slopes):
        return 0.0, 0.0
    usual = np.abs(slopes - np.median(slopes)) < _STEEPEST
    slopes, heights = slopes[usual], heights[usual]
    if len(slopes) < _PAIRS_NEEDED:
        return float(np.median(slopes)) if len(slopes) else 0.0, 0.0
    terms = np.stack([np.ones_like(heights), heights], axis=1).astype(np.float64)
    fit = np.linalg.lstsq(terms, slopes, rcond=None)[0]
    for _ in range(3):
        error = np.abs(terms @ fit - slopes)
        good = error <= np.median(error) * 2.5 + 1e-4
        fit = np.linalg.lstsq(terms[good], slopes[good], rcond=None)[0]
    return float(fit[0]), float(fit[1])
