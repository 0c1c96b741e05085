"""PLANOGRAM_COMPLIANCE says what stands right, what wrong, and what to do.

Shelves are drawn as text: a letter is a facing of a SKU, `?` one that was not identified, `.` an
empty place; every place is 100 pixels wide, a shelf 300 high.
"""

from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.reports.frames import INPUTS
from flows.reports.planogram.faces import TooManyFaces
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


def test_a_shelf_as_planned_is_right():
    """Everything is correct, there is nothing to do."""
    answer = compare(plan("AABBC", "DDEEF"), seen("AABBC", "DDEEF"), photo(5, 2))

    assert {"CORRECT"} == set(statuses(answer).values())
    assert (1.0, 1.0, 10, 10, []) == (
        answer.compliance,
        answer.compliance_overall,
        answer.planned_faces,
        answer.correct_faces,
        answer.actions,
    )


@pytest.mark.parametrize(
    ("planned", "found", "expected"),
    [
        ("AABBCCDD", "AA..CCDD", {"B": "MISSING"}),
        ("AABBCCDD", "AACCDD", {"B": "MISSING"}),
        ("AABBCCDD", "AAB.CCDD", {"B": "WRONG_FACINGS"}),
        ("AABBCCDD", "AABBBCCDD", {"B": "WRONG_FACINGS"}),
        ("AABBCCDD", "AAXXCCDD", {"B": "SUBSTITUTED"}),
        ("AABCCDDE", "AAECCDDB", {"B": "MISPLACED", "E": "MISPLACED"}),
        ("AABCCDDE", "AACCDDBE", {"B": "MISPLACED"}),
        ("AABBCCDD", "AABBXCCDD", {}),
        ("AABBAA", "AABBAA", {}),
    ],
)
def test_one_change_has_one_status(planned: str, found: str, expected: dict[str, str]):
    """What was not touched stays CORRECT, however the rest is pushed aside."""
    assert expected == wrong([planned], [found])


def test_a_product_on_another_shelf_is_misplaced():
    """It is found wherever it stands."""
    assert {"F": "MISPLACED"} == wrong(["AABBCC", "DDEEFF"], ["AABBCCFF", "DDEE.."])


def test_an_empty_shelf_is_missing():
    """A shelf between others that holds nothing does not move the others."""
    assert {"C": "MISSING", "D": "MISSING"} == wrong(["AABB", "CCDD", "EEFF"], ["AABB", "", "EEFF"])


def test_a_part_of_the_planogram_is_judged_by_itself():
    """What lies outside the photo is NOT_IN_VIEW and no reproach; the whole has its own ratio."""
    planogram = plan("AABBCCDD", "EEFFGGHH", "IIJJKKLL")

    answer = compare(planogram, seen("FFGG", "JJKK"), photo(4, 2))

    in_view = {name for name, status in statuses(answer).items() if status == "CORRECT"}
    assert set("FGJK") == in_view
    assert {"CORRECT", "NOT_IN_VIEW"} == set(statuses(answer).values())
    assert (1.0, 0.333333, 8, []) == (
        answer.compliance,
        answer.compliance_overall,
        answer.in_view_faces,
        answer.actions,
    )


def test_two_photos_show_two_racks():
    """Each photo finds its own rack; a facing that both show counts once."""
    planogram = pl.concat([plan("AABB", "CCDD"), plan("EEFF", "GGHH", rack=1, first=4)])
    facings = pl.concat(
        [seen("AABB", "CCDD"), seen("BEEFF", "DGGHH", image=2, first=8, again="BD")]
    )

    answer = compare(planogram, facings, pl.concat([photo(4, 2), photo(5, 2, image=2)]))

    assert {"CORRECT"} == set(statuses(answer).values())
    assert (16, 16) == (answer.in_view_faces, answer.correct_faces)


def test_one_photo_shows_racks_side_by_side():
    """A shelf of the photo goes on from rack to rack."""
    planogram = pl.concat([plan("AABB", "CCDD"), plan("EEFF", "GGHH", rack=1, first=4)])

    answer = compare(planogram, seen("AABBEEFF", "CCDDGG.."), photo(8, 2))

    assert {"H": "MISSING"} == {n: s for n, s in statuses(answer).items() if s != "CORRECT"}


def test_what_is_not_identified_is_not_held_against_the_shelf():
    """A place on which an unknown product stands is left out, it is neither missing nor extra."""
    answer = compare(plan("AABBCC"), seen("AA??CC"), photo(6, 1))

    assert {"A": "CORRECT", "B": "NOT_IN_VIEW", "C": "CORRECT"} == statuses(answer)
    assert (1.0, 0.666667, 2, [], []) == (
        answer.compliance,
        answer.compliance_overall,
        answer.unnamed_faces,
        answer.extra_products,
        answer.actions,
    )


