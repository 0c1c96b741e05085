"""A photo becomes boxes: letterbox, network, decoder, overlaps settled, boxes back on the photo.

Once, or twice where the card asks for a second look.
"""

import numpy as np

from inference.card import Card, DetectorCard, DetectorInput
from inference.decoders import DECODERS
from inference.errors import BadCard, BadModel
from inference.letterbox import Letterbox, letterbox
from inference.overlaps import best_first, suppress
from inference.pyramid import Pyramid
from inference.runtime import Model
from inference.second_look import second_input
from inference.types import Candidates, Detections, Flags, Floats, Ints, Pixels

PRODUCT = "product"
_SMALLEST_SIDE = 2.0  # pixels of the photo; a thinner box shows nothing


class Detector:
    """Finds the boxes of one photo. Threads may share it."""

    def __init__(self, model: Model, card: Card) -> None:
        """Check that model, card and decoder belong together.

        Raises:
            BadCard: the card names an unknown decoder, or is no detector's.
            BadModel: the model's outputs are not what the decoder reads.
        """
        self.card = _detector_card(card)
        self._model = model
        self._decoder = DECODERS[self.card.decoder]
        if not self._decoder.fits(model.outputs, self.card.output):
            raise BadModel(
                f"{card.id} gives {model.outputs}, "
                f"the decoder {card.decoder} wants {self._decoder.wants}."
            )
        labels = self.card.output.labels
        self._first_of = np.array([labels.index(label) for label in labels], np.int32)

    def detect(self, pixels: Pixels | Pyramid) -> Detections:
        """Find boxes in an upright photo.

        Returns:
            Boxes in pixels of the photo, inside it, at least 2 pixels wide and high, best first.
        """
        photo = Pyramid.of(pixels)
        found = self._look(photo, self.card.input)
        again = second_input(self._sure(found), photo.width, photo.height, self.card.input)
        return self._look(photo, again) if again else found

    def labelled(self, labels: Ints, name: str) -> Flags:
        """Which of the labels mean `name`."""
        return np.array(self.card.output.labels)[labels] == name

    def _sure(self, found: Detections) -> Floats:
        """The boxes of a first look that decide about a second."""
        look = self.card.input.second_look
        enough = found.scores >= (look.score if look else 1)
        return found.boxes[enough & self.labelled(found.labels, PRODUCT)]

    def _look(self, photo: Pyramid, how: DetectorInput) -> Detections:
        frame = letterbox(photo.width, photo.height, how)
        outputs = self._model.infer(frame.pixels(photo, how.pad)[None])
        if not all(np.isfinite(array).all() for array in outputs.values()):
            raise BadModel(f"{self.card.id} gives values that are no numbers.")
        limits = self.card.thresholds
        found = self._decoder.decode(outputs, self.card.output, limits.score)
        return self._settle(found, frame)

    def _settle(self, found: Candidates, frame: Letterbox) -> Detections:
        """Drop what shows nothing, suppress overlaps, carry to the photo, cap."""
        limits = self.card.thresholds
        on_photo = _clip(frame.to_photo(found.boxes), frame)
        solid = np.flatnonzero((on_photo[:, 2:] - on_photo[:, :2] >= _SMALLEST_SIDE).all(axis=1))
        entering = solid[best_first(found.scores[solid])][: limits.max_candidates]
        labels = self._first_of[found.labels[entering]]
        kept = suppress(
            found.boxes[entering],
            found.scores[entering],
            labels,
            limits.nms_iou,
            limits.max_boxes + 1,
        )
        chosen = entering[kept][: limits.max_boxes]
        return Detections(
            boxes=on_photo[chosen],
            scores=found.scores[chosen].astype(np.float32),
            labels=self._first_of[found.labels[chosen]],
            capped=len(kept) > limits.max_boxes or len(solid) > limits.max_candidates,
        )


def _clip(boxes: Floats, frame: Letterbox) -> Floats:
    sides = np.array([frame.photo_width, frame.photo_height] * 2, np.float32)
    return np.clip(boxes, 0, sides)


def _detector_card(card: Card) -> DetectorCard:
    if not isinstance(card, DetectorCard):
        raise BadCard("task", f"{card.id} is no detector.")
    if card.decoder not in DECODERS:
        raise BadCard("decoder", f"{card.decoder!r} is none of {', '.join(DECODERS)}.")
    return card
