"""Real photos made worse, each in one way and to a known strength: what the quality gate must see.

All functions take and give upright RGB pixels, (height, width, 3) uint8.
"""

import cv2
import numpy as np

from inference.types import Floats, Pixels

GAMMA = 2.2  # of screens and JPEGs, near enough
_CELL = 3  # a pixel of a screen: three columns of one colour each, two rows lit and one black
_LIGHT = _CELL * _CELL / 2  # a colour lights two of the nine parts of its pixel


def blur(photo: Pixels, share: float) -> Pixels:
    """Put it out of focus: a Gaussian whose sigma is a share of the long side."""
    return _as_pixels(cv2.GaussianBlur(photo, (0, 0), share * max(photo.shape)))


def shake(photo: Pixels, share: float) -> Pixels:
    """Move the phone sideways by a share of the long side while it takes the photo."""
    return _as_pixels(cv2.blur(photo, (max(round(share * max(photo.shape)), 1), 1)))


def expose(photo: Pixels, stops: float) -> Pixels:
    """Give so many stops more light; below 0 = less, and the noise that comes with it."""
    light = np.clip((np.arange(256) / 255) ** GAMMA * 2.0**stops, 0, 1)
    changed = cv2.LUT(photo, (255 * light ** (1 / GAMMA)).astype(np.uint8))
    return _noisy(changed, 4) if stops < 0 else _as_pixels(changed)


def rotate(photo: Pixels, degrees: float) -> Pixels:
    """Turn it clockwise; the corners are filled with its mirror image."""
    height, width = photo.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    options = {"flags": cv2.INTER_AREA, "borderMode": cv2.BORDER_REFLECT}
    return _as_pixels(cv2.warpAffine(photo, turn, (width, height), **options))


def save(photo: Pixels, quality: float) -> Pixels:
    """Save it again as a JPEG of this quality, 1-100."""
    options = [cv2.IMWRITE_JPEG_QUALITY, int(quality)]
    written = cv2.imencode(".jpg", cv2.cvtColor(photo, cv2.COLOR_RGB2BGR), options)[1]
    return _as_pixels(cv2.cvtColor(cv2.imdecode(written, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB))


def shrink(photo: Pixels, factor: float) -> Pixels:
    """Send it with fewer pixels."""
    scale = 1 / factor
    return _as_pixels(cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))


def step_back(photo: Pixels, factor: float) -> Pixels:
    """Show it so many times smaller, in the same pixels, in a shelf that goes on all around."""
    small = shrink(photo, factor)
    high, wide = photo.shape[0] - small.shape[0], photo.shape[1] - small.shape[1]
    top, left = high // 2, wide // 2
    return _as_pixels(
        cv2.copyMakeBorder(small, top, high - top, left, wide - left, cv2.BORDER_REFLECT)
    )


def step_near(photo: Pixels, factor: float) -> Pixels:
    """Show the middle of it only."""
    height, width = (round(side / factor) for side in photo.shape[:2])
    top, left = (photo.shape[0] - height) // 2, (photo.shape[1] - width) // 2
    return np.ascontiguousarray(photo[top : top + height, left : left + width])


def show_on_screen(photo: Pixels, pitch: float, *, turned: float = 10.0) -> Pixels:
    """Show its middle on a screen and photograph that, the screen filling the photo.

    The screen has stripes of red, green and blue and black between its rows; the camera stands
    askew, blurs a little, sees each pixel through one colour filter, adds noise and writes a JPEG.

    Args:
        pitch: pixels of the camera from one pixel of the screen to the next.
        turned: degrees by which the screen is turned away.
    """
    height, width = (side // 2 for side in photo.shape[:2])
    columns, rows = (round(1.15 * side / pitch) for side in (width, height))
    shown = cv2.resize(step_near(photo, 2), (columns, rows), interpolation=cv2.INTER_AREA)
    seen = _seen_askew(_lit(shown), width, height, pitch / _CELL, turned)
    return _through_camera(seen)


def _lit(shown: Pixels) -> Floats:
    """(3 height, 3 width, 3): the light of every part of a screen's pixels."""
    light = (np.arange(256, dtype=np.float32) / 255) ** GAMMA
    cell = np.zeros((_CELL, _CELL, 3), np.float32)
    for colour in range(3):
        cell[: _CELL - 1, colour, colour] = _LIGHT
    parts = light[shown].repeat(_CELL, axis=0).repeat(_CELL, axis=1)
    return parts * np.tile(cell, (*shown.shape[:2], 1))


def _seen_askew(light: Floats, width: int, height: int, scale: float, turned: float) -> Floats:
    """The light in each of the camera's pixels; drawn at twice the size and averaged."""
    sides = np.array([light.shape[1], light.shape[0]], np.float32)
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32) * sides
    angle, out = np.radians(turned), (corners - sides / 2) * scale * 2
    nearer = 1 + out[:, :1] * np.sin(angle) / (2 * width)
    out = out * np.array([np.cos(angle), 1]) / nearer + (width, height)
    view = cv2.getPerspectiveTransform(corners, out.astype(np.float32))
    large = cv2.warpPerspective(light, view, (2 * width, 2 * height), flags=cv2.INTER_LINEAR)
    lens = cv2.GaussianBlur(large, (0, 0), 1.2)  # 0.6 pixels of the camera
    return np.asarray(cv2.resize(lens, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _through_camera(light: Floats) -> Pixels:
    """Noise, one colour filter per pixel (Bayer), and a JPEG of usual quality."""
    seen = _noisy((255 * np.clip(light, 0, 1) ** (1 / GAMMA)).astype(np.uint8), 2)
    sensor = seen[:, :, 1].copy()
    sensor[0::2, 0::2], sensor[1::2, 1::2] = seen[0::2, 0::2, 0], seen[1::2, 1::2, 2]
    colours = cv2.cvtColor(sensor, cv2.COLOR_BayerRGGB2RGB_EA)
    return save(_as_pixels(colours), 90)


def _noisy(photo: Pixels, levels: float) -> Pixels:
    noise = np.random.default_rng(0).normal(0, levels, photo.shape).astype(np.float32)
    return np.clip(photo + noise, 0, 255).astype(np.uint8)


def _as_pixels(photo: np.ndarray | cv2.typing.MatLike) -> Pixels:
    return np.asarray(photo, np.uint8)
