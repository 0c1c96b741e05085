"""Homographies: from the pixels of one photo to those of another, or of a panorama."""

import cv2
import numpy as np

from inference.types import Floats, Reals

_MOST_ZOOM = 4.0  # one length in the one photo is at most this many times longer in the other
_MOST_KEYSTONE = 3.0  # the same between two corners of one photo
_BEHIND = 1e-6  # depth of what lies behind the camera
_CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])


def project(points: Reals, homography: Reals) -> Floats:
    """Where points come to lie; far away when the homography sends them behind the camera.

    Args:
        points: (n, 2) pixels.
        homography: (3, 3).

    Returns:
        (n, 2) float32.
    """
    moved = points @ homography[:, :2].T + homography[:, 2]
    depth = np.maximum(moved[:, 2:], _BEHIND)
    return np.clip(moved[:, :2] / depth, -1e7, 1e7).astype(np.float32)


def project_boxes(boxes: Floats, homography: Reals) -> Floats:
    """The upright boxes around projected boxes, (n, 4)."""
    corners = boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 2)
    there = project(corners, homography).reshape(-1, 4, 2)
    return np.concatenate([there.min(axis=1), there.max(axis=1)], axis=1)


def corners(width: int, height: int) -> Floats:
    """The corners of a photo, clockwise from the top left, (4, 2)."""
    return (_CORNERS * (width, height)).astype(np.float32)


def is_plausible(homography: Reals, width: int, height: int) -> bool:
    """Whether a person with a camera can have moved so between two photos of one shelf.

    Refused: mirrored, upside down, turned by more than 45 degrees, folded, zoomed or tapered a lot.

    Args:
        width, height: of the photo that the homography starts from.
    """
    frame = corners(width, height)
    depths = frame @ homography[2, :2] + homography[2, 2]
    if not np.isfinite(homography).all() or depths.min() <= 0:
        return False
    there = project(frame, homography)
    if not cv2.isContourConvex(there.reshape(-1, 1, 2)):
        return False
    zooms = np.linalg.norm(np.roll(there, -1, axis=0) - there, axis=1) / ([width, height] * 2)
    return _stands_upright(there) and _is_even(zooms)


def _stands_upright(frame: Floats) -> bool:
    """The top runs to the right more than up or down, the left side down more than aside."""
    top, left = frame[1] - frame[0], frame[3] - frame[0]
    return bool(top[0] > abs(top[1]) and left[1] > abs(left[0]))


def _is_even(zooms: Reals) -> bool:
    moderate = zooms.min() > 1 / _MOST_ZOOM and zooms.max() < _MOST_ZOOM
    return bool(moderate and zooms.max() < _MOST_KEYSTONE * zooms.min())
