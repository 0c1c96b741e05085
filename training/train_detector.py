"""Training the shelf detector: long on drawn scenes, then briefly on labelled photos among them."""

import copy
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from bench.accuracy.photos import LABELS
from training.detector import STRIDE, ShelfDetector
from training.detector_crops import SIDE, Crop, random_crop
from training.detector_loss import cell_centres, detector_loss, targets
from training.photo_crops import PhotoPool, photo_crop
from training.scene_folder import TRAINING_SCENES, StoredScene, stored_scenes
from training.shelf_photos import ShelfPhoto
from training.swaps import facings_of
from training.training_run import Budget, Run

DRAWING = Budget(
    seed=0,
    steps=10_600,
    cooldown=1300,
    batch=12,
    learning_rate=2e-3,
    weight_decay=0.03,
    muon_rate=0.02,
)
TUNING = Budget(
    seed=0,
    steps=400,
    cooldown=340,
    batch=12,
    learning_rate=4e-4,
    weight_decay=0.03,
    smoothing=0.98,
    warm_up=20,
    muon_rate=0.006,
)
DRAWN_SHARE = 0.4  # of the crops while tuning: so that nothing learnt is lost
TUNED_SHARE = 0.6  # of the way from the weights before tuning to those after it

CropSource = Callable[[np.random.Generator], Crop]


def train_on_drawn(work: Path, budget: Budget = DRAWING) -> Run:
    """Train from random weights on the scenes in `work`; continues from a checkpoint there."""
    torch.manual_seed(budget.seed)
    run = Run(ShelfDetector(), budget, work / "detector.pt")
    _train(run, _drawn(work))
    return run


def tune_on_photos(
    base: ShelfDetector,
    photos: Sequence[ShelfPhoto],
    work: Path,
    checkpoint: Path,
    budget: Budget = TUNING,
) -> Run:
    """Go on from a detector with crops of labelled photos, some drawn ones among them.

    The weights end up between those before and after: few photos teach much, but not everything
    that was known before has to be given up for it.

    Source: Wortsman et al., "Robust fine-tuning of zero-shot models", 2022, equation 1.
    """
    torch.manual_seed(budget.seed)
    run = Run(copy.deepcopy(base), budget, checkpoint)
    pool, drawn = PhotoPool(photos, facings_of(photos)), _drawn(work)

    def either(rng: np.random.Generator) -> Crop:
        return drawn(rng) if rng.random() < DRAWN_SHARE else photo_crop(rng, pool)

    _train(run, either)
    _move_towards(run.mean, base, 1 - TUNED_SHARE)
    return run


@torch.no_grad()
def _move_towards(network: ShelfDetector, other: ShelfDetector, share: float) -> None:
    """Move the weights and the statistics of the norms a share of the way to another network."""
    there = other.state_dict()
    for name, value in network.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(there[name], share)


def _drawn(work: Path) -> CropSource:
    scenes: list[StoredScene] = list(stored_scenes(TRAINING_SCENES, work))
    return lambda rng: random_crop(rng, scenes[int(rng.integers(len(scenes)))])


def _train(run: Run, source: CropSource) -> None:
    """Take the remaining steps; the crops of a step depend on seed and step alone."""
    cv2.setNumThreads(1)
    centres = cell_centres(SIDE // STRIDE, SIDE // STRIDE)

    def loss_of(step: int) -> Tensor:
        rng = np.random.default_rng([run.budget.seed, step])
        return _loss(run.network, [source(rng) for _ in range(run.budget.batch)], centres)

    run.network.train()
    run.train(loss_of)


def _loss(network: ShelfDetector, crops: list[Crop], centres: Tensor) -> Tensor:
    pixels = torch.from_numpy(np.stack([crop.pixels for crop in crops])).permute(0, 3, 1, 2)
    photos = pixels.float().div(255).contiguous(memory_format=torch.channels_last)
    truth = [(torch.from_numpy(c.boxes), torch.from_numpy(c.labels)) for c in crops]
    with torch.autocast("cpu", torch.bfloat16):
        cls, reg = network(photos)
    wanted = targets(truth, centres, len(LABELS))
    return detector_loss(cls.float().flatten(2), reg.float().flatten(2), wanted, centres)
