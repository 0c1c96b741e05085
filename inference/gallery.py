"""The gallery: reference vectors of SKUs, and the search for the nearest SKUs."""

from collections.abc import Sequence

import numpy as np

from inference.identify import normalise
from inference.types import Floats, Ids, Shortlists

SHORTLIST = 5  # SKUs
_SAME = 1e-6  # cosines closer than this are a tie; float32 sums differ by less
_ROWS = 256  # vectors compared at a time; bounds memory for large galleries


class Gallery:
    """Reference vectors of SKUs, ready to be searched."""

    def __init__(self, sku_ids: Ids, vectors: Floats) -> None:
        """Sort the references.

        Args:
            sku_ids: (m,) a SKU may have several references.
            vectors: (m, dimensions).
        """
        order = np.argsort(sku_ids, kind="stable")
        self.sku_ids = np.asarray(sku_ids, np.int64)[order]
        self.vectors = normalise(np.asarray(vectors, np.float32)[order])
        self.skus, self._starts = np.unique(self.sku_ids, return_index=True)

    def search(self, vectors: Floats) -> Shortlists:
        """Find the SKUs with the nearest references; ties go to the lowest id.

        Args:
            vectors: (n, dimensions), each of length 1.
        """
        found = Shortlists(
            np.full((len(vectors), SHORTLIST), -1, np.int64),
            np.zeros((len(vectors), SHORTLIST), np.float32),
        )
        width = min(SHORTLIST, len(self.skus))
        for at in range(0, len(vectors) if width else 0, _ROWS):
            part = slice(at, at + _ROWS)
            found.sku_ids[part, :width], found.scores[part, :width] = self._best(vectors[part])
        return found

    def best_of_skus(self, vectors: Floats) -> Floats:
        """Cosine to the nearest reference of every SKU, (n, SKUs), in order of `skus`."""
        if not len(self.skus):
            return np.zeros((len(vectors), 0), np.float32)
        return np.maximum.reduceat(vectors @ self.vectors.T, self._starts, axis=1)

    def _best(self, vectors: Floats) -> tuple[Ids, Floats]:
        """(n, k) SKUs and cosines, best first."""
        scores = self.best_of_skus(vectors)
        columns = np.arange(scores.shape[1])[None].repeat(len(scores), 0)
        if scores.shape[1] > SHORTLIST:
            columns = np.argpartition(-scores, SHORTLIST - 1, axis=1)[:, :SHORTLIST]
        scores = np.take_along_axis(scores, columns, axis=1)
        order = _best_first(columns, scores)
        return (
            self.skus[np.take_along_axis(columns, order, axis=1)],
            np.take_along_axis(scores, order, axis=1),
        )


def _best_first(columns: Ids, scores: Floats) -> Ids:
    """(n, k) the order of each row: by score, those that tie by column."""
    falling = np.argsort(-scores, axis=1, kind="stable")
    steps = np.diff(np.take_along_axis(scores, falling, axis=1), axis=1, prepend=2.0)
    ranks = np.empty_like(falling)
    np.put_along_axis(ranks, falling, np.cumsum(steps < -_SAME, axis=1), axis=1)
    return np.lexsort((columns, ranks), axis=1)


def load_gallery(references: Sequence[tuple[int, bytes]]) -> Gallery:
    """Build a gallery from stored references.

    Args:
        references: SKU and its vector, the bytes of float32; all by one embedder.
    """
    sku_ids = np.array([sku_id for sku_id, _ in references], np.int64)
    vectors = np.frombuffer(b"".join(vector for _, vector in references), np.float32)
    return Gallery(sku_ids, vectors.reshape(len(references), -1 if references else 0))
