"""Where the photos of a scene lie beside each other: one plane for all that overlap.

Photos are joined pair by pair, the best proven pairs first (a maximum spanning tree), and chained
to the photo in the middle of the tree. The plane is turned so that the shelves run level.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.duplicates import Pairs, View
from inference.projection import corners, is_plausible, project
from inference.types import Floats, Reals

LONGEST = 4096  # pixels of a panorama's long side
_DOUBT = 0.1  # weight of "no perspective" against one shelf line
_MOST_TAPER = 0.5  # of one end against the other; a plane is not turned further to be level

Size = tuple[int, int]  # width and height, pixels
Placed = list[Reals | None]


@dataclass(frozen=True, eq=False)
class Plane:
    """What all photos are drawn on."""

    width: int  # pixels
    height: int
    homographies: Placed  # by photo: (3, 3) from its pixels to those of the plane, None = unplaced


def place(views: Sequence[View], overlaps: Pairs) -> Plane | None:
    """Place the photos on one plane; None when no two of them overlap.

    Where photos fall into groups that do not overlap, the largest group is placed.

    Args:
        views: the photos.
        overlaps: of pairs of photos, by their places in `views`, the first is lower.
    """
    sizes = [(view.width, view.height) for view in views]
    tree = _tree(overlaps)
    if not tree:
        return None
    group = max(_groups(tree), key=lambda group: (len(group), -group[0]))
    root = min(group, key=lambda photo: (_farthest(photo, tree), photo))
    placed = _chain(root, tree, overlaps, sizes)
    level = _level(placed, [view.lines for view in views], sizes[root])
    return _framed([None if h is None else level @ h for h in placed], sizes)


Tree = dict[int, list[int]]  # neighbours of each photo


def _tree(overlaps: Pairs) -> Tree:
    """Neighbours of each photo in the maximum spanning forest; ties by the places of photos."""
    tree: Tree = {}
    for a, b in sorted(overlaps, key=lambda pair: (-overlaps[pair].weight, pair)):
        if b not in _reach(a, tree):
            tree.setdefault(a, []).append(b)
            tree.setdefault(b, []).append(a)
    return tree


def _reach(start: int, tree: Tree) -> dict[int, int]:
    """Steps to each photo that can be reached."""
    steps, waiting = {start: 0}, [start]
    for photo in waiting:
        fresh = [other for other in tree.get(photo, []) if other not in steps]
        steps.update(dict.fromkeys(fresh, steps[photo] + 1))
        waiting += fresh
    return steps


def _farthest(photo: int, tree: Tree) -> int:
    return max(_reach(photo, tree).values())


def _groups(tree: Tree) -> list[list[int]]:
    return [sorted(_reach(photo, tree)) for photo in sorted(tree)]


def _chain(root: int, tree: Tree, overlaps: Pairs, sizes: Sequence[Size]) -> Placed:
    """Homographies to the root; what would be drawn absurdly is left out, and what hangs on it."""
    placed: Placed = [None] * len(sizes)
    waiting = [(root, np.eye(3))]
    for photo, homography in waiting:
        placed[photo] = homography
        for other in (photo for photo in sorted(tree[photo]) if placed[photo] is None):
            chained = homography @ _step(other, photo, overlaps)
            if is_plausible(chained, *sizes[other]):
                waiting.append((other, chained))
    return placed


def _step(here: int, there: int, overlaps: Pairs) -> Reals:
    if here < there:
        return overlaps[here, there].homography
    return np.linalg.inv(overlaps[there, here].homography)


def _level(placed: Placed, lines: Sequence[Floats], size: Size) -> Reals:
    """The homography that makes the shelves run level.

    All shelves meet in one point far away; it is sent to infinity, straight to the side. Verticals
    stay vertical. Source: Hartley and Zisserman, "Multiple view geometry" (2004), section 2.7.
    """
    ends = [project(line.reshape(2, 2), h) for h, own in _with(placed, lines) for line in own]
    half = max(size) / 2
    to_middle = np.array([[1 / half, 0, -size[0] / 2 / half], [0, 1 / half, -size[1] / 2 / half]])
    if not ends:
        return np.eye(3)
    frame = np.vstack([to_middle, [0, 0, 1]])
    points = np.array([project(pair, frame) for pair in ends], np.float64)
    across = np.cross(_homogeneous(points[:, 0]), _homogeneous(points[:, 1]))
    across /= np.linalg.norm(across[:, :2], axis=1, keepdims=True)
    wanted = np.concatenate([across[:, 1:], [[0, _DOUBT]]])
    slope, taper = np.linalg.lstsq(wanted, np.append(across[:, 0], 0.0))[0]
    if max(abs(slope), abs(taper)) > _MOST_TAPER:
        return np.eye(3)
    turned = np.array([[1, 0, 0], [slope, 1, 0], [taper, 0, 1]])
    return np.linalg.inv(frame) @ turned @ frame


def _with(placed: Placed, lines: Sequence[Floats]) -> list[tuple[Reals, Floats]]:
    return [(h, own) for h, own in zip(placed, lines, strict=True) if h is not None]


def _homogeneous(points: Reals) -> Reals:
    return np.concatenate([points, np.ones((len(points), 1))], axis=1)


def _framed(placed: Placed, sizes: Sequence[Size]) -> Plane:
    """Move and shrink everything so that it just fits into the plane."""
    seen = [(h, s) for h, s in zip(placed, sizes, strict=True) if h is not None]
    frames = np.concatenate([project(corners(*size), h) for h, size in seen]).astype(np.float64)
    start, size = frames.min(axis=0), np.ptp(frames, axis=0)
    scale = min(1.0, LONGEST / size.max())
    move = np.array([[scale, 0, -scale * start[0]], [0, scale, -scale * start[1]], [0, 0, 1]])
    width, height = (max(1, int(np.ceil(side * scale))) for side in size)
    return Plane(width, height, [None if h is None else _scaled(move @ h) for h in placed])


def _scaled(homography: Reals) -> Reals:
    return homography / homography[2, 2]
