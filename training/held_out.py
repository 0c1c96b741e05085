"""Leave one scene out: a detector for every scene, trained on the photos of all the others.

They are judged by `bench.accuracy`, each on the photos of its own scene, so that every photo is
judged by a detector that never saw its shelf.
"""

import json
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import torch

from bench.accuracy.folds import FOLDS
from inference.card import CARD
from training.provenance import Facts
from training.shelf_photos import shelf_photos
from training.shipped_detector import write_detector
from training.train_detector import train_on_drawn, tune_on_photos
from training.training_run import Budget


@dataclass(frozen=True)
class Tuning:
    """What the detectors of all scenes have in common.

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
    """Train and export a detector per scene, several side by side; finished ones are kept."""
    photos = shelf_photos(recipe.shelves)
    scenes = sorted({photo.scene for photo in photos})
    spawn = get_context("spawn")  # torch does not survive a fork
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        jobs = [pool.submit(_train_without, scene, recipe, out / scene) for scene in scenes]
        for done, job in enumerate(as_completed(jobs), 1):
            print(f"held-out detector {done} of {len(jobs)}: {job.result()}", flush=True)
    folds = {photo.name: photo.scene for photo in photos}
    (out / FOLDS).write_text(json.dumps(folds, indent=2) + "\n")


def _train_without(scene: str, recipe: Tuning, folder: Path) -> str:
    if (folder / CARD).exists():
        return scene
    torch.set_num_threads(1)
    photos = [photo for photo in shelf_photos(recipe.shelves) if photo.scene != scene]
    base = train_on_drawn(recipe.work, recipe.drawing)
    checkpoint = recipe.work / f"held_out_{scene}.pt"
    run = tune_on_photos(base.mean, photos, recipe.work, checkpoint, recipe.tuning)
    facts = Facts(run, recipe.tuning.batch, [base], [photo.name for photo in photos])
    write_detector(folder, [photo.levels[0] for photo in photos], facts)
    return scene
