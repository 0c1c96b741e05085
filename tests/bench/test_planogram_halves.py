"""Two photos of one run of shelves, each with a numbering of its own, are judged as one."""

from dataclasses import dataclass

import polars as pl
import pytest

from bench.accuracy.photos import labelled_shelves
from bench.planogram.shelf import facings_of, no_sizes, planogram_of, shelves_of
from flows.reports.frames import INPUTS
from flows.reports.planogram_compliance import planogram_compliance

FOUND = 812  # of 813 planned faces, at least


@dataclass(frozen=True)
class Part:
    """A part of a labelled photo, as a photo of its own; shares of width and height."""

    image: int
    left: float = 0.0
    right: float = 1.0
    top: float = 0.0
    bottom: float = 1.0

    def facings(self, whole: pl.DataFrame, width: int, height: int) -> pl.DataFrame:
        """The facings whose middle is in it, shelves counted from its own top."""
        x, y = (pl.col("x1") + pl.col("x2")) / 2, (pl.col("y1") + pl.col("y2")) / 2
        inside = whole.filter(
            x.is_between(self.left * width, self.right * width),
            y.is_between(self.top * height, self.bottom * height),
        )
        return inside.with_columns(
            pl.col("x1", "x2") - self.left * width,
            pl.col("y1", "y2") - self.top * height,
            shelf_index=(pl.col("shelf_index").rank("dense") - 1).cast(pl.Int32),
            image_id=pl.lit(self.image, pl.Int64),
        )

    def photo(self, width: int, height: int) -> dict[str, int | str]:
        """Its row of `photos`."""
        size = {
            "width": round((self.right - self.left) * width),
            "height": round((self.bottom - self.top) * height),
        }
        return {"image_id": self.image, "position": self.image, "status": "READY", **size}


@pytest.mark.parametrize(
    "halves",
    [
        (Part(1, right=0.6), Part(2, left=0.4)),
        (Part(1, bottom=0.65), Part(2, top=0.35)),
        (Part(1, left=0.4), Part(2, right=0.6)),
    ],
    ids=["left and right", "above each other", "right and left"],
)
def test_two_halves_of_a_shelf_are_judged_as_the_whole(halves: tuple[Part, Part]):
    """Of 26 labelled photos nearly every face is found in place, whatever its photo calls it."""
    correct = 0
    for shelf in labelled_shelves():
        products, size = shelves_of(shelf), (shelf.width, shelf.height)
        ids = {sku: number for number, sku in enumerate(sorted({*shelf.facing_skus} - {""}), 1)}
        first, second = (half.facings(facings_of(products, ids), *size) for half in halves)
        again = pl.col("facing_id").is_in(first["facing_id"].implode())
        both = pl.concat([first, second.with_columns(duplicate=again)])
        both = both.with_columns(facing_id=pl.int_range(pl.len(), dtype=pl.Int32))
        photos = [half.photo(*size) for half in halves]
        answer = planogram_compliance(
            planogram_of(products, ids),
            both,
            pl.DataFrame(photos, schema=INPUTS["photos"].schema),
            no_sizes(),
        )
        correct += answer.correct_faces

    assert correct >= FOUND
