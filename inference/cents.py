"""Cents printed small and high: `27` with a raised `90` is 27.90, not 2790.

Under raised digits there is a blank stretch, whatever the colours; a digit that stands on the line
has ink in every row. Cents, or the digits before them, that the finder left out are looked for
beside the box.
"""

import re
from itertools import pairwise

import cv2
import numpy as np

from inference.text_reader import Reading
from inference.types import Floats, Pixels, Reals

_UPPER, _LOWER = (0.14, 0.54), (0.5, 0.84)  # bands of the line's height, as the finder cuts lines
_STRIPS = 5  # of the lower band, looked at one by one
_BLANK, _INK = 0.36, 0.5  # ink of a strip / ink above: at most, at least
_POINTS = ".,:-/"  # of numbers
_NOISE = 8.0  # grey levels that count as no contrast
_RAISED = 0.64  # of the line's height, to the foot of raised cents
_CENTS = 2
_BEYOND = 0.95  # line heights: how far right of the box cents may reach
_DIGIT = 0.45  # line heights: width of a digit
_EDGE = 0.08  # of the tag's height, around its box
_WIDTH = 0.4  # line heights: a narrower place holds no two digits
_SMALL = 0.22  # of the tag: cents are hardly higher
_SURE = 0.8  # of what is put together
_LEAST = 4  # pixels; less cannot be read
_INKED = 0.5  # contrast beside the box / contrast in it: something is printed there


def first_raised(line: Pixels, reading: Reading) -> int | None:
    """Say which character is the first raised one after a standing digit; None = none is."""
    if len(reading.text) < _CENTS:
        return None
    below, standing = _below(line, reading), None
    for at, character in enumerate(reading.text):
        if character in _POINTS:
            continue
        after = sum(later.isdigit() for later in reading.text[at:])
        if (
            standing is not None
            and after <= _CENTS
            and ((standing >= _INK) & (below[at] < _BLANK)).sum() >= _CENTS
        ):
            return at
        standing = below[at] if character.isdigit() else standing
    return None


def raised_part(line: Pixels, reading: Reading, first: int) -> Pixels:
    """The upper right of a line, from its first raised character on."""
    height, width = line.shape[:2]
    left = float(reading.places[first - 1] + reading.places[first]) / 2 * width
    return line[: max(int(_RAISED * height), 1), min(int(left), width - 1) :]


def cents_beside(tag: Pixels, box: Floats, reading: Reading) -> Floats | None:
    """Where raised cents may stand that the finder left out: right of one to three digits.

    Args:
        tag: its picture.
        box: (4,) of the line, pixels of the tag.
        reading: of that line.

    Returns:
        (4,) inside the tag; None = nothing is printed there.
    """
    if not reading.text.isdigit() or len(reading.text) > _CENTS + 1:
        return None
    width, height = box[2:] - box[:2]
    apart = np.diff(reading.places)[-1] * width if len(reading.places) > 1 else _DIGIT * height
    left = box[0] + reading.places[-1] * width + 0.5 * apart
    beside = [left, box[1], box[2] + _BEYOND * height, box[1] + _RAISED * height]
    return _printed(tag, box, np.array(beside))


def whole_beside(tag: Pixels, box: Floats, reading: Reading) -> Floats | None:
    """The same for large digits left of two raised ones."""
    if not reading.text.isdigit() or len(reading.text) != _CENTS:
        return None
    height = box[3] - box[1]
    if height > _SMALL * len(tag):
        return None
    beside = [box[0] - 2.2 * height, box[1] - 0.2 * height, box[0], box[3] + 0.9 * height]
    return _printed(tag, box, np.array(beside))


def put_together(whole: Reading, cents: Reading) -> Reading | None:
    """`17` and `45` as 17.45; None where one of them is no such number."""
    digits = re.search(r"(\d{1,3})\D*$", whole.text)
    if digits is None or not re.fullmatch(r"\d\d", cents.text):
        return None
    if min(whole.confidence, cents.confidence) < _SURE:
        return None
    scores = np.concatenate([whole.scores[slice(*digits.span(1))], [1.0], cents.scores])
    text = f"{digits[1]}.{cents.text}"
    places = np.linspace(0, 1, len(text), dtype=np.float32)  # nobody asks for them any more
    return Reading(text, scores.astype(np.float32), places)


