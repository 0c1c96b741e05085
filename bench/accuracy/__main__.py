"""`python -m bench.accuracy`: judge the detector, write figures, tables and the picture sheet."""

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from bench.accuracy.folds import HELD_OUT, Refused, folds, trained_on
from bench.accuracy.judging import looks, verdicts
from bench.accuracy.newest import newest_detector
from bench.accuracy.photos import SHELVES, labelled_shelves
from bench.accuracy.report import put_between_markers, report, tables
from bench.accuracy.sheet import write_sheet
from bench.accuracy.speed import photo_times
from inference.card import load_card
from inference.runtime import Runtime

ROOT = Path(__file__).parents[2]
HOST_INDEPENDENT = "f32"  # arithmetic of the figures; times are taken with the machine's own


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    options = _options(arguments)
    every = labelled_shelves()
    photos = [photo for photo in every if not options.photo or photo.name in options.photo]
    runtime = Runtime(streams=1, precision=HOST_INDEPENDENT)
    try:
        judges = folds(options.held_out, options.shipped, photos, every)
    except Refused as error:
        sys.exit(str(error))
    seen = [looks(fold.folder, fold.photos, runtime) for fold in judges]
    held_out = verdicts(list(chain.from_iterable(seen)))
    shipped = verdicts(looks(options.shipped, photos, runtime))
    saw = bool((trained_on(load_card(options.shipped)) or set()) & {photo.name for photo in every})
    measured = report(held_out, shipped, saw, photo_times(options.shipped))
    print(text := tables(measured))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "detector.json").write_text(json.dumps(measured, indent=2) + "\n", "utf-8")
    write_sheet(held_out, options.docs / "pictures/detector-worst.jpg")
    page = options.docs / "benchmarks.md"
    page.write_text(put_between_markers(page.read_text("utf-8"), text), "utf-8")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy", description=__doc__)
    parser.add_argument("--held-out", type=Path, default=HELD_OUT, metavar="DIR")
    parser.add_argument("--shipped", type=Path, default=newest_detector(), metavar="MODEL")
    parser.add_argument("--out", type=Path, default=ROOT / "bench/results", metavar="DIR")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", metavar="DIR")
    parser.add_argument("--photo", nargs="+", metavar="NAME", help=f"only these of {SHELVES}")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
