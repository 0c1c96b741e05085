"""Tiny networks built in code, whose answers follow from the pixels by plain arithmetic.

A photo for them is gray squares of 8 x 8 pixels, "dots". A dot's red says product, its blue says
price tag, its green g says how far the box reaches from the dot's centre: `reach(g)` pixels.
"""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import openvino.opset13 as op

CELL = 8
PRODUCT, PRICE_TAG = 0, 1
DIMENSIONS = 12


def reach(green: int) -> float:
    """Distance from the dot's centre to each side of its box, pixels."""
    return CELL * math.exp(green / 64)


def photo(width: int, height: int, *dots: tuple[int, int, int, int]) -> np.ndarray:
    """Draw dots (row, column, label, green) on black, rows and columns counted in cells."""
    pixels = np.zeros((height, width, 3), np.uint8)
    for row, column, label, green in dots:
        colour = (255, green, 0) if label == PRODUCT else (0, green, 255)
        pixels[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL] = colour
    return pixels


def box(row: int, column: int, green: int) -> list[float]:
    """Where the networks see the dot: x1 y1 x2 y2."""
    x, y, far = (column + 0.5) * CELL, (row + 0.5) * CELL, reach(green)
    return [x - far, y - far, x + far, y + far]


def grid_network() -> ov.Model:
    """`cls` and `reg` for decoder centre_ltrb; any size."""
    pixels, (red, green, blue) = _cells([-1, 3, -1, -1])
    logits = op.concat([red, blue], 1) * _f32(20 / 255) - _f32(10)
    sides = op.concat([green] * 4, 1) * _f32(1 / 64)
    return _model(pixels, cls=logits, reg=sides)


def yolo_network(side: int = 64) -> ov.Model:
    """One output (1, 6, cells) as Ultralytics exports it; fixed size, pixels 0..1."""
    pixels, (red, green, blue) = _cells([1, 3, side, side])
    size = op.exp(green * _f32(255 / 64)) * _f32(2 * CELL)
    rows = [op.constant(_centres(side)), size, size, red, blue]
    return _model(pixels, output0=op.reshape(op.concat(rows, 1), [1, 6, -1], False))


def end_to_end_network(side: int = 64) -> ov.Model:
    """One output (1, cells, 6): box, score, class."""
    pixels, (red, green, blue) = _cells([1, 3, side, side])
    far = op.exp(green * _f32(1 / 64)) * _f32(CELL)
    centres = op.constant(_centres(side))
    score = op.maximum(red, blue) * _f32(1 / 255)
    label = op.convert(op.greater(blue, red), "f32")
    rows = op.concat([centres - far, centres + far, score, label], 1)
    columns = op.reshape(rows, [1, 6, -1], False)
    return _model(pixels, output0=op.transpose(columns, np.array([0, 2, 1])))


def embedder_network(shift: int = 100) -> ov.Model:
    """The mean colour of each quarter of the crop less `shift`, 12 numbers, not normalised."""
    pixels = op.parameter([-1, 3, 128, 96], np.float32, name="x")
    quarters = op.avg_pool(pixels, [64, 48], [0, 0], [0, 0], [64, 48], True)
    return _model(pixels, embedding=op.reshape(quarters - _f32(shift), [-1, DIMENSIONS], False))


def detector_card(**changes: Any) -> dict[str, Any]:
    """A card for `grid_network`."""
    card: dict[str, Any] = {
        "name": "tiny-detector",
        "version": "1.2.3",
        "task": "detect",
        "decoder": "centre_ltrb",
        "licence": "Apache-2.0",
        "origin": "built in a test",
        "input": {"long_side": 256, "multiple": 32, "pad": 0, "colour": "RGB"},
        "output": {"labels": ["product", "price_tag"], "stride": CELL},
        "thresholds": {"score": 0.5, "nms_iou": 0.5, "max_boxes": 1000},
        "training": {"anything": "goes", "figures": {"AP": 0.5}},
    }
    return card | changes


def embedder_card(**changes: Any) -> dict[str, Any]:
    """A card for `embedder_network`."""
    card: dict[str, Any] = {
        "name": "tiny-embedder",
        "version": "1.0.0",
        "task": "embed",
        "decoder": "embedding",
        "licence": "Apache-2.0",
        "origin": "built in a test",
        "input": {"width": 96, "height": 128},
        "output": {"dimensions": DIMENSIONS},
        "thresholds": {"match": 0.9, "ambiguous": 0.5},
        "confidence": {"intercept": -45.0, "cosine": 50.0, "margin": 0.0},  # 0.5 at a cosine of 0.9
    }
    return card | changes


def write_folder(folder: Path, network: ov.Model, card: dict[str, Any]) -> Path:
    """Write a model folder with its card."""
    folder.mkdir(parents=True, exist_ok=True)
    ov.save_model(network, folder / "model.xml", compress_to_fp16=False)
    return write_card(folder, card)


def write_card(folder: Path, card: dict[str, Any]) -> Path:
    """Write the card; hashes are those of the files in the folder unless it has its own."""
    files = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}
    files.pop("model.toml", None)
    (folder / "model.toml").write_text(_toml({"files": files} | card))
    return folder


def _toml(card: dict[str, Any]) -> str:
    """Every value as an inline table or JSON value, which is TOML for what cards hold."""
    return "\n".join(f"{key} = {_inline(value)}" for key, value in card.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items()) + "}"
    return json.dumps(value)


def _cells(shape: list[int]) -> tuple[Any, list[Any]]:
    pixels = op.parameter(shape, np.float32, name="x")
    means = op.avg_pool(pixels, [CELL, CELL], [0, 0], [0, 0], [CELL, CELL], True)
    return pixels, [op.gather(means, np.array([colour]), np.int64(1)) for colour in range(3)]


def _centres(side: int) -> np.ndarray:
    """(1, 2, cells, cells): x and y of every cell's centre."""
    middle = (np.arange(side // CELL, dtype=np.float32) + 0.5) * CELL
    return np.stack(np.meshgrid(middle, middle))[None]


def _f32(value: float) -> Any:
    return op.constant(np.float32(value))


def _model(pixels: Any, **outputs: Any) -> ov.Model:
    results = []
    for name, node in outputs.items():
        node.output(0).get_tensor().set_names({name})
        results.append(op.result(node))
    return ov.Model(results, [pixels], "tiny")
