"""Photos that hurt: mutants of sound ones, bombs, files of other kinds, and private ones."""

import io
import random
import struct
from collections.abc import Iterator

from PIL import ExifTags, Image

from bench.photos import CANS, SHELVES

SEED = 1
_SIDE = 360  # pixels of the long side of what mutants are made from; small ones are many
_FRAME = (b"\xff\xc0", b"\xff\xc1", b"\xff\xc2")
OTHER_KINDS = ("PNG", "GIF", "WEBP", "TIFF", "BMP", "EPS", "PDF", "MPO")
_TAILS = (
    b"<html><script>alert('TAIL')</script></html>",
    b"PK\x03\x04TAIL" + b"\0" * 26,
    b"<?php TAIL __HALT_COMPILER(); ?>",
    b"%PDF-1.7 TAIL",
    b"GIF89aTAIL",
)


def _picture() -> Image.Image:
    with Image.open(SHELVES / CANS[0]) as photo:
        photo.thumbnail((_SIDE, _SIDE))
        return photo.convert("RGB")


def jpeg(picture: Image.Image, **save: object) -> bytes:
    """Encode a picture as a JPEG."""
    file = io.BytesIO()
    picture.save(file, "JPEG", **save)
    return file.getvalue()


def sound_kinds() -> list[bytes]:
    """Sound JPEGs of every kind there is: baseline, progressive, gray, CMYK, with restarts."""
    picture = _picture()
    return [
        jpeg(picture, quality=85),
        jpeg(picture, quality=75, progressive=True),
        jpeg(picture.convert("L"), quality=80),
        jpeg(picture.convert("L"), quality=80, progressive=True),
        jpeg(picture.convert("CMYK"), quality=80),
        jpeg(picture, quality=80, restart_marker_rows=2),
        jpeg(picture, quality=90, subsampling=0, exif=private_exif("MUTANT")),
    ]


def mutants(amount: int, seed: int = SEED) -> Iterator[bytes]:
    """Make mutants: bytes flipped, set, cut out, repeated, cut off, spliced; also in headers."""
    choose, sound = random.Random(seed), sound_kinds()  # noqa: S311  the same every time
    for number in range(amount):
        yield _mutant(choose, sound[number % len(sound)], choose.choice(sound))


