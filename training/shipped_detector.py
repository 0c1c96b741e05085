"""The detector's model folders: graph, card; for the one that ships golden answer and figures."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import openvino as ov

from bench.accuracy.photos import LABELS, PRICE_TAG
from training.card import write_card
from training.detections import (
    MAX_BOXES,
    MULTIPLE,
    NMS_IOU,
    Detections,
    Reading,
    as_input,
    letterboxed,
)
from training.detector import STRIDE
from training.detector_crops import PAD
from training.detector_figures import LabelledPhoto, detector_figures, labelled
from training.export import Compiled, quantised, save, to_graph
from training.golden import write_detector_golden
from training.materials import Materials
from training.provenance import DRAWN_ORIGIN, TUNED_ORIGIN, Facts
from training.scene_folder import HELD_OUT_SCENES, TRAINING_SCENES, stored_scenes
from training.shelf_photos import ShelfPhoto

NAME, VERSION = "shelf-detector", "0.3.0"
READING = Reading(  # the shipped operating point, chosen from the figures of held-out scenes
    long_sides=(512,),
    mirrored=(832,),
    typical_side=24,
    most=1920,
    score=0.66,
    vote_iou=0.65,
    crowding=(0.6, 0.2),
    stride=STRIDE,
)
# Boxes of price tags are small, so their overlaps and with them their scores are lower. Logits
# of tags are raised by this, so that one score fits both labels.
PRICE_TAG_SHIFT = 0.5
CALIBRATION_SCENES = 40
SPARED = [r".*(_tower|distances|classes).*Convolution"]  # the head: 8 bit there costs .006 AP
WORST_LOSS = 0.01  # of average precision, by going to 8 bit


def write_detector(folder: Path, photos: Sequence[np.ndarray], facts: Facts) -> ov.Model:
    """Export a trained detector in 8 bit, calibrated on photos, with its card.

    Returns:
        The graph in full precision, whose answers equal those of the trained network.
    """
    network = facts.run.mean
    network.classes.bias.data[PRICE_TAG] += PRICE_TAG_SHIFT
    graph = to_graph(network, [-1, 3, -1, -1], ("cls", "reg"))
    save(quantised(graph, _calibration(photos), SPARED), folder, _model_info())
    write_card(folder, _card(facts, {}))
    return graph


def ship_detector(
    out: Path, work: Path, materials: Materials, photos: Sequence[ShelfPhoto], facts: Facts
) -> None:
    """Write the model folder that ships, and beside the work the same in 16 bit.

    It is calibrated on the real photos it learnt from; on drawn ones if there were none.
    """
    name = f"{NAME}-{VERSION}"
    learnt = [photo.levels[0] for photo in photos if photo.name in facts.real_photos]
    drawn = (scene.photo() for scene in stored_scenes(TRAINING_SCENES, work))
    graph = write_detector(out / name, learnt or list(islice(drawn, CALIBRATION_SCENES)), facts)
    run = Compiled(out / name / "model.xml")
    both = run, Compiled(out / name / "model.xml", "bf16")
    write_detector_golden(out / name, both, materials, READING)
    figures = _figures(run, Compiled(graph), work, photos)
    write_card(out / name, _card(facts, figures))
    save(graph, work / f"{name}-fp16", _model_info())
    write_card(work / f"{name}-fp16", _card(facts, figures))


def _calibration(photos: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Photos, (h, w, 3) uint8 RGB, as the network sees them at every scale they are read at."""
    return [
        as_input(letterboxed(photo, long_side)[0])
        for photo in photos
        for long_side in READING.long_sides + READING.mirrored
    ]


def _figures(
    small: Compiled, full: Compiled, work: Path, photos: Sequence[ShelfPhoto]
) -> dict[str, object]:
    """How good it is, in 8 bit and before.

    Raises:
        ValueError: 8 bit costs too much.
    """
    drawn = [labelled(s.photo(), s.boxes, s.labels) for s in stored_scenes(HELD_OUT_SCENES, work)]
    real = [labelled(photo.levels[0], photo.boxes, photo.labels) for photo in photos]
    figures = {}
    for kind, given in (("held_out_drawn_scenes", drawn), ("real_photos", real)):
        figures[kind] = {"photos": len(given), **_measured(small, given)}
        figures[f"{kind}_full_precision"] = before = _measured(full, given)
        lost = before["product"]["AP"] - figures[kind]["product"]["AP"]
        if lost > WORST_LOSS:
            raise ValueError(f"8 bit costs too much: {lost:.3f} of the AP on {kind}")
    return figures


def _measured(run: Compiled, photos: Sequence[LabelledPhoto]) -> dict[str, dict[str, float]]:
    def look(photo: np.ndarray, lowest: float) -> Detections:
        return READING(run, photo, lowest)

    return detector_figures(look, photos, READING.score)


def _model_info() -> dict[str, str]:
    """Keys that other OpenVINO tools read."""
    return {
        "model_type": "centre_ltrb",
        "labels": " ".join(LABELS),
        "pad_value": str(PAD),
        "scale_values": "1",  # the division by 255 is part of the graph
        "reverse_input_channels": "False",
        "confidence_threshold": str(READING.score),
        "iou_threshold": str(NMS_IOU),
        "resize_type": "fit_to_window",
    }


def _card(facts: Facts, figures: dict[str, object]) -> dict:
    first, *more = READING.long_sides
    closer = {
        "typical_side": READING.typical_side,
        "score": READING.score,
        "most": READING.most,
    }
    return {
        "name": NAME,
        "version": VERSION,
        "task": "detect",
        "decoder": "centre_ltrb",
        "licence": "Apache-2.0",
        "origin": TUNED_ORIGIN if facts.real_photos else DRAWN_ORIGIN,
        "input": {
            "long_side": first,
            "more_long_sides": more,
            "mirrored_long_sides": list(READING.mirrored),
            "multiple": MULTIPLE,
            "pad": PAD,
            "colour": "RGB",
            "closer_look": closer,
        },
        "output": {"labels": list(LABELS), "stride": STRIDE},
        "thresholds": {
            "score": READING.score,
            "nms_iou": NMS_IOU,
            "vote_iou": READING.vote_iou,
            "crowding": dict(zip(("weight", "free"), READING.crowding, strict=True)),
            "max_boxes": MAX_BOXES,
        },
        "training": {
            **facts.of_run(),
            "scenes": TRAINING_SCENES.scenes,
            "figures": figures,
        },
    }
