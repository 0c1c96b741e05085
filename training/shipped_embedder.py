"""The embedder's model folder: graph, golden answer, figures and card."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.accuracy.photos import labelled_shelves
from training.card import write_card
from training.confidence import complete_card
from training.embedder import DIMENSIONS
from training.embedder_figures import Matches, drawn_matches, real_matches
from training.export import CALIBRATION_SAMPLES, Compiled, quantised, save, to_graph
from training.golden import write_embedder_golden
from training.materials import Materials
from training.packages import package_library
from training.palette import add_appearance
from training.provenance import DRAWN_ORIGIN, Facts
from training.scene_folder import HELD_OUT_SCENES, stored_scenes
from training.shelf_crops import HEIGHT, WIDTH, shelf_crop
from training.train_embedder import LIBRARY_SEED

NAME, VERSION = "sku-embedder", "0.1.0"
MEASURED = (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
CALIBRATION_BRANDS, CALIBRATION_BATCH = 40, 8


def ship_embedder(out: Path, work: Path, materials: Materials, shelves: Path, facts: Facts) -> None:
    """Write the model folder of a trained embedder, measured on the photos in `shelves`."""
    folder = out / f"{NAME}-{VERSION}"
    graph = to_graph(facts.run.mean.embedder, [-1, 3, HEIGHT, WIDTH], ("embedding",))
    save(quantised(graph, _samples(materials)), folder, _model_info())
    small = Compiled(folder / "model.xml")
    write_embedder_golden(folder, _embeds(small), materials)
    figures = {
        "held_out_drawn_scenes": _drawn_figures(small, work, materials),
        "held_out_drawn_scenes_full_precision": _drawn_figures(Compiled(graph), work, materials),
        **_real_figures(small, shelves),
    }
    write_card(folder, _card(facts, figures))
    add_appearance(folder, replace(materials, pictures=()))
    complete_card(folder, shelves)


def _embeds(run: Compiled):
    return lambda crops: run(crops)[0]


def _samples(materials: Materials) -> list[np.ndarray]:
    """Drawn crops of training brands, in batches, for calibration."""
    library = package_library(LIBRARY_SEED, CALIBRATION_BRANDS, materials)
    rng = np.random.default_rng(1)
    batches = []
    for _ in range(CALIBRATION_SAMPLES):
        chosen = rng.integers(len(library), size=CALIBRATION_BATCH)
        crops = np.stack([shelf_crop(rng, library[int(i)], library) for i in chosen])
        batches.append(np.ascontiguousarray(crops.transpose(0, 3, 1, 2), np.float32))
    return batches


def _drawn_figures(run: Compiled, work: Path, materials: Materials) -> dict:
    held_out = HELD_OUT_SCENES
    library = package_library(held_out.library_seed, held_out.brands, materials)
    return _summary(drawn_matches(_embeds(run), library, stored_scenes(held_out, work)))


def _real_figures(run: Compiled, shelves: Path) -> dict:
    matches = real_matches(_embeds(run), labelled_shelves(shelves))
    return {"pairs_of_real_photos_never_trained_on": _summary(matches)}


def _summary(matches: Matches) -> dict:
    return {
        **matches.figures(),
        "threshold_for_precision_0_9": matches.threshold_for(0.9),
        "thresholds": {f"match_{t:.2f}": matches.at(t) for t in MEASURED},
    }


def _model_info() -> dict[str, str]:
    """Keys that other OpenVINO tools read."""
    return {
        "model_type": "embedding",
        "scale_values": "1",  # the division by 255 is part of the graph
        "reverse_input_channels": "False",
        "resize_type": "standard",
    }


def _card(facts: Facts, figures: dict) -> dict:
    return {
        "name": NAME,
        "version": VERSION,
        "task": "embed",
        "decoder": "embedding",
        "licence": "Apache-2.0",
        "origin": DRAWN_ORIGIN,
        "input": {"width": WIDTH, "height": HEIGHT, "colour": "RGB"},
        "output": {"dimensions": DIMENSIONS},
        "training": {**facts.of_run(), "figures": figures},
    }
