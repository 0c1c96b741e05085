"""The door to the barcode reader: the article number printed on a price tag, when it is legible."""

import zxingcpp

from inference.types import Pixels

_ARTICLES = zxingcpp.BarcodeFormats(
    (
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
        zxingcpp.BarcodeFormat.UPCE,
    )
)


def read_barcode(tag: Pixels) -> str | None:
    """Read the digits of an EAN or UPC; None when there is none, or it is too small or blurred.

    Bars need about two pixels each, so that tags below 250 pixels of width rarely have one.
    """
    found = zxingcpp.read_barcodes(tag, formats=_ARTICLES)
    numbers = sorted(code.text for code in found if code.valid)
    return numbers[0] if numbers else None
