"""Is a model folder sound: its card, its hashes, its outputs, its golden answer?"""

from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct

from inference.card import DetectorCard, file_problem, load_card
from inference.detect import Detector
from inference.errors import BadModel, UnreadablePhoto
from inference.identify import Embedder
from inference.image import decode
from inference.runtime import Model, Runtime
from inference.text_cards import TextFinderCard, TextReaderCard
from inference.text_finder import TextFinder
from inference.text_reader import TextReader
from inference.types import Detections, Floats, Pixels

PHOTO, ANSWER = "golden.jpg", "golden.json"


class GoldenBoxes(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a detector found in its golden photo when it was made."""

    boxes: list[tuple[float, float, float, float]]
    scores: list[float]
    labels: list[int]
    tolerance_pixels: float  # a side may move this far
    tolerance_share: float = 0.05  # of the boxes may be missing, as many may be new


class GoldenEmbedding(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an embedder made of its golden photo."""

    embedding: list[float]
    tolerance_cosine: float  # the cosine to it is at least this


def check(folder: Path, runtime: Runtime | None = None) -> list[str]:
    """Verify a model folder.

    The golden answer is compared with tolerances, because arithmetic differs between hosts. A
    model without golden files passes without that comparison.

    Returns:
        What is wrong, one sentence each; empty = sound.
    """
    try:
        card = load_card(folder)
        problems = [p for name in card.files if (p := file_problem(folder, card, name))]
        return problems or _golden_problems(folder, (runtime or Runtime()).load(folder))
    except BadModel as problem:
        return [str(problem)]
    except (OSError, UnreadablePhoto, msgspec.MsgspecError) as problem:
        return [f"The golden answer cannot be read: {problem}"]


class GoldenLines(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where a text finder found lines in its golden picture of a tag, highest first."""

    boxes: list[tuple[float, float, float, float]]
    tolerance_pixels: float  # a side may be this far off


class GoldenText(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a text reader read in its golden picture of a line."""

    text: str


def _golden_problems(folder: Path, model: Model) -> list[str]:
    reader = _reader(folder, model)
    if not (folder / PHOTO).exists():
        return []
    pixels = decode((folder / PHOTO).read_bytes(), fast=False)  # as whoever made the answer did
    answer = (folder / ANSWER).read_bytes()
    if isinstance(reader, Detector):
        return _boxes_problems(reader, pixels, answer)
    if isinstance(reader, TextFinder):
        return _lines_problems(reader, pixels, answer)
    if isinstance(reader, TextReader):
        return _text_problems(reader, pixels, answer)
    return _embedding_problems(reader, pixels, answer)


def _reader(folder: Path, model: Model) -> Detector | Embedder | TextFinder | TextReader:
    """Building it checks that outputs and card fit."""
    card = model.card
    if isinstance(card, DetectorCard):
        return Detector(model, card)
    if isinstance(card, TextFinderCard):
        return TextFinder(model, card)
    if isinstance(card, TextReaderCard):
        return TextReader(model, card, folder)
    return Embedder(model, card)


def _lines_problems(finder: TextFinder, pixels: Pixels, answer: bytes) -> list[str]:
    golden = msgspec.json.decode(answer, type=GoldenLines)
    (found,) = finder.find([pixels])
    expected = np.array(golden.boxes, np.float32).reshape(-1, 4)
    if len(found) != len(expected):
        return [f"{len(found)} lines are found in the golden tag, not {len(expected)}."]
    apart = float(np.abs(found - expected).max(initial=0))
    if apart <= golden.tolerance_pixels:
        return []
    return [f"A line of the golden tag is {apart:.1f} pixels off."]


def _text_problems(reader: TextReader, pixels: Pixels, answer: bytes) -> list[str]:
    golden = msgspec.json.decode(answer, type=GoldenText)
    (found,) = reader.read([pixels])
    return [] if found.text == golden.text else [f"The golden line says {found.text!r}."]


def _boxes_problems(detector: Detector, pixels: Pixels, answer: bytes) -> list[str]:
    golden = msgspec.json.decode(answer, type=GoldenBoxes)
    found = detector.detect(pixels)
    sides = np.array([pixels.shape[1], pixels.shape[0]] * 2, np.float32)
    boxes = np.clip(np.array(golden.boxes, np.float32).reshape(-1, 4), 0, sides)  # as detect does
    labels = np.array(golden.labels)
    same = _same(boxes, labels, found, golden.tolerance_pixels)
    missing, new = int((~same.any(axis=1)).sum()), int((~same.any(axis=0)).sum())
    allowed = golden.tolerance_share * len(boxes)
    if max(missing, new) <= allowed:
        return []
    return [f"{missing} of {len(boxes)} golden boxes are not found, {new} boxes are new."]


def _same(boxes: Floats, labels: np.ndarray, found: Detections, tolerance: float) -> np.ndarray:
    """(golden, found): equal label, and no side further away than the tolerance."""
    apart = np.abs(boxes[:, None] - found.boxes[None]).max(axis=2, initial=0)
    return (apart <= tolerance) & (labels[:, None] == found.labels[None])


def _embedding_problems(embedder: Embedder, pixels: Pixels, answer: bytes) -> list[str]:
    golden = msgspec.json.decode(answer, type=GoldenEmbedding)
    found, expected = embedder.answer(pixels), np.array(golden.embedding, np.float32)
    if found.shape != expected.shape:
        return [f"The golden embedding has {len(expected)} numbers, the model gives {len(found)}."]
    cosine = float(found @ expected)
    if cosine >= golden.tolerance_cosine:
        return []
    return [f"Cosine to the golden embedding is {cosine:.3f}, not {golden.tolerance_cosine}."]
