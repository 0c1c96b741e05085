"""The gate: what passes, what is stripped, what is refused."""

import io
import re
import struct
import time
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from api.jpeg import MAX_SCANS, Gated, Refused, gate

from .conftest import jpeg

ORIENTATION = ExifTags.Base.Orientation


def through(data: bytes, *, max_bytes: int = 20_000_000, max_pixels: int = 50_000_000) -> Gated:
    """Pass the gate with the default limits."""
    return gate(data, max_bytes=max_bytes, max_pixels=max_pixels)


def refusal(data: bytes, **limits: int) -> str:
    """The sentence a file is refused with."""
    with pytest.raises(Refused) as refused:
        through(data, **limits)
    return str(refused.value)


def noise(mode: str = "RGB", size: tuple[int, int] = (97, 61), **save: Any) -> bytes:
    """A JPEG of seeded noise, so that every pixel counts."""
    channels = {"RGB": (3,), "L": (), "CMYK": (4,)}[mode]
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], *channels), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels, mode).save(file, "JPEG", **save)
    return file.getvalue()


def pixels(data: bytes) -> Any:
    """Decoded pixels, not turned."""
    return np.asarray(Image.open(io.BytesIO(data)))


def exif_with_gps(orientation: int = 1) -> Image.Exif:
    """Exif as a phone writes it: turn, GPS, maker, serial number."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[ExifTags.Base.Make] = "SecretPhone"
    exif[ExifTags.Base.BodySerialNumber] = "SERIAL-4711"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    return exif


def segment(code: int, payload: bytes) -> bytes:
    """One JPEG segment."""
    return bytes([0xFF, code]) + struct.pack(">H", len(payload) + 2) + payload


def with_segment(data: bytes, code: int, payload: bytes) -> bytes:
    """The JPEG with one more segment at its start."""
    return data[:2] + segment(code, payload) + data[2:]


def header(width: int, height: int, *, code: int = 0xC0, bits: int = 8) -> bytes:
    """A whole JPEG whose frame claims that size."""
    frame = struct.pack(">BHHB", bits, height, width, 1) + b"\x01\x11\x00"
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\x34"
    return b"\xff\xd8" + segment(code, frame) + scan + b"\xff\xd9"


@pytest.mark.parametrize(
    ("mode", "save"),
    [
        ("RGB", {}),
        ("RGB", {"progressive": True}),
        ("RGB", {"quality": 100, "subsampling": 0}),
        ("RGB", {"restart_marker_rows": 1}),
        ("L", {}),
        ("CMYK", {}),
    ],
)
def test_pixels_stay_bit_for_bit(mode: str, save: dict[str, Any]):
    """Baseline, progressive, gray, CMYK and restarted JPEGs decode to the same pixels."""
    data = noise(mode, **save)

    assert (pixels(data) == pixels(through(data).data)).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_kept_and_size_is_upright(orientation: int):
    """All eight turns survive alone; from the fifth on the sides change places."""
    gated = through(noise(exif=exif_with_gps(orientation)))
    left = Image.open(io.BytesIO(gated.data)).getexif()

    assert (orientation if orientation > 1 else None) == left.get(ORIENTATION)
    assert len(left) <= 1
    assert ((97, 61) if orientation < 5 else (61, 97)) == (gated.width, gated.height)


def test_location_and_serial_numbers_are_gone():
    """No byte of GPS, maker, comment, XMP or IPTC is left."""
    data = noise(exif=exif_with_gps(6), comment=b"my address")
    data = with_segment(data, 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>HOME</x:xmpmeta>")
    data = with_segment(data, 0xED, b"Photoshop 3.0\x008BIM HOME")
    clean = through(data).data

    assert {} == dict(Image.open(io.BytesIO(clean)).getexif().get_ifd(ExifTags.IFD.GPSInfo))
    assert not re.search(rb"SecretPhone|SERIAL|address|HOME", clean)


def test_colour_profile_is_kept():
    """The ICC profile decides about colours, so it stays."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean = through(noise(icc_profile=profile)).data

    assert profile == Image.open(io.BytesIO(clean)).info["icc_profile"]


