"""Whether two photos show the same place, and how the one lies over the other.

Shelves repeat: identical packs, identical tags, the same poster on two stands. Points that agree
are therefore a proposal only; it stands when the points all over the place that both photos must
show are found again, not only those of one pack or poster.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

import cv2
import numpy as np

from inference.keypoints import match, match_near
from inference.projection import is_plausible, project
from inference.types import Floats, Ids, Keypoints, Reals

_FEWEST = 8  # points that agree; fewer are chance
_PRECISE = 0.004  # a proposal's points agree within this many long sides
_LOOSE = 0.01  # the same once it is known where to look
_WIDE = 0.03  # packs stand before the plane of the shelf edge, and shift against it
_ROUNDS, _SURE = 5000, 0.999  # of the search for what most points agree on
_TRIES = 2  # a proposal is made better so many times
_ASKED = 1000  # points that judge a proposal; all of them change nothing but the time
_GRID = 6  # cells across and down a photo
_FULL = 8  # points make a cell worth asking, were all asked
_AGREES = 0.15  # share of its points found again; of a wrong proposal's about 0.07
_ENOUGH = 40  # points found
_PROVEN = 0.06  # proof; on labelled photos right ones have .09 to .30, wrong ones up to .04


@dataclass(frozen=True, eq=False)
class Overlap:
    """How photo `one` lies over photo `other`."""

    homography: Reals  # (3, 3) from pixels of one to pixels of other
    here: Floats  # (m, 2) points of one, pixels
    there: Floats  # (m, 2) the same points in other, within 3 % of where the homography puts them

    @property
    def weight(self) -> int:
        """Points that say so."""
        return len(self.here)


def find_overlap(one: Keypoints, other: Keypoints) -> Overlap | None:
    """How `one` lies over `other`; None when nothing proves that they show the same place."""
    pairs = match(one, other)
    if len(pairs) < _FEWEST:
        return None
    cv2.setRNGSeed(0)
    here, there = one.points[pairs[:, 0]], other.points[pairs[:, 1]]
    proposals = (h for first in _proposals(here, there, other) for h in _better(one, other, first))
    judged = [(_proof(one, other, proposal), proposal) for proposal in proposals]
    best, homography = max(judged, key=lambda one: one[0], default=(0.0, np.eye(3)))
    return _overlap(one, other, homography) if best >= _PROVEN else None


def _overlap(one: Keypoints, other: Keypoints, homography: Reals) -> Overlap | None:
    near = match_near(one, other, homography, _WIDE)
    if near.found.sum() < _ENOUGH:
        return None
    here, there = one.points[near.points], other.points[near.partners]
    return Overlap(homography, here[near.found], there[near.found])


def _proposals(here: Floats, there: Floats, other: Keypoints) -> Iterator[Reals]:
    """What most pairs agree on: any homography, and one without perspective.

    The second is found where both photos show one row of packs only.
    """
    near = _PRECISE * other.size
    free = _fitted(here, there, near)
    if free is not None:
        yield free
    found = cv2.estimateAffinePartial2D(here, there, None, cv2.RANSAC, 3 * near, _ROUNDS, _SURE)
    stiff = cast("Reals | None", found[0])  # the stubs know no None
    if stiff is not None and found[1].sum() >= _FEWEST:
        yield np.vstack([stiff, [0, 0, 1]])


def _fitted(here: Floats, there: Floats, near: float) -> Reals | None:
    """The homography that most pairs agree on within so many pixels, if enough do."""
    found = cv2.findHomography(here, there, cv2.USAC_MAGSAC, near, None, _ROUNDS, _SURE)
    homography = cast("Reals | None", found[0])  # the stubs know no None
    return None if homography is None or found[1].sum() < _FEWEST else homography


def _better(one: Keypoints, other: Keypoints, proposal: Reals) -> Iterator[Reals]:
    """The proposal, and what the points say that are found with its help."""
    for _ in range(_TRIES):
        if not _is_plausible(one, other, proposal):
            return
        yield proposal
        near = match_near(_some(one), other, proposal, _WIDE)
        if near.found.sum() < _FEWEST:
            return
        here, there = _some(one).points[near.points], other.points[near.partners]
        fitted = _fitted(here[near.found], there[near.found], _LOOSE * other.size)
        if fitted is None:
            return
        proposal = fitted
    if _is_plausible(one, other, proposal):
        yield proposal


def _is_plausible(one: Keypoints, other: Keypoints, homography: Reals) -> bool:
    forth = is_plausible(homography, one.width, one.height)
    return forth and is_plausible(np.linalg.inv(homography), other.width, other.height)


def _proof(one: Keypoints, other: Keypoints, homography: Reals) -> float:
    """Share of points found again x share of cells that agree x likeness of colours, 0-1.

    Points and cells are asked from both sides.
    """
    there, back = homography, np.linalg.inv(homography)
    (found, cells), (found_back, cells_back) = _found(one, other, there), _found(other, one, back)
    agree = np.concatenate([cells, cells_back]) > _AGREES
    points = (found + found_back) / 2 * agree.mean() if len(agree) else 0.0
    return float(points) * _same_colours(one, other, homography)


def _same_colours(one: Keypoints, other: Keypoints, homography: Reals) -> float:
    """Correlation of the colours, brightness left out, where both photos look; 0-1."""
    height, width = other.glance.shape[:2]
    small = _shrink(other) @ homography @ np.linalg.inv(_shrink(one))
    seen = cv2.warpPerspective(one.glance, small, (width, height))
    both = cv2.warpPerspective(np.ones_like(one.glance), small, (width, height))[..., 0] == 1
    if not both.any():
        return 0.0
    here, there = (p[both][:, 1:] - p[both][:, 1:].mean(axis=0) for p in (seen, other.glance))
    lengths = float(np.linalg.norm(here) * np.linalg.norm(there))
    return max(0.0, float((here * there).sum()) / max(lengths, 1e-9))


def _shrink(photo: Keypoints) -> Reals:
    """(3, 3): from pixels of the photo to those of its glance."""
    height, width = photo.glance.shape[:2]
    return np.diag([width / photo.width, height / photo.height, 1.0])


def _found(one: Keypoints, other: Keypoints, homography: Reals) -> tuple[float, Reals]:
    """Share of the points found again, and the share in each cell with enough of them."""
    asked = _some(one)
    near = match_near(asked, other, homography, _WIDE)
    if not len(near.found):
        return 0.0, np.zeros(0)
    cells = _cells(project(asked.points[near.points], homography), other)
    _, of_cell, sizes = np.unique(cells, return_inverse=True, return_counts=True)
    full = sizes >= _FULL * len(asked.points) / len(one.points)
    return float(near.found.mean()), (np.bincount(of_cell, near.found) / sizes)[full]


def _some(photo: Keypoints) -> Keypoints:
    """The photo with every so many-th point."""
    step = -(-len(photo.points) // _ASKED)
    arrays = ("points", "descriptors", "turns", "sizes")
    return replace(photo, **{name: getattr(photo, name)[::step] for name in arrays})


def _cells(points: Floats, photo: Keypoints) -> Ids:
    """(n,): the cell of the photo's grid that each point lies in."""
    cell = (points / (photo.width, photo.height) * _GRID).astype(np.int64)
    return cell[:, 1] * _GRID + cell[:, 0]
