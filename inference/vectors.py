"""Embeddings: scaled, and as they are stored back as arrays."""

from collections.abc import Sequence

import numpy as np

from inference.types import Floats


def normalise(vectors: Floats) -> Floats:
    """Scale each row to length 1; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)


def from_facts(stored: Sequence[bytes], dimensions: int) -> Floats:
    """Read what facts hold, float16 little endian, as (n, dimensions) float32."""
    return _read(stored, "<f2", dimensions)


def from_records(stored: Sequence[bytes], dimensions: int) -> Floats:
    """Read what records hold, float32, as (n, dimensions)."""
    return _read(stored, "<f4", dimensions)


def _read(stored: Sequence[bytes], kind: str, dimensions: int) -> Floats:
    return np.frombuffer(b"".join(stored), kind).astype(np.float32).reshape(-1, dimensions)
