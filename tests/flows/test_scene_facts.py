"""What was seen in the photos becomes the tables of facts."""

from datetime import UTC, datetime

import numpy as np

from flows.scene_facts import Seen, join
from inference.types import PhotoResult, Quality
from storage import facts
from storage.images import Image
from storage.scenes import ScenePhoto

QUALITY = Quality(
    long_side=400,
    edge_width=2.0,
    brightness=0.1,
    washed_out=0.0,
    tilt_degrees=None,
    product_pixels=50.0,
    screen_score=2.5,
    capped=True,
)


def photo(image_id: int, position: int) -> ScenePhoto:
    """A photo of the scene."""
    image = Image(image_id, "0" * 64, 400, 300, 1, "key", False, datetime.now(UTC))
    return ScenePhoto(image, position, "NOT_READY", None)


def result(boxes: list[list[float]], *, sku_ids: list[int]) -> PhotoResult:
    """What recognition says of a photo: these boxes, one shelf, no tag."""
    count = len(boxes)
    return PhotoResult(
        width=400,
        height=300,
        boxes=np.array(boxes, np.float32).reshape(-1, 4),
        scores=np.full(count, 0.9, np.float32),
        shelf_index=np.zeros(count, np.int32),
        position_index=np.arange(count, dtype=np.int32)[::-1],
        sku_ids=np.array(sku_ids, np.int64),
        sku_scores=np.full(count, 0.8, np.float32),
        tag_boxes=np.zeros((0, 4), np.float32),
        tag_scores=np.zeros(0, np.float32),
        tag_shelf_index=np.zeros(0, np.int32),
        lines=np.array([[0, 250, 400, 255]], np.float32),
        capped=True,
        quality=QUALITY,
        timings={},
    )


def tables(*seen: Seen) -> facts.Schema:
    """Join and check that storage takes the result."""
    joined = join(seen, detector="d-1", embedder="e-1")
    for name, frame in joined.items():
        facts.encode(name, frame)
    return joined


def test_facings_are_numbered_over_the_scene_by_position():
    """The second photo goes on counting where the first one stopped."""
    first = Seen(photo(7, 0), result([[50, 0, 60, 10], [0, 0, 10, 10]], sku_ids=[1, 2]))
    second = Seen(photo(9, 1), result([[5, 0, 9, 10]], sku_ids=[3]))

    facings = tables(first, second)["facings"]

    assert [(7, 0, 2), (7, 1, 1), (9, 2, 3)] == (
        facings.select("image_id", "facing_id", "sku_id").rows()
    )


def test_an_unknown_product_has_no_sku():
    """-1 of recognition is null in the facts."""
    facings = tables(Seen(photo(7, 0), result([[0, 0, 9, 9]], sku_ids=[-1])))["facings"]

    assert [None] == facings["sku_id"].to_list()


def test_a_broken_photo_is_listed_with_its_problem():
    """It has no facings, and the photos table says why."""
    good = Seen(photo(7, 0), result([[0, 0, 9, 9]], sku_ids=[1]))
    broken = Seen(photo(8, 1), None, problem="The JPEG data ends early.")

    joined = tables(good, broken)

    assert [("READY", None, 1), ("ERROR", "The JPEG data ends early.", 0)] == (
        joined["photos"].select("status", "problem", "facing_count").rows()
    )
    assert [7] == joined["facings"]["image_id"].to_list()


def test_a_scene_whose_photos_are_all_broken_has_empty_tables():
    """Facts exist all the same."""
    joined = tables(Seen(photo(8, 0), None, problem="Empty file."))

    assert [0, 0, 0, 1] == [
        joined[name].height for name in ("facings", "price_tags", "shelves", "photos")
    ]


def test_the_quality_of_a_photo_is_a_fact():
    """Its numbers, and the codes of its reasons; a broken photo has none."""
    good = Seen(photo(7, 0), result([[0, 0, 9, 9]], sku_ids=[1]))
    photos = tables(good, Seen(photo(8, 1), None, problem="Empty file."))["photos"]

    assert [(200.0, None, 50.0, ["DARK", "CAPPED"]), (None, None, None, None)] == (
        photos.select("sharpness", "tilt_degrees", "product_pixels", "reasons").rows()
    )


def test_the_quality_that_is_stored_has_advice():
    """What the photographer is told stands beside the code."""
    quality = Seen(photo(7, 0), result([[0, 0, 9, 9]], sku_ids=[1])).quality

    assert quality is not None
    assert ["DARK", "CAPPED"] == [reason.code for reason in quality.reasons]
    assert all(reason.advice for reason in quality.reasons)
    assert (200.0, 0.125) == (quality.sharpness, quality.product_share)
