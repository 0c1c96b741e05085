"""The price tags of one photo: what they say and how they look."""

from inference.barcodes import read_barcode
from inference.price_tag import PriceTag
from inference.prices import PROMO
from inference.pyramid import Pyramid
from inference.read_tags import TagReader, TagText, cut_tag
from inference.tag_colours import tag_colours
from inference.types import Floats, Pixels


def look_at_tags(reader: TagReader, photo: Pyramid, boxes: Floats) -> list[PriceTag]:
    """Read the tags in (t, 4) boxes, pixels of the upright photo, and name their colours."""
    texts = reader.read(photo, boxes)
    return [_tag(text, cut_tag(photo, box)) for text, box in zip(texts, boxes, strict=True)]


def _tag(text: TagText, picture: Pixels) -> PriceTag:
    offers = any(price.kind in ("promo", "multi_buy") for price in text.prices)
    return PriceTag(
        text=text.text,
        prices=text.prices,
        colours=tag_colours(picture),
        promo=offers or bool(PROMO.search(text.text)),
        barcode=read_barcode(picture),
    )
