"""Train and ship both models: `python -m training --fonts DIR --pictures DIR`.

The detector: scenes are drawn and learnt from; with `--tuning-steps`, labelled photos, too: once
without the photos of each scene, for judging (`make bench-accuracy`), and once with all. The
embedder: single packages are drawn and learnt from, then real crops: once without those of each
group, for judging, and once with all. Both are measured, exported and get a card.
Every step is skipped when its outcome lies in the work folder already, so the command may be
stopped and started again.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch: idle threads must not spin

import torch

from bench.accuracy.folds import HELD_OUT
from bench.accuracy.photos import SHELVES
from bench.accuracy.skus.products import PRODUCTS
from training import train_embedder
from training.embedders import Recipe, train_embedders
from training.held_out import Tuning, train_held_out
from training.materials import Materials, load_materials
from training.provenance import Facts
from training.scene_folder import HELD_OUT_SCENES, TRAINING_SCENES, draw_scenes
from training.shelf_photos import shelf_photos
from training.shipped_detector import ship_detector
from training.train_detector import DRAWING, TUNING, train_on_drawn, tune_on_photos


def main() -> None:
    """Run all stages, or the chosen ones."""
    asked = _arguments()
    torch.set_num_threads(1)  # more threads add the same numbers in another order
    materials = load_materials(asked.fonts, asked.pictures)
    if asked.only in {None, "detector"}:
        _detector(asked, materials)
    if asked.only in {None, "embedder"}:
        _embedder(asked, materials)


def _detector(asked: argparse.Namespace, materials: Materials) -> None:
    for scenes in (HELD_OUT_SCENES, TRAINING_SCENES):
        draw_scenes(scenes, asked.work, materials, asked.processes)
    drawing = replace(DRAWING, steps=asked.detector_steps)
    tuning = replace(TUNING, steps=asked.tuning_steps)
    base = train_on_drawn(asked.work, drawing)
    photos = shelf_photos(asked.shelves)
    if not tuning.steps:
        ship_detector(asked.out, asked.work, materials, photos, Facts(base, drawing.batch))
        return
    if asked.held_out:
        recipe = Tuning(asked.shelves, asked.work, drawing, tuning)
        train_held_out(recipe, asked.held_out, asked.processes)
    run = tune_on_photos(base.mean, photos, asked.work, asked.work / "tuned.pt", tuning)
    facts = Facts(run, tuning.batch, [base], [photo.name for photo in photos])
    ship_detector(asked.out, asked.work, materials, photos, facts)


def _embedder(asked: argparse.Namespace, materials: Materials) -> None:
    recipe = Recipe(
        shelves=asked.shelves,
        products=asked.products,
        work=asked.work,
        materials=replace(materials, pictures=()),
        drawing=replace(train_embedder.DRAWING, steps=asked.embedder_steps),
        tuning=replace(train_embedder.TUNING, steps=asked.embedder_tuning_steps),
    )
    train_embedders(recipe, asked.out, asked.held_out or HELD_OUT)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    add = parser.add_argument
    add("--fonts", type=Path, required=True, help="folder of .ttf and .otf files")
    add("--pictures", type=Path, required=True, help="folder of product photos, for labels")
    add("--shelves", type=Path, default=SHELVES, help="labelled photos, as in tests/data/shelves")
    add("--products", type=Path, default=PRODUCTS, help="photos, as in tests/data/products")
    add("--held-out", type=Path, help="folder of held-out models; a detector for each scene, too")
    add("--out", type=Path, default=Path("inference/models"))
    add("--work", type=Path, default=Path("training/work"), help="may be resumed")
    add("--only", choices=("detector", "embedder"))
    add("--processes", type=int, default=os.cpu_count(), help="that draw, and that train scenes")
    add("--detector-steps", type=int, default=DRAWING.steps, help="on drawn scenes")
    add(
        "--tuning-steps",
        type=int,
        default=TUNING.steps,
        help="on photos; 0 = learn from drawn scenes alone",
    )
    add("--embedder-steps", type=int, default=train_embedder.DRAWING.steps, help="on drawn")
    add("--embedder-tuning-steps", type=int, default=train_embedder.TUNING.steps, help="on real")
    return parser.parse_args()


if __name__ == "__main__":
    main()
