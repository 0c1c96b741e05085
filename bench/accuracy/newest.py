"""Which of the shipped models is the newest."""

from pathlib import Path

from inference.card import MODELS


def newest_detector() -> Path:
    """The shipped detector with the highest version."""
    return _newest("shelf-detector")


def newest_embedder() -> Path:
    """The shipped embedder with the highest version."""
    return _newest("sku-embedder")


def _newest(name: str) -> Path:
    return max(MODELS.glob(f"{name}-*"), key=_version)


def _version(folder: Path) -> list[int]:
    """Versions are compared as numbers."""
    return [int(part) for part in folder.name.rsplit("-", 1)[1].split(".")]
