"""Of two boxes that overlap and both stay, one is often wrong: half a pack, or two packs as one.

The one with the lower score loses some of it. Source of the idea: Bodla et al., "Soft-NMS --
Improving Object Detection With One Line of Code", 2017, equation 2; here after suppression, and
a little overlap costs nothing, as boxes of slanted neighbours overlap too.
"""

import numpy as np

from inference.card import Crowding
from inference.overlaps import ious
from inference.types import Floats, Ints

_BLOCK = 64  # boxes compared at a time


def discounted(boxes: Floats, scores: Floats, labels: Ints, rule: Crowding) -> Floats:
    """Lower the scores of boxes that overlap a better one of their label.

    Args:
        boxes: (n, 4), best score first.
        scores: (n,), falling.
        labels: (n,).
        rule: what overlap costs.

    Returns:
        (n,) score * (1 - weight * (largest IoU with a better box - free)), where that is lower.
    """
    crowded = np.zeros(len(boxes), np.float32)
    for start in range(0, len(boxes), _BLOCK):
        block = np.arange(start, min(start + _BLOCK, len(boxes)))
        shared = ious(boxes[block], boxes)
        better = np.arange(len(boxes)) < block[:, None]
        shared[~better | (labels[block][:, None] != labels)] = 0
        crowded[block] = shared.max(axis=1, initial=0)
    lost = rule.weight * np.maximum(crowded - rule.free, 0)
    return (scores * (1 - lost)).astype(np.float32)
