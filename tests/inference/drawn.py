"""Shelves drawn as boxes and tags: whole ones by chance, and rows to build cases from."""

import numpy as np

SIZE = (1200, 900)
NO_TAGS = np.zeros((0, 4), np.float32)


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray:
    """(n, 4) float32."""
    return np.array(rows, np.float32).reshape(-1, 4)


def drawn_shelves(
    seed: int, *, slope: float = 0.0, converging: float = 0.0, stacked: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three drawn shelves: boxes, the shelf of each, tags on the edges."""
    rng = np.random.default_rng(seed)
    found, shelf_of, tags = [], [], []
    for shelf, edge in enumerate((280.0, 560.0, 850.0)):
        lean = slope + converging * (edge - SIZE[1] / 2) / SIZE[1]
        x = rng.uniform(0, 30)
        while x < SIZE[0] - 120:
            width, height = rng.uniform(50, 110), rng.uniform(70, 110)
            bottom = edge + lean * (x + width / 2 - SIZE[0] / 2) + rng.uniform(-3, 3)
            for level in range(2 if stacked and rng.random() < 0.5 else 1):
                foot = bottom - level * height
                found.append((x, foot - height, x + width, foot))
                shelf_of.append(shelf)
            if rng.random() < 0.4:
                tags.append((x, bottom + 5, x + 40, bottom + 30))
            x += width + rng.uniform(0, 25)
    return boxes(*found), np.array(shelf_of), boxes(*tags)


def row(bottom: float, *, x: float = 0, count: int = 5, height: float = 100) -> np.ndarray:
    """Boxes of 90 x height side by side, from x on."""
    left = [x + 100 * i for i in range(count)]
    return boxes(*((at, bottom - height, at + 90, bottom) for at in left))


def tags_under(bottom: float, *, x: float = 0, count: int = 5) -> np.ndarray:
    """Tags of 60 x 40 on the rail under a row."""
    left = [x + 100 * i for i in range(count)]
    return boxes(*((at, bottom + 4, at + 60, bottom + 44) for at in left))


def mirror(found: np.ndarray, width: float = SIZE[0]) -> np.ndarray:
    """Boxes of the photo seen in a mirror."""
    return np.c_[width - found[:, 2], found[:, 1], width - found[:, 0], found[:, 3]].astype("f4")
