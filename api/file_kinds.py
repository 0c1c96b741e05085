"""What a file is when it is no JPEG, by its first bytes, so a refusal can name it."""

_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG"),
    (b"GIF8", "a GIF"),
    (b"II*\0", "a TIFF"),
    (b"MM\0*", "a TIFF"),
    (b"BM", "a BMP"),
    (b"%PDF", "a PDF"),
    (b"%!PS", "an EPS"),
    (b"\xc5\xd0\xd3\xc6", "an EPS"),
    (b"8BPS", "a Photoshop file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000"),
    (b"\xffO\xffQ", "a JPEG 2000"),
)
_BRANDS: tuple[tuple[bytes, str], ...] = (
    (b"avif", "an AVIF"),
    (b"hei", "a HEIC"),
    (b"mif1", "a HEIC"),
    (b"", "a video"),
)
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (b"<svg", "an SVG"),
    (b"<!doctype html", "an HTML page"),
    (b"<html", "an HTML page"),
    (b"<?xml", "an XML file"),
)


def name_kind(data: bytes) -> str:
    """Name the kind of a file that is no JPEG: `a PNG`, `a PDF`, `no JPEG`."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP"
    if data[4:8] == b"ftyp":
        return _starts(data[8:12], _BRANDS)
    if (kind := _starts(data, _PREFIXES)) != "no JPEG":
        return kind
    return _starts(data[:256].lstrip().lower(), _TEXTS)


def _starts(data: bytes, table: tuple[tuple[bytes, str], ...]) -> str:
    return next((kind for prefix, kind in table if data.startswith(prefix)), "no JPEG")
