"""From the flat plane to a photo: perspective, light, lens, sensor and JPEG."""

import math

import cv2
import numpy as np

DIM = 0.08  # share of photos


def perspective(
    rng: np.random.Generator, plane_size: tuple[int, int], photo_size: tuple[int, int]
) -> np.ndarray:
    """Choose where the camera stands: (3, 3) homography from plane to photo pixels.

    Sizes are width and height; the plane must be about 1.3 times as large as the photo.
    """
    width, height = photo_size
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    corners = corners * rng.uniform(0.95, 1.12)
    yaw, pitch, roll = rng.normal(0, 0.11), rng.normal(0, 0.07), rng.normal(0, 0.035)
    depth = 1 + 1.3 * (corners[:, 0] / width * yaw + corners[:, 1] / height * pitch)
    turn = np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
    middle = np.array(plane_size) / 2 + rng.uniform(-0.08, 0.08, 2) * [width, height]
    source = corners / depth[:, None] @ turn.T + middle
    target = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    return cv2.getPerspectiveTransform(source.astype(np.float32), target)


def expose(rng: np.random.Generator, view: np.ndarray) -> np.ndarray:
    """Make a drawn view look photographed.

    Args:
        view: (h, w, 3) uint8 RGB.

    Returns:
        (h, w, 3) uint8 RGB, as decoded from a JPEG.
    """
    light = _light(rng, view.astype(np.float32))
    light = _glare(rng, light)
    light = _focus(rng, light)
    noise = np.empty(light.shape, np.float32)
    cv2.setRNGSeed(int(rng.integers(1 << 30)))
    cv2.randn(noise, 0, float(rng.uniform(0, 8)))
    return _jpeg(np.clip(light + noise, 0, 255).astype(np.uint8), int(rng.uniform(45, 95)))


def _light(rng: np.random.Generator, view: np.ndarray) -> np.ndarray:
    """Uneven light, colour cast, gamma, brightness and saturation."""
    height, width = view.shape[:2]
    y, x = np.mgrid[-0.5:0.5:32j, -0.5:0.5:32j].astype(np.float32)
    field = 1 + rng.uniform(-0.35, 0.35) * x + rng.uniform(-0.35, 0.45) * -y
    field = field - rng.uniform(0, 0.5) * (x**2 + y**2)
    dim, veil = 1.0, 0.0
    if rng.random() < DIM:  # a dark aisle: light in the middle only, low contrast
        field = field - rng.uniform(0.3, 1.0) * (x**2 + y**2)
        dim, veil = rng.uniform(0.5, 0.85), rng.uniform(0, 25)
    cast = np.array([rng.uniform(0.85, 1.12), 1, rng.uniform(0.82, 1.15)], np.float32)
    field = np.maximum(field, 0.2) * dim
    view = view * cv2.resize(field, (width, height))[..., None] * cast + veil
    view = cv2.pow(view / 255, rng.uniform(0.7, 1.35)) * (255 * rng.uniform(0.9, 1.25))
    grey = view.mean(2, keepdims=True)
    return grey + (view - grey) * np.float32(rng.uniform(0.65, 1.3))


def _glare(rng: np.random.Generator, view: np.ndarray) -> np.ndarray:
    """Add soft white reflections, in place."""
    height, width = view.shape[0] // 4, view.shape[1] // 4
    for _ in range(int(rng.poisson(0.6))):
        spot = np.zeros((height, width), np.float32)
        centre = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        axes = int(rng.uniform(0.02, 0.18) * width) + 1, int(rng.uniform(0.01, 0.1) * height) + 1
        cv2.ellipse(spot, centre, axes, rng.uniform(-40, 40), 0, 360, 1.0, -1)
        spot = cv2.GaussianBlur(spot, (0, 0), rng.uniform(3, 20))
        view += 255 * rng.uniform(0.2, 0.9) * cv2.resize(spot, view.shape[1::-1])[..., None]
    return view


def _focus(rng: np.random.Generator, view: np.ndarray) -> np.ndarray:
    """Defocus, shake, over-sharpen, or leave alone."""
    kind = rng.random()
    if kind < 0.35:
        return cv2.GaussianBlur(view, (0, 0), rng.uniform(0.4, 1.4))
    if kind < 0.5:
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        cv2.line(
            kernel, (0, int(rng.integers(length))), (length - 1, int(rng.integers(length))), 1.0, 1
        )
        return cv2.filter2D(view, -1, kernel / kernel.sum())
    if kind < 0.65:
        return view + rng.uniform(0.3, 1) * (view - cv2.GaussianBlur(view, (0, 0), 1.2))
    return view


def _jpeg(photo: np.ndarray, quality: int) -> np.ndarray:
    """Encode and decode again."""
    _, data = cv2.imencode(".jpg", photo[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[:, :, ::-1])
