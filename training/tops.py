"""Looking down on the lower shelves: the lids and tops of what stands in front show too."""

from dataclasses import replace

import cv2
import numpy as np

from training.facings import Facing
from training.packages import Package
from training.plane import SOLID

STEEP = 0.35  # seen_from_above from which tops show
MOST = 0.45  # height of a top, share of the pack's width
TOPPED = frozenset({"box", "large_box", "flat_box", "case", "can_case", "egg_carton", "carton"})


def show_tops(
    rng: np.random.Generator, group: list[Facing], package: Package, above: float
) -> list[Facing]:
    """Add the top to the uppermost pack of every column; `above` grows towards the floor."""
    if above < STEEP or not (package.round or package.kind.name in TOPPED):
        return group
    share = MOST * (above - STEEP) / (1 - STEEP) * rng.uniform(0.6, 1.2)
    uppermost: dict[int, float] = {}
    for facing in group:
        uppermost[facing.column] = min(uppermost.get(facing.column, np.inf), facing.y)
    draw = _with_lid if package.round else _with_top
    done: dict[int, np.ndarray] = {}  # by picture: a column of the same pack shares one
    shown = []
    for facing in group:
        if not facing.standing or facing.y > uppermost[facing.column]:
            shown.append(facing)
            continue
        key = id(facing.sprite)
        if key not in done:
            done[key] = draw(rng, facing.sprite, share)
        rise = done[key].shape[0] - facing.sprite.shape[0]
        shown.append(replace(facing, sprite=done[key], y=facing.y - rise))
    return shown


def _with_lid(rng: np.random.Generator, sprite: np.ndarray, share: float) -> np.ndarray:
    """An ellipse on a round body, in the colour of its cap."""
    row = sprite[max(1, len(sprite) // 40)]
    columns = np.flatnonzero(row[:, 3] > SOLID)
    if len(columns) < 4:
        return sprite
    half, middle = (columns[-1] - columns[0]) / 2, (columns[-1] + columns[0]) / 2
    rise = int(half * share)
    if rise < 1:
        return sprite
    taller = np.concatenate([np.zeros((rise, *sprite.shape[1:]), np.uint8), sprite])
    colour = np.median(row[columns, :3], 0)
    centre = int(middle), rise
    for size, light in ((1.0, 0.75), (0.93, 1.15), (0.72, 1.3)):
        fill = (*(int(min(255, v * light + 12)) for v in colour), 255)
        axes = max(1, int(half * size)), max(1, int(rise * size))
        cv2.ellipse(taller, centre, axes, 0, 0, 360, fill, -1, cv2.LINE_AA)
    if rng.random() < 0.4:  # print on the lid
        fill = (*(int(v) for v in rng.uniform(0, 255, 3)), 255)
        axes = max(1, int(half * 0.5)), max(1, int(rise * 0.5))
        cv2.ellipse(taller, centre, axes, 0, 0, 360, fill, -1, cv2.LINE_AA)
    return taller


def _with_top(rng: np.random.Generator, sprite: np.ndarray, share: float) -> np.ndarray:
    """A face that narrows to the back, with print squeezed from the front's."""
    height, width = sprite.shape[:2]
    rise = int(min(height * 0.7, width * share))
    level = (sprite[min(height - 1, 2), :, 3] > SOLID).mean()
    if rise < 2 or level < 0.7:  # a crooked pack
        return sprite
    strip = cv2.resize(sprite[: max(2, height // 3)], (width, rise), interpolation=cv2.INTER_AREA)
    if rng.random() < 0.5:
        strip[..., :3] = np.median(sprite[: max(1, height // 6), :, :3], (0, 1))
    strip = cv2.convertScaleAbs(strip, alpha=rng.uniform(0.85, 1.2))
    strip[..., 3] = 255
    lean, inset = rng.normal(0, 0.05) * width, width * rng.uniform(0.02, 0.12)
    source = np.float32([[0, 0], [width, 0], [width, rise], [0, rise]])
    target = np.float32([[inset + lean, 0], [width - inset + lean, 0], [width, rise], [0, rise]])
    matrix = cv2.getPerspectiveTransform(source, target)
    face = cv2.warpPerspective(strip, matrix, (width, rise))
    return np.concatenate([face, sprite])
