"""One photo through all stages."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from inference.errors import UnreadablePhoto
from inference.gallery import Gallery
from inference.identify import Embedder
from inference.image import decode
from inference.recognise import Recogniser, load_recogniser
from inference.runtime import Runtime
from inference.types import PhotoResult
from tests.inference import tiny
from tests.inference.jpegs import jpeg

DOTS = [(5, 6, 0, 60), (6, 20, 0, 60), (20, 6, 0, 60), (8, 6, 1, 0)]
EMPTY = Gallery(np.zeros(0, np.int64), np.zeros((0, tiny.DIMENSIONS), np.float32))


def one_photo(*dots: tuple[int, int, int, int]) -> bytes:
    """A JPEG with dots on a ground that differs from place to place."""
    pixels = tiny.photo(256, 256, *dots)
    ground = np.add.outer(np.arange(256) // 2, np.arange(256) // 3).astype(np.uint8)
    pixels[:, :, 1] = np.where(pixels.any(axis=2), pixels[:, :, 1], ground)
    return jpeg(pixels)


def gallery_of(recogniser: Recogniser, photo: bytes) -> Gallery:
    """Every product of a photo as SKU 100, 101 ..."""
    result = recogniser.photo(photo, EMPTY)
    vectors = recogniser.embedder.embed(decode(photo), result.boxes)
    return Gallery(np.arange(100, 100 + len(vectors)), vectors)


def test_a_photo_becomes_facts(recogniser: Recogniser):
    """Products get shelf, position and SKU; tags get their shelf; lines lie under products."""
    photo = one_photo(*DOTS)

    result = recogniser.photo(photo, gallery_of(recogniser, photo))

    by_place = sorted(zip(result.shelf_index, result.position_index, result.sku_ids, strict=True))
    assert [(0, 0), (0, 1), (1, 0)] == [(int(s), int(p)) for s, p, _ in by_place]
    assert {100, 101, 102} == set(result.sku_ids.tolist())
    assert (result.shortlists.scores[:, 0] > 0.99).all()
    assert (result.confidences > 0.98).all()
    assert np.allclose(1, np.linalg.norm(result.vectors, axis=1), atol=1e-5)
    assert [0] == result.tag_shelf_index.tolist()
    assert (256, 256, (2, 4), False) == (
        result.width,
        result.height,
        result.lines.shape,
        result.capped,
    )


def test_a_photo_is_measured(recogniser: Recogniser):
    """Its quality is that of its pixels and its products."""
    result = recogniser.photo(one_photo(*DOTS), EMPTY)
    sides = (result.boxes[:, 2:] - result.boxes[:, :2]).min(axis=1)

    assert (256, float(np.median(sides)), False) == (
        result.quality.long_side,
        result.quality.product_pixels,
        result.quality.capped,
    )


def test_without_a_gallery_products_stay_unknown(recogniser: Recogniser):
    """They are still facings with a place."""
    result = recogniser.photo(one_photo(*DOTS), EMPTY)

    assert [-1, -1, -1] == result.sku_ids.tolist()
    assert [0, 0, 0] == result.confidences.tolist()
    assert not result.ambiguous.any()


def test_a_product_is_named_when_that_is_sure(recogniser: Recogniser):
    """Below the card's threshold the shortlist stays, and nobody is named."""
    photo = one_photo(DOTS[0])
    seen = recogniser.photo(photo, EMPTY).vectors[0]
    across = np.linalg.svd(seen[None])[2][1]  # at a right angle to it
    named, unnamed = (
        recogniser.photo(photo, Gallery(np.array([7]), (seen + away * across)[None]))
        for away in (0.2, 0.4)  # cosines of 0.98 and 0.93
    )

    assert ([7], [-1]) == (named.sku_ids.tolist(), unnamed.sku_ids.tolist())
    assert ([False], [True]) == (named.ambiguous.tolist(), unnamed.ambiguous.tolist())
    assert [7] == unnamed.shortlists.sku_ids[:, 0].tolist()
    assert 0.5 < unnamed.confidences[0] < 0.9 < named.confidences[0]


