"""Price tags are read: drawn ones exactly, real ones as a person reads them."""

import json
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from inference.barcodes import read_barcode
from inference.batches import batches
from inference.card import model_folder
from inference.errors import BadCard
from inference.image import decode
from inference.pyramid import Pyramid
from inference.read_tags import TagReader, load_tag_reader
from inference.runtime import Runtime
from inference.tag_colours import tag_colours
from inference.text_finder import TextFinder
from inference.types import Pixels
from settings import Settings

SHELVES = Path(__file__).parents[1] / "data" / "shelves"
WHOLE_TAG = np.array([[0, 0, 240, 120]], np.float32)


@pytest.fixture(scope="module")
def reader() -> TagReader:
    """The shipped models."""
    finder, reader = Settings().text_finder, Settings().text_reader
    return load_tag_reader(model_folder(finder), model_folder(reader), Runtime(threads=1))


def tag(*words: tuple[str, int, int, int], ground: tuple[int, int, int] = (250, 250, 245)):
    """A drawn tag of 240 x 120 with words of text, x, y, size."""
    drawn = Image.new("RGB", (240, 120), ground)
    for text, x, y, size in words:
        ImageDraw.Draw(drawn).text((x, y), text, (20, 20, 20), ImageFont.load_default(size))
    return np.asarray(drawn)


def main_price(reader: TagReader, picture: Pixels) -> float:
    """Of a tag that fills the picture."""
    (read,) = reader.read(Pyramid(picture), WHOLE_TAG)
    return read.prices[0].amount


def labelled(photo: str) -> list[tuple[int, list[float], float]]:
    """Each tag with a legible price: its id, its box as x1 y1 x2 y2, its price."""
    given = json.loads((SHELVES / "annotations.json").read_text())
    (image,) = [one["id"] for one in given["images"] if one["file_name"] == photo]
    tags = [one for one in given["annotations"] if one["image_id"] == image and one.get("price")]
    boxes = [(x, y, x + width, y + height) for x, y, width, height in (t["bbox"] for t in tags)]
    return [(t["id"], list(box), t["price"]) for t, box in zip(tags, boxes, strict=True)]


def test_a_price_is_read(reader: TagReader):
    """The name above it is no number."""
    assert 27.9 == main_price(reader, tag(("JUICE", 12, 8, 20), ("27.90", 90, 45, 50)))


def test_raised_cents_are_cents(reader: TagReader):
    """Small and high after the large digits."""
    assert 27.9 == main_price(reader, tag(("27", 60, 20, 80), ("90", 156, 24, 42)))


def test_digits_of_one_height_are_no_cents(reader: TagReader):
    """2790 is 2790."""
    assert 2790 == main_price(reader, tag(("2790", 40, 30, 60)))


@pytest.mark.parametrize(
    ("photo", "tag_id", "price"),
    [("no_IMG_20180105_174413.jpg", 1349, 55.9), ("no_IMG_20180105_174424.jpg", 1375, 44.9)],
)
def test_a_dark_display_is_read(reader: TagReader, photo: str, tag_id: int, price: float):
    """Its contrast is evened out; as it is no line is found on it."""
    boxes = np.array([box for one, box, _ in labelled(photo) if one == tag_id], np.float32)

    (read,) = reader.read(Pyramid(decode((SHELVES / photo).read_bytes())), boxes)

    assert price == read.prices[0].amount


def test_an_empty_tag_has_no_price(reader: TagReader):
    """No text, no price, no error; nor without tags."""
    (read,) = reader.read(Pyramid(tag()), WHOLE_TAG)

    assert ((), "") == (read.prices, read.text)
    assert [] == reader.read(Pyramid(tag()), np.zeros((0, 4), np.float32))


def test_tags_at_the_edge_and_tiny_ones_are_no_error(reader: TagReader):
    """Boxes reach out of the photo, or are thinner than a pixel."""
    boxes = np.array([[-5, -5, 3, 3], [239.6, 119.7, 240, 120], [10, 10, 10.2, 90]], np.float32)

    assert 3 == len(reader.read(Pyramid(tag()), boxes))


@pytest.mark.parametrize(
    "photo", ["jp_20240913_161240_1108_1.jpg", "no_IMG_20171127_182814.jpg", "cc0_022.jpg"]
)
def test_real_prices_are_read(reader: TagReader, photo: str):
    """Of the legible prices of a photo, at least eight in ten exactly."""
    tags = labelled(photo)
    boxes = np.array([box for _, box, _ in tags], np.float32)

    read = reader.read(Pyramid(decode((SHELVES / photo).read_bytes())), boxes)

    right = [
        bool(one.prices) and one.prices[0].amount == price
        for one, (*_, price) in zip(read, tags, strict=True)
    ]
    assert sum(right) >= 0.8 * len(right)


def test_a_barcode_is_read():
    """Of a drawn one; none on a blank tag."""
    code = zxingcpp.create_barcode("4006381333931", zxingcpp.BarcodeFormat.EAN13)
    bars = np.array(code.to_image(scale=3, add_quiet_zones=True))
    picture = np.repeat(bars.reshape(*bars.shape[:2], -1)[:, :, :1], 3, axis=2)

    assert "4006381333931" == read_barcode(np.ascontiguousarray(picture))
    assert read_barcode(tag()) is None


def test_colours_are_named_by_their_share():
    """Largest first, less than a tenth is left out."""
    picture = tag(ground=(255, 255, 255)).copy()
    picture[:, :72] = (215, 30, 35)
    picture[:, 72:84] = (20, 60, 200)

    assert [("white", 0.65), ("red", 0.3)] == [
        (colour.color, pytest.approx(colour.score, abs=0.01)) for colour in tag_colours(picture)
    ]


def test_batches_have_few_sizes():
    """Runs of 8, 4, 2 and 1 pictures of one width; every picture once."""
    widths = [64, 96, 64, 64, 96, 64, 64, 128]
    runs = [list(run) for run in batches(widths, 0)]

    assert [[7], [1, 4], [0, 2, 3, 5], [6]] == runs
    assert [8, 2] == [len(run) for run in batches([64] * 10, 0)]


def test_pictures_that_nearly_agree_share_a_batch():
    """They differ by at most the spread."""
    assert [[4], [2, 0, 3, 1]] == [list(run) for run in batches([96, 64, 112, 96, 240], 48)]
    assert [1, 2, 1, 1] == [len(run) for run in batches([96, 64, 112, 96, 240], 31)]


def test_a_batch_has_no_more_columns_than_memory_is_meant_for():
    """Wide pictures go in smaller runs, one by one if need be."""
    assert [4, 2] == [len(run) for run in batches([240] * 6, 0)]
    assert [1, 1] == [len(run) for run in batches([1100] * 2, 0)]


def test_what_a_tag_says_does_not_depend_on_the_run(reader: TagReader):
    """The same tags twice say the same, and in another order as well."""
    tags = [tag((price, 60, 40, 50)) for price in ("27.90", "149.00", "8.50", "1299", "35.00")]
    photo = Pyramid(np.ascontiguousarray(np.concatenate(tags)))
    boxes = np.array([[0, 120 * n, 240, 120 * n + 120] for n in range(len(tags))], np.float32)
    said = [one.text for one in reader.read(photo, boxes)]

    assert said == [one.text for one in reader.read(photo, boxes)]
    assert said[::-1] == [one.text for one in reader.read(photo, boxes[::-1])]


def test_a_detector_is_no_text_finder():
    """The card says what a model does."""
    model = Runtime(threads=1).load(model_folder(Settings().detector))

    with pytest.raises(BadCard, match="no text finder"):
        TextFinder(model, model.card)
