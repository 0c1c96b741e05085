"""Which boxes of different photos show the same facing.

The homography of two photos is that of one plane; packs stand before and behind it. So each box is
moved by what the points on it say, before it is compared with the boxes of the other photo.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from inference.overlap import Overlap
from inference.overlaps import ious
from inference.projection import project, project_boxes
from inference.types import Flags, Floats, Ids, Reals

_SAME = 0.3  # least intersection over union
_INSIDE = 0.55  # or of the smaller one, where a photo's edge cuts one
_EDGE = 0.01  # a box this near to the photo's edge, in long sides, may be cut
_TELLING = 3  # points on a box that say where it lies
_NEIGHBOURS = 8  # points beside it that are asked otherwise
_LIKE = 0.5  # what a likeness of 1 adds to the overlap when boxes are told apart

Pairs = Mapping[tuple[int, int], Overlap]  # by the places of the two photos, the first is lower
Match = tuple[float, int, int]  # how sure, box of the first photo, box of the second


@dataclass(frozen=True, eq=False)
class View:
    """The facings of one photo, and the shelves they stand on."""

    width: int  # of the upright photo
    height: int
    boxes: Floats  # (n, 4)
    vectors: Floats  # (n, dimensions) embeddings, each of length 1
    confidences: Floats  # (n,) 0-1 that its SKU is right, 0 = not named
    lines: Floats  # (k, 4) under the shelves, from left to right

    @property
    def whole(self) -> Flags:
        """(n,): whether the photo's edge is not near the box."""
        margin = _EDGE * max(self.width, self.height)
        frame = np.array([margin, margin, self.width - margin, self.height - margin])
        inside: Flags = np.c_[self.boxes[:, :2] > frame[:2], self.boxes[:, 2:] < frame[2:]]
        return np.asarray(inside.all(axis=1))


def group(views: Sequence[View], overlaps: Pairs) -> list[Ids]:
    """Number the facings of all photos; boxes that show the same facing have the same number.

    No two boxes of one photo are the same facing. Numbers are from 0, by the first box of each.

    Returns:
        One (n,) per photo.
    """
    starts = np.concatenate([[0], np.cumsum([len(view.boxes) for view in views])])
    matches = [
        (-sure, int(starts[a] + here), int(starts[b] + there))
        for (a, b), overlap in overlaps.items()
        for sure, here, there in match_boxes(views[a], views[b], overlap)
    ]
    photo = np.repeat(np.arange(len(views)), np.diff(starts))
    facings = np.arange(starts[-1])
    for _, here, there in sorted(matches):
        one, other = facings == facings[here], facings == facings[there]
        if not set(photo[one]) & set(photo[other]):
            facings[one | other] = min(facings[here], facings[there])
    numbers = np.unique(facings, return_inverse=True)[1]
    return np.split(numbers, starts[1:-1])


def duplicates(views: Sequence[View], facings: Sequence[Ids]) -> list[Flags]:
    """Say of each box whether a better view of the same facing counts in its place.

    Best is a view that the photo's edge does not cut, then the one that is named most surely, then
    the largest, then the first.

    Args:
        facings: as `group` numbers them.
    """
    whole, sure, area = (
        np.concatenate(column)
        for column in zip(*((v.whole, v.confidences, _areas(v.boxes)) for v in views), strict=True)
    )
    numbers = np.concatenate(facings)
    order = np.lexsort((-area, -sure, ~whole, numbers))
    again = np.zeros(len(numbers), np.bool_)
    again[order[1:]] = numbers[order[1:]] == numbers[order[:-1]]
    return np.split(again, np.cumsum([len(view.boxes) for view in views])[:-1])


def match_boxes(one: View, other: View, overlap: Overlap) -> list[Match]:
    """Pairs of boxes of two photos that show the same facing, each box once, the surest first."""
    if not len(one.boxes) or not len(other.boxes):
        return []
    there = _moved(one.boxes, overlap)
    shared = ious(there, other.boxes)
    cut = ~one.whole[:, None] | ~other.whole[None]
    covered = _covered(there, other.boxes)
    same = (shared > _SAME) | (cut & (covered > _INSIDE))
    sure = np.where(cut, np.maximum(shared, covered), shared)
    sure = sure + _LIKE * one.vectors @ other.vectors.T
    return _greedy(np.where(same, sure, 0.0))


def _greedy(sure: Reals) -> list[Match]:
    """The best pair, the best of what is left, and so on, ties by the number of the boxes."""
    found: list[Match] = []
    rows, columns = np.nonzero(sure > 0)
    order = np.lexsort((columns, rows, -sure[rows, columns]))
    used_rows, used_columns = set[int](), set[int]()
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in used_rows and column not in used_columns:
            used_rows.add(row)
            used_columns.add(column)
            found.append((float(sure[row, column]), row, column))
    return found


def _moved(boxes: Floats, overlap: Overlap) -> Floats:
    """(n, 4): the boxes where the other photo shows them."""
    here = overlap.here
    shifts = overlap.there - project(here, overlap.homography)
    there = project_boxes(boxes, overlap.homography)
    for number, box in enumerate(boxes):
        on_it = ((here >= box[:2]) & (here <= box[2:])).all(axis=1)
        if on_it.sum() < _TELLING:
            away = np.square(here - (box[:2] + box[2:]) / 2).sum(axis=1)
            on_it = np.argsort(away, kind="stable")[:_NEIGHBOURS]
        there[number] += np.tile(np.median(shifts[on_it], axis=0), 2)
    return there


def _covered(few: Floats, many: Floats) -> Floats:
    """Intersection over the smaller box of every pair, (a, b)."""
    start = np.maximum(few[:, None, :2], many[None, :, :2])
    shared = np.maximum(np.minimum(few[:, None, 2:], many[None, :, 2:]) - start, 0).prod(axis=2)
    return shared / np.maximum(np.minimum(_areas(few)[:, None], _areas(many)), 1e-6)


def _areas(boxes: Floats) -> Floats:
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
