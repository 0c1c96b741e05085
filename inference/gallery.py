"""The gallery: reference vectors of SKUs, and the search for the nearest SKUs."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inference.nearest import BLOCK, BLOCKS, NearestBlocks
from inference.types import Flags, Floats, Ids, Shortlists
from inference.vectors import normalise

SHORTLIST = 5  # SKUs
FEW = 4096  # references up to which comparing with all of them is fast enough
COMPARED = 64  # of the references found in 8 bit are compared exactly, for each facing
_SAME = 1e-6  # cosines closer than this are a tie; float32 sums differ by less
_ROWS = 256  # vectors compared at a time; bounds memory for large galleries


class Gallery:
    """Reference vectors of SKUs, ready to be searched."""

    def __init__(self, sku_ids: Ids, vectors: Floats, *, threads: int = 1) -> None:
        """Sort the references.

        Args:
            sku_ids: (m,) a SKU may have several references.
            vectors: (m, dimensions).
            threads: of one search; a gallery of up to FEW references needs no more than one.
        """
        order = np.argsort(sku_ids, kind="stable")
        self.sku_ids = np.asarray(sku_ids, np.int64)[order]
        self.vectors = normalise(np.asarray(vectors, np.float32)[order])
        self.skus, self._starts = np.unique(self.sku_ids, return_index=True)
        self._coarse = Coarse(self, threads) if len(self.sku_ids) > FEW else None
        self._rivals = np.full(len(self.sku_ids), np.nan, np.float32)  # filled when first asked for

    def search(self, vectors: Floats) -> Shortlists:
        """Find the SKUs with the nearest references; ties go to the lowest id.

        In a large gallery the candidates are found in 8 bit and then compared exactly.

        Args:
            vectors: (n, dimensions), each of length 1.
        """
        found = self._nearest(vectors)
        return replace(found, rivals=self._rivals_of(self._rows(vectors, found.sku_ids[:, 0])))

    def _nearest(self, vectors: Floats) -> Shortlists:
        """Find the shortlists, without their rivals."""
        if self._coarse is None or not len(vectors):
            return self.search_exactly(vectors)
        found, sure = self._coarse.search(vectors)
        again = self.search_exactly(vectors[~sure])
        found.sku_ids[~sure], found.scores[~sure] = again.sku_ids, again.scores
        return found

    def _rows(self, vectors: Floats, sku_ids: Ids) -> Ids:
        """(n,) the reference of a SKU that is nearest to each vector, -1 = SKU -1 has none."""
        rows = np.full(len(vectors), -1, np.int64)
        for sku_id in np.unique(sku_ids[sku_ids >= 0]).tolist():
            asked = sku_ids == sku_id
            start, end = np.searchsorted(self.sku_ids, [sku_id, sku_id + 1])
            rows[asked] = start + (vectors[asked] @ self.vectors[start:end].T).argmax(axis=1)
        return rows

    def _rivals_of(self, rows: Ids) -> Floats:
        """(n,) cosine to the nearest reference of another SKU; what was found once is kept."""
        new = np.unique(rows[rows >= 0])
        new = new[np.isnan(self._rivals[new])]
        if len(new):
            found = self._nearest(self.vectors[new])
            others = (found.sku_ids >= 0) & (found.sku_ids != self.sku_ids[new, None])
            self._rivals[new] = np.where(others, found.scores, 0).max(axis=1)
        return np.append(self._rivals, np.float32(0))[rows]

    def search_exactly(self, vectors: Floats) -> Shortlists:
        """Compare with every reference."""
        found = nobody(len(vectors))
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
        order = best_first(columns, scores)
        return (
            self.skus[np.take_along_axis(columns, order, axis=1)],
            np.take_along_axis(scores, order, axis=1),
        )


class Coarse:
    """The references in blocks that no SKU straddles, as far as it fits into one."""

    def __init__(self, gallery: Gallery, threads: int) -> None:
        """Lay the references out and compile them."""
        self._gallery = gallery
        self._rows = _in_blocks(gallery.sku_ids)
        filled = self._rows >= 0
        vectors = np.where(filled[:, None], gallery.vectors[self._rows], np.float32(0))
        self._blocks = NearestBlocks(vectors, threads)

    def search(self, vectors: Floats) -> tuple[Shortlists, Flags]:
        """Find the shortlists, and tell for which it is sure that no other SKU belongs there."""
        blocks, coarse = self._blocks.search(vectors)
        places = (blocks[:, :, None] * BLOCK + np.arange(BLOCK)).reshape(len(vectors), -1)
        likely = np.argpartition(-coarse.reshape(len(vectors), -1), COMPARED - 1, axis=1)
        places = np.take_along_axis(places, likely[:, :COMPARED], axis=1)
        rows = self._rows[places]
        scores = np.einsum("nd,nkd->nk", vectors, self._gallery.vectors[rows], optimize=True)
        scores = np.where(rows >= 0, scores, -1).astype(np.float32)
        skus = np.where(rows >= 0, self._gallery.sku_ids[rows], -1)
        return _distinct(skus, scores)


def _in_blocks(sku_ids: Ids) -> Ids:
    """Rows of the references by place, -1 = left free; a SKU that fits begins no block's end."""
    starts = np.unique(sku_ids, return_index=True)[1].tolist()
    places = np.empty(len(sku_ids), np.int64)
    at = 0
    for start, end in zip(starts, [*starts[1:], len(sku_ids)], strict=True):
        count, left = end - start, -at % BLOCK
        at += left if count > left else 0
        places[start:end] = np.arange(at, at + count)
        at += count
    rows = np.full(max(-(-at // BLOCK), BLOCKS) * BLOCK, -1, np.int64)
    rows[places] = np.arange(len(sku_ids))
    return rows


def _distinct(skus: Ids, scores: Floats) -> tuple[Shortlists, Flags]:
    """Keep the best of each SKU; a row with too few SKUs is not sure. Rivals are left at 0."""
    order = np.lexsort((skus, -scores))
    skus, scores = np.take_along_axis(skus, order, 1), np.take_along_axis(scores, order, 1)
    by_sku = np.argsort(skus, axis=1, kind="stable")
    sorted_skus = np.take_along_axis(skus, by_sku, 1)
    first = np.ones(skus.shape, bool)
    np.put_along_axis(first, by_sku[:, 1:], sorted_skus[:, 1:] != sorted_skus[:, :-1], 1)
    first &= skus >= 0
    chosen = np.argsort(~first, axis=1, kind="stable")[:, :SHORTLIST]
    skus, scores = np.take_along_axis(skus, chosen, 1), np.take_along_axis(scores, chosen, 1)
    order = best_first(skus, scores)
    found = replace(
        nobody(len(skus)),
        sku_ids=np.take_along_axis(skus, order, 1),
        scores=np.take_along_axis(scores, order, 1),
    )
    return found, first.sum(axis=1) >= SHORTLIST


def nobody(count: int) -> Shortlists:
    """Shortlists without a SKU."""
    shape = count, SHORTLIST
    return Shortlists(
        np.full(shape, -1, np.int64), np.zeros(shape, np.float32), np.zeros(count, np.float32)
    )


def best_first(columns: Ids, scores: Floats) -> Ids:
    """(n, k) the order of each row: by score, those that tie by column."""
    falling = np.argsort(-scores, axis=1, kind="stable")
    steps = np.diff(np.take_along_axis(scores, falling, axis=1), axis=1, prepend=2.0)
    ranks = np.empty_like(falling)
    np.put_along_axis(ranks, falling, np.cumsum(steps < -_SAME, axis=1), axis=1)
    return np.lexsort((columns, ranks), axis=1)


def load_gallery(references: Sequence[tuple[int, bytes]], *, threads: int = 1) -> Gallery:
    """Build a gallery from stored references.

    Args:
        references: SKU and its vector, the bytes of float32; all by one embedder.
        threads: of one search.
    """
    sku_ids = np.array([sku_id for sku_id, _ in references], np.int64)
    vectors = np.frombuffer(b"".join(vector for _, vector in references), np.float32)
    return Gallery(
        sku_ids, vectors.reshape(len(references), -1 if references else 0), threads=threads
    )