def test_neighbours_have_a_say(runtime: Runtime, detector_folder: Path, tmp_path: Path):
    """Facings are looked up with their neighbours; what is stored of each is its own vector."""
    limits = {"apart": 9.0, "beside": 0.5, "size": 3.0}
    given = {"unlike": -1.0, "alike": -0.9, "together": 1.0, **limits}
    card = tiny.embedder_card(neighbours=given)
    folder = tiny.write_folder(tmp_path, tiny.embedder_network(), card)
    recogniser = load_recogniser(detector_folder, folder, runtime)
    photo = one_photo((5, 6, 0, 60), (8, 6, 0, 60))
    seen = recogniser.photo(photo, EMPTY).vectors

    result = recogniser.photo(photo, Gallery(np.array([100, 101]), seen))

    both = float(np.sqrt((1 + seen[0] @ seen[1]) / 2))  # cosine of each to the mean of the two
    assert both < 0.9995
    assert np.allclose(both, result.shortlists.scores[:, :2], atol=1e-5)
    assert np.allclose(seen, result.vectors)


def test_an_empty_shelf_is_a_result(recogniser: Recogniser):
    """No product, no tag, no shelf: empty arrays of the right shape."""
    result = recogniser.photo(one_photo(), EMPTY)

    shapes = [getattr(result, name).shape for name in ("boxes", "tag_boxes", "lines")]
    assert [(0, 4)] * 3 == shapes
    assert [(0,)] * 3 == [result.sku_ids.shape, result.shelf_index.shape, result.tag_scores.shape]


def test_every_stage_is_timed(recogniser: Recogniser):
    """Milliseconds of decode, detect, identify, crops, rows, tags and quality."""
    timings = recogniser.photo(one_photo(*DOTS), EMPTY).timings

    assert ["decode", "detect", "identify", "crops", "rows", "tags", "quality"] == list(timings)
    assert all(0 < value < 5000 for value in timings.values())


def test_points_are_found_where_other_photos_may_show_them(recogniser: Recogniser):
    """Only a scene of several photos pays for them; they lie in the photo at full size."""
    photo = one_photo(*DOTS)

    alone, beside = (recogniser.photo(photo, EMPTY, one_of_several=one) for one in (False, True))

    assert alone.keypoints is None
    assert "keypoints" in beside.timings
    assert beside.keypoints is not None
    assert (256, 256) == (beside.keypoints.width, beside.keypoints.height)
    assert 100 < beside.keypoints.points.max() < 256


def test_threads_may_share_a_recogniser(recogniser: Recogniser):
    """Photos recognised side by side give what they give one after the other."""
    photos = [one_photo(*DOTS[: 1 + n % 4], (24, 10 + n, 0, 20)) for n in range(12)]
    gallery = gallery_of(recogniser, photos[3])

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda photo: recogniser.photo(photo, gallery), photos * 2))

    alone = [recogniser.photo(photo, gallery) for photo in photos] * 2
    assert all(_same(a, b) for a, b in zip(alone, together, strict=True))


def test_an_unreadable_photo_is_told_from_others(recogniser: Recogniser):
    """The reason reaches the caller."""
    with pytest.raises(UnreadablePhoto, match="empty"):
        recogniser.photo(b"", EMPTY)


def test_names_carry_the_version(recogniser: Recogniser):
    """What is stored beside every fact."""
    assert ("tiny-detector-1.2.3", "tiny-embedder-1.0.0") == (
        recogniser.detector_name,
        recogniser.embedder_name,
    )


def test_the_key_changes_with_the_network(runtime: Runtime, embedder: Embedder, tmp_path: Path):
    """The same name and version with other weights is another embedder."""
    network = tiny.embedder_network(shift=90)
    folder = tiny.write_folder(tmp_path / "other", network, tiny.embedder_card())
    other, ours = runtime.load(folder).card, embedder.card

    assert other.id == ours.id
    assert re.fullmatch(r"tiny-embedder-1\.0\.0\+[0-9a-f]{12}", ours.key)
    assert other.key != ours.key


def _same(one: PhotoResult, other: PhotoResult) -> bool:
    arrays = [name for name in vars(one) if isinstance(getattr(one, name), np.ndarray)]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays)
