"""What the detector is punished for: which cells answer for which box, and by how much."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from training.detector import STRIDE

CENTRE_SHARE = 0.25  # of a box's side: how far from its centre a cell may answer for it
CENTRE_CELLS = 2.5  # but at most so many cells,
LARGE_SHARE = 0.10  # or this share of a large box's side
EASY_BACKGROUND = 0.75  # weight of background cells, times the squared score
WEAKEST_TARGET = 0.05  # lowest score asked of a positive cell, however bad its box


@dataclass(frozen=True)
class Targets:
    """Answers expected of a batch.

    Attributes:
        photo, cell, label: (p,) int64, one entry per answering cell.
        boxes: (p, 4) float32, pixels.
        counted: (n, labels, cells) float32, 0 where a cell is ignored.
    """

    photo: Tensor
    cell: Tensor
    label: Tensor
    boxes: Tensor
    counted: Tensor


def cell_centres(rows: int, columns: int) -> Tensor:
    """(rows * columns, 2) x, y in pixels."""
    y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
    return (torch.stack([x.flatten(), y.flatten()], 1) + 0.5) * STRIDE


def assign(boxes: Tensor, centres: Tensor) -> Tensor:
    """Let the cells around a box's centre answer for it, the nearest box winning.

    Args:
        boxes: (n, 4) pixels.
        centres: (cells, 2) pixels.

    Returns:
        (cells,) int64, index of the box, -1 = none.
    """
    if not len(boxes):
        return torch.full((len(centres),), -1)
    middles, sides = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]).clamp(min=1)
    away = (centres[:, None] - middles).abs()
    most = (sides * LARGE_SHARE).clamp(min=CENTRE_CELLS * STRIDE)
    reach = torch.minimum(sides * CENTRE_SHARE, most).clamp(min=STRIDE * 0.51)
    inside = ((away < reach) & (away < sides / 2)).all(2)
    distance = ((away / sides) ** 2).sum(2).masked_fill(~inside, torch.inf)
    nearest, index = distance.min(1)
    return torch.where(nearest.isfinite(), index, -1)


def targets(truth: list[tuple[Tensor, Tensor]], centres: Tensor, labels: int) -> Targets:
    """Collect the answers expected of a batch; `truth` is boxes and labels (-1 = ignored)."""
    parts, counted = [], torch.ones(len(truth), labels, len(centres))
    for photo, (every_box, every_kind) in enumerate(truth):
        counted[photo, :, _within(every_box[every_kind < 0], centres)] = 0
        boxes, kinds = every_box[every_kind >= 0], every_kind[every_kind >= 0]
        index = assign(boxes, centres)
        cell = (index >= 0).nonzero()[:, 0]
        owner = index[cell]
        counted[photo, kinds[owner], cell] = 1
        parts.append((torch.full_like(cell, photo), cell, kinds[owner], boxes[owner]))
    photo, cell, label, boxes = (torch.cat(part) for part in zip(*parts, strict=True))
    return Targets(photo, cell, label, boxes, counted)


def detector_loss(cls: Tensor, reg: Tensor, wanted: Targets, centres: Tensor) -> Tensor:
    """Score and box loss of a batch.

    The score asked of a cell is the overlap its box reached: so scores rank boxes by quality.

    Source: Zhang et al., "VarifocalNet", 2021, equation 2, with the overlap detached; Rezatofighi
    et al., "Generalized Intersection over Union", 2019, algorithm 1.

    Args:
        cls: (n, labels, cells) logits.
        reg: (n, 4, cells) log distances / stride.
    """
    found = _boxes(reg[wanted.photo, :, wanted.cell], centres[wanted.cell])
    overlap, generalised = box_overlap(found, wanted.boxes)
    asked = torch.zeros_like(cls)
    asked[wanted.photo, wanted.label, wanted.cell] = overlap.detach().clamp(WEAKEST_TARGET, 1)
    background = EASY_BACKGROUND * cls.detach().sigmoid() ** 2 * wanted.counted
    weight = torch.where(asked > 0, asked.sqrt(), background)
    entropy = functional.binary_cross_entropy_with_logits(cls, asked, reduction="none")
    score = (entropy * weight).sum() / max(1, len(wanted.cell))
    box = (1 - generalised).sum() / max(1, len(wanted.cell))
    return 2 * score + 2 * box


def box_overlap(one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and generalised IoU of boxes, pair by pair: (n, 4) and (n, 4) to two (n,)."""
    inner = torch.minimum(one[:, 2:], other[:, 2:]) - torch.maximum(one[:, :2], other[:, :2])
    outer = torch.maximum(one[:, 2:], other[:, 2:]) - torch.minimum(one[:, :2], other[:, :2])
    both = inner.clamp(min=0).prod(1)
    either = _area(one) + _area(other) - both + 1e-6
    hull = outer.prod(1) + 1e-6
    overlap = both / either
    return overlap, overlap - (hull - either) / hull


def _within(boxes: Tensor, centres: Tensor) -> Tensor:
    """(cells,) bool: the cell's centre lies in any of the boxes."""
    inside = (centres[:, None] > boxes[:, :2]) & (centres[:, None] < boxes[:, 2:])
    return inside.all(2).any(1)


def _boxes(distances: Tensor, centres: Tensor) -> Tensor:
    left_top, right_bottom = (distances.exp() * STRIDE).split(2, 1)
    return torch.cat([centres - left_top, centres + right_bottom], 1)


def _area(boxes: Tensor) -> Tensor:
    return (boxes[:, 2:] - boxes[:, :2]).prod(1)