def test_thumbnail_in_jfif_is_dropped():
    """The JFIF header keeps its density and loses its little picture."""
    data = noise()
    jfif = b"JFIF\0\x01\x02\x01\x00\x60\x00\x60\x02\x02" + b"THUMBNAIL..."
    clean = through(b"\xff\xd8" + segment(0xE0, jfif) + data[20:]).data

    assert b"THUMB" not in clean
    assert (96, 96) == Image.open(io.BytesIO(clean)).info["dpi"]


def test_bytes_behind_the_end_are_dropped():
    """A ZIP or a page hidden behind the picture does not get in."""
    data = noise()

    assert through(data).data == through(data + b"PK\x03\x04<script>").data


def test_the_gate_changes_nothing_the_second_time():
    """A photo that passed once passes again as it is: same bytes, same name."""
    once = through(noise(exif=exif_with_gps(6))).data

    assert once == through(once).data


def test_filling_between_segments_is_skipped():
    """0xFF may be repeated before a marker."""
    data = noise()

    assert (pixels(data) == pixels(through(data[:2] + b"\xff" * 9 + data[2:]).data)).all()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("a PNG", b"\x89PNG\r\n\x1a\n" + b"\0" * 30),
        ("a GIF", b"GIF89a" + b"\0" * 30),
        ("a WebP", b"RIFF\x10\0\0\0WEBPVP8 "),
        ("a TIFF", b"II*\0" + b"\0" * 30),
        ("a BMP", b"BM" + b"\0" * 30),
        ("a PDF", b"%PDF-1.7"),
        ("an EPS", b"%!PS-Adobe-3.0 EPSF-3.0"),
        ("a ZIP archive", b"PK\x03\x04"),
        ("a HEIC", b"\0\0\0\x18ftypheic"),
        ("an AVIF", b"\0\0\0\x18ftypavif"),
        ("a video", b"\0\0\0\x18ftypisom"),
        ("an SVG", b"  <SVG xmlns="),
        ("an HTML page", b"<!DOCTYPE html><html>"),
        ("no JPEG", b"hello"),
        ("no JPEG", b"\xff\xd8"),
    ],
)
def test_other_files_are_called_by_their_name(kind: str, data: bytes):
    """The refusal says what the file is and what to do."""
    assert refusal(data) == f"The file is {kind}; save the photo as a JPEG and upload that."


def test_an_empty_file_is_refused():
    """Zero bytes are no photo."""
    assert refusal(b"") == "The file is empty; upload a JPEG photo."


@pytest.mark.parametrize(
    ("width", "height"), [(20_000, 15_000), (65_500, 65_500), (20_000, 20_000), (7_200, 7_000)]
)
def test_bombs_are_refused_by_their_header(width: int, height: int):
    """A size that would cost gigabytes is refused before anybody decodes."""
    megapixels = width * height / 1e6

    assert refusal(header(width, height)) == (
        f"The photo has {megapixels:.1f} megapixels, at most 50 are taken; make it smaller."
    )


@pytest.mark.parametrize(("width", "height"), [(65_500, 1), (0, 0), (1, 65_500), (100, 0)])
def test_slivers_are_refused(width: int, height: int):
    """Nothing can be recognised on a line of pixels."""
    assert refusal(header(width, height)).startswith(f"The photo is {width} x {height} pixels")


@pytest.mark.parametrize("code", [0xC3, 0xC5, 0xC9, 0xCA, 0xCB, 0xCC, 0xCF, 0xDE])
def test_odd_codings_are_refused(code: int):
    """Lossless, arithmetic and hierarchical JPEGs reach no decoder."""
    assert "ordinary 8-bit JPEG" in refusal(header(64, 64, code=code))


def test_twelve_bit_is_refused():
    """So does one of 12 bits per sample."""
    assert "ordinary 8-bit JPEG" in refusal(header(64, 64, bits=12))


