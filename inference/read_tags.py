"""Price tags of one photo: their lines are found, the high ones read, prices made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inference.prices import Price, TextLine, prices
from inference.pyramid import Pyramid
from inference.runtime import Runtime
from inference.tag_lines import CutLine, questions
from inference.text_finder import TextFinder
from inference.text_reader import TextReader
from inference.types import Floats, Pixels

_MARGIN = 0.05  # of the tag's height, around its box
_HIGHEST = 192  # pixels; a larger tag is shrunk to it
_LEAST = 4  # pixels; a lower line cannot be read
_HIGH = 0.55  # of the highest line: lines that are read
_WIDE = 5.0  # heights; prices are shorter than that, names are longer
_UPRIGHT = 2.0  # a region so many times higher than wide is a barcode or an edge
_MOST = 3  # lines read for the price
_FIRST = 0.95  # of the highest line: lines that are read first


@dataclass(frozen=True)
class TagText:
    """What one price tag says."""

    lines: tuple[TextLine, ...]  # those that were read, highest first
    prices: tuple[Price, ...]  # main price first

    @property
    def text(self) -> str:
        """Its lines from top to bottom."""
        ordered = sorted(self.lines, key=lambda line: (line.y1, line.x1))
        return "\n".join(line.text for line in ordered if line.text.strip())


class TagReader:
    """Reads price tags. Threads may share it."""

    def __init__(self, finder: TextFinder, reader: TextReader) -> None:
        """Put the two models together."""
        self.finder = finder
        self.reader = reader

    def read(self, photo: Pyramid, boxes: Floats) -> list[TagText]:
        """Read the tags in (n, 4) boxes, pixels of the photo.

        The highest lines of a tag are read, its lower ones where those hold no sure price.
        """
        bright = self.reader.card.thresholds.bright
        tags = [_evened(cut_tag(photo, box), bright) for box in boxes]
        lines = [
            [CutLine(tag, box) for box in _worth_reading(found)]
            for tag, found in zip(tags, self.finder.find(tags), strict=True)
        ]
        first = [[line for line in own if line.height >= _FIRST * own[0].height] for own in lines]
        self._read([line for own in first for line in own])
        texts = [self._text(own) for own in first]
        unsure = [at for at, text in enumerate(texts) if not self._sure(text)]
        self._read([line for at in unsure for line in lines[at][len(first[at]) :]])
        for at in unsure:
            texts[at] = self._text(lines[at])
        return texts

    def warm_up(self) -> None:
        """Run both networks in the commonest sizes, so that the first tags do not pay for it."""
        tag = np.full((96, 160, 3), 255, np.uint8)
        for count in (1, 8):
            self.finder.find([tag] * count)
            self.reader.read([tag[:48, :96]] * count)

    def _sure(self, tag: TagText) -> bool:
        sure = self.reader.card.thresholds.sure
        return bool(tag.prices) and tag.prices[0].confidence >= sure

    def _text(self, lines: Sequence[CutLine]) -> TagText:
        read = tuple(line.text() for line in lines)
        return TagText(read, tuple(prices(read, sure=self.reader.card.thresholds.sure)))

    def _read(self, lines: Sequence[CutLine]) -> None:
        """Read the lines, then what their first reading leaves open."""
        readings = self.reader.read([line.pixels for line in lines])
        for line, reading in zip(lines, readings, strict=True):
            line.reading = reading
        asked = [question for line in lines for question in questions(line)]
        answers = self.reader.read([question.pixels for question in asked])
        for question, answer in zip(asked, answers, strict=True):
            question.answer(answer)


def load_tag_reader(finder: Path, reader: Path, runtime: Runtime) -> TagReader:
    """Load both models.

    Raises:
        BadModel: a folder is not what its card says; names the file or field.
    """
    found, read = runtime.load(finder), runtime.load(reader)
    return TagReader(TextFinder(found, found.card), TextReader(read, read.card, reader))


def cut_tag(photo: Pyramid, box: Floats) -> Pixels:
    """Cut a tag out with a margin, never larger than it is."""
    margin = _MARGIN * (box[3] - box[1])
    sides = np.array([photo.width, photo.height] * 2)
    grown = np.clip(box + np.array([-margin, -margin, margin, margin]), 0, sides)
    x1, y1, x2, y2 = np.rint(grown).astype(int).tolist()
    x1, y1 = min(x1, photo.width - 1), min(y1, photo.height - 1)
    x2, y2 = max(x2, x1 + 1), max(y2, y1 + 1)
    scale = min(1.0, _HIGHEST / (y2 - y1))
    width, height = max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale))
    return photo.crop((x1, y1, x2, y2), width, height)


def _evened(tag: Pixels, bright: float) -> Pixels:
    """Make a dark tag grey, its contrast evened out part by part; leave a bright one as it is."""
    grey = cv2.cvtColor(tag, cv2.COLOR_RGB2GRAY)
    if grey.mean() >= bright:
        return tag
    evened = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(4, 4)).apply(grey)
    return np.asarray(cv2.cvtColor(evened, cv2.COLOR_GRAY2RGB), np.uint8)


def _worth_reading(lines: Floats) -> Floats:
    """The lines high enough to hold the price; they come highest first."""
    lines = lines[(lines[:, 3] - lines[:, 1]) < _UPRIGHT * (lines[:, 2] - lines[:, 0])]
    heights, widths = lines[:, 3] - lines[:, 1], lines[:, 2] - lines[:, 0]
    short = lines[(widths < _WIDE * heights) & (heights >= _LEAST)]
    lines = short if len(short) else lines[heights >= _LEAST]
    heights = lines[:, 3] - lines[:, 1]
    return lines[heights >= _HIGH * heights.max(initial=0)][:_MOST]
