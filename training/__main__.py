"""Train and ship both models: `python -m training --fonts DIR --pictures DIR --out DIR`.

Draws the scenes, trains the detector and the embedder, measures them on held-out brands (and on
real photos, if given), exports them in 8 bit and writes their cards. Every step is skipped when
its outcome lies in the work folder already, so the command may be stopped and started again.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: idle threads must not spin

import torch

from training import train_detector, train_embedder
from training.materials import load_materials
from training.provenance import Facts
from training.scene_folder import (
    HELD_OUT_SCENES,
    TRAINING_SCENES,
    draw_scenes,
)
from training.shipped_detector import ship_detector
from training.shipped_embedder import ship_embedder

VIEWS_PER_SKU = 2  # in a batch of the embedder


def main() -> None:
    """Run all stages, or the chosen ones."""
    asked = _arguments()
    torch.set_num_threads(1)  # more threads add the same numbers in another order
    materials = load_materials(asked.fonts, asked.pictures)
    for scenes in (HELD_OUT_SCENES, TRAINING_SCENES):
        draw_scenes(scenes, asked.work, materials, asked.processes)
    if asked.only in {None, "detector"}:
        budget = replace(train_detector.BUDGET, steps=asked.detector_steps)
        run = train_detector.train_detector(asked.work, budget)
        facts = Facts(run, budget.batch, asked.shelves)
        ship_detector(run.mean, asked.out, asked.work, materials, facts)
    if asked.only in {None, "embedder"}:
        budget = replace(train_embedder.BUDGET, steps=asked.embedder_steps)
        run = train_embedder.train_embedder(asked.work, materials, budget)
        facts = Facts(run, budget.batch * VIEWS_PER_SKU, asked.shelves)
        ship_embedder(run.mean.embedder, asked.out, asked.work, materials, facts)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--fonts", type=Path, required=True, help="folder of .ttf and .otf files")
    parser.add_argument("--pictures", type=Path, required=True, help="folder of product photos")
    parser.add_argument("--shelves", type=Path, help="labelled real photos to measure on")
    parser.add_argument("--out", type=Path, default=Path("inference/models"))
    parser.add_argument("--work", type=Path, default=Path("training/work"), help="may be resumed")
    parser.add_argument("--only", choices=("detector", "embedder"))
    parser.add_argument("--processes", type=int, default=os.cpu_count(), help="that draw scenes")
    parser.add_argument("--detector-steps", type=int, default=train_detector.BUDGET.steps)
    parser.add_argument("--embedder-steps", type=int, default=train_embedder.BUDGET.steps)
    return parser.parse_args()


if __name__ == "__main__":
    main()
