"""Detectors that settle overlaps themselves: one output (1, n, 6), as YOLOv10 and 26 export it.

Rows: x1, y1, x2, y2 in network pixels, score 0-1, class. Empty rows have score 0.
"""

from collections.abc import Mapping

import numpy as np

from inference.card import DetectorOutput
from inference.decoders.contract import Decoder, Outputs, Shape, may_be
from inference.types import Candidates


def fits(shapes: Mapping[str, Shape], output: DetectorOutput) -> bool:
    """Whether there is one output with six columns."""
    del output
    return len(shapes) == 1 and may_be(next(iter(shapes.values())), 1, None, 6)


def decode(outputs: Outputs, output: DetectorOutput, lowest: float) -> Candidates:
    """Read the rows that reach `lowest` and name a class of the card."""
    (rows,) = (array[0] for array in outputs.values())
    labels = rows[:, 5].round().astype(np.int32)
    known = (labels >= 0) & (labels < len(output.labels))
    chosen = known & (rows[:, 4] >= lowest)
    return Candidates(rows[chosen, :4], rows[chosen, 4], labels[chosen])


END_TO_END = Decoder(
    wants="one output (1, n, 6): x1 y1 x2 y2 score class", fits=fits, decode=decode
)
