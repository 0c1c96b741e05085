"""What else a photo of a shelf shows: posts, floor, ceiling, boxes on top, people, cooler glass."""

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.banners import hang_banners
from training.colours import from_hsv, random_colour, readable_on
from training.furniture import side_colour
from training.glyphs import write_signs
from training.lettering import Pen, brand_name, write_to_fit
from training.plane import BACK_ROW, Item, Plane, opaque
from training.shelf_fronts import CARDBOARD
from training.signs import sign
from training.stores import Store
from training.textures import cloud, picture


def surround(rng: np.random.Generator, plane: Plane, store: Store, scale: float) -> None:
    """Draw what stands around and before the shelves; `scale` is pixels per centimetre."""
    if store.posts:
        _posts(rng, plane, scale)
    if rng.random() < 0.3:
        _floor(rng, plane)
    if rng.random() < 0.18:
        _beside(rng, plane, store)
    if store.cooler:
        _cooler(rng, plane, scale)
    for _ in range(int(rng.poisson(0.4))):
        _poster(rng, plane, store)
    hang_banners(rng, plane, store)
    if rng.random() < 0.06:
        _person(rng, plane)


def overstock(
    rng: np.random.Generator, plane: Plane, base: float, store: Store, scale: float
) -> None:
    """Ceiling with lamps, and closed cardboard boxes that stand on the topmost shelf."""
    width = plane.owners.shape[1]
    _ceiling(rng, plane, base)
    x = -rng.uniform(0, 30) * scale
    while x < width:
        if rng.random() < 0.25:
            x += rng.uniform(10, 60) * scale
            continue
        wide, high = rng.uniform(18, 55) * scale, rng.uniform(10, 35) * scale
        for level in range(int(rng.integers(1, 3))):
            box = _cardboard_box(rng, (max(8, int(wide)), max(8, int(high))), store)
            plane.paste(opaque(box), x + rng.normal(0, 1) * scale, base - high * (level + 1))
        x += wide + rng.uniform(0, 4) * scale


def _ceiling(rng: np.random.Generator, plane: Plane, base: float) -> None:
    """Bright and blurred, with lamps that run to the back."""
    width = plane.owners.shape[1]
    height = max(0, int(base))
    grey = rng.uniform(120, 235)
    plane.fill(0, 0, width, height, np.full(3, grey) * rng.uniform(0.9, 1.05, 3))
    for _ in range(int(rng.integers(5))):
        x, y = rng.uniform(0, width, 2) * (1, 0.2)
        end = x + rng.normal(0, 0.3) * width, y + rng.uniform(0, 0.15) * width
        ends = (int(x), int(y)), (int(end[0]), int(end[1]))
        cv2.line(plane.pixels[:height], *ends, (255, 255, 255), max(2, int(width * 0.012)))


def _cardboard_box(rng: np.random.Generator, size: tuple[int, int], store: Store) -> np.ndarray:
    """A closed shipping box: tape, a word, little print: (h, w, 3) uint8 RGB."""
    width, height = size
    plain = rng.random() < 0.8
    colour = CARDBOARD[int(rng.integers(len(CARDBOARD)))] if plain else random_colour(rng)
    sheet = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(sheet)
    ink = from_hsv(rng.random(), 0.6, 0.4) if rng.random() < 0.5 else readable_on(rng, colour)
    box = (width * 0.15, height * rng.uniform(0.3, 0.6), width * 0.85, height * 0.8)
    if store.label_style.signs:
        write_signs(rng, draw, (*box[:3], box[1] + height * 0.15), ink)
    else:
        write_to_fit(draw, box, brand_name(rng), Pen(store.materials.bold_font(rng), ink))
    if rng.random() < 0.6:
        y = height * rng.uniform(0.05, 0.3)
        draw.rectangle((0, y, width, y + height * 0.08), fill=(205, 180, 140))
    draw.rectangle((0, 0, width - 1, height - 1), outline=(90, 70, 50))
    shading = np.linspace(1.05, 0.75, width)[None, :, None] * rng.uniform(0.7, 1.1)
    return np.clip(np.array(sheet) * shading, 0, 255).astype(np.uint8)


def _posts(rng: np.random.Generator, plane: Plane, scale: float) -> None:
    """Uprights between bays."""
    width, height = plane.owners.shape[1], plane.owners.shape[0]
    colour, wide = side_colour(rng), rng.uniform(2, 9) * scale
    x = rng.uniform(0, 100) * scale
    while x < width:
        shading = np.linspace(0.8, 1.1, max(1, int(x + wide) - int(x)))[None, :, None]
        plane.fill(x, 0, x + wide, height, colour * shading)
        if rng.random() < 0.5:  # slots for brackets
            for y in np.arange(0, height, max(6.0, 5 * scale)):
                middle = x + wide / 2
                plane.shade(middle - 1, y, middle + max(1, wide / 12), y + 2.5 * scale, 0.4)
        x += wide + rng.uniform(80, 130) * scale


