"""What a stretch of shelf is for: drinks, biscuits, eggs; most scenes hold anything."""

from dataclasses import dataclass, replace

import numpy as np

from training.packages import Package
from training.stores import Store

DEPARTMENT_KINDS = ("egg_carton", "pet_bottle", "roll", "stick", "carrier", "can_case")
KEPT = 0.35  # share of other scenes that sell such a kind too
FEWEST = 3  # brands that a theme needs; a library with fewer is drawn from as a whole


@dataclass(frozen=True)
class Theme:
    """One department.

    Attributes:
        share: of scenes.
        kinds: the packs it sells.
        above: lowest and highest `seen_from_above`.
        fronts: what may stand before the products; empty = as the store has it.
    """

    share: float
    kinds: frozenset[str]
    above: tuple[float, float] = (0, 1)
    fronts: tuple[str, ...] = ()


THEMES: dict[str, Theme] = {
    "bottles": Theme(0.04, frozenset({"pet_bottle"}), (0, 0.9), ("none", "wires", "lips", "rails")),
    "soft drinks": Theme(
        0.05, frozenset({"pet_bottle", "carrier", "can_case"}), (0.1, 0.9), ("none", "wires")
    ),
    "juice": Theme(
        0.05, frozenset({"pet_bottle", "carton"}), (0.3, 1), ("rails", "rails", "lips", "none")
    ),
    "biscuits": Theme(0.07, frozenset({"roll", "flat_box", "box"}), (0, 0.5), ("none", "lips")),
    "eggs": Theme(0.05, frozenset({"egg_carton"}), (0, 0.6), ("none",)),
    "small sweets": Theme(
        0.05,
        frozenset({"bar", "pouch", "pillow_bag", "clear_bag", "slim_box", "cup"}),
        (0.2, 1),
        ("compartments",),
    ),
    "chocolate": Theme(
        0.05,
        frozenset({"stick", "box", "bar", "slim_box"}),
        (0, 1),
        ("cartons", "trays", "lips"),
    ),
    "preserves": Theme(0.05, frozenset({"jar", "cup"}), (0, 1), ("none", "trays", "cartons")),
    "cases": Theme(0.03, frozenset({"can_case", "case", "carrier"}), (0, 0.7), ("none",)),
}


def choose_theme(rng: np.random.Generator) -> Theme | None:
    """Draw a theme; mostly none."""
    chance = rng.random()
    for theme in THEMES.values():
        chance -= theme.share
        if chance < 0:
            return theme
    return None


def themed(
    rng: np.random.Generator, theme: Theme | None, library: list[Package], store: Store
) -> tuple[list[int], Store]:
    """Choose what is sold and how.

    Returns:
        indices into the library of the SKUs on sale, and the store furnished for them.
    """
    everything = list(range(len(library)))
    if theme is None:
        return _anything(rng, library), store
    fitting = [index for index in everything if library[index].kind.name in theme.kinds]
    if len({library[index].brand for index in fitting}) < FEWEST:
        return everything, store
    fronts = str(rng.choice(theme.fronts)) if theme.fronts else store.fronts
    return fitting, replace(store, seen_from_above=float(rng.uniform(*theme.above)), fronts=fronts)


def _anything(rng: np.random.Generator, library: list[Package]) -> list[int]:
    """All SKUs, but for most kinds that have a department of their own."""
    absent = {kind for kind in DEPARTMENT_KINDS if rng.random() > KEPT}
    left = [index for index, package in enumerate(library) if package.kind.name not in absent]
    brands = {library[index].brand for index in left}
    return left if len(brands) >= FEWEST else list(range(len(library)))
