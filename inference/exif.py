"""The EXIF orientation of a JPEG: how the camera was held.

Source: CIPA DC-008 (Exif 2.32), 4.5.4 and 4.6.2; TIFF 6.0, section 2.
"""

import struct
from collections.abc import Iterator

UPRIGHT = 1
_ORIENTATION_TAG = 0x0112
_SHORT = 3
_ENTRY_BYTES = 12
_NO_PAYLOAD = {0x01, *range(0xD0, 0xD9)}  # markers that stand alone
_APP1, _START_OF_SCAN, _END = 0xE1, 0xDA, 0xD9


def orientation(jpeg: bytes) -> int:
    """Read the orientation, 1 to 8.

    Returns:
        1 (upright) when the photo says nothing, or nothing sensible.
    """
    for payload in _app1_segments(jpeg):
        if payload.startswith(b"Exif\0\0"):
            return _from_tiff(payload[6:])
    return UPRIGHT


def _app1_segments(jpeg: bytes) -> Iterator[bytes]:
    """Walk the markers before the first scan."""
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:  # noqa: PLR2004 every marker starts so
        marker = jpeg[at + 1]
        if marker in (_START_OF_SCAN, _END):
            return
        if marker in _NO_PAYLOAD or marker == 0xFF:  # noqa: PLR2004 a fill byte
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004 the same
            continue
        length = int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if marker == _APP1:
            yield jpeg[at + 4 : at + 2 + length]
        at += 2 + length


def _from_tiff(tiff: bytes) -> int:
    """Look the tag up in the first directory."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for entry in range(count):
            at = start + 2 + entry * _ENTRY_BYTES
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, at)
            if tag == _ORIENTATION_TAG:
                return value if kind == _SHORT and value in range(1, 9) else UPRIGHT
    except struct.error:  # the directory ends early
        pass
    return UPRIGHT