def with_cents(reading: Reading, first: int, again: Reading) -> Reading:
    """Put the standing part, a point and two digits of cents together.

    Args:
        reading: of the whole line.
        first: its first raised character.
        again: what the raised part says when it is read by itself.
    """
    pairs = [_digits(again, 0), _digits(reading, first)]
    found = [pair for pair in pairs if len(pair[0]) == _CENTS]
    if not found:
        return reading
    cents, scores = max(found, key=lambda pair: float(pair[1].min()))
    whole = reading.text[:first].rstrip(".,:")
    kept = np.concatenate([reading.scores[: len(whole)], [1.0], scores])
    places = np.concatenate([reading.places[: len(whole)], [1.0] * (_CENTS + 1)])
    return Reading(f"{whole}.{cents}", kept.astype(np.float32), places.astype(np.float32))


def _digits(reading: Reading, start: int) -> tuple[str, Floats]:
    """The first two digits from `start` on, and their scores."""
    at = [i for i in range(start, len(reading.text)) if reading.text[i].isdigit()][:_CENTS]
    return "".join(reading.text[i] for i in at), reading.scores[at]


def _below(line: Pixels, reading: Reading) -> Reals:
    """(n, strips): ink of each strip from the middle down / above, around each character."""
    grey = cv2.cvtColor(line, cv2.COLOR_RGB2GRAY).astype(np.float32)
    ink = np.abs(grey - np.median(grey))
    height, width = grey.shape
    half = max(0.35 * float(np.median(np.diff(reading.places))) * width, 1.0)
    edges = np.rint(np.linspace(*_LOWER, _STRIPS + 1) * height).astype(int)
    found = np.zeros((len(reading.text), _STRIPS))
    for at, middle in enumerate(reading.places * width):
        columns = ink[:, max(int(middle - half), 0) : int(middle + half) + 1]
        above = _most(columns[round(_UPPER[0] * height) : round(_UPPER[1] * height)])
        strips = [columns[a : max(b, a + 1)] for a, b in pairwise(edges.tolist())]
        found[at] = [_most(strip) / (above + _NOISE) for strip in strips]
    return found


def _printed(tag: Pixels, box: Floats, beside: Reals) -> Floats | None:
    """The place beside a line, inside the tag, if there is as much contrast as in the line."""
    place = _inside(tag, beside)
    edge = _EDGE * tag.shape[0]  # what lies around the tag is no print
    place = np.clip(place, edge, [tag.shape[1] - edge, tag.shape[0] - edge] * 2).astype(np.float32)
    if place[2] - place[0] < _WIDTH * (box[3] - box[1]) or place[3] - place[1] < _LEAST:
        return None
    enough = _INKED * _contrast(_grey(tag, box)) + _NOISE
    return place if _contrast(_grey(tag, place)) > enough else None


def _inside(tag: Pixels, box: Reals) -> Floats:
    height, width = tag.shape[:2]
    return np.clip(box, 0, [width, height] * 2).astype(np.float32)


def _grey(tag: Pixels, box: Floats) -> np.ndarray:
    x1, y1, x2, y2 = np.rint(box).astype(int).tolist()
    part = tag[y1:y2, x1:x2]
    return cv2.cvtColor(part, cv2.COLOR_RGB2GRAY) if part.size else np.zeros((0, 0), np.uint8)


def _contrast(grey: np.ndarray) -> float:
    if not grey.size:
        return 0.0
    return _percentile(grey, 0.95) - _percentile(grey, 0.05)


def _most(ink: np.ndarray) -> float:
    return _percentile(ink, 0.96) if ink.size else 0.0


def _percentile(values: np.ndarray, share: float) -> float:
    """What `np.percentile` says, for a few dozen values in a tenth of its time."""
    place = share * (values.size - 1)
    low = int(place)
    high = min(low + 1, values.size - 1)
    parts = np.partition(values, (low, high), axis=None)
    return float(parts[low]) + (place - low) * float(parts[high] - parts[low])
