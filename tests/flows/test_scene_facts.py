"""What was seen in the photos becomes the tables of facts."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from flows.scene_facts import Seen, join
from inference.gallery import nobody
from inference.types import PhotoResult, Quality, Shortlists
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
        vectors=np.tile(np.array([0.6, 0.8], np.float32), (count, 1)),
        shortlists=Shortlists(
            np.array([[abs(sku), 99, -1] for sku in sku_ids], np.int64).reshape(-1, 3),
            np.tile(np.array([0.8, 0.5, 0], np.float32), (count, 1)),
            np.zeros(count, np.float32),
        ),
        confidences=np.full(count, 0.7, np.float32),
        sku_ids=np.array(sku_ids, np.int64),
        ambiguous=np.array(sku_ids) < 0,
        unsure=np.zeros(count, np.bool_),
        crops=[None] * count,
        tag_boxes=np.zeros((0, 4), np.float32),
        tag_scores=np.zeros(0, np.float32),
        tag_shelf_index=np.zeros(0, np.int32),
        tag_owners=np.zeros(0, np.int64),
        tags=[],
        gap_boxes=np.zeros((0, 4), np.float32),
        gap_scores=np.zeros(0, np.float32),
        gap_shelf_index=np.zeros(0, np.int32),
        lines=np.array([[0, 250, 400, 255]], np.float32),
        capped=True,
        quality=QUALITY,
        timings={},
    )


def tables(*seen: Seen) -> facts.Schema:
    """Join and check that storage takes the result."""
    joined = join(seen, detector="d-1", embedder="e-1", embedder_key="e-1+0a")
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
    assert [True] == facings["ambiguous"].to_list()


def test_a_facing_keeps_its_candidates():
    """The SKUs that were found with their cosines, and how sure the first is."""
    facings = tables(Seen(photo(7, 0), result([[0, 0, 9, 9]], sku_ids=[5])))["facings"]
    (first, second) = facings["candidates"].to_list()[0]

    assert [np.float32(0.7)] == facings["confidence"].to_list()
    assert {"sku_id": 5, "score": np.float32(0.8)} == first
    assert {"sku_id": 99, "score": 0.5} == second


def test_an_empty_gallery_is_no_confidence():
    """There are no candidates, and nothing to be sure of."""
    seen = result([[0, 0, 9, 9]], sku_ids=[-1])
    facings = tables(Seen(photo(7, 0), replace(seen, shortlists=nobody(1))))["facings"]

    assert ([None], [[]]) == (facings["confidence"].to_list(), facings["candidates"].to_list())


def test_an_embedding_belongs_to_its_facing():
    """Half precision, under the number of the facing, tied to the embedder's key."""
    seen = result([[50, 0, 60, 10], [0, 0, 10, 10]], sku_ids=[1, 2])
    embeddings = tables(Seen(photo(7, 0), replace(seen, vectors=np.eye(2, dtype="f4"))))[
        "embeddings"
    ]
    read = [np.frombuffer(vector, "<f2").tolist() for vector in embeddings["vector"]]

    assert [(7, 0, "e-1+0a"), (7, 1, "e-1+0a")] == (
        embeddings.select("image_id", "facing_id", "embedder").rows()
    )
    assert [[0, 1], [1, 0]] == read  # by position, as the facings


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


def test_empty_places_are_numbered_over_the_scene():
    """Each with the shelf it is on."""
    seen = [
        replace(
            result([[0, 0, 10, 10]], sku_ids=[1]),
            gap_boxes=np.array([[20, 0, 30, 10]], np.float32),
            gap_scores=np.array([0.5], np.float32),
            gap_shelf_index=np.array([2], np.int32),
        )
        for _ in range(2)
    ]

    gaps = tables(*(Seen(photo(n + 7, n), one) for n, one in enumerate(seen)))["gaps"]

    assert [(7, 0, 20.0, 2), (8, 1, 20.0, 2)] == (
        gaps.select("image_id", "gap_id", "x1", "shelf_index").rows()
    )
