"""What a line of text says, character by character.

The network gives each column of the line a probability per character; of a run of columns with
the same character one is read, blank separates (connectionist temporal classification).
Source: "An End-to-End Trainable Neural Network for Image-based Sequence Recognition", Shi et al.,
2015, section 2.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inference.batches import batches
from inference.card import Card
from inference.errors import BadCard, BadModel
from inference.runtime import Model
from inference.text_cards import TextReaderCard
from inference.types import Floats, Pixels

SIGNS = "$€£¥"
_PAD = 128  # what the network sees as nothing
_SPREAD = 32  # pixels more of nothing are cheaper than one more run
_ROOM = 12  # pixels of nothing after a line at least: without them its last character suffers


@dataclass(frozen=True, eq=False)
class Reading:
    """The text of one line."""

    text: str
    scores: Floats  # (n,) 0-1, of each character
    places: Floats  # (n,) 0-1, middle of each character, share of the line's width

    @property
    def confidence(self) -> float:
        """Of the least sure character, 0 for no text."""
        return float(self.scores.min(initial=1.0)) if self.text else 0.0


NOTHING = Reading("", np.zeros(0, np.float32), np.zeros(0, np.float32))


class TextReader:
    """Reads lines of text. Threads may share it."""

    def __init__(self, model: Model, card: Card, folder: Path) -> None:
        """Check that model, card and characters belong together.

        Args:
            folder: of the model; holds the file of characters.

        Raises:
            BadCard: the card is no text reader's.
            BadModel: the model does not give one class per character.
        """
        if not isinstance(card, TextReaderCard):
            raise BadCard("task", f"{card.id} is no text reader.")
        self.card = card
        self._model = model
        file = folder / card.output.characters
        self._characters = np.array(file.read_text("utf-8").split("\n")[:-1])
        shapes = list(model.outputs.values())
        if len(shapes) != 1 or shapes[0][2:] != (len(self._characters),):
            raise BadModel(
                f"{card.id} gives {model.outputs}, {file.name} has {len(self._characters)} classes."
            )
        self._signs = [int(np.flatnonzero(self._characters == sign)[0]) for sign in SIGNS]

    def read(self, lines: Sequence[Pixels]) -> list[Reading]:
        """Read each line, at least 1 pixel wide and high."""
        scaled = [self._scaled(line) for line in lines]
        step = self.card.input.multiple
        widths = [-(-(line.shape[1] + _ROOM) // step) * step for line in scaled]
        read: dict[int, Reading] = {}
        for chosen in batches(widths, _SPREAD):
            run = self._batch([scaled[at] for at in chosen], widths[chosen[0]])
            read |= zip(chosen, run, strict=True)
        return [read[at] for at in range(len(lines))]

    def _scaled(self, line: Pixels) -> Pixels:
        given = self.card.input
        height, width = line.shape[:2]
        wanted = min(max(round(width * given.height / height), 16), given.longest)
        size = (wanted, given.height)
        return np.asarray(cv2.resize(line, size, interpolation=cv2.INTER_CUBIC), np.uint8)

    def _batch(self, lines: Sequence[Pixels], width: int) -> list[Reading]:
        batch = np.full((len(lines), self.card.input.height, width, 3), _PAD, np.uint8)
        for line, room in zip(lines, batch, strict=True):
            room[:, : line.shape[1]] = line
        (likely,) = self._model.infer(batch).values()
        shares = [line.shape[1] / width for line in lines]
        return [self._reading(one, share) for one, share in zip(likely, shares, strict=True)]

    def _reading(self, likely: Floats, share: float) -> Reading:
        """Decode one line, which fills `share` of its columns.

        A currency sign is rare in other text and frequent here, so it is weighed up wherever
        there is a character at all.
        """
        best = likely.argmax(axis=1)
        signs = likely[:, self._signs]
        sign = signs.argmax(axis=1)
        sure = likely[np.arange(len(best)), best]
        paid = (best > 0) & (signs.max(axis=1) * self.card.thresholds.sign > sure)
        best = np.where(paid, np.array(self._signs)[sign], best)
        starts = (best > 0) & (best != np.concatenate([[-1], best[:-1]]))
        columns = np.flatnonzero(starts)
        middles = (columns + 0.5) / len(best) / share
        scores = np.where(paid, 1.0, sure)[columns]
        return Reading(
            text="".join(self._characters[best[columns]]),
            scores=scores.astype(np.float32),
            places=np.clip(middles, 0, 1).astype(np.float32),
        )
