"""Cards of models that say what they saw."""

import json
import re
from pathlib import Path

from bench.accuracy.newest import newest_detector


def write_card(
    folder: Path,
    real_photos: list[str] | None,
    real_skus: list[str] | None = None,
    *,
    model: Path | None = None,
) -> None:
    """Give a folder a shipped model's card, trained on these photos and SKUs; None = not said."""
    card = ((model or newest_detector()) / "model.toml").read_text()
    for name, value in (("real_photos", real_photos), ("real_skus", real_skus)):
        card = re.sub(rf"^{name} = \[.*?\]\n", "", card, flags=re.MULTILINE | re.DOTALL)
        says = "" if value is None else f"{name} = {json.dumps(value)}\n"
        card = card.replace("[training]\n", "[training]\n" + says)
    folder.mkdir(exist_ok=True)
    (folder / "model.toml").write_text(card)
