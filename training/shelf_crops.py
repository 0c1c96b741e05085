"""Crops of single products as a detector would cut them, drawn without a whole shelf.

Neighbours, a copy behind, the shelf edge, a price tag over the foot, a box that is a little off,
few pixels, bad light: what a packshot goes through before the embedder sees it.
"""

import cv2
import numpy as np

from training.packages import ROUND_KINDS, Package
from training.plane import Plane, scaled

WIDTH, HEIGHT = 96, 128  # pixels of the embedder's input; crops are stretched to it
CROP_HEIGHT = (34, 170)  # pixels of the product in the photo
MARGIN = 0.25  # of the larger side, drawn around the product
BOX_ERROR = 0.05  # sigma, share of the side
LEAN = 0.05  # sigma of the corners' perspective, share of the side
TURN = 6.0  # sigma of the rotation, degrees
HALF_SHOWN = 0.12  # share of crops of which a neighbour or the photo's border hides a part
ROLLED, ROLL = 0.4, 0.12  # share of round packages that show another side; sigma, of the width
BENT, BEND = 0.4, 0.035  # share of crops that are soft or crumpled; of the side


def packshot(package: Package) -> np.ndarray:
    """The bare front on white: (128, 96, 3) uint8 RGB."""
    return stretched(_on(package.picture, np.full(3, 255.0)))


def shelf_crop(rng: np.random.Generator, package: Package, others: list[Package]) -> np.ndarray:
    """Draw one product among neighbours and cut it out: (128, 96, 3) uint8 RGB."""
    height = float(np.exp(rng.uniform(*np.log(CROP_HEIGHT))))
    rows, columns = package.picture.shape[:2]
    if columns > rows:
        height *= rows / columns * 1.3
    picture = _rolled(rng, package)
    sprite = scaled(picture, max(10, height * columns / rows), max(10, height))
    plane, margin = _surroundings(rng, sprite, others)
    _foreground(rng, plane, sprite, margin)
    return seen(rng, plane.pixels, sprite.shape[1::-1], margin)


def seen(
    rng: np.random.Generator, pixels: np.ndarray, size: tuple[int, int], margin: int
) -> np.ndarray:
    """Cut a product out of its surroundings and let a camera look at it: (128, 96, 3) uint8 RGB.

    Args:
        rng: decides what happens.
        pixels: (h, w, 3) uint8 RGB, the product in the middle.
        size: width and height of the product, pixels.
        margin: pixels on each side of it.
    """
    crop = _cut_out(rng, pixels, size, margin)
    if rng.random() < BENT:
        crop = _bent(rng, crop)
    return stretched(_photographed(rng, crop))


def stretched(crop: np.ndarray) -> np.ndarray:
    """Resize any crop to the embedder's input, as the product does: (128, 96, 3) uint8."""
    shrinks = crop.shape[0] > HEIGHT or crop.shape[1] > WIDTH
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return cv2.resize(crop, (WIDTH, HEIGHT), interpolation=how)


def _surroundings(
    rng: np.random.Generator, sprite: np.ndarray, others: list[Package]
) -> tuple[Plane, int]:
    """Background, a copy behind, neighbours and the product itself; and the margin in pixels."""
    height, width = sprite.shape[:2]
    margin = max(3, int(MARGIN * max(height, width)))
    size = height + 2 * margin, width + 2 * margin
    plane = Plane(np.zeros((*size, 3), np.uint8), np.zeros(size, np.int16))
    plane.pixels[:] = rng.uniform(0, 255, 3) if rng.random() < 0.5 else rng.uniform(20, 220)
    if rng.random() < 0.7:
        plane.paste(sprite, margin, margin - height * rng.uniform(0.03, 0.15), light=0.55)
    for side in (-1, 1):
        if rng.random() < 0.75:
            beside = _neighbour(rng, sprite, others)
            gap = width * rng.uniform(-0.02, 0.08)
            x = margin + width + gap if side > 0 else margin - beside.shape[1] - gap
            plane.paste(beside, x, margin + height - beside.shape[0])
    if rng.random() < 0.3:
        plane.paste(sprite, margin, margin - height * rng.uniform(0.95, 1.02))  # stacked on top
    plane.paste(sprite, margin, margin)
    return plane, margin


def _neighbour(rng: np.random.Generator, sprite: np.ndarray, others: list[Package]) -> np.ndarray:
    """Mostly the same product again, else any other at the same height."""
    if rng.random() >= 0.4:
        return sprite
    other = others[int(rng.integers(len(others)))].picture
    height = sprite.shape[0]
    return scaled(other, height * other.shape[1] / other.shape[0], height)


