"""Histories of a client, some of them; `python -m bench.door histories` lives through many."""

import subprocess
import sys
from pathlib import Path

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
