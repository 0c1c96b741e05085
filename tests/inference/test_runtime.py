"""Networks are loaded, fed with plain photos, and shared by threads."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import openvino as ov
import openvino.opset13 as op
import pytest

from inference.detect import Detector
from inference.errors import BadModel
from inference.runtime import Runtime
from tests.inference import tiny
from tests.inference.jpegs import blocks
from tests.inference.onnx_bytes import yolo_onnx


def echo(folder: Path, shape: list[int], **given: object) -> Path:
    """A network that answers with its input, as it arrives there."""
    pixels = op.parameter(shape, np.float32, name="x")
    same = op.multiply(pixels, op.constant(np.float32(1)))
    same.output(0).get_tensor().set_names({"same"})
    network = ov.Model([op.result(same)], [pixels], "echo")
    size = {"long_side": 32} if -1 in shape[2:] else {"width": 32, "height": 32}
    return tiny.write_folder(folder, network, tiny.detector_card(input=size | given))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, lambda x: x),
        ({"colour": "BGR"}, lambda x: x[..., ::-1]),
        ({"scale": 255.0}, lambda x: x / 255),
        (
            {"mean": [10.0, 20.0, 30.0], "scale": [2.0, 4.0, 8.0]},
            lambda x: (x - [10, 20, 30]) / [2, 4, 8],
        ),
        (
            {"colour": "BGR", "mean": [10.0, 20.0, 30.0]},
            lambda x: x[..., ::-1] - [10, 20, 30],
        ),
    ],
)
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_pixels_arrive_as_the_card_says(
    runtime: Runtime, tmp_path: Path, given: dict, expected, layout: str
):
    """Colour order, mean, scale and layout are part of the graph."""
    shape = [-1, 3, -1, -1] if layout == "NCHW" else [-1, -1, -1, 3]
    photo = blocks(40, 24)

    (seen,) = (
        runtime.load(echo(tmp_path, shape, layout=layout, **given)).infer(photo[None]).values()
    )

    upright = seen.transpose(0, 2, 3, 1) if layout == "NCHW" else seen
    assert np.allclose(expected(photo.astype(np.float32)), upright[0], atol=1e-4)


def test_outputs_are_copies(runtime: Runtime, tmp_path: Path):
    """What one call returned is not overwritten by the next."""
    model = runtime.load(echo(tmp_path, [-1, 3, -1, -1]))
    first = model.infer(blocks(32, 32, seed=1)[None])["same"]
    before = first.copy()

    for seed in range(2, 6):
        model.infer(blocks(32, 32, seed=seed)[None])

    assert np.array_equal(before, first)


def test_threads_get_their_own_answers(runtime: Runtime, tmp_path: Path):
    """More threads than streams share one model, each photo with its own size."""
    model = runtime.load(echo(tmp_path, [-1, 3, -1, -1]))

    def right(seed: int) -> bool:
        photo = blocks(8 * (seed % 7 + 1), 8 * (seed % 3 + 1), seed)
        return np.array_equal(model.infer(photo[None])["same"][0].transpose(1, 2, 0), photo)

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(right, range(120)))


def test_a_failed_photo_leaves_the_model_usable(runtime: Runtime, tmp_path: Path):
    """A wrong input is an error of that call only, however often it happens."""
    model = runtime.load(echo(tmp_path, [1, 3, 32, 32]))
    for _ in range(5):
        with pytest.raises(BadModel, match="fails on"):
            model.infer(np.zeros((1, 8, 8, 3), np.uint8))

    assert (1, 3, 32, 32) == model.infer(np.zeros((1, 32, 32, 3), np.uint8))["same"].shape


def test_the_precision_is_known(runtime: Runtime, detector_folder: Path):
    """Results depend on it, so it is told."""
    assert "f32" == runtime.load(detector_folder).precision
    assert Runtime().load(detector_folder).precision in {"f32", "bf16", "f16"}


def test_compiled_networks_are_kept(tmp_path: Path, detector_folder: Path):
    """With a cache folder the second load reads what the first compiled."""
    for _ in range(2):
        Runtime(cache_dir=tmp_path / "cache").load(detector_folder)

    assert 1 == len(list((tmp_path / "cache").glob("*.blob")))


def test_onnx_files_are_models_too(runtime: Runtime, tmp_path: Path):
    """A detector exported as ONNX works with nothing but a card."""
    (tmp_path / "model.onnx").write_bytes(yolo_onnx())
    card = tiny.detector_card(
        decoder="yolo",
        input={"width": 64, "height": 64},
        thresholds={"score": 0.1, "nms_iou": 0.5},
    )
    model = runtime.load(tiny.write_card(tmp_path, card))
    photo = np.full((64, 64, 3), (32, 28, 24), np.uint8)

    found = Detector(model, model.card).detect(photo)

    assert [[20, 12, 44, 44]] == found.boxes.round(3).tolist()
    assert [0] == found.labels.tolist()


def test_a_garbled_graph_is_refused(runtime: Runtime, tmp_path: Path):
    """The hash may be right and the graph still be none."""
    (tmp_path / "model.xml").write_text("<net>nonsense")
    (tmp_path / "model.bin").write_bytes(b"")
    tiny.write_card(tmp_path, tiny.detector_card())

    with pytest.raises(BadModel, match="cannot be read"):
        runtime.load(tmp_path)


def test_a_network_with_two_inputs_is_refused(runtime: Runtime, tmp_path: Path):
    """Only photos go in."""
    pixels = [op.parameter([1, 3, 8, 8], np.float32) for _ in range(2)]
    network = ov.Model([op.result(op.add(*pixels))], pixels, "two")

    with pytest.raises(BadModel, match="has 2 inputs"):
        runtime.load(tiny.write_folder(tmp_path, network, tiny.detector_card()))


def test_a_fixed_batch_is_refused(runtime: Runtime, tmp_path: Path):
    """Photos come one at a time, crops in any number."""
    with pytest.raises(BadModel, match="1 or free"):
        runtime.load(echo(tmp_path, [4, 3, -1, -1]))


@pytest.mark.parametrize("shape", [[1, 1, 32, 32], [1, 100], [-1, -1, 32, 32]])
def test_a_network_for_something_else_is_refused(
    runtime: Runtime, tmp_path: Path, shape: list[int]
):
    """Three colours go in, in four dimensions."""
    with pytest.raises(BadModel, match="three colours"):
        runtime.load(echo(tmp_path, shape))


def test_openvino_does_not_call_home():
    """The analytics that OpenVINO starts at import are out of reach of a fresh process."""
    program = "import inference.runtime, sys; print(sys.modules['openvino_telemetry'])"

    told = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert b"None" == told.stdout.strip()


def test_loading_is_quick(runtime: Runtime, detector_folder: Path):
    """Reading, verifying and compiling a small model is a matter of milliseconds."""
    began = time.perf_counter()
    runtime.load(detector_folder)

    assert time.perf_counter() - began < 2
