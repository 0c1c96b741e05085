"""`python -m bench.accuracy.skus`: judge the embedder, write figures, tables and the sheet."""

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from bench.accuracy.__main__ import HOST_INDEPENDENT, ROOT
from bench.accuracy.folds import HELD_OUT, Refused, folds
from bench.accuracy.judging import Verdict, looks, verdicts
from bench.accuracy.newest import newest_detector, newest_embedder
from bench.accuracy.photos import LabelledShelf, labelled_shelves
from bench.accuracy.report import put_between_markers
from bench.accuracy.skus.counting import SCENES
from bench.accuracy.skus.groups import Judge, embedder_card, groups, judges
from bench.accuracy.skus.items import facings, products
from bench.accuracy.skus.measuring import Truth, judged, measured, peer
from bench.accuracy.skus.products import product_photos
from bench.accuracy.skus.report import BEGIN, END, report, tables
from bench.accuracy.skus.sheet import write_sheet
from bench.accuracy.skus.speed import embedding_times
from inference.runtime import Runtime


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    options = _options(arguments)
    shelves = labelled_shelves()
    runtime = Runtime(streams=1, precision=HOST_INDEPENDENT)
    try:
        found = judges(options.held_out, options.shipped, groups(), shelves)
        card = embedder_card(options.shipped)
        seen = _seen(options, shelves, runtime)
    except Refused as error:
        sys.exit(str(error))
    truth = Truth(facings(shelves), products(product_photos()), seen)
    answers = measured(judged(found, truth, runtime), truth)
    colours = peer(groups(), truth, card)
    times = embedding_times(options.shipped)
    figures = report(answers, colours, truth, _names(found), times)
    print(text := tables(figures))
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "sku.json").write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    write_sheet(
        (truth.facings, answers.known),
        (truth.products, answers.one_shot),
        options.docs / "pictures/sku-confusions.jpg",
    )
    page = options.docs / "benchmarks.md"
    page.write_text(put_between_markers(page.read_text("utf-8"), text, BEGIN, END), "utf-8")


def _seen(
    options: argparse.Namespace, shelves: Sequence[LabelledShelf], runtime: Runtime
) -> list[Verdict]:
    """What a detector that never saw these scenes finds on the photos to be counted."""
    photos = [photo for photo in shelves if photo.scene in SCENES]
    found = folds(options.held_out, options.detector, photos, shelves)
    return verdicts(
        list(chain.from_iterable(looks(fold.folder, fold.photos, runtime) for fold in found))
    )


def _names(found: Sequence[Judge]) -> dict[str, str]:
    return {f"group {group.number}": judge.folder.name for judge in found for group in judge.groups}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.skus", description=__doc__)
    parser.add_argument("--held-out", type=Path, default=HELD_OUT, metavar="DIR")
    parser.add_argument("--shipped", type=Path, default=newest_embedder(), metavar="MODEL")
    parser.add_argument("--detector", type=Path, default=newest_detector(), metavar="MODEL")
    parser.add_argument("--out", type=Path, default=ROOT / "bench/results", metavar="DIR")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs", metavar="DIR")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
