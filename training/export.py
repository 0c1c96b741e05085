"""From a trained network to the OpenVINO graph that is shipped: fused, 8 bit, described."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import nncf
import numpy as np
import openvino as ov
import torch
from torch import Tensor, nn

from training.blocks import fuse

WORST_PARITY = 2e-3  # largest difference between torch and the graph in full precision
CALIBRATION_SAMPLES = 64


class FromBytes(nn.Module):
    """Takes pixels 0..255, so that no caller has to know the scale."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Scale to 0..1 and run."""
        return self.network(x * (1 / 255))


def to_graph(network: nn.Module, shape: list[int], names: tuple[str, ...]) -> ov.Model:
    """Fuse and convert; `shape` is NCHW with -1 for what varies, `names` are the outputs'.

    Raises:
        AssertionError: the graph does not answer as the network does.
    """
    shipped = FromBytes(fuse(network.to(memory_format=torch.contiguous_format))).eval()
    example = torch.rand([side if side > 0 else 128 for side in shape]) * 255
    example = example[:1].repeat(2, 1, 1, 1)
    graph = ov.convert_model(shipped, example_input=example, input=[("x", ov.PartialShape(shape))])
    for output, name in zip(graph.outputs, names, strict=True):
        output.get_tensor().set_names({name})
    _check_parity(shipped, graph, example)
    return graph


def quantised(
    graph: ov.Model, samples: Iterable[np.ndarray], spared: Sequence[str] = ()
) -> ov.Model:
    """Turn weights and activations into 8 bit, calibrated on inputs like those to come.

    Convolutions whose names match one of the `spared` patterns stay as they are.
    """
    return nncf.quantize(
        graph,
        nncf.Dataset(list(samples)),
        subset_size=CALIBRATION_SAMPLES,
        preset=nncf.QuantizationPreset.MIXED,
        ignored_scope=nncf.IgnoredScope(patterns=list(spared)),
    )


def save(graph: ov.Model, folder: Path, model_info: Mapping[str, str]) -> None:
    """Write model.xml and model.bin, with the keys other OpenVINO tools look for."""
    for key, value in model_info.items():
        graph.set_rt_info(value, ["model_info", key])
    folder.mkdir(parents=True, exist_ok=True)
    ov.save_model(graph, folder / "model.xml")


class Compiled:
    """A graph ready to run on one thread; `precision` is that between its 8-bit parts."""

    def __init__(self, graph: ov.Model | Path, precision: str = "f32") -> None:
        settings = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
        }
        self._compiled = ov.Core().compile_model(graph, "CPU", settings)

    def __call__(self, x: np.ndarray) -> tuple[np.ndarray, ...]:
        """Run; the outputs in the graph's order."""
        return tuple(np.array(value) for value in self._compiled([x]).values())


def _check_parity(network: nn.Module, graph: ov.Model, example: Tensor) -> None:
    with torch.no_grad():
        expected = network(example)
    expected = expected if isinstance(expected, tuple) else (expected,)
    for one, other in zip(expected, Compiled(graph)(example.numpy()), strict=True):
        np.testing.assert_allclose(one.numpy(), other, atol=WORST_PARITY, rtol=WORST_PARITY)
