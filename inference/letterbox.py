"""How a photo lies inside the network's input, and the way back for its boxes."""

from dataclasses import dataclass

import numpy as np

from inference.card import DetectorInput
from inference.pyramid import Pyramid
from inference.types import Floats, Pixels


@dataclass(frozen=True)
class Letterbox:
    """The photo, scaled to inner_width x inner_height, at (left, top) of the network's input."""

    photo_width: int
    photo_height: int
    inner_width: int
    inner_height: int
    left: int
    top: int
    width: int  # of the network's input
    height: int

    def pixels(self, photo: Pyramid, pad: int, *, mirrored: bool = False) -> Pixels:
        """Draw the network's input, (height, width, 3); `pad` is the gray around the photo.

        Mirrored: the photo's left and right are swapped.
        """
        inner = photo.resized(self.inner_width, self.inner_height)
        if mirrored:
            inner = inner[:, ::-1]
        if inner.shape[:2] == (self.height, self.width):
            return inner
        drawn = np.full((self.height, self.width, 3), pad, np.uint8)
        bottom, right = self.top + self.inner_height, self.left + self.inner_width
        drawn[self.top : bottom, self.left : right] = inner
        return drawn

    def to_photo(self, boxes: Floats, *, mirrored: bool = False) -> Floats:
        """Carry (n, 4) boxes from network pixels to photo pixels; nothing is clipped."""
        there = ((boxes - self._offset) / self._scale).astype(np.float32)
        if mirrored:
            there[:, [0, 2]] = self.photo_width - there[:, [2, 0]]
        return there

    def to_network(self, boxes: Floats) -> Floats:
        """Carry (n, 4) boxes from photo pixels to network pixels."""
        return (boxes * self._scale + self._offset).astype(np.float32)

    @property
    def _scale(self) -> Floats:
        across = self.inner_width / self.photo_width
        down = self.inner_height / self.photo_height
        return np.array([across, down, across, down], np.float32)

    @property
    def _offset(self) -> Floats:
        return np.array([self.left, self.top, self.left, self.top], np.float32)


def letterbox(
    width: int, height: int, given: DetectorInput, long_side: int | None = None
) -> Letterbox:
    """Lay a photo of width x height into the input that the card asks for.

    `long_side` may be another than the card's.
    """
    room = _room(given, long_side or given.long_side or max(width, height))
    scale = min(room[0] / width, room[1] / height)
    inner_width = min(max(round(width * scale), 1), room[0])
    inner_height = min(max(round(height * scale), 1), room[1])
    full = _padded(inner_width, inner_height, given)
    centred = given.resize == "centre"
    left = (full[0] - inner_width) // 2 if centred else 0
    top = (full[1] - inner_height) // 2 if centred else 0
    return Letterbox(width, height, inner_width, inner_height, left, top, *full)


def _room(given: DetectorInput, long_side: int) -> tuple[int, int]:
    """The largest the photo may become: the fixed size, or a square of the long side."""
    if given.width is not None and given.height is not None:
        return given.width, given.height
    return long_side, long_side


def _padded(width: int, height: int, given: DetectorInput) -> tuple[int, int]:
    if given.width is not None and given.height is not None:
        return given.width, given.height
    step = given.multiple
    return -(-width // step) * step, -(-height // step) * step