def test_actions_come_by_the_faces_they_gain():
    """Replace, move, add and remove, with where from and where to."""
    planogram = plan("AAABBCCDDD", "EEEEFGGHHH")

    answer = compare(planogram, seen("AAABBCCXXX", "EEEE.GGHHHYF"), photo(12, 2))

    assert [("REPLACE", 4, 3), ("MOVE", 6, 1), ("REMOVE", 25, 0)] == [
        (action.action, action.sku_id, action.faces_gained) for action in answer.actions
    ]
    replace, move, remove = answer.actions
    assert (24, 3, 3) == (
        replace.source and replace.source.sku_id,
        replace.target and replace.target.record_id,
        len(replace.source.boxes) if replace.source else 0,
    )
    assert (5, None) == (move.target and move.target.record_id, remove.target)
    assert [1100, 1000] == [action.source.boxes[0].x1 for action in (move, remove) if action.source]


def test_missing_faces_are_shown_where_they_should_stand():
    """The empty place is a box in the photo."""
    answer = compare(plan("AABBCC"), seen("AA..CC"), photo(6, 1))

    (place,) = answer.records[1].missing
    assert (PHOTO, 200, 400) == (place.image, place.x1, place.x2)


def test_stacked_faces_are_faces():
    """facing_x times facing_y are planned; a stack that is lower is WRONG_FACINGS."""
    planogram = plan("AB").with_columns(facing_y=pl.lit(2, pl.Int32))
    high = seen("AABB").with_columns(
        x1=pl.Series([0, 0, 100, 100], dtype=pl.Float32),
        x2=pl.Series([100, 100, 200, 200], dtype=pl.Float32),
    )

    assert {"A": "CORRECT", "B": "CORRECT"} == statuses(compare(planogram, high, photo(2, 1)))
    low = compare(planogram, high.head(3), photo(2, 1))
    assert {"A": "CORRECT", "B": "WRONG_FACINGS"} == statuses(low)


def test_an_empty_scene_is_an_empty_shelf():
    """A photo without products shows that everything is missing."""
    answer = compare(plan("AAB"), seen(""), photo(3, 1))

    assert ({"A": "MISSING", "B": "MISSING"}, 0.0) == (statuses(answer), answer.compliance)
    assert [("ADD", 2), ("ADD", 1)] == [(one.action, one.faces) for one in answer.actions]


def test_a_scene_without_a_readable_photo_says_nothing():
    """What nobody saw is not in view."""
    answer = compare(plan("AAB"), seen(""), photo(3, 1, status="ERROR"))

    assert ({"A": "NOT_IN_VIEW", "B": "NOT_IN_VIEW"}, None, 0.0) == (
        statuses(answer),
        answer.compliance,
        answer.compliance_overall,
    )


def test_duplicates_alone_count_for_nothing():
    """A facing seen again stands in no place of its own."""
    answer = compare(plan("AAB"), seen("AAB", again="AB"), photo(3, 1))

    assert (0, {"MISSING"}) == (answer.correct_faces, set(statuses(answer).values()))


def test_a_mistyped_planogram_is_refused():
    """A record of a billion faces ends the report with a sentence, not the worker."""
    planogram = plan("AB").with_columns(facing_x=pl.lit(10**9, pl.Int32))

    with pytest.raises(TooManyFaces, match="2,000,000,000 faces"):
        compare(planogram, seen("AB"), photo(2, 1))


def test_facings_on_no_shelf_are_extra():
    """A shelf_index below 0 is no shelf of the planogram, and moves none."""
    facings = seen("XX", "AAB").with_columns(pl.col("shelf_index") - 1)

    answer = compare(plan("AAB"), facings, photo(3, 2))

    assert {"A": "CORRECT", "B": "CORRECT"} == statuses(answer)
    assert [(24, 2)] == [(extra.sku_id, extra.faces) for extra in answer.extra_products]


def test_a_shelf_of_other_products_is_all_wrong():
    """Nothing of the planogram is there: shelf by shelf, everything was replaced."""
    assert {"A": "SUBSTITUTED", "B": "SUBSTITUTED"} == wrong(["AAB"], ["XXY"])


def test_an_empty_planogram_plans_nothing():
    """Everything is extra, and there is nothing to divide by."""
    answer = compare(plan(""), seen("AAB"), photo(3, 1))

    assert (None, [(1, 2), (2, 1)]) == (
        answer.compliance,
        [(extra.sku_id, extra.faces) for extra in answer.extra_products],
    )


SHELF = st.text("ABCDEF?", min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given(st.lists(SHELF, min_size=1, max_size=4), st.lists(SHELF, min_size=1, max_size=4))
def test_every_face_is_counted_once_and_order_does_not_matter(planned: list[str], found: list[str]):
    """Correct faces never exceed what is planned or there; shuffled rows give the same bytes."""
    planogram = plan(*(shelf.replace("?", "G") for shelf in planned))
    facings, photos = seen(*found), photo(8, 4)
    answer = compare(planogram, facings, photos)

    named = facings.filter(pl.col("sku_id").is_not_null()).height
    assert answer.correct_faces <= answer.in_view_faces <= answer.planned_faces
    used = sum(len(record.boxes) for record in answer.records)
    assert named == used + sum(extra.faces for extra in answer.extra_products)
    boxes = [box for record in answer.records for box in record.boxes]
    assert len(boxes) == len({box.facing_id for box in boxes})
    assert answer == compare(planogram.reverse(), facings.reverse(), photos)
