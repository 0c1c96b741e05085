"""The card of a model, `model.toml`: how to feed it, how to read it, where it comes from."""

import hashlib
import json
from pathlib import Path

Value = str | int | float | list | dict
SHIPPED = ("model.xml", "model.bin", "golden.jpg", "golden.json")


def write_card(folder: Path, card: dict[str, Value]) -> None:
    """Write the card; the hashes of the files beside it are added."""
    files = {name: _sha256(folder / name) for name in SHIPPED if (folder / name).exists()}
    whole = {key: value for key, value in card.items() if key != "training"}
    whole |= {"files": files, "training": card["training"]}
    (folder / "model.toml").write_text(toml(whole))


def toml(table: dict[str, Value], path: str = "") -> str:
    """Write nested tables as TOML; plain values come before tables, as TOML demands."""
    plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    lines = [
        f"{_key(key)} = {json.dumps(value, ensure_ascii=False)}" for key, value in plain.items()
    ]
    if path and (plain or not tables):
        lines.insert(0, f"\n[{path}]")
    text = "\n".join(lines) + ("\n" if lines else "")
    return text + "".join(
        toml(value, f"{path}.{_key(key)}" if path else _key(key)) for key, value in tables.items()
    )


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