def _floor(rng: np.random.Generator, plane: Plane) -> None:
    """Tiles below the shelf, their joints running to the back."""
    height, width = plane.owners.shape
    top = int(height * rng.uniform(0.72, 0.9))
    grain = cloud(rng, max(2, (height - top) // 4), width // 4, 6)[..., None]
    tint = np.array(random_colour(rng, white=0.5, black=0.2)) * 0.4 + rng.uniform(40, 130)
    tiles = np.clip(tint * (0.8 + 0.35 * grain), 0, 255).astype(np.uint8)
    plane.fill(0, top, width, height, cv2.resize(tiles, (width, height - top)))
    floor = plane.pixels[top:]
    joint, pitch = tuple(int(v) for v in tint * 0.55), width * rng.uniform(0.1, 0.4)
    for x in np.arange(-width, 2 * width, pitch):
        end = int(width / 2 + (x - width / 2) * 1.8), height - top
        cv2.line(floor, (int(x), 0), end, joint, 2)
    for depth in (0.12, 0.35, 0.75):
        y = int((height - top) * depth * rng.uniform(0.9, 1.1))
        cv2.line(floor, (0, y), (width, y), joint, 2)
    plane.shade(0, top, width, top + (height - top) * 0.08, 0.5)


def _beside(rng: np.random.Generator, plane: Plane, store: Store) -> None:
    """The aisle or another shelf far away, out of focus, at the left or right border."""
    height, width = plane.owners.shape
    wide = int(width * rng.uniform(0.15, 0.32))
    left = 0 if rng.random() < 0.5 else width - wide
    if rng.random() < 0.5:
        shot = picture(rng, 20, 40, store.materials)
    else:
        shot = ((0.6 + 0.4 * cloud(rng, 120, 60, 5)[..., None]) * side_colour(rng)).astype(np.uint8)
    far = cv2.resize(shot, (wide, height), interpolation=cv2.INTER_CUBIC)
    plane.paste(opaque(far), left, 0, light=rng.uniform(0.5, 1.1), item=Item(BACK_ROW))


def _poster(rng: np.random.Generator, plane: Plane, store: Store) -> None:
    """A large sign before the shelf, flat or hanging askew."""
    height, width = plane.owners.shape
    size = int(width * rng.uniform(0.06, 0.4)), int(height * rng.uniform(0.04, 0.25))
    if rng.random() < 0.2:  # slim and upright: the name of the aisle
        size = int(width * rng.uniform(0.03, 0.06)), int(height * rng.uniform(0.15, 0.3))
    place = rng.uniform(-0.1, 1) * width, rng.choice([rng.uniform(0, 1), 0.8]) * height
    plane.paste(opaque(sign(rng, size, store)), *place)


def _person(rng: np.random.Generator, plane: Plane) -> None:
    """A shopper or a hand that stands in the way: a soft shape in two colours."""
    height, width = plane.owners.shape
    x, wide = int(rng.choice([0.12, 0.88]) * width), int(width * rng.uniform(0.08, 0.15))
    for centre, axes, colour in (
        ((x, height), (wide, int(height * 0.6)), random_colour(rng)),
        ((x, int(height * 0.33)), (wide // 3, wide // 2), (205, 160, 130)),
    ):
        shape = np.zeros((height, width), np.uint8)
        cv2.ellipse(shape, centre, axes, 0, 0, 360, 255, -1)
        body = np.dstack([np.broadcast_to(np.uint8(colour), (height, width, 3)), shape])
        plane.paste(cv2.GaussianBlur(body, (0, 0), 3), 0, 0, light=rng.uniform(0.6, 1))
        plane.owners[shape > 0] = 0


def _cooler(rng: np.random.Generator, plane: Plane, scale: float) -> None:
    """Glass doors: frames with handles, cold light, reflections of lamps and of the aisle."""
    height, width = plane.owners.shape
    plane.glaze((0, 0, width, height), (225, 240, 250), rng.uniform(0, 0.22))
    frame, pitch = side_colour(rng), rng.uniform(55, 90) * scale
    x = rng.uniform(-0.5, 0.5) * pitch
    while x < width:
        wide = rng.uniform(3, 6) * scale
        plane.fill(x, 0, x + wide, height, frame)
        handle = x + wide
        plane.fill(handle, height * 0.3, handle + wide * 0.4, height * 0.75, frame * 0.8)
        for _ in range(int(rng.integers(3))):
            left = x + rng.uniform(0, pitch)
            band = rng.uniform(2, 15) * scale
            plane.glaze((left, 0, left + band, height), (245, 250, 255), rng.uniform(0.05, 0.3))
        x += pitch
