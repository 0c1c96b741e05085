"""The card of a model: `model.toml`, which says how to feed it and how to read it.

Every threshold lives here, none in code. A folder holds `model.xml` and `model.bin` (OpenVINO)
or `model.onnx`, the card, and optionally `golden.jpg` and `golden.json` for `check`.
"""

import hashlib
import tomllib
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from inference.appearance import SHAPE, Appearance
from inference.card_fields import (
    GRAPHS,
    CardFields,
    Count,
    PixelInput,
    Share,
    Side,
    Text,
)
from inference.confidence import Confidence, Cosine
from inference.errors import BadCard, BadModel
from inference.neighbours import Neighbours
from inference.text_cards import TextFinderCard, TextReaderCard

CARD = "model.toml"
MODELS = Path(__file__).parent / "models"


class CloserLook(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One more look at photos whose typical product is too small, at a scale where it is not.

    The typical product is the median over the boxes found so far of the square root of their
    area, in pixels of the network's input.
    """

    typical_side: Annotated[float, Meta(gt=0)]  # as large as this it shall be
    score: Share  # of the boxes that decide
    most: Side  # the long side of the look is never larger


class DetectorInput(PixelInput, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The photo, aspect kept: scaled to `long_side`, or into a fixed `width` x `height`."""

    long_side: Side | None = None
    more_long_sides: tuple[Side, ...] = ()  # with long_side: look at these scales, too
    mirrored_long_sides: tuple[Side, ...] = ()  # likewise, left and right swapped
    closer_look: CloserLook | None = None  # with long_side
    multiple: Count = 32  # with long_side: both sides are padded to a multiple of this
    width: Side | None = None
    height: Side | None = None
    pad: Annotated[int, Meta(ge=0, le=255)] = 114  # gray value of the padding
    resize: Literal["fit", "centre"] = "fit"  # padding right and below, or all around


Look = tuple[Share, Share, Share, Share]  # x1 y1 x2 y2, shares of a box


class EmbedderInput(PixelInput, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The crop of one product, stretched to width x height."""

    width: Side
    height: Side
    looks: tuple[Look, ...] = ()  # parts seen beside the whole; the mean of all answers counts


class DetectorOutput(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the classes mean. `product` and `price_tag` are used, others are ignored.

    Several classes may carry the same label: they are then one class.
    """

    labels: Annotated[tuple[Text, ...], Meta(min_length=1)]
    stride: Count | None = None  # pixels per cell, for decoders that read a grid


class EmbedderOutput(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Length of one embedding."""

    dimensions: Count


class Crowding(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What it costs a box to overlap a better one: weight * (IoU - free) of its score."""

    weight: Share
    free: Share  # overlap that costs nothing


class DetectorThresholds(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which boxes count."""

    score: Share
    nms_iou: Share  # of two boxes that overlap more, the lower score goes
    vote_iou: Annotated[float, Meta(gt=0, lt=1)] | None = None  # boxes that agree are averaged
    crowding: Crowding | None = None  # boxes that overlap a better one lose score
    max_boxes: Count = 1000  # at most so many per photo
    max_candidates: Count = 20_000  # at most so many enter the overlap test


class EmbedderThresholds(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """From which confidence on a product is named, and from which it is ambiguous."""

    match: Share
    ambiguous: Share  # below match: nobody is named, but the candidates are worth a look
    same: Cosine = 0.75  # to the mean of unknown facings, from which on one shows their product


class DetectorCard(CardFields, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="detect"):
    """Card of a detector."""

    decoder: Text  # a key of inference.decoders.DECODERS
    input: DetectorInput
    output: DetectorOutput
    thresholds: DetectorThresholds


class EmbedderCard(CardFields, frozen=True, forbid_unknown_fields=True, kw_only=True, tag="embed"):
    """Card of an embedder.

    `key` is what vectors and galleries are tied to: a network trained anew under the same version
    is another embedder, and so is its key.
    """

    decoder: Literal["embedding"] = "embedding"
    input: EmbedderInput
    output: EmbedderOutput
    thresholds: EmbedderThresholds
    confidence: Confidence
    appearance: Appearance | None = None  # None = a vector is the network's answer alone
    neighbours: Neighbours | None = None  # None = a facing is looked up by itself

    @property
    def dimensions(self) -> int:
        """Length of one vector."""
        more = self.appearance
        colours = len(more.zones) * len(more.palette) + SHAPE if more else 0
        return self.output.dimensions + colours

    @property
    def key(self) -> str:
        """`<name>-<version>+<12 hex digits>` of the hashes of its files and its appearance."""
        listed = "\n".join(f"{name} {digest}" for name, digest in sorted(self.files.items()))
        if self.input.looks:
            listed += "\n" + msgspec.json.encode(self.input.looks).decode()
        if self.appearance:
            listed += "\n" + msgspec.json.encode(self.appearance).decode()
        return f"{self.id}+{hashlib.sha256(listed.encode()).hexdigest()[:12]}"


Card = DetectorCard | EmbedderCard | TextFinderCard | TextReaderCard


def model_folder(name: str) -> Path:
    """Find a model: a name under `inference/models`, or the path of a folder."""
    shipped = MODELS / name
    return shipped if shipped.is_dir() else Path(name)


def load_card(folder: Path, *, verify: bool = False) -> Card:
    """Read the card of a model folder.

    Args:
        folder: the model folder.
        verify: also compare the hash of every file named in the card.

    Raises:
        BadCard: the card is missing or wrong; names the field.
        BadModel: with `verify`, a file is missing or differs from its hash.
    """
    card = _parse(folder / CARD)
    _check_files(card)
    if isinstance(card, DetectorCard):
        _check_size(card.input)
    elif isinstance(card, EmbedderCard):
        _check_embedder(card)
    if verify:
        problems = [problem for name in card.files if (problem := file_problem(folder, card, name))]
        if problems:
            raise BadModel(f"{folder.name}: {problems[0]}")
    return card


def file_problem(folder: Path, card: Card, name: str) -> str | None:
    """Say what is wrong with one file of a model, None when nothing is."""
    try:
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    except OSError:
        return f"{name} is missing."
    expected = card.files[name]
    return None if found == expected else f"{name} has sha256 {found}, its card says {expected}."


def _parse(path: Path) -> Card:
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), Card)
    except OSError:
        raise BadCard("file", f"there is no readable {path}.") from None
    except ValueError as error:  # also TOML, UTF-8 and validation errors
        reason, _, field = str(error).partition(" - at `$")
        raise BadCard(field.strip(".`") or "file", f"{reason}.") from None


def _check_files(card: Card) -> None:
    if any(Path(name).name != name for name in card.files):
        raise BadCard("files", "names are plain file names beside the card.")
    if not any(name in card.files for name in GRAPHS):
        raise BadCard("files", f"one of {' or '.join(GRAPHS)} with its sha256 is missing.")
    if "model.xml" in card.files and "model.bin" not in card.files:
        raise BadCard("files", "model.bin with its sha256 is missing.")


def _check_embedder(card: EmbedderCard) -> None:
    if card.thresholds.ambiguous > card.thresholds.match:
        raise BadCard("thresholds.ambiguous", "it cannot be above match.")
    if any(x1 >= x2 or y1 >= y2 for x1, y1, x2, y2 in card.input.looks):
        raise BadCard("input.looks", "a look is x1 y1 x2 y2, x1 below x2 and y1 below y2.")
    if card.neighbours and card.neighbours.unlike >= card.neighbours.alike:
        raise BadCard("neighbours.unlike", "it must be below alike.")


def _check_size(given: DetectorInput) -> None:
    if (given.width is None) != (given.height is None):
        raise BadCard("input", "width and height belong together.")
    if (given.long_side is None) == (given.width is None):
        raise BadCard("input", "give long_side, or width and height.")
    looks = given.more_long_sides or given.mirrored_long_sides or given.closer_look
    if given.long_side is None and looks:
        raise BadCard("input", "more looks (more_, mirrored_, closer_) go with long_side.")
