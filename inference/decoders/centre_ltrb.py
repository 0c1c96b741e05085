"""Our own layout: a grid of cells, each saying its class and how far the four sides are.

`cls` (1, classes, h, w): logits. `reg` (1, 4, h, w): log(left, top, right, bottom / stride) from
the cell's centre, which lies at (column + 0.5, row + 0.5) * stride.
"""

from collections.abc import Mapping

import numpy as np

from inference.card import DetectorOutput
from inference.decoders.contract import Decoder, Outputs, Shape, may_be
from inference.errors import BadCard
from inference.types import Candidates, Floats

_SANE_LOG = 12.0  # e^12 strides is wider than any photo; keeps exp from overflowing


def fits(shapes: Mapping[str, Shape], output: DetectorOutput) -> bool:
    """Whether outputs `cls` and `reg` are there with the right channels."""
    if output.stride is None:
        raise BadCard("output.stride", "the decoder centre_ltrb needs it.")
    return (
        shapes.keys() >= {"cls", "reg"}
        and may_be(shapes["cls"], 1, len(output.labels), None, None)
        and may_be(shapes["reg"], 1, 4, None, None)
    )


def decode(outputs: Outputs, output: DetectorOutput, lowest: float) -> Candidates:
    """Read the cells whose score reaches `lowest`."""
    logits = outputs["cls"][0]
    labels, rows, columns = np.nonzero(logits >= _logit(lowest))
    sides = np.exp(np.minimum(outputs["reg"][0][:, rows, columns], _SANE_LOG))
    return Candidates(
        boxes=_boxes(rows, columns, sides) * np.float32(output.stride or 1),
        scores=1 / (1 + np.exp(-logits[labels, rows, columns])),
        labels=labels.astype(np.int32),
    )


def _boxes(rows: np.ndarray, columns: np.ndarray, sides: Floats) -> Floats:
    """(n, 4) boxes in cells; `sides` is (4, n) left, top, right, bottom."""
    left, top, right, bottom = sides
    x, y = columns + np.float32(0.5), rows + np.float32(0.5)
    return np.stack([x - left, y - top, x + right, y + bottom], axis=1).astype(np.float32)


def _logit(score: float) -> float:
    bounded = min(max(score, 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))


CENTRE_LTRB = Decoder(
    wants="cls (1, classes, h, w) logits and reg (1, 4, h, w) log distances",
    fits=fits,
    decode=decode,
)
