"""The gallery of the next embedder is made through Prefect, or by the command."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inference.card import EmbedderCard, load_card
from storage import catalog, forecasts, references
from storage.catalog import SkuFields
from storage.forecasts import Forecast
from tests.flows.plant import ROOT, Plant, now, wait_for
from tests.inference import tiny


@pytest.fixture(scope="module")
def next_embedder(plant: Plant, photo: int) -> Path:
    """The folder of another embedder; there is a reference that the plant's own knows."""
    network = tiny.embedder_network(shift=9)
    with plant.records.transaction() as tx:
        catalog.add_sku(tx, SkuFields(cid="1", name="Tea", image=photo), now=now())
    gondola(plant, "gallery", "rebuild")
    return tiny.write_folder(plant.folder / "next", network, tiny.embedder_card())


def missing(plant: Plant, folder: Path) -> int:
    """References the embedder in a folder does not know."""
    card = load_card(folder)
    assert isinstance(card, EmbedderCard)
    with plant.records.reading() as tx:
        return references.count_missing(tx, card.key)


def gondola(plant: Plant, *arguments: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Run the command with the plant's settings, or with some others."""
    fields = msgspec.structs.asdict(plant.settings) | settings
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        env={f"GONDOLA_{name.upper()}": str(value) for name, value in fields.items()}
        | {"COLUMNS": "200", "PATH": ""},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_worker_refuses_a_gallery_it_does_not_know(plant: Plant, next_embedder: Path):
    """It ends with a sentence that says what to do."""
    ended = gondola(plant, "worker", embedder=str(next_embedder))

    assert 1 == ended.returncode
    assert "run `gondola gallery rebuild`" in " ".join(ended.stdout.split())


@pytest.mark.usefixtures("worker")
def test_the_next_gallery_is_made_before_the_switch(plant: Plant, next_embedder: Path):
    """The flow takes the folder; the worker goes on with its own embedder."""
    before = missing(plant, next_embedder)
    deployment = plant.ask("GET", "/deployments/name/rebuild-gallery/warm")["id"]
    body = {"parameters": {"embedder": str(next_embedder)}}
    run = plant.ask("POST", f"/deployments/{deployment}/create_flow_run", body)["id"]

    assert "COMPLETED" == wait_for(lambda: plant.ended(run))
    assert (1, 0) == (min(before, 1), missing(plant, next_embedder))


def test_the_command_tells_what_each_embedder_knows(plant: Plant, next_embedder: Path):
    """One line for each, after it was rebuilt."""
    assert 0 == gondola(plant, "gallery", "rebuild", str(next_embedder)).returncode
    told = gondola(plant, "gallery", "status", embedder=str(next_embedder)).stdout

    keys = [load_card(folder).key for folder in (next_embedder, Path(plant.settings.embedder))]  # type: ignore[union-attr]
    assert all(key in told for key in keys)
    assert 1 == told.count("in service")


def test_an_unknown_embedder_is_a_sentence(plant: Plant):
    """No traceback."""
    ended = gondola(plant, "gallery", "rebuild", "no-such-embedder")

    assert (1, "") == (ended.returncode, ended.stderr)
    assert "no-such-embedder" in ended.stdout


@pytest.mark.usefixtures("worker")
def test_a_forecast_is_made_by_a_run(plant: Plant, photo: int):
    """The SKU's references are embedded, and what is to be expected is kept."""
    with plant.records.transaction() as tx:
        sku = catalog.add_sku(tx, SkuFields(cid="2", name="Coffee", image=photo), now=now())
    run = plant.nudge("forecast-sku", sku_id=sku.id)

    assert "COMPLETED" == wait_for(lambda: plant.ended(run))
    with plant.records.reading() as tx:
        found = forecasts.latest(tx, sku.id)
    assert found is not None
    assert (1, 0, None) == (found.outlook.references, found.outlook.failed, found.outlook.recall)
    assert "Add 2 more pictures" in str(found.outlook.advice)
    assert found.outlook.confusions[0].score > 0.99  # Tea has the same picture


@pytest.mark.usefixtures("worker")
def test_a_forecast_nobody_was_told_of_is_made(plant: Plant, photo: int):
    """The sweep finds SKUs with new references."""
    with plant.records.transaction() as tx:
        fields = SkuFields(cid="3", name="Cocoa", image=photo)
        sku = catalog.add_sku(tx, fields, now=now() - timedelta(minutes=1))
    plant.nudge("sweep")

    def made() -> Forecast | None:
        with plant.records.reading() as tx:
            return forecasts.latest(tx, sku.id)

    assert wait_for(made) is not None
