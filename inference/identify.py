"""What a crop looks like: an embedding per box."""

import numpy as np

from inference.appearance import AppearanceReader
from inference.card import Card, EmbedderCard, Look
from inference.errors import BadCard, BadModel
from inference.pyramid import Pyramid
from inference.runtime import Model
from inference.types import Floats, Ids, Pixels
from inference.vectors import normalise

_BATCH = 32  # crops per inference; larger gains nothing


class Embedder:
    """Turns boxes into vectors. Threads may share it."""

    def __init__(self, model: Model, card: Card) -> None:
        """Check that model and card belong together.

        Raises:
            BadCard: the card is no embedder's.
            BadModel: the model does not give one vector per crop.
        """
        if not isinstance(card, EmbedderCard):
            raise BadCard("task", f"{card.id} is no embedder.")
        self.card = card
        self._model = model
        wanted = (None, card.output.dimensions)
        shapes = list(model.outputs.values())
        if len(shapes) != 1 or shapes[0][1:] not in (wanted[1:], (None,)):
            raise BadModel(f"{card.id} gives {model.outputs}, its card promises one {wanted}.")
        self._batch = model.inputs[0] or _BATCH
        self._reader = AppearanceReader(card.appearance) if card.appearance else None

    def embed(self, pixels: Pixels | Pyramid, boxes: Floats) -> Floats:
        """Embed the product in each box.

        Args:
            pixels: the upright photo.
            boxes: (n, 4) in its pixels.

        Returns:
            (n, card.dimensions) float32, each of length 1.
        """
        photo = Pyramid.of(pixels)
        whole = _whole_pixels(boxes, photo)
        starts = range(0, len(whole), self._batch)
        parts = [self._vectors(photo, whole[at : at + self._batch]) for at in starts]
        return np.concatenate([np.zeros((0, self.card.dimensions), np.float32), *parts])

    def answer(self, pixels: Pixels | Pyramid) -> Floats:
        """What the network alone says of a whole picture; (card.output.dimensions,) float32."""
        photo = Pyramid.of(pixels)
        return self._run(self._crops(photo, _whole_pixels(_all_of(photo), photo)))[0]

    def _vectors(self, photo: Pyramid, boxes: Ids) -> Floats:
        crops = self._crops(photo, boxes)
        seen = self._seen(photo, boxes, crops)
        return self._reader.vectors(seen, crops, boxes) if self._reader else seen

    def _seen(self, photo: Pyramid, boxes: Ids, crops: Pixels) -> Floats:
        """What the network says of the boxes, and of the parts of them that the card names."""
        answers = self._run(crops)
        for look in self.card.input.looks:
            answers = answers + self._run(self._crops(photo, _part(boxes, look)))
        return normalise(answers) if self.card.input.looks else answers

    def _crops(self, photo: Pyramid, boxes: Ids) -> np.ndarray:
        """(n, height, width, 3) RGB, each box stretched to the card's size."""
        width, height = self.card.input.width, self.card.input.height
        crops = np.empty((len(boxes), height, width, 3), np.uint8)
        for crop, (x1, y1, x2, y2) in zip(crops, boxes.tolist(), strict=True):
            crop[:] = photo.crop((x1, y1, x2, y2), width, height)
        return crops

    def _run(self, crops: np.ndarray) -> Floats:
        (vectors,) = self._model.infer(crops).values()
        return normalise(vectors)


def _all_of(photo: Pyramid) -> Floats:
    return np.array([[0, 0, photo.width, photo.height]], np.float32)


def _part(boxes: Ids, look: Look) -> Ids:
    """The same part of every box, in whole pixels, at least one each way."""
    corner, sides = boxes[:, :2], boxes[:, 2:] - boxes[:, :2]
    start = np.floor(corner + sides * look[:2]).astype(np.int64)
    end = np.ceil(corner + sides * look[2:]).astype(np.int64)
    return np.concatenate([start, end], axis=1)


def _whole_pixels(boxes: Floats, photo: Pyramid) -> Ids:
    """Round boxes outwards to whole pixels inside the photo, at least one pixel each way."""
    sides = np.array([photo.width, photo.height])
    start = np.clip(np.floor(boxes[:, :2]), 0, sides - 1).astype(np.int64)
    end = np.clip(np.ceil(boxes[:, 2:]), start + 1, sides).astype(np.int64)
    return np.concatenate([start, end], axis=1)
