"""Several photos of one scene put together: which facings they share, and one picture of all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from inference.duplicates import Pairs, View, duplicates, group
from inference.overlap import Overlap, find_overlap
from inference.panorama import Read, Tile, draw
from inference.placing import Plane, place
from inference.types import Flags, Keypoints

FEW = 8  # photos that are all compared with each other
NEAR = 3  # of more photos, each with so many before it; then what is still apart


@dataclass(frozen=True, eq=False)
class Stitched:
    """What the photos of a scene are to each other."""

    duplicates: list[Flags]  # by photo (n,): a better view of the same facing counts
    plane: Plane | None  # None = no two photos overlap
    panorama: bytes | None  # JPEG of the plane's size


def stitch(
    views: Sequence[View], points: Sequence[Keypoints], read: Read, near: int = NEAR
) -> Stitched:
    """Find what the photos share, and draw them as one.

    The same photos in the same order give the same answer.

    Args:
        views: what was seen in each photo.
        points: of each photo.
        read: gives the upright pixels of a photo, of at least a long side; called once for each
            that is drawn, by several threads.
        near: photos after each other that are likely to overlap, where there are many.
    """
    overlaps = find_overlaps(points, near)
    again = duplicates(views, group(views, overlaps))
    plane = place(views, overlaps)
    if plane is None:
        return Stitched(again, None, None)
    tiles = [
        Tile(number, view.width, view.height, homography, view.boxes)
        for number, (view, homography) in enumerate(zip(views, plane.homographies, strict=True))
        if homography is not None
    ]
    return Stitched(again, plane, draw(plane, tiles, read))


def find_overlaps(points: Sequence[Keypoints], near: int = NEAR) -> Pairs:
    """Which photos overlap, and how.

    Every pair of few photos is compared; of many, those near each other, then what is apart.
    """
    found: dict[tuple[int, int], Overlap] = {}
    for a, b in _candidates(len(points), near, found):
        overlap = find_overlap(points[a], points[b])
        if overlap is not None:
            found[a, b] = overlap
    return found


def _candidates(count: int, near: int, found: Pairs) -> Iterator[tuple[int, int]]:
    every = list(combinations(range(count), 2))
    reach = count if count <= FEW else near
    yield from (pair for pair in every if pair[1] - pair[0] <= reach)
    for a, b in every:
        if b - a > reach and b not in _joined(a, found):
            yield a, b


def _joined(start: int, found: Pairs) -> set[int]:
    """The photos that hang together with one."""
    joined, grown = {start}, True
    while grown:
        fresh = {x for pair in found for x in pair if not joined.isdisjoint(pair)} - joined
        joined |= fresh
        grown = bool(fresh)
    return joined
