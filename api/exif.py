"""The one thing kept of a photo's Exif: which way is up.

Source: CIPA DC-008 (Exif 3.0), section 4.5 (TIFF header, IFD0) and tag 0x0112, Orientation;
CIPA DC-007 (Multi-Picture Format), tag 0xB001, NumberOfImages.
"""

import struct

EXIF = b"Exif\0\0"
MPF = b"MPF\0"

_ORIENTATION, _NUMBER_OF_IMAGES = 0x0112, 0xB001
_FORMATS = {3: "H", 4: "I"}  # SHORT, LONG
_UPRIGHT, _LAST = 1, 8


def read_orientation(payload: bytes) -> int:
    """Read the orientation from the payload of an Exif APP1 segment.

    Returns:
        1 to 8 as in Exif; 1 (upright) when the tag is missing or its value makes no sense.
    """
    value = _read_tag(payload[len(EXIF) :], _ORIENTATION)
    return value if value is not None and _UPRIGHT <= value <= _LAST else _UPRIGHT


def read_picture_count(payload: bytes) -> int:
    """Read how many pictures the file holds from the payload of an MPF APP2 segment."""
    return _read_tag(payload[len(MPF) :], _NUMBER_OF_IMAGES) or 1


def swaps_sides(orientation: int) -> bool:
    """Say whether width and height change places when the photo is turned upright."""
    return orientation >= 5  # noqa: PLR2004 - Exif: 5 to 8 lie on their side


def orientation_segment(orientation: int) -> bytes:
    """Make a whole APP1 segment that holds this orientation and nothing else."""
    ifd = struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    payload = EXIF + b"MM\0*" + struct.pack(">I", 8) + ifd
    return b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload


def _read_tag(tiff: bytes, tag: int) -> int | None:
    """Read one number from IFD0, or None when it is not there or the TIFF is broken."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return None
    try:
        return _find(tiff, tag, order)
    except struct.error:  # an offset points past the end
        return None


def _find(tiff: bytes, tag: int, order: str) -> int | None:
    (ifd,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, ifd)
    for entry in range(ifd + 2, ifd + 2 + count * 12, 12):
        found, kind = struct.unpack_from(order + "HH", tiff, entry)
        if found == tag and kind in _FORMATS:
            return struct.unpack_from(order + _FORMATS[kind], tiff, entry + 8)[0]
    return None
