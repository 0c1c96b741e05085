"""The detector's model folder: graph, golden answer, figures and card."""

from pathlib import Path

from bench.accuracy.photos import LABELS
from training.card import write_card
from training.detections import MAX_BOXES, MULTIPLE, NMS_IOU, as_input, letterboxed
from training.detector import STRIDE, ShelfDetector
from training.detector_crops import PAD
from training.detector_figures import LabelledPhoto, detector_figures, labelled
from training.export import CALIBRATION_SAMPLES, Compiled, quantised, save, to_graph
from training.golden import Reading, write_detector_golden
from training.labelled_shelves import labelled_shelves
from training.materials import Materials
from training.provenance import ORIGIN, Facts
from training.scene_folder import HELD_OUT_SCENES, TRAINING_SCENES, stored_scenes

NAME, VERSION = "shelf-detector", "0.1.0"
LONG_SIDE, SCORE = 800, 0.6  # the shipped operating point, chosen from the figures
LONG_SIDES = (640, 800, 960, 1280, 1600)  # measured
# Boxes of price tags are small, so their overlaps and with them their scores are lower. Logits
# of tags are raised by this, so that one score fits both labels.
PRICE_TAG_SHIFT = 0.5
WORST_LOSS = 0.01  # of average precision, by going to 8 bit


def ship_detector(
    network: ShelfDetector, out: Path, work: Path, materials: Materials, facts: Facts
) -> None:
    """Write the model folder of a trained detector; its logits are shifted for good."""
    folder = out / f"{NAME}-{VERSION}"
    network.classes.bias.data[LABELS.index("price_tag")] += PRICE_TAG_SHIFT
    graph = to_graph(network, [-1, 3, -1, -1], ("cls", "reg"))
    small = quantised(graph, _samples(work))
    save(small, folder, _model_info())
    run = Compiled(folder / "model.xml")
    both = run, Compiled(folder / "model.xml", "bf16")
    write_detector_golden(folder, both, materials, Reading(LONG_SIDE, SCORE))
    figures = {
        "held_out_drawn_scenes": _drawn_figures(run, work, LONG_SIDES),
        "held_out_drawn_scenes_full_precision": _drawn_figures(Compiled(graph), work, (LONG_SIDE,)),
        **_real_figures(run, facts.shelves),
    }
    _check_quantisation(figures)
    write_card(folder, _card(facts, figures))


def _samples(work: Path) -> list:
    """Training scenes at the shipped size, for calibration."""
    scenes = list(stored_scenes(TRAINING_SCENES, work))[:CALIBRATION_SAMPLES]
    return [as_input(letterboxed(scene.photo(), LONG_SIDE)[0]) for scene in scenes]


def _drawn_figures(run: Compiled, work: Path, sides: tuple[int, ...]) -> dict:
    photos = [labelled(s.photo(), s.boxes, s.labels) for s in stored_scenes(HELD_OUT_SCENES, work)]
    return {"photos": len(photos), **_by_long_side(run, photos, sides)}


def _real_figures(run: Compiled, shelves: Path | None) -> dict:
    if shelves is None:
        return {}
    photos = [photo.truth for photo in labelled_shelves(shelves)]
    figures = _by_long_side(run, photos, LONG_SIDES)
    return {"real_photos_never_trained_on": {"photos": len(photos), **figures}}


def _by_long_side(run: Compiled, photos: list[LabelledPhoto], sides: tuple[int, ...]) -> dict:
    return {f"long_side_{side}": detector_figures(run, photos, side, SCORE) for side in sides}


def _check_quantisation(figures: dict) -> None:
    side = f"long_side_{LONG_SIDE}"
    full = figures["held_out_drawn_scenes_full_precision"][side]["product"]["AP"]
    small = figures["held_out_drawn_scenes"][side]["product"]["AP"]
    if full - small > WORST_LOSS:
        raise ValueError(f"8 bit costs too much: AP {small} instead of {full}")


def _model_info() -> dict[str, str]:
    """Keys that other OpenVINO tools read."""
    return {
        "model_type": "centre_ltrb",
        "labels": " ".join(LABELS),
        "pad_value": str(PAD),
        "scale_values": "1",  # the division by 255 is part of the graph
        "reverse_input_channels": "False",
        "confidence_threshold": str(SCORE),
        "iou_threshold": str(NMS_IOU),
        "resize_type": "fit_to_window",
    }


def _card(facts: Facts, figures: dict) -> dict:
    return {
        "name": NAME,
        "version": VERSION,
        "task": "detect",
        "decoder": "centre_ltrb",
        "licence": "Apache-2.0",
        "origin": ORIGIN,
        "input": {
            "long_side": LONG_SIDE,
            "multiple": MULTIPLE,
            "pad": PAD,
            "colour": "RGB",
        },
        "output": {"labels": list(LABELS), "stride": STRIDE},
        "thresholds": {"score": SCORE, "nms_iou": NMS_IOU, "max_boxes": MAX_BOXES},
        "training": {**facts.of_run(), "scenes": TRAINING_SCENES.scenes, "figures": figures},
    }
