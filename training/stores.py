"""How one store looks: its shelves, what stands before the products, its price labels."""

from dataclasses import dataclass

import numpy as np

from training.colours import Colour, from_hsv, random_colour
from training.edge_pictures import edge_pictures
from training.label_styles import LabelStyle, random_label_style
from training.materials import Materials

BOARDS: tuple[Colour, ...] = ((205, 205, 203), (60, 58, 55), (150, 115, 78), (150, 152, 155))

BIN_BOARDS: tuple[Colour, ...] = (
    (190, 160, 115),
    (205, 180, 140),
    (160, 125, 90),
    (120, 85, 58),
    (225, 225, 222),
)

BACK_KINDS = ("plain", "perforated", "slatted", "open")


@dataclass(frozen=True)
class Store:
    """Furniture and light of one store. Lengths in centimetres, shares 0..1."""

    back: Colour
    back_kind: str  # plain, perforated, slatted or open (one sees what is behind)
    edge: Colour
    edge_kind: str  # plain, rail, wood or printed
    edge_cm: float
    board: Colour
    board_kind: str  # plain or wire
    interior_light: float  # factor on the light under the shelf above
    shadow: float  # of a shelf on the products below it, share of the light
    adverts: float  # share of edges with adverts
    labels_hang: bool  # label may be taller than the edge and cover the products' feet
    fronts: str  # before products: none, or one of shelf_fronts.FRONTS; or compartments
    bin_board: Colour
    front_share: float  # of the groups or shelves that have it
    seen_from_above: float  # 0 = level, 1 = back rows fully show above the front row
    posts: bool
    cooler: bool
    overstock: bool
    materials: Materials
    label_style: LabelStyle
    edge_pictures: tuple[np.ndarray, ...] = ()  # small adverts on edges, (h, w, 3) uint8 RGB each


def random_store(rng: np.random.Generator, materials: Materials) -> Store:
    """Invent a store."""
    fronts = str(
        rng.choice(
            ["none", "trays", "cartons", "lips", "wires", "bins", "rails", "compartments"],
            p=[0.29, 0.18, 0.17, 0.15, 0.08, 0.08, 0.03, 0.02],
        )
    )
    style = random_label_style(rng, materials)
    pictured = rng.random() < (0.2 if style.signs else 0.06)
    return Store(
        back=_back_colour(rng),
        back_kind=str(rng.choice(BACK_KINDS, p=[0.45, 0.3, 0.2, 0.05])),
        edge=random_colour(rng, white=0.5, black=0.2),
        edge_kind=str(rng.choice(["plain", "rail", "wood", "printed"], p=[0.3, 0.4, 0.15, 0.15])),
        edge_cm=float(rng.uniform(4, 7) if pictured else rng.uniform(2.2, 6.5)),
        board=BOARDS[int(rng.integers(len(BOARDS)))],
        board_kind="wire" if rng.random() < 0.25 else "plain",
        interior_light=float(rng.uniform(0.2, 0.9)),
        shadow=float(rng.uniform(0.2, 0.75)) if rng.random() < 0.3 else 0.0,
        adverts=float(rng.choice([0, 0.3, 0.8], p=[0.55, 0.25, 0.2])),
        labels_hang=rng.random() < 0.6,
        fronts=fronts,
        bin_board=BIN_BOARDS[int(rng.integers(len(BIN_BOARDS)))],
        front_share=float(rng.uniform(0.2, 1)),
        seen_from_above=float(rng.random() ** 2),
        posts=rng.random() < 0.25,
        cooler=rng.random() < 0.12,
        overstock=rng.random() < 0.3,
        materials=materials,
        label_style=style,
        edge_pictures=edge_pictures(rng, materials, style.signs) if pictured else (),
    )


def _back_colour(rng: np.random.Generator) -> Colour:
    kind = rng.random()
    if kind < 0.4:
        return (40, 40, 42)
    if kind < 0.8:
        return (205, 205, 200)
    return from_hsv(rng.random(), rng.uniform(0, 0.4), rng.uniform(0.1, 0.8))
