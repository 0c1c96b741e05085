"""How far a photo leans: the direction of its long, nearly level edges.

`inference.tilt` follows the shelves through a photo, from neighbour to neighbour, and gives up
beyond 5 degrees; this looks at all edges at once, needs no product, and says one number.
"""

import cv2
import numpy as np

from inference.pyramid import Pyramid

_LARGEST = 768  # pixels of the long side that is looked at
_STEEPEST = 45  # degrees; beyond it a level edge cannot be told from an upright one
_STEP = 0.5  # degrees
_SPREAD = 4  # steps: a shelf that runs away from the camera has edges of several directions
_STRONG = 80  # of Sobel's 1020: the edges of shelves, tags and boxes, not of what is printed
_HIGHEST = 400  # a single stark edge counts no more than this
_ENOUGH = 500  # pixels on strong edges; of fewer nothing is said
_CLEAR = 2.5  # the direction most edges have holds so many times the mean of all directions


def lean(photo: Pyramid) -> float | None:
    """Measure by how much shelves lean.

    Returns:
        Degrees, within 45; above 0 = the right end is lower. None when no direction stands out.
    """
    grey = cv2.cvtColor(photo.within(_LARGEST).pixels, cv2.COLOR_RGB2GRAY)
    grey = cv2.GaussianBlur(grey, (0, 0), 1)
    across, down = cv2.Sobel(grey, cv2.CV_16S, 1, 0), cv2.Sobel(grey, cv2.CV_16S, 0, 1)
    steepness = np.abs(down)
    level = (steepness > _STRONG) & (steepness > np.abs(across))
    if np.count_nonzero(level) < _ENOUGH:
        return None
    degrees = np.degrees(np.arctan(-across[level].astype(np.float32) / down[level]))
    return _most_common(degrees, np.minimum(steepness[level], _HIGHEST).astype(np.float64))


def _most_common(degrees: np.ndarray, weights: np.ndarray) -> float | None:
    count = round(2 * _STEEPEST / _STEP)
    found, edges = np.histogram(degrees, count, (-_STEEPEST, _STEEPEST), weights=weights)
    near = np.exp(-0.5 * (np.arange(-2 * _SPREAD, 2 * _SPREAD + 1) / _SPREAD) ** 2)
    smooth = np.convolve(found, near / near.sum(), "same")
    best = int(smooth.argmax())
    if smooth[best] < _CLEAR * found.mean():
        return None
    return float(edges[best] + _STEP / 2)
