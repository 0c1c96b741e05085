"""The door to OpenVINO; `inference.nearest` speaks it through here.

`import openvino` reports itself to the vendor's analytics unless the telemetry package is out of
reach; so it is put out of reach here, before the import.
"""

import sys
from pathlib import Path
from queue import LifoQueue
from typing import Any

import numpy as np

from inference.card import Card, load_card
from inference.card_fields import PixelInput
from inference.decoders.contract import Shape
from inference.errors import BadCard, BadModel
from inference.types import Floats

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # importing it now fails

import openvino as ov  # noqa: E402 the line above must come first
from openvino.preprocess import ColorFormat, PrePostProcessor  # noqa: E402 same

_DIMENSIONS = 4
_CHANNELS = 3


class Model:
    """A compiled network: pixels in, named arrays out. Any number of threads may share it.

    Attributes:
        card: the card it was loaded with.
        inputs: (batch, height, width, 3), None = any.
        outputs: shape of each output by name, None = any.
        precision: the arithmetic OpenVINO chose on this machine ("f32", "bf16", "f16"); part of
            every result's origin, because results differ between hosts.
    """

    def __init__(self, compiled: ov.CompiledModel, card: Card, streams: int) -> None:
        """Make one infer request per stream; further threads wait for a free one."""
        self.card = card
        self.inputs = _shape(compiled.inputs[0])
        self._names = [_name(output, index) for index, output in enumerate(compiled.outputs)]
        self.outputs = dict(zip(self._names, map(_shape, compiled.outputs), strict=True))
        self.precision = compiled.get_property("INFERENCE_PRECISION_HINT").to_string()
        self._idle: LifoQueue[ov.InferRequest] = LifoQueue()
        for _ in range(streams):
            self._idle.put(compiled.create_infer_request())

    def infer(self, batch: np.ndarray) -> dict[str, Floats]:
        """Run one batch.

        Args:
            batch: (n, height, width, 3) uint8 RGB.

        Returns:
            A copy of every output, by name.

        Raises:
            BadModel: the network refuses this input.
        """
        request = self._idle.get()
        try:
            request.infer([np.ascontiguousarray(batch)], share_inputs=True)
            return {
                name: np.array(request.get_output_tensor(index).data)
                for index, name in enumerate(self._names)
            }
        except RuntimeError as error:
            raise BadModel(f"{self.card.id} fails on {batch.shape}: {_first(error)}") from error
        finally:
            self._idle.put(request)


class Runtime:
    """Loads models for the CPU, all with the same settings."""

    def __init__(
        self,
        cache_dir: Path | None = None,
        threads: int | None = None,
        streams: int = 1,
        *,
        precision: str | None = None,
    ) -> None:
        """Choose the settings.

        Args:
            cache_dir: compiled networks are kept here; halves the time to load.
            threads: for all streams of one model together; None or 0 = one per stream.
            streams: how many photos one model works on at a time.
            precision: "f32" for results that agree between hosts; None = the fastest.
        """
        self.streams = max(streams, 1)
        self._core = ov.Core()
        self._settings: dict[str, Any] = {
            "NUM_STREAMS": self.streams,
            "INFERENCE_NUM_THREADS": threads or self.streams,
            "ENABLE_CPU_PINNING": False,  # several workers would all be pinned to the first cores
        }
        if cache_dir is not None:
            self._settings["CACHE_DIR"] = str(cache_dir)
        if precision is not None:
            self._settings["INFERENCE_PRECISION_HINT"] = precision

    def load(self, folder: Path) -> Model:
        """Read, verify and compile the model in a folder.

        Raises:
            BadCard: the card is wrong.
            BadModel: a file differs from its hash, or the network is not one for photos.
        """
        card = load_card(folder, verify=True)
        try:
            network = self._core.read_model(folder / card.graph)
        except RuntimeError as error:
            raise BadModel(f"{card.id}: {card.graph} cannot be read. {_first(error)}") from error
        _check_input(network, card)
        try:
            ready = _fold_pixels_in(network, card.input)
            compiled = self._core.compile_model(ready, "CPU", self._settings)
        except RuntimeError as error:
            raise BadModel(f"{card.id} cannot be compiled. {_first(error)}") from error
        return Model(compiled, card, self.streams)


def _fold_pixels_in(network: ov.Model, given: PixelInput) -> ov.Model:
    """Let the network take uint8 NHWC RGB; as part of the graph the conversion costs nothing."""
    steps = PrePostProcessor(network)
    pixels = steps.input()
    pixels.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    pixels.tensor().set_color_format(ColorFormat.RGB)
    pixels.model().set_layout(ov.Layout(given.layout))
    conversion = pixels.preprocess().convert_element_type(ov.Type.f32)
    if given.colour == "BGR":
        conversion.convert_color(ColorFormat.BGR)
    scale = given.scale if isinstance(given.scale, tuple) else (given.scale,) * _CHANNELS
    if any(given.mean):
        conversion.mean(list(given.mean))
    if scale != (1.0, 1.0, 1.0):
        conversion.scale(list(scale))
    for index, output in enumerate(network.outputs):
        if output.get_element_type().is_real():
            steps.output(index).tensor().set_element_type(ov.Type.f32)
    return steps.build()


def _check_input(network: ov.Model, card: Card) -> None:
    if len(network.inputs) != 1:
        raise BadModel(f"{card.id} has {len(network.inputs)} inputs, a model for photos has one.")
    shape = _shape(network.inputs[0])
    if len(shape) != _DIMENSIONS or shape[card.input.layout.index("C")] != _CHANNELS:
        raise BadModel(f"{card.id} takes {shape}, a model for photos takes three colours.")
    if shape[card.input.layout.index("N")] not in (None, 1):
        raise BadModel(f"{card.id} takes {shape}, its first side must be 1 or free.")
    for name in ("width", "height"):
        side = shape[card.input.layout.index(name[0].upper())]
        if side not in (None, getattr(card.input, name)):
            raise BadCard(f"input.{name}", f"the network takes only {side}.")


def _shape(port: ov.Output | ov.ConstOutput) -> Shape:
    partial = port.get_partial_shape()
    if partial.rank.is_dynamic:
        return ()
    return tuple(side.get_length() if side.is_static else None for side in partial)


def _name(port: ov.ConstOutput, index: int) -> str:
    return min(port.get_names(), default=f"output{index}")


def _first(error: RuntimeError) -> str:
    """OpenVINO's messages are tracebacks; the last line says what happened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else "No reason given."
