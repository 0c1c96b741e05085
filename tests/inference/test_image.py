"""Photos are decoded upright, or refused with a reason."""

import io
import struct
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from inference.errors import UnreadablePhoto
from inference.exif import orientation
from inference.image import decode, turn_upright
from tests.inference.jpegs import blocks, jpeg

UPRIGHT = blocks(48, 32)
SMALL = jpeg(blocks(24, 16), quality=60)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 60


def exif(value: int, order: str = "<", kind: int = 3) -> bytes:
    """An EXIF block whose only entry is the orientation."""
    start = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    entry = struct.pack(f"{order}HHHIHH", 1, 0x0112, kind, 1, value, 0)
    return b"Exif\0\0" + start + entry + struct.pack(f"{order}I", 0)


def pixels_or_reason(data: bytes) -> np.ndarray | str:
    """What decoding gives, the reason when it is refused."""
    try:
        return decode(data)
    except UnreadablePhoto as refused:
        return str(refused)


def stored(value: int) -> np.ndarray:
    """What a camera stores so that orientation `value` shows `UPRIGHT`."""
    turns = {  # the inverse of what Pillow does when it shows the photo
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }
    return np.ascontiguousarray(turns[value](UPRIGHT))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(1, 9))
def test_all_orientations_give_the_same_upright_picture(value: int, order: str):
    """A photo looks the same however the camera was held, in either byte order."""
    photo = jpeg(stored(value), exif=exif(value, order))

    pixels = decode(photo)

    assert UPRIGHT.shape == pixels.shape
    assert np.abs(pixels.astype(int) - UPRIGHT).mean() < 2


@pytest.mark.parametrize("value", range(1, 9))
def test_turning_agrees_with_pillow(value: int):
    """Our turn is the one that every viewer shows."""
    with Image.open(io.BytesIO(jpeg(UPRIGHT, exif=exif(value)))) as photo:
        expected = np.asarray(ImageOps.exif_transpose(photo))
        plain = np.asarray(photo)

    assert np.array_equal(expected, turn_upright(plain, value))


@pytest.mark.parametrize(
    "block", [exif(0), exif(9), exif(6, kind=2), exif(6)[:20], b"Exif\0\0", b"Exif\0\0XX" * 3]
)
def test_senseless_orientation_is_upright(block: bytes):
    """A photo whose EXIF is broken is shown as stored."""
    assert orientation(jpeg(UPRIGHT, exif=block)) == 1


@given(st.binary(max_size=200))
def test_orientation_reads_any_bytes(data: bytes):
    """Whatever the bytes, the answer is an orientation."""
    assert orientation(b"\xff\xd8" + data) in range(1, 9)


@given(st.binary(max_size=80))
def test_orientation_reads_any_exif(data: bytes):
    """Whatever the EXIF block holds, the answer is an orientation."""
    segment = b"\xff\xe1" + struct.pack(">H", len(data) + 8) + b"Exif\0\0" + data

    assert orientation(b"\xff\xd8" + segment) in range(1, 9)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colour_spaces_become_rgb(mode: str):
    """Grayscale and CMYK photos come out as RGB."""
    expected = np.asarray(Image.fromarray(UPRIGHT).convert(mode).convert("RGB"))

    pixels = decode(jpeg(UPRIGHT, mode, **({} if mode == "L" else {"subsampling": 0})))

    assert expected.shape == pixels.shape
    assert np.abs(pixels.astype(int) - expected).mean() < 3


def test_progressive_photos_are_read():
    """Progressive JPEGs decode like others."""
    assert UPRIGHT.shape == decode(jpeg(UPRIGHT, progressive=True)).shape


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "The file is empty."),
        (b"Dear Sir or Madam", "The file is not a JPEG."),
        (PNG, "The file is PNG, not JPEG."),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "The file is WebP, not JPEG."),
        (b"\xff\xd8", "The JPEG header is damaged or ends early."),
        (jpeg(UPRIGHT)[:100], "The JPEG header is damaged or ends early."),
        (jpeg(blocks(256, 256))[:-3000], "The JPEG data ends early."),
    ],
)
def test_what_is_no_photo_is_refused_with_a_reason(data: bytes, reason: str):
    """The reason is a sentence for people."""
    with pytest.raises(UnreadablePhoto) as refused:
        decode(data)

    assert reason == str(refused.value)


def test_damaged_data_is_refused():
    """A photo with a hole in its data is not guessed at."""
    whole = jpeg(blocks(256, 256))
    holed = whole[:2000] + bytes(400) + whole[2400:]

    with pytest.raises(UnreadablePhoto, match="damaged"):
        decode(holed)


@settings(max_examples=150)
@given(st.data())
def test_any_damage_is_refused_or_survived(data: st.DataObject):
    """However the bytes of a photo are changed, there are pixels or there is a reason."""
    photo = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        photo[data.draw(st.integers(0, len(photo) - 1))] = data.draw(st.integers(0, 255))
    outcome = pixels_or_reason(bytes(photo[: data.draw(st.integers(0, len(photo)))]))

    assert outcome.endswith(".") if isinstance(outcome, str) else outcome.shape[2] == 3


def test_a_huge_header_is_refused_before_decoding():
    """65,500 x 65,500 pixels cost nothing but the look at the header."""
    whole = jpeg(UPRIGHT)
    frame = whole.index(b"\xff\xc0")
    bomb = whole[: frame + 5] + struct.pack(">HH", 65500, 65500) + whole[frame + 9 :]
    began = time.thread_time()

    with pytest.raises(UnreadablePhoto, match="4290 megapixels, at most 50"):
        decode(bomb)

    assert time.thread_time() - began < 0.1


def test_the_cap_is_an_argument():
    """A caller may allow less."""
    with pytest.raises(UnreadablePhoto, match="megapixels"):
        decode(jpeg(UPRIGHT), max_pixels=1000)
