"""What people and recognition said, in the formats of other tools."""

from xml.etree import ElementTree as ET

import pytest

from export.coco import to_coco
from export.label_studio import to_config, to_tasks
from export.pictures import Label, Picture, Region, make_labels

LABELS = [Label(0, "not identified", ""), Label(7, "Lime & <sour>", "c7"), Label(8, "Lemon", "c8")]


def region(facing: int, said: int | None, sure: float | None, *answer: int | None) -> Region:
    """A facing, and the answer of a person if there is one."""
    told = answer[0] if answer else None
    return Region((10.0, 20.0, 30.0, 60.0), "abc", facing, said, sure, bool(answer), told)


def picture(*regions: Region) -> Picture:
    """A photo of 200 x 400 pixels."""
    return Picture(1, "abc-5.jpg", 200, 400, 5, "d-1 e-1", list(regions))


PICTURE = picture(
    region(0, 7, 0.9), region(1, 7, 0.8, 8), region(2, None, 0.3), region(3, None, None, None)
)


def test_coco_has_what_people_said_as_truth():
    """And what recognition said as results; 0 is no SKU."""
    truth, said = to_coco([PICTURE], LABELS)

    assert [(1, 1, 8, 7), (2, 3, 0, 0)] == [
        (a["id"], a["facing"], a["category_id"], a["predicted_category_id"])
        for a in truth["annotations"]
    ]
    assert [(7, 0.9), (7, 0.8), (0, 0.7), (0, 1.0)] == [
        (s["category_id"], s["score"]) for s in said
    ]
    assert {0, 7, 8} == {category["id"] for category in truth["categories"]}


def test_coco_boxes_are_corner_and_size():
    """In pixels, with their area."""
    truth, said = to_coco([PICTURE], LABELS)

    assert ([10.0, 20.0, 20.0, 40.0], 800.0, 0) == tuple(
        truth["annotations"][0][name] for name in ("bbox", "area", "iscrowd")
    )
    assert [10.0, 20.0, 20.0, 40.0] == said[0]["bbox"]


def test_label_studio_has_predictions_and_annotations():
    """Annotations only where people said something."""
    (task,) = to_tasks([PICTURE], LABELS, "my export")
    (prediction,), (annotation,) = task["predictions"], task["annotations"]

    assert "/data/local-files/?d=my%20export/images/abc-5.jpg" == task["data"]["image"]
    assert ["Lime & <sour>", "Lime & <sour>", "not identified", "not identified"] == [
        r["value"]["rectanglelabels"][0] for r in prediction["result"]
    ]
    assert ["Lemon", "not identified"] == [
        r["value"]["rectanglelabels"][0] for r in annotation["result"]
    ]
    assert (0.7, "d-1 e-1", True) == (
        prediction["score"], prediction["model_version"], annotation["ground_truth"],
    )  # fmt: skip
    assert [] == to_tasks([picture(region(0, 7, 0.9))], LABELS, "x")[0]["annotations"]


def test_label_studio_boxes_are_per_cent():
    """Of the picture, whose size stands beside them."""
    (task,) = to_tasks([PICTURE], LABELS, "x")
    first = task["predictions"][0]["result"][0]

    assert (5.0, 5.0, 10.0, 10.0, 0) == tuple(
        first["value"][name] for name in ("x", "y", "width", "height", "rotation")
    )
    assert (200, 400) == (first["original_width"], first["original_height"])


def test_the_labelling_configuration_has_every_label():
    """As proper XML, with the tags that the regions name."""
    config = ET.fromstring(to_config(LABELS))  # noqa: S314  our own text
    rectangles = config.find("RectangleLabels")
    (task,) = to_tasks([PICTURE], LABELS, "x")
    first = task["predictions"][0]["result"][0]

    assert rectangles is not None
    assert [label.name for label in LABELS] == [label.get("value") for label in rectangles]
    assert (first["from_name"], first["to_name"]) == (
        rectangles.get("name"), rectangles.get("toName"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("skus", "names"),
    [
        ([(1, "A", "x"), (2, "B", "y")], ["A", "B"]),
        ([(1, "A", "x"), (2, "A", "y"), (3, "B", "z")], ["A (x)", "A (y)", "B"]),
        ([(1, "A", "x"), (2, "A", "x")], ["A (x, 1)", "A (x, 2)"]),
        ([(1, "A", "x"), (2, "A", "y"), (3, "A (x)", "z")], ["A (x, 1)", "A (y)", "A (x)"]),
        ([(1, "not identified", "x")], ["not identified (x)"]),
        ([], []),
    ],
)
def test_no_two_labels_are_alike(skus: list[tuple[int, str, str]], names: list[str]):
    """SKUs of the same name get their codes, then their ids."""
    assert ["not identified", *names] == [label.name for label in make_labels(skus)]
