"""What sends webhooks, and a receiver for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.sending import Clock, Sender, sending
from tests.flows.webhook_receiver import Receiver, receiving


@pytest.fixture
def sender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sender]:
    """What sends webhooks, by a clock of its own."""
    clock = Clock()
    monkeypatch.setattr("flows.delivery.now", clock)
    monkeypatch.setattr("flows.send_due.now", clock)
    with sending(tmp_path / "data", clock) as made:
        yield made


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes everything, unless a test says something else."""
    with receiving() as made:
        yield made
