"""What people said of facings, carried over to newer facts of the scene."""

import numpy as np
import polars as pl

from flows.resources import Resources
from inference.overlaps import ious
from storage import confirmations, facings
from storage.confirmations import Confirmation, SaidFacing
from storage.scenes import Scene

SAME = 0.5  # intersection over union from which on two boxes show the same facing
_BOX = ("x1", "y1", "x2", "y2")

Carried = tuple[list[Confirmation], list[tuple[Confirmation, SaidFacing]]]


def carry(tools: Resources, scene: Scene, later: Scene, found: pl.DataFrame) -> Carried:
    """Find the facing each answer is about among the new ones.

    Args:
        tools: the stores.
        scene: as it is.
        later: the same, pointed at the new facts.
        found: the new facings, as facts have them.

    Returns:
        All answers there are, and those whose facing is there again, with it.
    """
    with tools.records.reading() as tx:
        answers = confirmations.of_scenes(tx, [scene.id])
    pairs = ((one, _nearest(one, later, found.filter(image_id=one.image_id))) for one in answers)
    return answers, [(one, facing) for one, facing in pairs if facing]


def _nearest(one: Confirmation, later: Scene, found: pl.DataFrame) -> SaidFacing | None:
    if found.is_empty():
        return None
    box = np.array([[one.x1, one.y1, one.x2, one.y2]], np.float32)
    shared = ious(box, found.select(_BOX).to_numpy().astype(np.float32))[0]
    best = int(shared.argmax())
    if shared[best] < SAME:
        return None
    row = found.row(best, named=True)
    return facings.said(facings.refer(later, row["facing_id"]), row)
