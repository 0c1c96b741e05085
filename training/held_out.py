"""Held-out detectors: each is trained on the photos of all scenes but a few, and judges those.

`bench.accuracy` lets every photo be judged by a detector that never saw its shelf.
"""

import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import torch

from bench.accuracy.folds import FOLDS, judges
from inference.card import CARD
from training.provenance import Facts
from training.shelf_photos import shelf_photos
from training.shipped_detector import write_detector
from training.train_detector import train_on_drawn, tune_on_photos
from training.training_run import Budget


@dataclass(frozen=True)
class Tuning:
    """What the detectors of all groups have in common.

    Attributes:
        shelves: folder of the labelled photos.
        work: folder of the drawn scenes and of the checkpoints.
        drawing: budget of the training on drawn scenes, whose checkpoint lies in `work`.
        tuning: budget of the training on photos.
    """

    shelves: Path
    work: Path
    drawing: Budget
    tuning: Budget


def train_held_out(recipe: Tuning, out: Path, processes: int) -> None:
    """Train and export the detectors, several side by side; finished ones are kept."""
    photos = shelf_photos(recipe.shelves)
    judge = judges([photo.scene for photo in photos])
    spawn = get_context("spawn")  # torch does not survive a fork
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        names = sorted(set(judge.values()))
        jobs = [pool.submit(_train_one, name, recipe, out / name) for name in names]
        for done, job in enumerate(as_completed(jobs), 1):
            print(f"held-out detector {done} of {len(jobs)}: {job.result()}", flush=True)
    folds = {photo.name: judge[photo.scene] for photo in photos}
    (out / FOLDS).write_text(json.dumps(folds, indent=2) + "\n")


def _train_one(name: str, recipe: Tuning, folder: Path) -> str:
    if (folder / CARD).exists():
        return name
    torch.set_num_threads(1)
    every = shelf_photos(recipe.shelves)
    judge = judges([photo.scene for photo in every])
    photos = [photo for photo in every if judge[photo.scene] != name]
    base = train_on_drawn(recipe.work, recipe.drawing)
    run = tune_on_photos(base.mean, photos, recipe.work, recipe.work / f"{name}.pt", recipe.tuning)
    facts = Facts(run, recipe.tuning.batch, [base], [photo.name for photo in photos])
    write_detector(folder, [photo.levels[0] for photo in photos], facts)
    return name
