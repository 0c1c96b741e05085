"""Where on a price tag there is text: boxes of its lines.

The network gives a map of the tag: how likely each pixel belongs to the shrunk inside of a line.
Regions of likely pixels become upright boxes, grown back by what the network's training shrank.
Source: "Real-time Scene Text Detection with Differentiable Binarization", Liao et al., AAAI 2020.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from inference.batches import batches
from inference.card import Card
from inference.errors import BadCard, BadModel
from inference.runtime import Model
from inference.text_cards import TextFinderCard
from inference.types import Floats, Pixels

_WIDEST = 4  # heights; a tag is hardly ever wider
_SPREAD = 32  # pixels; tags stretched so little are found as well, and share a run


class TextFinder:
    """Finds lines of text on price tags. Threads may share it."""

    def __init__(self, model: Model, card: Card) -> None:
        """Check that model and card belong together.

        Raises:
            BadCard: the card is no text finder's.
            BadModel: the model does not give one map per tag.
        """
        if not isinstance(card, TextFinderCard):
            raise BadCard("task", f"{card.id} is no text finder.")
        shapes = list(model.outputs.values())
        if len(shapes) != 1 or shapes[0][:2] != (None, 1):
            raise BadModel(f"{card.id} gives {model.outputs}, its card promises one map.")
        self.card = card
        self._model = model

    def find(self, tags: Sequence[Pixels]) -> list[Floats]:
        """Find the lines of each tag.

        Args:
            tags: pictures of price tags, at least 1 pixel wide and high.

        Returns:
            For each tag (k, 4) boxes in its pixels, inside it, highest box first.
        """
        found: list[Floats] = [np.zeros((0, 4), np.float32)] * len(tags)
        widths = [self._width(tag) for tag in tags]
        for chosen in batches(widths, _SPREAD):
            maps = self._maps([tags[at] for at in chosen], widths[chosen[0]])
            for at, likely in zip(chosen, maps, strict=True):
                found[at] = self._lines(likely, tags[at])
        return found

    def _width(self, tag: Pixels) -> int:
        """Of the network's input for this tag."""
        given = self.card.input
        if given.width is not None:
            return given.width
        height, width = tag.shape[:2]
        steps = round(given.height * width / height / given.multiple)
        return given.multiple * min(max(steps, 2), _WIDEST * given.height // given.multiple)

    def _maps(self, tags: Sequence[Pixels], width: int) -> Floats:
        stretched = [_stretch(tag, width, self.card.input.height) for tag in tags]
        (maps,) = self._model.infer(np.stack(stretched)).values()
        return maps[:, 0]

    def _lines(self, likely: Floats, tag: Pixels) -> Floats:
        limits = self.card.thresholds
        inside = (likely > limits.pixel).astype(np.uint8)
        count, regions, stats, _ = cv2.connectedComponentsWithStats(inside)
        boxes = [
            _grown(stats[region, :4], limits.grow)
            for region in range(1, count)
            if min(stats[region, 2:4]) >= limits.shortest_side
            and _mean(likely, regions, region, stats[region]) >= limits.line
        ]
        if not boxes:
            return np.zeros((0, 4), np.float32)
        height, width = tag.shape[:2]
        there = np.array([width, height] * 2) / np.array([*likely.shape[::-1]] * 2)
        lines = np.clip(np.array(boxes) * there, 0, [width, height] * 2).astype(np.float32)
        return lines[np.lexsort((lines[:, 0], lines[:, 1] - lines[:, 3]))]


def _mean(likely: Floats, regions: np.ndarray, region: int, box: np.ndarray) -> float:
    """Of a region, whose box is x y width height area."""
    x, y, width, height, _ = box.tolist()
    part = slice(y, y + height), slice(x, x + width)
    return float(likely[part][regions[part] == region].mean())


def _grown(region: np.ndarray, grow: float) -> tuple[float, float, float, float]:
    """x y width height of a region -> x1 y1 x2 y2, grown on all sides."""
    x, y, width, height = map(float, region)
    by = grow * width * height / (width + height)
    return x - by, y - by, x + width + by, y + height + by


def _stretch(tag: Pixels, width: int, height: int) -> Pixels:
    shrinks = tag.shape[0] > height
    how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(tag, (width, height), interpolation=how), np.uint8)
