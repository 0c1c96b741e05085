"""Some random histories; `python -m bench.door histories keys` lives through many."""

import subprocess
import sys
from pathlib import Path

import pytest

from storage import replies
from tests.histories import keys

HISTORIES, STEPS = "8", "20"


def live(*more: str) -> subprocess.CompletedProcess[str]:
    """In a process of their own, as it takes Prefect out of the flows."""
    command = [sys.executable, "-m", "tests.histories.client", HISTORIES, STEPS, *more]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


def test_every_answer_is_the_expected_one():
    """Whatever is asked in whatever order."""
    lived = live()

    assert 0 == lived.returncode, lived.stderr[-4000:]
    assert "0 other answers than expected" in lived.stdout


def test_work_that_is_not_noted_is_missed():
    """Without the outbox a scene is accepted, and its reports never come."""
    lived = live("outbox")

    assert 1 == lived.returncode
    assert "AssertionError" in lived.stderr


def test_a_key_is_done_once(tmp_path: Path):
    """Whoever sends what with it, how often, at the same time, over a restart."""
    statuses, faults = keys.run(30, tmp_path)

    assert [] == faults
    assert {201, 400, 422} <= statuses.keys()


def test_answers_that_are_not_kept_are_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Without them the same request is done again and again."""
    monkeypatch.setattr(replies, "claim", lambda *_, **__: None)
    monkeypatch.setattr(replies, "keep", lambda *_, **__: None)

    assert keys.run(5, tmp_path)[1]
