"""Ultralytics YOLOv8, v9 and 11 as exported: one output (1, 4 + classes, n).

Rows: centre x, centre y, width, height in network pixels, then one score 0-1 per class.

Source: ultralytics/engine/exporter.py and nn/modules/head.py (Detect), format "openvino"/"onnx"
without NMS.
"""

from collections.abc import Mapping

import numpy as np

from inference.card import DetectorOutput
from inference.decoders.contract import Decoder, Outputs, Shape, may_be
from inference.types import Candidates


def fits(shapes: Mapping[str, Shape], output: DetectorOutput) -> bool:
    """Whether there is one output with 4 + classes rows."""
    return len(shapes) == 1 and may_be(next(iter(shapes.values())), 1, 4 + len(output.labels), None)


def decode(outputs: Outputs, output: DetectorOutput, lowest: float) -> Candidates:
    """Read the columns whose best class reaches `lowest`."""
    (rows,) = (array[0] for array in outputs.values())
    best = rows[4:].max(axis=0)
    chosen = np.flatnonzero(best >= lowest)
    middle, half = rows[:2, chosen], rows[2:4, chosen] / 2
    return Candidates(
        boxes=np.concatenate([middle - half, middle + half]).T.astype(np.float32),
        scores=best[chosen],
        labels=rows[4:, chosen].argmax(axis=0).astype(np.int32),
    )


YOLO = Decoder(
    wants="one output (1, 4 + classes, n): centre, size, class scores", fits=fits, decode=decode
)
