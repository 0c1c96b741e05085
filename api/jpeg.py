"""The gate every photo passes: a walk over the JPEG's markers, before any decoder sees a byte.

It refuses what is no photo or would hurt a decoder (bombs, endless scans, odd codings), and hands
on the same pixels without the rest: GPS, serial numbers, thumbnails and whatever follows the end.

Source: ITU-T T.81 (JPEG), annex B for markers and segments; JFIF 1.02; Adobe TN 5116 for APP14;
ICC.1:2022 B.4 for profiles in APP2.
"""

import re
from dataclasses import dataclass, field

from api import exif
from api.file_kinds import name_kind

MAX_SCANS = 64  # a progressive photo has about 10; each costs a decoder a pass over all pixels
MAX_SEGMENTS = 1024  # they are walked one by one; 20 MB are 320 of the longest
MIN_SIDE = 16  # pixels; nothing can be recognised below

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_FRAMES = (0xC0, 0xC1, 0xC2)  # Huffman: baseline, extended, progressive
_ODD_FRAMES = {*range(0xC3, 0xD0), 0xDE, 0xDF} - {0xC4, 0xC8}  # lossless, arithmetic, layered
_TABLES = (0xC4, 0xDB, 0xDD)  # DHT, DQT, DRI
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_FILLING = re.compile(rb"\xff+")
_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # in scan data FF00 is a byte, D0-D7 resync
_GAIN_MAPS = (b"hdrgm:", b"HDRGainMap", b"hdrgainmap", b"urn:iso:std:iso:ts:21496")

_BROKEN = "The JPEG is damaged at byte {}; upload the original file again."
_CUT = "The file ends before the JPEG does; upload the whole file again."
_SEVERAL = "The file holds several pictures; upload each as a JPEG of its own."
_ODD = "The JPEG is lossless, arithmetic or 12-bit; save it as an ordinary 8-bit JPEG."


class Refused(Exception):
    """The file is not a photo this platform takes; the text says what to do.

    Its kinds are few and say why; monitors count them by name.
    """


class NoPhoto(Refused):
    """It is empty, or a file of another kind."""


class PhotoCut(Refused):
    """It ends before its picture does."""


class PhotoDamaged(Refused):
    """It is not what T.81 says."""


class PhotoOdd(Refused):
    """It is coded in a way that few decoders know."""


class PhotoSeveral(Refused):
    """It holds more than one picture."""


class PhotoHeavy(Refused):
    """It has too many bytes."""


class PhotoLarge(Refused):
    """It has too many pixels."""


class PhotoSmall(Refused):
    """It has too few pixels."""


class PhotoLong(Refused):
    """It has too many scans or segments."""


@dataclass(frozen=True)
class Gated:
    """A photo that passed: clean bytes and its upright size in pixels."""

    data: bytes
    width: int
    height: int


@dataclass
class _Walk:
    """What the walk has met so far, and what it keeps."""

    max_pixels: int
    headers: list[bytes | memoryview] = field(default_factory=list)  # APPn
    kept: list[bytes | memoryview] = field(default_factory=list)  # tables, frame, scans
    size: tuple[int, int] = (0, 0)  # as stored, before it is turned upright
    orientation: int = 0  # 0 = no Exif met
    scans: int = 0
    pictures: int = 1


def gate(data: bytes, *, max_bytes: int, max_pixels: int) -> Gated:
    """Check a photo and strip what the platform must not keep; its pixels stay bit for bit.

    Raises:
        Refused: with a sentence for the person who sent it.
    """
    _check_file(data, max_bytes)
    walk = _Walk(max_pixels)
    _walk_segments(data, walk)
    if not walk.scans:
        raise PhotoDamaged(_BROKEN.format(len(data)))
    if walk.pictures > 1 and not any(name in data for name in _GAIN_MAPS):
        # phones keep an ordinary photo's brightness as a second picture
        raise PhotoSeveral(_SEVERAL)
    return _finish(walk)


def _check_file(data: bytes, max_bytes: int) -> None:
    if not data:
        raise NoPhoto("The file is empty; upload a JPEG photo.")
    if len(data) > max_bytes:
        size, most = len(data) / 1e6, max_bytes / 1e6
        raise PhotoHeavy(
            f"The file has {size:.1f} MB, at most {most:g} are taken; make it smaller."
        )
    if not data.startswith(b"\xff\xd8\xff"):
        raise NoPhoto(f"The file is {name_kind(data)}; save the photo as a JPEG and upload that.")


def _finish(walk: _Walk) -> Gated:
    width, height = walk.size
    turn = walk.orientation or 1
    if turn > 1:
        walk.headers.append(exif.orientation_segment(turn))
    if exif.swaps_sides(turn):
        width, height = height, width
    return Gated(b"".join([b"\xff\xd8", *walk.headers, *walk.kept, b"\xff\xd9"]), width, height)


