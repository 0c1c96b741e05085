"""What tests do for seconds, done for minutes in processes of their own."""

import os
import re
import subprocess
import sys
from typing import Any

from bench.door import fuzzing
from bench.platform import console

TRACED = 50  # scenes
HISTORIES, STEPS = 500, 30
RETRIED = 1000  # histories under one key each
FUZZED_SECONDS = 60  # for each parser

Figures = dict[str, Any]


def document() -> Figures:
    """Requests made from the API document: `make fuzz`."""
    said = _run(
        "pytest",
        "-s",
        "tests/api/test_document.py",
        FUZZ_EXAMPLES=os.environ.get("FUZZ_EXAMPLES", "30"),
    )
    failures = re.search(r"(\d+) unique failure", said)
    if failures:
        console.print(said, markup=False)
    return {
        "schemathesis_cases": _number(r"(\d+) generated", said),
        "schemathesis_failures": int(failures[1]) if failures else 0,
    }


def traces() -> Figures:
    """Scenes whose request, flow, reports and webhooks are found again by one id."""
    said = _run("pytest", "-s", "tests/flows/test_traceable.py", TRACED_SCENES=str(TRACED))
    found = _number(r"(\d+) of \d+ scenes are found again", said)
    return {f"traceable_scenes_of_{TRACED}": found if " passed" in said else 0}


def histories() -> Figures:
    """Random histories of a client, each answer compared with a dictionary's."""
    said = _run("tests.histories.client", str(HISTORIES), str(STEPS))
    return {
        "histories": HISTORIES,
        "history_steps": STEPS,
        "history_requests": _number(r"(\d+) requests, 0 other answers", said),
        "history_answers_other_than_expected": 0,
    }


def keys() -> Figures:
    """Requests that come again with their Idempotency-Key, some at the same time."""
    said = _run("tests.histories.keys", str(RETRIED))
    return {
        "retry_histories": RETRIED,
        "retry_requests": _number(r"(\d+) requests, \d+ faults", said),
        "retry_faults": _number(r"requests, (\d+) faults", said),
    }


def parsers() -> Figures:
    """Bytes that make a parser fail, looked for a minute each."""
    tried = {name: fuzzing.fuzz(name, FUZZED_SECONDS) for name in fuzzing.PARSERS}
    return {"fuzzed_inputs": tried, "fuzzed_seconds_each": FUZZED_SECONDS, "fuzzed_uncaught": 0}


def _run(module: str, *arguments: str, **environment: str) -> str:
    """Run a module to its end; what it wrote."""
    done = subprocess.run(  # noqa: S603  our own command line
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def _number(pattern: str, said: str) -> int:
    """Find a number in it.

    Raises:
        RuntimeError: it is not there; with how the text ends.
    """
    if (found := re.search(pattern, said)) is None:
        raise RuntimeError(said[-4000:])
    return int(found[1])
