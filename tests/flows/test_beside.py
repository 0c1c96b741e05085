"""Several photos of a scene side by side, as facts."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

from bench.accuracy.photos import PRODUCT, SHELVES, labelled_shelves
from flows.beside import put_beside
from flows.resources import Resources
from flows.scene_facts import Frames, Seen, join
from inference.image import decode
from inference.keypoints import find_keypoints
from storage import facts
from storage.images import Image
from storage.scenes import ScenePhoto
from tests.flows.test_scene_facts import result

CANS = {5: "jp_20250529_034303-359", 3: "jp_20250529_034321-360"}


@pytest.fixture(scope="module")
def joined() -> Frames:
    """Facts of two photos of cans, their labelled facings as if they had been recognised."""
    photos = {photo.path.stem: photo for photo in labelled_shelves()}
    seen = []
    for position, (image_id, name) in enumerate(CANS.items()):
        boxes = photos[name].of(PRODUCT)
        image = Image(image_id, "0" * 64, 2560, 1440, 1, "key", False, datetime.now(UTC))
        found = result(boxes.tolist(), sku_ids=[1] * len(boxes))
        found = replace(found, position_index=np.arange(len(boxes), dtype=np.int32))
        seen.append(Seen(ScenePhoto(image, position, "NOT_READY", None), found))
    return join(seen, detector="d-1", embedder="e-1", embedder_key="e-1+0a")


def read(image_id: int) -> bytes:
    """The JPEG of a photo."""
    return (SHELVES / f"{CANS[image_id]}.jpg").read_bytes()


def put(joined: Frames, tools: Resources) -> Frames:
    """Put the photos beside each other."""
    points = {image_id: find_keypoints(decode(read(image_id))) for image_id in CANS}
    return put_beside(joined, tools.objects, points, read)


def test_facings_in_two_photos_are_duplicates_in_one(joined: Frames, tools: Resources):
    """Nothing else of the facings changes."""
    tables = put(joined, tools)

    assert 6 == tables["facings"]["duplicate"].sum()
    assert joined["facings"].drop("duplicate").equals(tables["facings"].drop("duplicate"))


def test_the_panorama_is_stored_and_the_photos_lie_in_it(joined: Frames, tools: Resources):
    """One row, one object, a homography for each photo."""
    tables = put(joined, tools)
    (picture,) = tables["panorama"].iter_rows(named=True)

    assert tools.objects.get(picture["key"]).startswith(b"\xff\xd8")
    assert [9, 9] == tables["placements"]["homography"].list.len().to_list()
    for name in ("facings", "placements", "panorama"):
        facts.encode(name, tables[name])


def test_done_twice_it_is_the_same(joined: Frames, tools: Resources):
    """The same facts, the same object."""
    first, second = put(joined, tools), put(joined, tools)

    assert all(first[name].equals(second[name]) for name in first)


def test_a_photo_that_was_not_read_is_not_placed(joined: Frames, tools: Resources):
    """It is among the placements, with null."""
    lost = pl.when(pl.col("image_id") == 3).then(pl.lit("ERROR")).otherwise("status")
    photos = joined["photos"].with_columns(lost.alias("status"))
    tables = put({**joined, "photos": photos}, tools)

    assert [(5, None), (3, None)] == tables["placements"].rows()
    assert not len(tables["panorama"])