def _mutant(r: random.Random, data: bytes, other: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(r.choice((1, 1, 2, 4, 16))):
        in_header = r.random() < 0.5  # noqa: PLR2004
        at = r.randrange(min(700, len(out)) if in_header else len(out))
        turn = r.randrange(7)
        if turn == 0:
            out[at] ^= 1 << r.randrange(8)
        elif turn == 1:
            out[at] = r.choice((0, 0xFF, r.randrange(256)))
        elif turn == 2:  # noqa: PLR2004
            out[at : at + 2] = struct.pack(">H", r.choice((0, 1, 2, 0xFFFF, r.randrange(65536))))
        elif turn == 3:  # noqa: PLR2004
            del out[at : at + r.randint(1, 200)]
        elif turn == 4:  # noqa: PLR2004
            out[at:at] = out[at : at + r.randint(1, 200)]
        elif turn == 5:  # noqa: PLR2004
            out[at:] = other[at:]
        else:
            out[at : at + 2] = bytes((0xFF, r.randrange(0xC0, 0x100)))
        if len(out) < 100:  # noqa: PLR2004
            break
    return bytes(out)


def with_frame(data: bytes, *, code: int = 0, **fields: int) -> bytes:
    """Change the frame header: its marker, `bits`, `height`, `width`."""
    at = min(found for mark in _FRAME if (found := data.find(mark)) >= 0)
    out = bytearray(data)
    out[at + 1] = code or out[at + 1]
    out[at + 4] = fields.get("bits", out[at + 4])
    for place, name in ((5, "height"), (7, "width")):
        if name in fields:
            out[at + place : at + place + 2] = struct.pack(">H", fields[name])
    return bytes(out)


def bombs() -> dict[str, bytes]:
    """Small files that cost a decoder gigabytes or minutes, and codings we do not take."""
    plain, progressive = sound_kinds()[:2]
    frame = plain[plain.index(b"\xff\xc0") :]
    frame = frame[: 2 + int.from_bytes(frame[2:4], "big")]
    scan = progressive[progressive.rindex(b"\xff\xda") : -2]
    return {
        "20000 x 20000": with_frame(plain, width=20000, height=20000),
        "65500 x 65500": with_frame(progressive, width=65500, height=65500),
        "65500 x 1": with_frame(plain, width=65500, height=1),
        "0 x 0": with_frame(plain, width=0, height=0),
        "406 scans": progressive[:-2] + scan * 400 + progressive[-2:],
        "12 bit": with_frame(plain, bits=12),
        "arithmetic": with_frame(plain, code=0xC9),
        "lossless": with_frame(plain, code=0xC3),
        "hierarchical": with_frame(plain, code=0xC5),
        "two frames": plain.replace(frame, frame + frame, 1),
        "two photos": plain[:-2] + plain,
        "5,000 segments": plain[:2] + b"\xff\xfe\0\2" * 5000 + plain[2:],
    }


def heaviest() -> bytes:
    """Make the photo that costs a decoder most and passes: 50 MP in 64 scans."""
    gray = jpeg(Image.new("L", (8160, 6120), 90), quality=30, progressive=True)
    scan = gray[gray.rindex(b"\xff\xda") : -2]
    return gray[:-2] + scan * (64 - gray.count(b"\xff\xda")) + gray[-2:]


def other_files() -> dict[str, bytes]:
    """Files of other kinds, as somebody names them .jpg."""
    picture, files = _picture(), dict[str, bytes]()
    for kind in OTHER_KINDS:
        file, more = io.BytesIO(), {}
        if kind == "MPO":
            more = {"save_all": True, "append_images": [picture]}
        picture.save(file, kind, **more)
        files[kind] = file.getvalue()
    files["SVG"] = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
    files["HTML"] = b"<!doctype html><script>1</script>"
    files["ZIP"] = b"PK\x03\x04" + bytes(100)
    files["HEIC"] = b"\0\0\0\x18ftypheic" + bytes(100)
    return files


def polyglots() -> list[bytes]:
    """Fifty photos that are something else, too: behind their end, or in a comment."""
    made: list[bytes] = []
    for number in range(50):
        photo = jpeg(_picture().rotate(number), quality=60)
        tail = _TAILS[number % len(_TAILS)]
        comment = b"\xff\xfe" + struct.pack(">H", len(tail) + 2) + tail
        made.append(photo + tail if number % 2 else photo[:2] + comment + photo[2:] + tail)
    return made


def private_exif(secret: str, turn: int = 1) -> Image.Exif:
    """Exif as phones write it, with a secret in every text and a place of its own."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    exif[ExifTags.Base.Make] = exif[ExifTags.Base.Artist] = f"{secret}-MAKE"
    exif[ExifTags.Base.ImageDescription] = f"{secret}-WHERE"
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.BodySerialNumber] = f"{secret}-SERIAL"
    inner[ExifTags.Base.MakerNote] = f"{secret}-NOTE".encode()
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    place[ExifTags.GPS.GPSAreaInformation] = f"{secret}-GPS".encode()
    return exif


def private_photos(amount: int, secret: str) -> Iterator[bytes]:
    """Make photos that say where they were taken: in Exif, XMP, IPTC and comments, anywhere."""
    picture = _picture()
    for number in range(amount):
        hidden = f"{secret}-{number}"
        turned = picture.rotate(number)  # each is another photo
        photo = jpeg(turned, quality=50, exif=private_exif(hidden, 1 + number % 8))
        xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>exif:GPSLatitude=" + hidden.encode()
        more = b"".join(
            b"\xff" + bytes([code]) + struct.pack(">H", len(payload) + 2) + payload
            for code, payload in (
                (0xE1, xmp),
                (0xED, b"Photoshop 3.0\x008BIM" + hidden.encode()),
                (0xFE, hidden.encode()),
                (0xE5, hidden.encode()),
            )
        )
        at = 2 if number % 2 else photo.index(b"\xff\xda")
        yield photo[:at] + more + photo[at:]


def turns() -> Iterator[bytes]:
    """The same picture stored in each of the eight turns, with the turn in its Exif."""
    undone = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    picture = _picture().crop((0, 0, 352, 192))  # whole blocks: each turn is encoded alike
    for turn in range(1, 9):
        stored = picture.transpose(undone[turn]) if turn in undone else picture
        exif = Image.Exif()
        exif[ExifTags.Base.Orientation] = turn
        yield jpeg(stored, quality=95, subsampling=0, exif=exif)
