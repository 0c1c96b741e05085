"""Cards of detectors that say what they saw."""

import json
import re
from pathlib import Path

from bench.accuracy.__main__ import newest_detector


def write_card(folder: Path, real_photos: list[str] | None) -> None:
    """Give a folder the shipped detector's card, trained on these photos; None = not said."""
    card = (newest_detector() / "model.toml").read_text()
    silent = re.sub(r"^real_photos = \[.*?\]\n", "", card, flags=re.MULTILINE | re.DOTALL)
    says = "" if real_photos is None else f"real_photos = {json.dumps(real_photos)}\n"
    folder.mkdir(exist_ok=True)
    (folder / "model.toml").write_text(silent.replace("[training]\n", "[training]\n" + says))
