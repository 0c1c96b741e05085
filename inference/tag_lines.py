"""The lines of a price tag, cut out, and what their first reading leaves open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from inference.cents import (
    cents_beside,
    first_raised,
    put_together,
    raised_part,
    whole_beside,
    with_cents,
)
from inference.prices import TextLine
from inference.text_reader import NOTHING, Reading
from inference.types import Floats, Pixels


@dataclass
class CutLine:
    """A line of one tag, cut out."""

    tag: Pixels
    box: Floats  # (4,) pixels of the tag
    reading: Reading = NOTHING

    @property
    def height(self) -> float:
        """Of its box, pixels."""
        return float(self.box[3] - self.box[1])

    @cached_property
    def pixels(self) -> Pixels:
        """Its picture."""
        return cut(self.tag, self.box)

    def text(self) -> TextLine:
        """As the price is looked for in it; its box in shares of the tag."""
        height, width = self.tag.shape[:2]
        x1, y1, x2, y2 = (self.box / np.array([width, height] * 2)).tolist()
        return TextLine(self.reading.text, self.reading.confidence, x1, y1, x2, y2)


@dataclass(frozen=True, eq=False)
class Question:
    """A place to read once more, and what becomes of the line's first reading then."""

    line: CutLine
    first: Reading
    pixels: Pixels
    put: Callable[[Reading], Reading | None]  # None = that was no answer

    def answer(self, found: Reading) -> None:
        """Put both readings together, unless a question before it was answered."""
        if self.line.reading is self.first:
            self.line.reading = self.put(found) or self.first


def questions(line: CutLine) -> Iterator[Question]:
    """What to ask about a line that was read, the likeliest first.

    Raised cents are read by themselves; cents, or the digits before them, that the finder left out
    are looked for beside the line.
    """
    first, tag, box = line.reading, line.tag, line.box
    raised = first_raised(line.pixels, first)
    if raised is not None:
        pixels = raised_part(line.pixels, first, raised)
        yield Question(line, first, pixels, partial(with_cents, first, raised))
    cents, whole = cents_beside(tag, box, first), whole_beside(tag, box, first)
    if cents is not None:
        yield Question(line, first, cut(tag, cents), partial(put_together, first))
    if whole is not None:
        pixels = cut(tag, whole)
        yield Question(line, first, pixels, lambda found: put_together(found, first))


def cut(tag: Pixels, box: Floats) -> Pixels:
    """The picture of a box of the tag, at least one pixel each way."""
    x1, y1, x2, y2 = np.rint(box).astype(int).tolist()
    return tag[y1 : max(y2, y1 + 1), x1 : max(x2, x1 + 1)]
