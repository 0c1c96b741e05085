"""Which pictures go into one run of a network whose input has no fixed size."""

from collections.abc import Iterator, Sequence

_RUNS = (8, 4, 2, 1)  # pictures; a shape seen first costs some 15 ms, so few of them
_COLUMNS = 1024  # of all pictures of a run: bounds its memory


def batches(widths: Sequence[int], spread: int) -> Iterator[Sequence[int]]:
    """Put pictures into few runs: another run costs as much as 70 to 170 columns more.

    Args:
        widths: of the pictures, pixels.
        spread: pictures of a run differ by so many pixels at most.

    Yields:
        Places in `widths`, the widest picture first; every picture once.
    """
    order = sorted(range(len(widths)), key=lambda at: (-widths[at], at))
    start = 0
    while start < len(order):
        widest = widths[order[start]]
        close = [at for at in order[start : start + _RUNS[0]] if widest - widths[at] <= spread]
        room = max(min(len(close), _COLUMNS // widest), 1)
        count = next(run for run in _RUNS if run <= room)
        yield close[:count]
        start += count
