"""A few of the kills of `make chaos`, over the whole platform under load."""

from pathlib import Path

import pytest

import up
from bench.chaos import kills
from bench.platform import MASTER_KEY
from settings import Settings


@pytest.mark.end_to_end
def test_a_few_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The worker, the API, then everything: nothing lost, nothing twice, all ended in time."""
    monkeypatch.setattr(kills, "REST", (0.1, 1.0))
    settings = Settings(
        data=str(tmp_path),
        port=up.free_port(),
        prefect_port=up.free_port(),
        master_key=MASTER_KEY,
        outbound_allow="127.0.0.0/8",
        text_finder="",
        rate_limit=0,
    )

    outcome = kills.run(settings, ["worker", "api", "everything"], seed=1)

    assert outcome["accepted"] > 0
    assert ([], 0, 0) == (outcome["violations"], outcome["scenes_lost"], outcome["reports_twice"])
    assert (0, 0) == (outcome["webhooks_lost"], outcome["reports_in_error"])
    assert 2 * outcome["accepted"] <= outcome["reports_ready"]
