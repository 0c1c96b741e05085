"""PANORAMA, case by case."""

import polars as pl

from flows.reports.panorama import REPORT, Panorama, Placement

from .frames import frame

HERE = [1.0, 0.0, 5.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]
PHOTOS = """
    image_id  position  width  height
    8         1         400    300
    7         0         400    300
    9         2         400    300
"""


def placements(*rows: tuple[int, list[float] | None]) -> pl.DataFrame:
    """Where photos lie."""
    return pl.DataFrame(rows, schema=frame("placements").schema, orient="row")


def picture(*rows: tuple[str, int, int, str]) -> pl.DataFrame:
    """The stitched picture, if there is one."""
    return pl.DataFrame(rows, schema=frame("panorama").schema, orient="row")


def answer(placed: pl.DataFrame, drawn: pl.DataFrame, photos: str = PHOTOS) -> object:
    """What the report says."""
    frames = {"photos": frame("photos", photos), "placements": placed, "panorama": drawn}
    return REPORT.answer(frames)


def test_photos_are_named_in_the_order_they_were_sent():
    """Each with its homography; those that lie nowhere are named too."""
    placed = placements((8, HERE), (9, None), (7, HERE))
    drawn = picture(("panoramas/p.jpg", 700, 300, "http://here/p.jpg"))
    both = [Placement(7, HERE), Placement(8, HERE)]

    assert Panorama("http://here/p.jpg", 700, 300, both, [9]) == answer(placed, drawn)


def test_without_overlap_there_is_no_picture():
    """Null, not an error: every photo is on its own."""
    assert Panorama(None, None, None, [], [7, 8, 9]) == answer(placements((7, None)), picture())


def test_facts_of_earlier_versions_say_no_more():
    """They have neither placements nor a picture."""
    assert Panorama(None, None, None, [], [7, 8, 9]) == answer(placements(), picture())


def test_an_empty_scene_has_nothing():
    """No photo at all."""
    assert Panorama(None, None, None, [], []) == answer(placements(), picture(), "")


def test_the_order_of_rows_changes_nothing():
    """The same bytes."""
    photos, placed = frame("photos", PHOTOS), placements((7, HERE), (8, HERE), (9, None))
    rendered = {
        REPORT.render(
            {"photos": photos.sample(3, shuffle=True, seed=seed), "placements": placed[::way]}
            | {"panorama": picture()}
        )
        for seed, way in ((1, 1), (2, -1))
    }

    assert 1 == len(rendered)
