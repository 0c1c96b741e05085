"""Figures of `bench/results/data.json`: each part of the bench replaces its own."""

from pathlib import Path
from typing import Any

import msgspec

RESULTS = Path(__file__).parents[1] / "results" / "data.json"


def merge(figures: dict[str, Any]) -> None:
    """Put figures into the file, in place of those of the same name; the others stay."""
    before = msgspec.json.decode(RESULTS.read_bytes()) if RESULTS.exists() else {}
    after = msgspec.json.encode({**before, **figures}, order="sorted")
    RESULTS.write_bytes(msgspec.json.format(after) + b"\n")
