"""The door to the barcode reader: the article number printed on a price tag, when it is legible."""

import zxingcpp

from inference.types import Pixels

_ARTICLES = "EAN-13, EAN-8, UPC-A, UPC-E"


def read_barcode(tag: Pixels) -> str | None:
    """Read the digits of an EAN or UPC; None when there is none, or it is too small or blurred.

    Bars need about two pixels each, so that tags below 250 pixels of width rarely have one.
    """
    articles = zxingcpp.barcode_formats_from_str(_ARTICLES)  # kept, it is called a leak at exit
    found = zxingcpp.read_barcodes(tag, formats=articles)
    numbers = sorted(code.text for code in found if code.valid)
    return numbers[0] if numbers else None
