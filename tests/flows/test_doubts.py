"""What recognition was not sure of becomes doubts."""

import msgspec
import numpy as np
import pytest

from flows.doubts import find_doubts
from flows.scene_facts import Seen, join
from inference.types import PhotoResult
from tests.flows.test_scene_facts import photo, result


def doubtful(
    *facings: tuple[int, float], ambiguous: tuple[int, ...] = (), unsure: tuple[int, ...] = ()
) -> PhotoResult:
    """A photo with facings of (SKU or -1, confidence), the last one leftmost."""
    numbers = range(len(facings))
    boxes = [[n * 10, 0, n * 10 + 9, 9] for n in numbers]
    seen = result(boxes, sku_ids=[sku for sku, _ in facings])
    return PhotoResult(
        **{name: getattr(seen, name) for name in PhotoResult.__dataclass_fields__}
        | {
            "confidences": np.array([sure for _, sure in facings], np.float32),
            "ambiguous": np.array([n in ambiguous for n in numbers], np.bool_),
            "unsure": np.array([n in unsure for n in numbers], np.bool_),
            "crops": [
                f"crop {n}".encode() if sku < 0 or n in unsure else None
                for n, (sku, _) in enumerate(facings)
            ],
        }
    )


def test_what_is_unnamed_or_unsure_is_doubted():
    """The others are not; a doubt names the first candidate."""
    seen = doubtful((7, 0.99), (-1, 0.6), (8, 0.9), (-1, 0.1), ambiguous=(1,), unsure=(2,))
    found = [
        msgspec.structs.astuple(doubt) for doubt in find_doubts([Seen(photo(3, 0), seen)]).doubts
    ]

    assert [
        (0, "UNKNOWN", 1, pytest.approx(0.2)),
        (1, "UNSURE", 8, pytest.approx(0.2)),
        (2, "AMBIGUOUS", 1, pytest.approx(0.8)),
    ] == found


def test_doubts_and_crops_have_the_numbers_of_the_facts():
    """Over all photos of the scene, by shelf and position."""
    first, second = doubtful((-1, 0.1), (7, 0.99)), doubtful((-1, 0.2), (-1, 0.3))
    seen = [Seen(photo(3, 0), first), Seen(photo(4, 1), second)]
    doubted = find_doubts(seen)
    facings = join(seen, detector="d", embedder="e", embedder_key="e+1")["facings"]
    unnamed = facings.filter(facings["sku_id"].is_null())["facing_id"].to_list()

    assert [1, 2, 3] == unnamed == [doubt.facing_id for doubt in doubted.doubts]
    assert {1: b"crop 0", 2: b"crop 1", 3: b"crop 0"} == doubted.crops


def test_a_scene_without_readable_photo_has_no_doubts():
    """Nor one whose photos are empty."""
    broken = Seen(photo(3, 0), None, problem="cut off")

    for seen in ([broken], [], [Seen(photo(3, 0), doubtful())]):
        assert ([], {}) == ((doubted := find_doubts(seen)).doubts, doubted.crops)


def test_without_a_gallery_every_facing_is_unknown():
    """There is no candidate; its answer is not more urgent than others."""
    seen = doubtful((-1, 0.0))
    seen.shortlists.sku_ids[:] = -1
    (doubt,) = find_doubts([Seen(photo(3, 0), seen)]).doubts

    assert ("UNKNOWN", None, 0.0) == (doubt.kind, doubt.candidate, doubt.uncertainty)