def _foreground(rng: np.random.Generator, plane: Plane, sprite: np.ndarray, margin: int) -> None:
    """The shelf edge below, a price tag over the foot, or the lip of a tray."""
    height, width = sprite.shape[:2]
    bottom, right = margin + height, margin + width
    if rng.random() < 0.6:
        y = bottom + int(height * rng.uniform(-0.03, 0.04))
        plane.fill(0, y, 2 * margin + width, bottom + margin, rng.uniform(0, 255) * np.ones(3))
    if rng.random() < 0.15:
        x, high = rng.uniform(margin, right), height * rng.uniform(0.08, 0.2)
        y = bottom - high * rng.uniform(0.2, 1)
        plane.fill(x - width * 0.3, y, x + width * 0.2, y + high, rng.uniform(180, 255, 3))
    elif rng.random() < 0.15:
        y = bottom - height * rng.uniform(0.08, 0.25)
        plane.fill(0, y, 2 * margin + width, bottom + margin, rng.uniform(40, 255, 3))


def _cut_out(
    rng: np.random.Generator, pixels: np.ndarray, size: tuple[int, int], margin: int
) -> np.ndarray:
    """Cut the product out along a box that is a little off, seen a little askew."""
    width, height = size
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    left, top, right, bottom = rng.normal(0, BOX_ERROR, 4) * [width, height, width, height]
    if rng.random() < HALF_SHOWN:
        left, right = left + _hidden(rng) * width, right - _hidden(rng) * width
        top, bottom = top + _hidden(rng) * height, bottom - _hidden(rng) * height
    corners += [[left, top], [right, top], [right, bottom], [left, bottom]]
    corners += rng.normal(0, LEAN, (4, 2)) * [width, height]
    corners = _turned(corners, float(np.radians(rng.normal(0, TURN)))) + margin
    target = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), target)
    return cv2.warpPerspective(pixels, matrix, size, borderMode=cv2.BORDER_REPLICATE)


def _hidden(rng: np.random.Generator) -> float:
    """Share of one side that is hidden: none at three of four sides."""
    return rng.uniform(0, 0.4) if rng.random() < 0.25 else 0.0


def _turned(corners: np.ndarray, angle: float) -> np.ndarray:
    """Rotate corners about their middle by radians."""
    middle = corners.mean(0)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (corners - middle) @ turn.T + middle


def _rolled(rng: np.random.Generator, package: Package) -> np.ndarray:
    """Turn a round package a little about its axis: its print moves, its outline stays."""
    picture = package.picture
    if package.kind.name not in ROUND_KINDS or rng.random() > ROLLED:
        return picture
    shift = int(rng.normal(0, ROLL) * picture.shape[1])
    return np.dstack([np.roll(picture[..., :3], shift, axis=1), picture[..., 3]])


def _bent(rng: np.random.Generator, crop: np.ndarray) -> np.ndarray:
    """Warp a crop smoothly, as bags bulge and lean."""
    height, width = crop.shape[:2]
    grid = rng.normal(0, BEND, (4, 3, 2)).astype(np.float32)
    field = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    map_x, map_y = x + field[..., 0] * width, y + field[..., 1] * height
    return cv2.remap(crop, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _photographed(rng: np.random.Generator, crop: np.ndarray) -> np.ndarray:
    """Light, cast, gamma, saturation, glare, blur, noise and JPEG."""
    height, width = crop.shape[:2]
    slope = 1 + np.linspace(-1, 1, height)[:, None, None] * rng.uniform(-0.3, 0.3)
    cast = np.array([rng.uniform(0.82, 1.18), 1, rng.uniform(0.78, 1.2)])
    light = crop * (slope * cast / 255)
    light = light ** rng.uniform(0.65, 1.35) * (255 * rng.uniform(0.55, 1.4))
    grey = light.mean(2, keepdims=True)
    light = (grey + (light - grey) * rng.uniform(0.5, 1.2)).astype(np.float32)
    if rng.random() < 0.25:
        light += _reflection(rng, height, width)
    if rng.random() < 0.55:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.3, 1.3))
    light += rng.normal(0, rng.uniform(0, 8), light.shape)
    pixels = light.clip(0, 255).astype(np.uint8)
    if rng.random() > 0.7:
        return pixels
    _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(40, 95))])
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def _reflection(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """A soft white spot or streak: (h, w, 1) float32."""
    spot = np.zeros((height, width), np.float32)
    centre = int(rng.uniform(0, width)), int(rng.uniform(0, height))
    axes = 1 + int(width * rng.uniform(0.1, 0.4)), 1 + int(height * rng.uniform(0.05, 0.25))
    cv2.ellipse(spot, centre, axes, rng.uniform(0, 180), 0, 360, 1.0, -1)
    spot = cv2.GaussianBlur(spot, (0, 0), max(1, height * 0.05))
    return 255 * np.float32(rng.uniform(0.2, 0.8)) * spot[..., None]


def _on(picture: np.ndarray, ground: np.ndarray) -> np.ndarray:
    alpha = picture[..., 3:].astype(np.float32) / 255
    return (picture[..., :3] * alpha + ground * (1 - alpha)).astype(np.uint8)
