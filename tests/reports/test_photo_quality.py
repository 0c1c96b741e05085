"""PHOTO_QUALITY says which photos may show less than is there."""

import msgspec
import pytest

from flows.reports.photo_quality import REPORT, photo_quality
from tests.reports.frames import frame


@pytest.mark.parametrize(
    ("status", "reasons", "good"),
    [("READY", "-", True), ("READY", "DARK,TILTED", False), ("ERROR", "-", False)],
)
def test_a_good_photo_was_read_and_has_no_reason(status: str, reasons: str, good: bool):
    """Anything that may be wrong makes it worth another look."""
    photos = frame("photos", f"image_id position status reasons\n7 0 {status} {reasons}")

    row = photo_quality(photos).row(0, named=True)

    assert (good, [] if reasons == "-" else reasons.split(",")) == (row["good"], row["reasons"])


def test_photos_keep_the_order_they_were_sent_in():
    """Whatever the order of the facts."""
    photos = frame("photos", "image_id position\n5 1\n9 0")

    assert [9, 5] == photo_quality(photos)["image"].to_list()


def test_what_has_no_measure_is_null():
    """A photo without products has no size of products."""
    photos = frame("photos", "image_id position product_pixels sharpness\n5 0 - 1490.26")

    answer = msgspec.json.decode(REPORT.render({"photos": photos}))

    assert (None, 1490.26) == (answer[0]["product_pixels"], answer[0]["sharpness"])


def test_a_scene_without_photos():
    """Nothing to say."""
    assert b"[]" == REPORT.render({"photos": frame("photos")})
