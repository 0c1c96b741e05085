"""A runtime and the tiny models."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openvino as ov
import pytest

from inference.detect import Detector
from inference.identify import Embedder
from inference.recognise import Recogniser, load_recogniser
from inference.runtime import Runtime
from tests.inference import tiny


@pytest.fixture(scope="session")
def runtime() -> Runtime:
    """Two streams, and arithmetic that is the same on every host."""
    return Runtime(threads=2, streams=2, precision="f32")


@pytest.fixture(scope="session")
def detector_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny detector."""
    folder = tmp_path_factory.mktemp("models") / "tiny-detector"
    return tiny.write_folder(folder, tiny.grid_network(), tiny.detector_card())


@pytest.fixture(scope="session")
def embedder_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny embedder."""
    folder = tmp_path_factory.mktemp("models") / "tiny-embedder"
    return tiny.write_folder(folder, tiny.embedder_network(), tiny.embedder_card())


@pytest.fixture(scope="session")
def detector(runtime: Runtime, detector_folder: Path) -> Detector:
    """The tiny detector, loaded."""
    model = runtime.load(detector_folder)
    return Detector(model, model.card)


@pytest.fixture(scope="session")
def embedder(runtime: Runtime, embedder_folder: Path) -> Embedder:
    """The tiny embedder, loaded."""
    model = runtime.load(embedder_folder)
    return Embedder(model, model.card)


@pytest.fixture(scope="session")
def recogniser(runtime: Runtime, detector_folder: Path, embedder_folder: Path) -> Recogniser:
    """Both tiny models."""
    return load_recogniser(detector_folder, embedder_folder, runtime)


@pytest.fixture
def make_detector(runtime: Runtime, tmp_path: Path) -> Callable[..., Detector]:
    """A detector from a network and changes to the tiny card."""

    def make(network: ov.Model, **changes: Any) -> Detector:
        folder = tiny.write_folder(tmp_path / "model", network, tiny.detector_card(**changes))
        model = runtime.load(folder)
        return Detector(model, model.card)

    return make
