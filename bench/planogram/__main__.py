"""Disturb real shelves in known ways, and count how often PLANOGRAM_COMPLIANCE says what was done.

The truth of each labelled photo is made a planogram; then products are removed, swapped, moved,
added or replaced, one to three at a time, and the report has to find that. Beside it: parts of
photos, where what is outside must not be called missing, and a fifth of the facings not identified.
Writes `bench/results/planogram.json`.
"""

import time
from pathlib import Path
from random import Random

import msgspec
import polars as pl
from rich.table import Table

from bench.accuracy.photos import LabelledShelf, labelled_shelves
from bench.planogram.disturb import FOREIGN, KINDS, Expected, disturb
from bench.planogram.judge import Tally, judge
from bench.planogram.partial import crop, forget
from bench.planogram.shelf import Shelf, facings_of, no_sizes, photos_of, planogram_of, shelves_of
from bench.platform import console, machine
from flows.reports.planogram_compliance import planogram_compliance

CASES = 500
UNKNOWN = 0.2  # share of facings not identified
RESULTS = Path(__file__).parents[1] / "results/planogram.json"

Photo = tuple[LabelledShelf, list[Shelf], dict[str, int]]


def main() -> None:
    """Run all cases, print and write."""
    photos = [_photo(shelf) for shelf in labelled_shelves()]
    began = time.process_time()
    tallies = {name: run(photos, _seeded(seed)) for name, (run, seed) in KINDS_OF_CASES.items()}
    milliseconds = (time.process_time() - began) * 1000 / sum(t.cases for t in tallies.values())
    figures = {name: _figures(tally) for name, tally in tallies.items()}
    table = Table("", "cases", "statuses right", "changes noticed", "named right", "within 1 face")
    for name, tally in tallies.items():
        table.add_row(name, str(tally.cases), *[str(v) for v in figures[name].values()])
    console.print(table, f"\n{milliseconds:.1f} CPU ms a case; {machine()}")
    for name, tally in tallies.items():
        console.print(f"{name}, should be and was:", dict(tally.mistakes.most_common(6)))
    right = figures["disturbed"]["statuses_right"]
    kept = {"planogram_statuses_right": right, "cases": figures, "machine": machine()}
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def _seeded(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - the same cases in every run


def _photo(photo: LabelledShelf) -> Photo:
    shelves = shelves_of(photo)
    skus = {product.sku for shelf in shelves for product in shelf if product.sku}
    return photo, shelves, {sku: number + 1 for number, sku in enumerate(sorted(skus | {FOREIGN}))}


def _disturbed(photos: list[Photo], random: Random) -> Tally:
    tally = Tally()
    for case in range(CASES):
        photo, shelves, ids = photos[case % len(photos)]
        kinds = [random.choice(list(KINDS)) for _ in range(1 + case % 3)]
        changed, expected = disturb(shelves, kinds, random, width=photo.width)
        _compare(tally, shelves, ids, (facings_of(changed, ids), photos_of(photo), expected))
    return tally


def _parts(photos: list[Photo], random: Random) -> Tally:
    tally = Tally()
    for case in range(CASES):
        photo, shelves, ids = photos[case % len(photos)]
        facings, size, expected = crop(photo, shelves, ids, random)
        _compare(tally, shelves, ids, (facings, photos_of(photo).with_columns(size), expected))
    return tally


def _unknown(photos: list[Photo], random: Random) -> Tally:
    """Statuses of records that are judged; those with unknown products alone are left out."""
    tally = Tally()
    for case in range(CASES):
        photo, shelves, ids = photos[case % len(photos)]
        facings = forget(facings_of(shelves, ids), UNKNOWN, random)
        _compare(tally, shelves, ids, (facings, photos_of(photo), Expected()))
    return tally


def _compare(
    tally: Tally,
    shelves: list[Shelf],
    ids: dict[str, int],
    seen: tuple[pl.DataFrame, pl.DataFrame, Expected],
) -> None:
    facings, photos, expected = seen
    answer = planogram_compliance(planogram_of(shelves, ids), facings, photos, no_sizes())
    judge(tally, answer, expected)


def _figures(tally: Tally) -> dict[str, float | None]:
    changes = tally.disturbed if tally.noticed else 0
    return {
        "statuses_right": round(tally.right / tally.records, 4),
        "changes_noticed": round(tally.noticed / changes, 4) if changes else None,
        "changes_named": round(tally.named / changes, 4) if changes else None,
        "within_one_face": round(tally.within_one / tally.cases, 4),
    }


KINDS_OF_CASES = {
    "disturbed": (_disturbed, 5),
    "part of the shelf": (_parts, 7),
    "a fifth unknown": (_unknown, 11),
}

if __name__ == "__main__":
    main()
