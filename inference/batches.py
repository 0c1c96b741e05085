"""Which pictures go into one run of a network whose input has no fixed size."""

from collections.abc import Iterator, Sequence

_MOST = 4  # pictures; 8 are no faster and take 140 MB more


def batches(widths: Sequence[int], spread: int = 0) -> Iterator[Sequence[int]]:
    """Put pictures into runs of 4 and of 1: each shape of a run costs a preparation of 50 ms.

    Args:
        widths: of the pictures, pixels.
        spread: pictures of a run differ by so many pixels at most.

    Yields:
        Places in `widths`, the narrowest picture first; every picture once.
    """
    order = sorted(range(len(widths)), key=lambda at: (widths[at], at))
    start = 0
    while start < len(order):
        run = order[start : start + _MOST]
        if len(run) < _MOST or widths[run[-1]] - widths[run[0]] > spread:
            run = run[:1]
        yield run
        start += len(run)
