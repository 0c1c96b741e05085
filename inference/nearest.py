"""The coarse search of a large gallery, in 8 bit: OpenVINO's second use.

A product of 500 x 128 by 128 x 100,000 in float32 alone takes longer than a search may; in 8 bit it
takes less than half of that, and what is picked is compared exactly afterwards. Longer vectors are
turned so that nearly all of each lies in as many numbers.
"""

from threading import Lock
from typing import Any

import numpy as np

from inference import runtime
from inference.types import Floats, Ids

BLOCK = 64  # vectors; the best of each block compete, which spares sorting all of them
DIRECTIONS = 128  # in which the vectors differ most are looked at
BLOCKS = 8  # are looked into, for each query
_ROWS = 128  # queries at a time; bounds memory: they times all vectors, in float32
_LEVELS = 255  # of a symmetrical 8-bit number

ov: Any = runtime.ov  # its types know neither its graphs nor its nodes
op = ov.opset13


class NearestBlocks:
    """Vectors in blocks, of which the most alike are found. Threads may share it."""

    def __init__(self, vectors: Floats, threads: int) -> None:
        """Compile the vectors into a network.

        Args:
            vectors: (m, dimensions), m a multiple of BLOCK.
            threads: of one search.
        """
        settings = {
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",  # between the 8-bit parts
            "ENABLE_CPU_PINNING": False,
        }
        compiled = ov.Core().compile_model(_network(vectors), "CPU", settings)
        self._request, self._turn = compiled.create_infer_request(), Lock()

    def search(self, vectors: Floats) -> tuple[Ids, Floats]:
        """Find the blocks with the most alike vectors.

        Args:
            vectors: (n, dimensions), n >= 1.

        Returns:
            (n, BLOCKS) numbers of blocks, and (n, BLOCKS, BLOCK) their cosines, off by about 0.01.
        """
        parts = [self._infer(vectors[at : at + _ROWS]) for at in range(0, len(vectors), _ROWS)]
        return np.concatenate([part[0] for part in parts]), np.concatenate([p[1] for p in parts])

    def _infer(self, vectors: Floats) -> tuple[Ids, Floats]:
        with self._turn:
            self._request.infer([np.ascontiguousarray(vectors)], share_inputs=True)
            blocks, cosines = (np.array(self._request.get_output_tensor(at).data) for at in (0, 1))
        return blocks.astype(np.int64), cosines


def _network(vectors: Floats) -> Any:
    """Queries in; blocks and the cosines inside out."""
    queries = op.parameter([-1, vectors.shape[1]], np.float32, name="queries")
    asked: Any = queries
    if vectors.shape[1] > DIRECTIONS:
        directions = _principal(vectors)
        vectors, asked = vectors @ directions, op.matmul(queries, directions, False, False)
    reach = np.float32(np.abs(vectors).max())
    cosines = op.matmul(_rounded(asked, reach), _rounded(op.constant(vectors), reach), False, True)
    blocks = op.reshape(cosines, np.array([0, len(vectors) // BLOCK, BLOCK]), True)
    best = op.reduce_max(blocks, np.array([2]), False)
    chosen = op.topk(best, np.int64(BLOCKS), 1, "max", "none").output(1)
    inside = op.gather(blocks, chosen, np.int64(1), 1)
    return ov.Model([op.result(chosen), op.result(inside)], [queries], "nearest")


def _principal(vectors: Floats) -> Floats:
    """(dimensions, DIRECTIONS) of length 1 and at right angles, those with most of the vectors."""
    return np.linalg.eigh(vectors.T @ vectors)[1][:, -DIRECTIONS:].astype(np.float32)


def _rounded(values: Any, reach: np.float32) -> Any:
    """Mark numbers from -reach to reach as ones that 8 bit will do for."""
    return op.fake_quantize(values, -reach, reach, -reach, reach, _LEVELS)
