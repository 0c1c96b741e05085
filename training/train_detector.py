"""Training the shelf detector on drawn scenes."""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from training.detector import LABELS, STRIDE, ShelfDetector
from training.detector_crops import SIDE, Crop, random_crop
from training.detector_loss import cell_centres, detector_loss, targets
from training.scene_folder import TRAINING_SCENES, StoredScene, stored_scenes
from training.training_run import Budget, Run

BUDGET = Budget(seed=0, steps=1800, cooldown=600, batch=12, learning_rate=2.5e-3, weight_decay=0.03)


def train_detector(work: Path, budget: Budget = BUDGET) -> Run:
    """Train on the scenes in `work`; continues from the checkpoint there, if any."""
    cv2.setNumThreads(1)
    torch.manual_seed(budget.seed)
    scenes = list(stored_scenes(TRAINING_SCENES, work))
    run = Run(ShelfDetector(), budget, work / "detector.pt")
    centres = cell_centres(SIDE // STRIDE, SIDE // STRIDE)
    run.network.train()
    run.train(lambda step: _loss(run.network, _batch(scenes, budget, step), centres))
    return run


def _batch(scenes: list[StoredScene], budget: Budget, step: int) -> list[Crop]:
    """Crops of one step: they depend on seed and step alone."""
    rng = np.random.default_rng([budget.seed, step])
    return [random_crop(rng, scenes[int(rng.integers(len(scenes)))]) for _ in range(budget.batch)]


def _loss(network: ShelfDetector, crops: list[Crop], centres: Tensor) -> Tensor:
    pixels = torch.from_numpy(np.stack([crop.pixels for crop in crops])).permute(0, 3, 1, 2)
    photos = pixels.float().div(255).contiguous(memory_format=torch.channels_last)
    truth = [(torch.from_numpy(c.boxes), torch.from_numpy(c.labels)) for c in crops]
    with torch.autocast("cpu", torch.bfloat16):
        cls, reg = network(photos)
    wanted = targets(truth, centres, len(LABELS))
    return detector_loss(cls.float().flatten(2), reg.float().flatten(2), wanted, centres)
