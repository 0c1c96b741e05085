"""Planograms and photos of shelves, drawn as text.

A letter is a facing of a SKU, `?` one that was not identified, `.` an
empty place; every place is 100 pixels wide, a shelf 300 high.
"""

from collections.abc import Sequence

import polars as pl

from flows.reports.frames import INPUTS
from flows.reports.planogram_compliance import REPORT, PlanogramCompliance

WIDTH, HEIGHT = 100, 300
PHOTO = 1


def sku(letter: str) -> int | None:
    """A is 1."""
    return None if letter == "?" else ord(letter) - ord("A") + 1


def plan(*shelves: str, rack: int = 0, first: int = 0) -> pl.DataFrame:
    """One record per run of a letter."""
    rows: list[dict[str, int | None]] = []
    for index, shelf in enumerate(shelves):
        for at, letter in enumerate(shelf):
            if at and shelf[at - 1] == letter:
                rows[-1]["facing_x"] = (rows[-1]["facing_x"] or 0) + 1
                continue
            number = first + len(rows)
            rows.append(
                {
                    "record_id": number,
                    "rack_index": rack,
                    "shelf_index": index,
                    "product_index": number,
                    "facing_x": 1,
                    "facing_y": 1,
                    "sku_id": sku(letter),
                }
            )
    return pl.DataFrame(rows, schema=INPUTS["planogram"].schema)


def seen(*shelves: str, image: int = PHOTO, first: int = 0, again: str = "") -> pl.DataFrame:
    """The facings of a photo; those whose letter is in `again` are duplicates."""
    rows = [
        {
            "image_id": image,
            "x1": at * WIDTH,
            "x2": (at + 1) * WIDTH,
            "y1": index * HEIGHT + 20,
            "y2": index * HEIGHT + 280,
            "rack_index": 0,
            "shelf_index": index,
            "position_index": at,
            "sku_id": sku(letter),
            "duplicate": letter in again,
        }
        for index, shelf in enumerate(shelves)
        for at, letter in enumerate(shelf)
        if letter != "."
    ]
    numbered = [{**row, "facing_id": first + number} for number, row in enumerate(rows)]
    return pl.DataFrame(numbered, schema=INPUTS["facings"].schema)


def photo(width: int, height: int, image: int = PHOTO, status: str = "READY") -> pl.DataFrame:
    """A photo that shows so many places and shelves."""
    row = {
        "image_id": image,
        "position": image,
        "width": width * WIDTH,
        "height": height * HEIGHT,
        "status": status,
    }
    return pl.DataFrame([row], schema=INPUTS["photos"].schema)


def compare(
    planogram: pl.DataFrame, facings: pl.DataFrame, photos: pl.DataFrame
) -> PlanogramCompliance:
    """Compute the report."""
    skus = pl.DataFrame(schema=INPUTS["skus"].schema)
    given_frames = {"planogram": planogram, "facings": facings, "photos": photos, "skus": skus}
    answer = REPORT.answer(given_frames)
    assert isinstance(answer, PlanogramCompliance)
    return answer


def statuses(answer: PlanogramCompliance) -> dict[str, str]:
    """Status by letter; a SKU with several records is named several times, A, A2."""
    names: dict[str, str] = {}
    for record in answer.records:
        letter = chr(record.sku_id + ord("A") - 1)
        name = letter if letter not in names else f"{letter}{record.record_id}"
        names[name] = record.status
    return names


def wrong(planogram: Sequence[str], facings: Sequence[str]) -> dict[str, str]:
    """The statuses that are not CORRECT, in a photo that shows all of the planogram."""
    size = max(len(shelf) for shelf in (*planogram, *facings)), len(planogram)
    answer = compare(plan(*planogram), seen(*facings), photo(*size))
    return {name: status for name, status in statuses(answer).items() if status != "CORRECT"}
