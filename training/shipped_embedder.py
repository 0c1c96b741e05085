"""The embedder's model folders: graph, card; for the one that ships a golden answer."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openvino as ov

from inference.vectors import normalise
from training.card import write_card
from training.confidence import complete_card
from training.embedder import DIMENSIONS
from training.export import CALIBRATION_SAMPLES, Compiled, quantised, save, to_graph
from training.golden import write_embedder_golden
from training.materials import Materials
from training.palette import add_appearance
from training.provenance import EMBEDDER_ORIGIN, Facts
from training.real_crops import RealSkus
from training.shelf_crops import HEIGHT, WIDTH
from training.sku_views import PhotographedSkus

NAME, VERSION = "sku-embedder", "0.2.0"
SAME = 0.9  # chosen by `python -m bench.unknown`
LOOKS = ((0.0, 0.0, 1.0, 0.69), (0.0, 0.31, 1.0, 1.0), (0.0, 0.0, 0.69, 1.0), (0.31, 0.0, 1.0, 1.0))
NEIGHBOURS = {
    "unlike": 0.75,
    "alike": 0.95,
    "together": 0.8,
    "apart": 0.5,
    "beside": 0.5,
    "size": 2.0,
}
CALIBRATION_SKUS = 4  # in a sample


@dataclass(frozen=True)
class Trained:
    """An embedder and what it came from."""

    facts: Facts
    real: RealSkus  # what it learnt from
    materials: Materials


def write_embedder(folder: Path, trained: Trained) -> ov.Model:
    """Export in 8 bit, calibrated on what it learnt from, with a card.

    Returns:
        The graph in full precision, whose answers equal those of the trained network.
    """
    network = trained.facts.run.mean.embedder
    graph = to_graph(network, [-1, 3, HEIGHT, WIDTH], ("embedding",))
    save(quantised(graph, _samples(trained.real)), folder, _model_info())
    _write_card(folder, trained, {})
    return graph


def ship_embedder(folder: Path, trained: Trained, held_out: Path) -> None:
    """Write the model folder that ships; its confidence is what the held-out embedders teach."""
    graph = write_embedder(folder, trained)
    small = Compiled(folder / "model.xml")
    write_embedder_golden(folder, _embeds(small), trained.materials)
    _write_card(folder, trained, {"eight_bit": _alike(small, Compiled(graph), trained.real)})
    complete_card(folder, held_out=held_out)


def _embeds(run: Compiled):
    return lambda crops: run(crops)[0]


def _samples(real: RealSkus) -> list[np.ndarray]:
    """Crops of real SKUs, in batches, for calibration."""
    rng, skus = np.random.default_rng(1), PhotographedSkus(real)
    views = [skus.views(rng, CALIBRATION_SKUS)[0] for _ in range(CALIBRATION_SAMPLES)]
    return [np.ascontiguousarray(each.transpose(0, 3, 1, 2), np.float32) for each in views]


def _alike(small: Compiled, full: Compiled, real: RealSkus) -> dict[str, float]:
    """How near the answers in 8 bit are to those in full precision: cosines."""
    samples = _samples(real)
    pairs = [(normalise(small(one)[0]), normalise(full(one)[0])) for one in samples]
    cosines = np.concatenate([(one * other).sum(1) for one, other in pairs])
    return {
        "crops": len(cosines),
        "mean_cosine": round(float(cosines.mean()), 3),
        "worst_cosine": round(float(cosines.min()), 3),
    }


def _model_info() -> dict[str, str]:
    """Keys that other OpenVINO tools read."""
    return {
        "model_type": "embedding",
        "scale_values": "1",  # the division by 255 is part of the graph
        "reverse_input_channels": "False",
        "resize_type": "standard",
    }


def _write_card(folder: Path, trained: Trained, figures: dict[str, object]) -> None:
    write_card(folder, _card(trained.facts, figures))
    add_appearance(folder, trained.materials)


def _card(facts: Facts, figures: dict[str, object]) -> dict:
    """The card, whose names are never sure until `complete_card` says when they are."""
    return {
        "name": NAME,
        "version": VERSION,
        "task": "embed",
        "decoder": "embedding",
        "licence": "Apache-2.0",
        "origin": EMBEDDER_ORIGIN,
        "thresholds": {"match": 1.0, "ambiguous": 1.0, "same": SAME},
        "input": {
            "width": WIDTH,
            "height": HEIGHT,
            "colour": "RGB",
            "looks": [list(look) for look in LOOKS],
        },
        "output": {"dimensions": DIMENSIONS},
        "neighbours": NEIGHBOURS,
        "confidence": {"intercept": 0.0, "cosine": 0.0, "margin": 0.0},
        "training": {**facts.of_run(), "figures": figures},
    }
