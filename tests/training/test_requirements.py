"""Training has an environment of its own, lighter than the platform's."""

import re
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PARTS = ("training", "bench", "inference", "flows", "storage")  # what it may reach
CALLED = {"opencv-python-headless": "cv2", "pillow": "PIL"}  # imported by another name


def test_what_training_imports_is_named_in_its_requirements():
    """`make train` starts in an environment that holds nothing else."""
    graph = grimp.build_graph(*PARTS, include_external_packages=True, cache_dir=None)
    reached = graph.find_upstream_modules("training.__main__")
    foreign = {name for name in reached if graph.is_module_squashed(name)}
    lines = (ROOT / "requirements/training.in").read_text().splitlines()
    named = {re.split(r"[<>=\s]", line)[0] for line in lines if line and line[0] != "#"}

    assert {CALLED.get(name, name) for name in named} | {"torch"} == (
        foreign - set(sys.stdlib_module_names)
    )
