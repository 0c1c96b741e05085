"""A photo becomes boxes: letterbox, network, decoder, boxes back on the photo, overlaps settled.

The card may ask for several looks at the photo, at different scales or mirrored: they are settled
together.
"""

import numpy as np

from inference.card import Card, Crowding, DetectorCard
from inference.closer_look import closer_long_side
from inference.crowding import discounted
from inference.decoders import DECODERS
from inference.errors import BadCard, BadModel
from inference.letterbox import letterbox
from inference.overlaps import best_first, suppress
from inference.pyramid import Pyramid
from inference.runtime import Model
from inference.types import Candidates, Detections, Flags, Floats, Ints, Pixels
from inference.voting import averaged

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
        given = self.card.input
        looks = [self._look(photo, side) for side in (given.long_side, *given.more_long_sides)]
        looks += [self._look(photo, side, mirrored=True) for side in given.mirrored_long_sides]
        found = self._settle(_together(looks))
        closer = closer_long_side(self._sure(found), photo.width, photo.height, given)
        if closer is None:
            return found
        return self._settle(_together([*looks, self._look(photo, closer)]))

    def labelled(self, labels: Ints, name: str) -> Flags:
        """Which of the labels mean `name`."""
        return np.array(self.card.output.labels)[labels] == name

    def _look(self, photo: Pyramid, long_side: int | None, *, mirrored: bool = False) -> Candidates:
        """Read the photo at one scale; boxes in pixels of the photo."""
        frame = letterbox(photo.width, photo.height, self.card.input, long_side)
        pixels = frame.pixels(photo, self.card.input.pad, mirrored=mirrored)
        outputs = self._model.infer(pixels[None])
        if not all(np.isfinite(array).all() for array in outputs.values()):
            raise BadModel(f"{self.card.id} gives values that are no numbers.")
        found = self._decoder.decode(outputs, self.card.output, self.card.thresholds.score)
        on_photo = frame.to_photo(found.boxes, mirrored=mirrored)
        boxes = np.clip(on_photo, 0, [photo.width, photo.height] * 2)
        solid = (boxes[:, 2:] - boxes[:, :2] >= _SMALLEST_SIDE).all(axis=1)
        return Candidates(
            boxes=boxes[solid].astype(np.float32),
            scores=found.scores[solid].astype(np.float32),
            labels=self._first_of[found.labels[solid]],
        )

    def _settle(self, found: Candidates) -> Detections:
        """Suppress overlaps, average what agrees, cap."""
        limits = self.card.thresholds
        entering = best_first(found.scores)[: limits.max_candidates]
        boxes, scores, labels = (
            found.boxes[entering],
            found.scores[entering],
            found.labels[entering],
        )
        kept = suppress(boxes, scores, labels, limits.nms_iou, limits.max_boxes + 1)
        chosen = kept[: limits.max_boxes]
        final = boxes[chosen]
        if limits.vote_iou is not None:
            final = averaged(boxes, scores, labels, chosen, limits.vote_iou)
        settled = Detections(
            boxes=final,
            scores=scores[chosen],
            labels=labels[chosen],
            capped=len(kept) > limits.max_boxes or len(found.scores) > limits.max_candidates,
        )
        return settled if limits.crowding is None else self._thinned(settled, limits.crowding)

    def _thinned(self, found: Detections, rule: Crowding) -> Detections:
        """Drop boxes whose score is too low once overlaps with better ones are counted."""
        scores = discounted(found.boxes, found.scores, found.labels, rule)
        best = best_first(scores)
        stay = best[scores[best] >= self.card.thresholds.score]
        return Detections(found.boxes[stay], scores[stay], found.labels[stay], found.capped)

    def _sure(self, found: Detections) -> Floats:
        """The boxes that decide about a closer look."""
        look = self.card.input.closer_look
        enough = found.scores >= (look.score if look else 1)
        return found.boxes[enough & self.labelled(found.labels, PRODUCT)]


def _together(looks: list[Candidates]) -> Candidates:
    return Candidates(
        boxes=np.concatenate([look.boxes for look in looks]),
        scores=np.concatenate([look.scores for look in looks]),
        labels=np.concatenate([look.labels for look in looks]),
    )


def _detector_card(card: Card) -> DetectorCard:
    if not isinstance(card, DetectorCard):
        raise BadCard("task", f"{card.id} is no detector.")
    if card.decoder not in DECODERS:
        raise BadCard("decoder", f"{card.decoder!r} is none of {', '.join(DECODERS)}.")
    return card
