"""A planogram and facings can be compared without storing anything."""

from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Gondola, start

RECORDS = [{"sku": 10, "facing_x": 2}, {"sku": 11}, {"sku": 12, "id": 77}]


@pytest.fixture(scope="module")
def gondola(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API without any data."""
    with start(tmp_path_factory.mktemp("match")) as made:
        yield made


def box(sku: int | None, x: int, **more: Any) -> dict[str, Any]:
    """A facing of 100 pixels."""
    return {"sku": sku, "x1": x, "x2": x + 100, "y1": 0, "y2": 200, "shelf_index": 0, **more}


def match(gondola: Gondola, **body: Any) -> Any:
    """Ask for the match."""
    return gondola.post("/planogram/match/", json=body)


def test_facings_are_compared_with_a_planogram(gondola: Gondola):
    """Statuses, actions and the numbers of the detections behind them; their order is free."""
    boxes = [box(12, 300), box(44, 200), box(10, 100), box("10", 0)]

    reply = match(gondola, planogram=RECORDS, detections=boxes)
    answer = reply.json()

    assert (200, 0.75) == (reply.status_code, answer["compliance"])
    assert [(0, "CORRECT"), (1, "SUBSTITUTED"), (77, "CORRECT")] == [
        (record["record_id"], record["status"]) for record in answer["records"]
    ]
    assert [3, 2] == [one["facing_id"] for one in answer["records"][0]["boxes"]]
    (action,) = answer["actions"]
    assert ("REPLACE", 11, 44, 1) == (
        action["action"],
        action["sku_id"],
        action["from"]["sku_id"],
        action["to"]["record_id"],
    )


def test_the_size_of_the_photo_says_what_is_in_view(gondola: Gondola):
    """What a photo ends before is not missing; in a larger photo it is."""
    boxes = [box(10, 0), box(10, 100)]

    small = match(gondola, planogram=RECORDS, detections=boxes).json()
    photos = [{"width": 400, "height": 200}]
    large = match(gondola, planogram=RECORDS, detections=boxes, photos=photos).json()

    assert ["CORRECT", "NOT_IN_VIEW", "NOT_IN_VIEW"] == [r["status"] for r in small["records"]]
    assert ["CORRECT", "MISSING", "MISSING"] == [r["status"] for r in large["records"]]


def test_no_detections_are_an_empty_shelf(gondola: Gondola):
    """Everything is to be added."""
    answer = match(gondola, planogram=RECORDS, detections=[]).json()

    assert (0.0, ["ADD", "ADD", "ADD"]) == (
        answer["compliance"],
        [action["action"] for action in answer["actions"]],
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"planogram": [], "detections": []}, "planogram"),
        ({"planogram": RECORDS}, "detections"),
        ({"planogram": RECORDS, "detections": [box(1, 0, x2=-1)]}, "detections"),
        ({"planogram": RECORDS, "detections": [{"sku": 1, "x1": 0}]}, "detections"),
        (
            {"planogram": [{"sku": 1, "facing_x": 5000, "facing_y": 2}], "detections": []},
            "planogram",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(gondola: Gondola, body: dict[str, Any], field: str):
    """The field that is wrong is named."""
    reply = gondola.post("/planogram/match/", json=body)

    assert 400 == reply.status_code
    assert field in reply.json()["errors"]
