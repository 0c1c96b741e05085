"""What every decoder is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from inference.card import DetectorOutput
from inference.types import Candidates, Floats

Shape = tuple[int | None, ...]  # None = any length
Outputs = Mapping[str, Floats]  # by name, of one photo (batch of 1)


@dataclass(frozen=True)
class Decoder:
    """Reads one output layout.

    `fits` looks at the shapes before anything runs; `decode` takes the outputs, the card's output
    section and the lowest score that counts.
    """

    wants: str  # the layout in words, for the message when a model does not fit
    fits: Callable[[Mapping[str, Shape], DetectorOutput], bool]
    decode: Callable[[Outputs, DetectorOutput, float], Candidates]


def may_be(shape: Shape, *wanted: int | None) -> bool:
    """Whether a shape could be the wanted one; None on either side is any length."""
    return len(shape) == len(wanted) and all(
        a is None or b is None or a == b for a, b in zip(shape, wanted, strict=True)
    )
