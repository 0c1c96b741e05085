"""How many pictures go into one run of a network whose input has no fixed size."""

from collections.abc import Iterator, Sequence

_SIZES = (8, 4, 2, 1)  # few, as every new shape costs the network a preparation of about 50 ms


def batches(items: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut items into runs of 8, and what is left into 4, 2 and 1."""
    start = 0
    for size in _SIZES:
        while len(items) - start >= size:
            yield items[start : start + size]
            start += size
