"""REALOGRAM shows every box where it stands."""

import msgspec

from flows.reports.realogram import REPORT
from tests.reports.frames import frame

PHOTOS = """
image_id  position
1         0
"""


def render(photos: str = PHOTOS, facings: str = "", shelves: str = "", skus: str = ""):
    """Render from text tables and parse the JSON."""
    frames = {
        "photos": frame("photos", photos),
        "facings": frame("facings", facings),
        "shelves": frame("shelves", shelves),
        "skus": frame("skus", skus),
    }
    return msgspec.json.decode(REPORT.render(frames))


def test_x_and_y_are_the_centre_of_the_box():
    """The wire has centre and size where the facts have corners."""
    answer = render(facings="sku_id x1 y1 x2 y2\n7 10 20 30 60", skus="sku_id name\n7 Oats")

    assert [
        {"sku_id": 7, "x": 20, "y": 40, "h": 40, "w": 20, "duplicate": False, "name": "Oats"}
    ] == answer[0]["annotations"]


def test_unidentified_and_duplicate_boxes_are_shown():
    """A realogram hides nothing: unknown boxes have no SKU, duplicates carry the flag."""
    answer = render(facings="sku_id duplicate\n- false\n7 true")

    assert [(None, False), (7, True)] == [
        (box["sku_id"], box["duplicate"]) for box in answer[0]["annotations"]
    ]


def test_photos_keep_the_order_they_were_sent_in():
    """An image without a box is listed too, with empty lists."""
    answer = render(photos="image_id position\n5 1\n9 0", facings="image_id\n5")

    assert [(9, 0), (5, 1)] == [(photo["image"], len(photo["annotations"])) for photo in answer]


def test_shelf_lines_run_from_the_top():
    """Lines may leave the photo; they are sorted by shelf."""
    answer = render(shelves="shelf_index x1 y1 x2 y2\n1 -14 1362 1118 1349\n0 0 500 1100 501")

    assert [
        {"x1": 0, "y1": 500, "x2": 1100, "y2": 501},
        {"x1": -14, "y1": 1362, "x2": 1118, "y2": 1349},
    ] == answer[0]["shelf_annotations"]


def test_shuffled_facts_give_the_same_bytes():
    """Boxes come by shelf and position, whatever the order of the facts."""
    facings = frame("facings", "sku_id shelf_index position_index\n7 1 0\n8 0 1\n9 0 0")
    rest = {name: frame(name) for name in ("shelves", "skus")}
    rest["photos"] = frame("photos", PHOTOS)
    answers = {
        REPORT.render({"facings": facings.sample(fraction=1, shuffle=True, seed=seed), **rest})
        for seed in range(5)
    }

    assert 1 == len(answers)


def test_scene_without_photos_is_an_empty_list():
    """No photo, no entry."""
    frames = {name: frame(name) for name in REPORT.inputs}

    assert b"[]" == REPORT.render(frames)
