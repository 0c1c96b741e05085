"""Photos show parts of a planogram: what they do not show is no reproach."""

import polars as pl

from tests.reports.planogram.drawn import PHOTO, compare, photo, plan, seen, statuses, wrong


def test_an_empty_shelf_is_missing():
    """A shelf between others that holds nothing does not move the others."""
    assert {"C": "MISSING", "D": "MISSING"} == wrong(["AABB", "CCDD", "EEFF"], ["AABB", "", "EEFF"])


def test_of_shelves_alike_the_one_with_a_gap_in_its_place_is_empty():
    """Shelves that hold the same are told by where they hang."""
    planned = ["AABB", "CCCC", "CCCC", "CCCC", "DDEE"]

    assert {"C3": "MISSING"} == wrong(planned, ["AABB", "CCCC", "", "CCCC", "DDEE"])
    assert {"C4": "MISSING"} == wrong(planned, ["AABB", "CCCC", "CCCC", "", "DDEE"])


def test_a_shelf_cut_by_the_photo_shows_what_is_seen_alone():
    """Lower products of the lowest shelf are below the edge of the photo."""
    planogram = plan("AABB", "CCDD", "EEFF")
    facings = seen("AABB", "CCDD", "EE").with_columns(pl.col("y2").clip(0, 680))

    answer = compare(planogram, facings, photo(4, 3).with_columns(height=pl.lit(680, pl.Int32)))

    assert ("CORRECT", "NOT_IN_VIEW") == (statuses(answer)["E"], statuses(answer)["F"])


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


def test_missing_faces_are_shown_where_they_should_stand():
    """The empty place is a box in the photo."""
    answer = compare(plan("AABBCC"), seen("AA..CC"), photo(6, 1))

    (place,) = answer.records[1].missing
    assert (PHOTO, 200, 400) == (place.image, place.x1, place.x2)
