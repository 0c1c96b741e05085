"""Numbers of a photo become reasons."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inference.reasons import REASONS, reasons
from inference.types import Quality

ROOT = Path(__file__).parents[2]
GOOD = Quality(
    long_side=4000,
    edge_width=2.0,
    brightness=0.4,
    washed_out=0.01,
    tilt_degrees=0.5,
    product_pixels=200.0,
    screen_score=2.5,
    capped=False,
)


def codes(**changes: Any) -> list[str]:
    """Reasons of a good photo with these numbers changed."""
    return [reason.code for reason in reasons(replace(GOOD, **changes))]


def test_a_good_photo_has_no_reason():
    """Nothing to do."""
    assert [] == codes()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("BLURRED", {"edge_width": 11.0}),
        ("BLURRED", {"edge_width": 6.0, "product_pixels": 110.0, "long_side": 3000}),
        ("BLURRED", {"edge_width": None}),
        ("DARK", {"brightness": 0.2}),
        ("DARK", {"brightness": 0.02, "edge_width": None}),
        ("OVEREXPOSED", {"washed_out": 0.3}),
        ("OVEREXPOSED", {"washed_out": 0.9, "edge_width": None}),
        ("TILTED", {"tilt_degrees": 7.0}),
        ("TILTED", {"tilt_degrees": -7.0}),
        ("TOO_FAR", {"product_pixels": 100.0}),
        ("TOO_FAR", {"product_pixels": 40.0, "long_side": 1000}),
        ("TOO_NEAR", {"product_pixels": 900.0}),
        ("SCREEN", {"screen_score": 4.2}),
        ("CAPPED", {"capped": True}),
    ],
)
def test_one_bad_number_is_one_reason(code: str, changes: dict[str, Any]):
    """Each fault has its own, at either side where it has two."""
    assert [code] == codes(**changes)


def test_what_cannot_be_measured_is_no_reason():
    """A photo without products is neither far nor near, one without shelves is not tilted."""
    assert [] == codes(product_pixels=None, tilt_degrees=None)


def test_a_small_sharp_photo_is_not_blurred():
    """Few edges fit across 640 pixels, however sharp they are."""
    assert [] == codes(long_side=640, product_pixels=60.0)


def test_softness_at_full_size_counts_where_products_are_small():
    """Six pixels of blur leave a large product readable, not a small one."""
    assert [] == codes(edge_width=6.0, product_pixels=150.0)
    assert ["BLURRED"] == codes(edge_width=8.0, product_pixels=150.0)


def test_a_blurred_photo_is_of_no_screen():
    """The grid that stands out then is that of the JPEG's blocks."""
    assert ["BLURRED"] == codes(edge_width=20.0, screen_score=6.0)


def test_reasons_come_in_a_fixed_order():
    """Whatever is wrong, what the photographer should mend first comes first."""
    said = codes(edge_width=20.0, brightness=0.1, tilt_degrees=9.0, capped=True)

    assert ["BLURRED", "DARK", "TILTED", "CAPPED"] == said


@pytest.mark.parametrize("code", [reason.code for reason in REASONS])
def test_every_reason_is_documented(code: str):
    """docs/reports.md has a line for it."""
    assert f"\n| `{code}` |" in (ROOT / "docs/reports.md").read_text()


def test_every_reason_tells_what_to_do():
    """A code that never changes, and a sentence."""
    assert len(REASONS) == len({reason.code for reason in REASONS})
    assert all(reason.code == reason.code.upper() for reason in REASONS)
    assert all(reason.advice.endswith(".") and ": " in reason.advice for reason in REASONS)