def test_too_many_scans_are_refused():
    """Each scan costs a decoder a pass over all pixels."""
    data = noise(progressive=True)
    last_scan = data[data.rindex(b"\xff\xda") : -2]

    assert f"over {MAX_SCANS} scans" in refusal(data[:-2] + last_scan * 400 + b"\xff\xd9")


def test_too_many_segments_are_refused_fast():
    """Millions of empty comments cost milliseconds."""
    data = b"\xff\xd8" + b"\xff\xfe\0\2" * 4_000_000
    begin = time.thread_time()

    assert "too many segments" in refusal(data)
    assert time.thread_time() - begin < 0.2


def test_too_many_bytes_are_refused():
    """The limit and the file's size are told."""
    assert "0.0 MB, at most 0.0005 are taken" in refusal(noise(), max_bytes=500)


@pytest.mark.parametrize("part", [0.1, 0.3, 0.6, 0.99])
def test_half_a_file_is_refused(part: float):
    """Wherever an upload broke off."""
    data = noise(size=(300, 200))

    assert refusal(data[: int(len(data) * part)]).startswith("The file ends before the JPEG does")


@pytest.mark.parametrize("at", [2, 4, 20, 21, 22])
def test_a_damaged_header_is_refused(at: int):
    """Zeros where a marker or a length belongs."""
    data = bytearray(noise())
    data[at : at + 4] = b"\0\0\0\0"

    assert refusal(bytes(data))


def test_two_pictures_in_one_file_are_refused():
    """An MPO, and a second frame or start inside the first picture."""
    file = io.BytesIO()
    first, second = (Image.open(io.BytesIO(noise(size=(80, size)))) for size in (60, 70))
    first.save(file, "MPO", save_all=True, append_images=[second])
    data = noise()
    frame = data[data.index(b"\xff\xc0") : data.index(b"\xff\xc4")]

    several = "The file holds several pictures; upload each as a JPEG of its own."
    assert several == refusal(file.getvalue())
    assert several == refusal(data.replace(frame, frame * 2))
    assert several == refusal(data[:2] + data)


def test_a_phone_photo_with_a_gain_map_passes_without_it():
    """Phones keep the brightness of an ordinary photo as a second picture; the photo is taken."""
    file = io.BytesIO()
    first, second = (Image.open(io.BytesIO(noise(size=(80, size)))) for size in (60, 70))
    first.save(file, "MPO", save_all=True, append_images=[second])
    data = with_segment(file.getvalue(), 0xE1, b'http://ns.adobe.com/xap/1.0/\0hdrgm:Version="1.0"')
    gated = through(data)

    assert (80, 60) == (gated.width, gated.height)
    assert "JPEG" == Image.open(io.BytesIO(gated.data)).format


def test_a_large_photo_passes_in_milliseconds():
    """10 MB of scan data are walked without a loop over bytes."""
    data = noise(size=(3600, 2000), quality=97)
    begin = time.thread_time()
    through(data)

    assert time.thread_time() - begin < 0.25


def test_mutants_are_refused_or_pass_but_never_crash():
    """2,000 damaged JPEGs, baseline and progressive: Gated or Refused, nothing else."""
    random = np.random.default_rng(7)
    originals = [noise(), noise(progressive=True), noise("CMYK"), noise(exif=exif_with_gps(3))]
    for i in range(2000):
        data = bytearray(originals[i % 4])
        for at in random.integers(0, min(len(data), 700), 4):
            data[at] = random.integers(0, 256)
        try:
            gated = through(bytes(data))
        except Refused:
            continue
        assert gated.data.startswith(b"\xff\xd8")


def test_random_bytes_behind_a_start_never_crash():
    """Garbage that begins like a JPEG."""
    random = np.random.default_rng(3)
    for _ in range(500):
        with pytest.raises(Refused):
            through(b"\xff\xd8\xff" + random.bytes(300))


def test_a_plain_photo_keeps_its_bytes():
    """What has nothing to strip is stored as it came."""
    data = jpeg()

    assert data == through(data).data
