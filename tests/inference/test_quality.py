"""Numbers of real photos, as they are and made worse."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bench import worsen
from inference.image import decode
from inference.pyramid import Pyramid
from inference.quality import measure_quality
from inference.reasons import reasons
from inference.types import Pixels, Quality

SHELVES = Path(__file__).parents[1] / "data/shelves"
PHOTOS = sorted(path.name for path in SHELVES.glob("*.jpg"))
SOME = [PHOTOS[0], PHOTOS[len(PHOTOS) // 2], PHOTOS[-1]]  # of three countries
LEANING = {"no_IMG_20171129_120218.jpg"}  # by 6 degrees, and it looks it
NO_PRODUCT = np.zeros((0, 4), np.float32)


@cache
def photo(name: str) -> Pixels:
    """A real photo."""
    return decode((SHELVES / name).read_bytes())


def measure(pixels: Pixels, products: np.ndarray = NO_PRODUCT) -> Quality:
    """The numbers of a photo."""
    return measure_quality(Pyramid(pixels), products.astype(np.float32), capped=False)


def codes(pixels: Pixels) -> list[str]:
    """The reasons of a photo, its products unknown."""
    return [reason.code for reason in reasons(measure(pixels))]


@pytest.mark.parametrize("name", PHOTOS)
def test_a_sharp_photo_of_a_shelf_has_no_reason(name: str):
    """No false alarm on 26 real photos; one of them really leans."""
    assert (["TILTED"] if name in LEANING else []) == codes(decode((SHELVES / name).read_bytes()))


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize(
    ("code", "way", "strength"),
    [
        ("BLURRED", worsen.blur, 0.002),
        ("BLURRED", worsen.blur, 0.01),
        ("BLURRED", worsen.blur, 0.02),
        ("BLURRED", worsen.shake, 0.006),
        ("DARK", worsen.expose, -3),
        ("OVEREXPOSED", worsen.expose, 2),
        ("TILTED", worsen.rotate, 8),
        ("TILTED", worsen.rotate, -8),
        ("SCREEN", worsen.show_on_screen, 2.5),
    ],
)
def test_a_photo_made_worse_says_so(
    name: str, code: str, way: Callable[[Pixels, float], Pixels], strength: float
):
    """Each fault is seen on photos of three countries; screens are simulated."""
    assert code in codes(way(photo(name), strength))


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("quality", [50, 75, 95])
def test_a_blurred_photo_saved_again_is_blurred_only(name: str, quality: int):
    """Its JPEG's blocks are periodic, and no screen."""
    assert ["BLURRED"] == codes(worsen.save(worsen.blur(photo(name), 0.008), quality))


@pytest.mark.parametrize("name", SOME)
def test_sharpness_does_not_depend_on_resolution(name: str):
    """A photo blurred as a whole is as sharp with half the pixels."""
    blurred = worsen.blur(photo(name), 0.004)
    one, half = measure(blurred).sharpness, measure(worsen.shrink(blurred, 2)).sharpness

    assert one is not None
    assert one == pytest.approx(half, rel=0.2)


@pytest.mark.parametrize("name", SOME)
def test_more_blur_is_less_sharpness(name: str):
    """From blur that shows at full size only to blur that leaves no shape."""
    strengths = (0.0002, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)
    measured = [measure(worsen.blur(photo(name), s)).sharpness for s in strengths]

    assert sorted(measured, key=lambda s: -(s or 0)) == measured


@pytest.mark.parametrize("degrees", [-30, -12, -4, 4, 12, 30])
def test_tilt_is_measured_in_degrees(degrees: float):
    """Clockwise is above 0; right to a degree, with no product known."""
    as_it_is, turned = (
        measure(pixels).tilt_degrees
        for pixels in (photo(SOME[0]), worsen.rotate(photo(SOME[0]), degrees))
    )

    assert degrees == pytest.approx((turned or 0) - (as_it_is or 0), abs=1)


def test_the_scale_is_that_of_the_median_product():
    """Its short side, in pixels and as a share of the long side of the photo."""
    products = np.array([[0, 0, 10, 50], [0, 0, 300, 64], [5, 5, 900, 800]])
    measured = measure(np.zeros((480, 640, 3), np.uint8), products)

    assert (64, 0.1) == (measured.product_pixels, measured.product_share)


@pytest.mark.parametrize("value", [0, 128, 255])
@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000), (64, 48), (300, 200), (2500, 130)])
def test_a_photo_of_nothing_has_numbers(size: tuple[int, int], value: int):
    """Flat, tiny and thin photos are measured as far as there is something to measure."""
    measured = measure(np.full((*size, 3), value, np.uint8))

    assert (None, None, None) == (
        measured.sharpness,
        measured.tilt_degrees,
        measured.product_pixels,
    )
    assert value / 255 == pytest.approx(measured.brightness)
    assert [["DARK"], ["BLURRED"], ["OVEREXPOSED"]][(value + 1) // 128] == [
        reason.code for reason in reasons(measured)
    ]


def test_noise_is_neither_blur_nor_a_screen():
    """It has no direction and no period."""
    noise = np.random.default_rng(0).integers(0, 256, (1200, 1600, 3)).astype(np.uint8)
    measured = measure(noise)

    assert measured.tilt_degrees is None
    assert measured.screen_score < 3