def _walk_segments(data: bytes, walk: _Walk) -> None:
    """Take segment after segment until the end of the picture."""
    view, at = memoryview(data), 2
    for _ in range(MAX_SEGMENTS):
        start, code = _next_marker(data, at)
        if code == _EOI:
            return
        at = _segment_end(data, start, code)
        payload = data[start + 4 : at]
        if code == _SOS:
            at = _scan_end(data, at)
        _take(walk, code, payload, view[start:at])
    raise PhotoLong("The JPEG has too many segments; save it again and upload that.")


def _next_marker(data: bytes, at: int) -> tuple[int, int]:
    """Find the marker at `at`: its offset and code. 0xFF before it may repeat as filling."""
    found = _FILLING.match(data, at)
    if found is None:
        raise PhotoDamaged(_BROKEN.format(at)) if at < len(data) else PhotoCut(_CUT)
    start = found.end() - 1
    if start + 2 > len(data):
        raise PhotoCut(_CUT)
    return start, data[start + 1]


def _segment_end(data: bytes, start: int, code: int) -> int:
    """Find the end of the segment whose marker is at `start`."""
    if code == _SOI:
        raise PhotoSeveral(_SEVERAL)
    if code in _ODD_FRAMES:
        raise PhotoOdd(_ODD)
    if not (code in _FRAMES or code in _TABLES or code in (_SOS, _COM) or _APP0 <= code <= _APP15):
        raise PhotoDamaged(_BROKEN.format(start))
    length = int.from_bytes(data[start + 2 : start + 4], "big")
    if start + 2 + max(length, 2) > len(data):
        raise PhotoCut(_CUT)
    if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
        raise PhotoDamaged(_BROKEN.format(start))
    return start + 2 + length


def _scan_end(data: bytes, at: int) -> int:
    """Find the marker behind the scan data that begins at `at`."""
    found = _AFTER_SCAN.search(data, at)
    if found is None:
        raise PhotoCut(_CUT)
    return found.start()


def _take(walk: _Walk, code: int, payload: bytes, whole: memoryview) -> None:
    """Keep, rewrite or drop one segment (a scan comes with its data)."""
    if code == _SOS:
        _check_scan(walk, payload)
    if code in _FRAMES:
        _check_frame(walk, payload)
    if code in _TABLES or code in _FRAMES or code == _SOS:
        walk.kept.append(whole)
    elif code != _COM:
        _take_application(walk, code, payload, whole)


def _take_application(walk: _Walk, code: int, payload: bytes, whole: memoryview) -> None:
    """Keep what decides about colours; note the turn; drop the rest."""
    if code == _APP0 and payload.startswith(b"JFIF\0") and len(payload) >= 14:  # noqa: PLR2004
        walk.headers.append(b"\xff\xe0\0\x10" + payload[:12] + b"\0\0")  # 0 x 0 = no thumbnail
    elif code == _APP1 and payload.startswith(exif.EXIF):
        walk.orientation = walk.orientation or exif.read_orientation(payload)
    elif code == _APP2 and payload.startswith(exif.MPF):
        walk.pictures = max(walk.pictures, exif.read_picture_count(payload))
    elif (code == _APP2 and payload.startswith(b"ICC_PROFILE\0")) or (
        code == _APP14 and payload.startswith(b"Adobe")
    ):
        walk.headers.append(whole)


def _check_frame(walk: _Walk, payload: bytes) -> None:
    """Check size, depth and components before anybody allocates pixels for them."""
    if walk.size != (0, 0):
        raise PhotoSeveral(_SEVERAL)
    if len(payload) < 6 or len(payload) != 6 + 3 * payload[5]:  # noqa: PLR2004 - T.81 B.2.2
        raise PhotoDamaged("The JPEG's frame header is damaged; upload the original file again.")
    if payload[0] != 8:  # noqa: PLR2004 - bits per sample
        raise PhotoOdd(_ODD)
    if payload[5] not in (1, 3, 4):
        raise PhotoOdd("The JPEG is neither gray, colour nor CMYK; save it again and upload that.")
    walk.size = int.from_bytes(payload[3:5], "big"), int.from_bytes(payload[1:3], "big")
    _check_size(*walk.size, walk.max_pixels)


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise PhotoSmall(f"The photo is {width} x {height} pixels; each side needs {MIN_SIDE}.")
    if width * height > max_pixels:
        size, most = width * height / 1e6, max_pixels / 1e6
        raise PhotoLarge(
            f"The photo has {size:.1f} megapixels, at most {most:g} are taken; make it smaller."
        )


def _check_scan(walk: _Walk, payload: bytes) -> None:
    if walk.size == (0, 0) or len(payload) < 1 or len(payload) != 4 + 2 * payload[0]:
        raise PhotoDamaged("The JPEG's scan header is damaged; upload the original file again.")
    walk.scans += 1
    if walk.scans > MAX_SCANS:
        raise PhotoLong(f"The JPEG has over {MAX_SCANS} scans; save it again and upload that.")
