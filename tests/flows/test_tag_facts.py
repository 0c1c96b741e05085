"""What tags say stands in the facts, beside the number of their product."""

from dataclasses import replace

import numpy as np
import polars as pl

from flows.scene_facts import Seen, join
from inference.price_tag import Colour, PriceTag
from inference.prices import Price
from inference.types import PhotoResult
from storage import facts
from tests.flows.test_scene_facts import photo, result


def price_tags(*seen: Seen) -> pl.DataFrame:
    """The table of tags, checked by storage."""
    tags = join(seen, detector="d-1", embedder="e-1", embedder_key="e-1+0a")["price_tags"]
    facts.encode("price_tags", tags)
    return tags


SAID = PriceTag(
    text="9,90",
    prices=(Price("promo", 9.9, "kr", 1, 0.75),),
    colours=(Colour("red", 0.5),),
    promo=True,
    barcode="4006381333931",
)


def with_tags(*owners: int, said: list[PriceTag]) -> PhotoResult:
    """Two products, the second one leftmost, and tags that belong to them."""
    seen = result([[50, 0, 60, 10], [0, 0, 10, 10]], sku_ids=[1, 2])
    count = len(owners)
    return replace(
        seen,
        tag_boxes=np.array([[i * 9, 0, i * 9 + 5, 5] for i in range(count)], np.float32),
        tag_scores=np.ones(count, np.float32),
        tag_shelf_index=np.zeros(count, np.int32),
        tag_owners=np.array(owners, np.int64),
        tags=said,
    )


def test_a_tag_has_the_number_of_its_product():
    """Products are numbered from the left, over all photos."""
    first = Seen(photo(7, 0), with_tags(0, -1, said=[SAID, SAID]))
    second = Seen(photo(8, 1), with_tags(1, said=[SAID]))

    tags = price_tags(first, second)

    assert [(7, 0, 1), (7, 1, None), (8, 2, 2)] == (
        tags.select("image_id", "tag_id", "facing_id").rows()
    )


def test_what_it_says_is_kept():
    """Prices with their kind, text, colours, barcode."""
    (tag,) = price_tags(Seen(photo(7, 0), with_tags(0, said=[SAID]))).to_dicts()

    assert ("9,90", True, "4006381333931") == (tag["text"], tag["promo"], tag["barcode"])
    assert [{"color": "red", "score": 0.5}] == tag["colours"]
    assert [
        {"kind": "promo", "amount": 9.9, "currency": "kr", "quantity": 1, "confidence": 0.75}
    ] == tag["prices"]


def test_tags_that_were_not_read_say_nothing():
    """Where no reader is in service; their product is known all the same."""
    (tag,) = price_tags(Seen(photo(7, 0), with_tags(0, said=[]))).to_dicts()

    assert (None, None, None, 1) == (tag["prices"], tag["text"], tag["promo"], tag["facing_id"])
