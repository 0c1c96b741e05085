"""How one store looks: its shelves and the layout of its price labels."""

from dataclasses import dataclass

import numpy as np

from training.colours import Colour, from_hsv, random_colour
from training.materials import Materials

DARK_INK: Colour = (15, 15, 15)
RED_INK: Colour = (190, 20, 30)


@dataclass(frozen=True)
class LabelStyle:
    """Layout of the price labels of a store. Heights are shares of the label."""

    ground: Colour
    ink: Colour
    border: Colour | None
    band: Colour | None
    layout: int  # 0 price right, 1 price left, 2 price on top
    raised_cents: bool
    decimal_comma: bool
    whole_numbers: bool
    currency: str
    currency_first: bool
    barcode: bool
    promotion_share: float
    promotion: Colour
    bold: str
    plain: str
    width_cm: float
    width_to_height: float


@dataclass(frozen=True)
class Store:
    """Furniture and light of one store. Lengths in centimetres."""

    back: Colour
    edge: Colour
    edge_cm: float
    board: Colour
    board_cm: float
    interior_light: float  # factor on the light under the shelf above
    adverts: bool
    labels_hang: bool  # label may be taller than the edge and cover the products' feet
    trays: float  # share of facing groups that stand in a cardboard tray
    seen_from_above: float  # 0 = level, 1 = back rows fully show above the front row
    materials: Materials
    label_style: LabelStyle


def random_store(rng: np.random.Generator, materials: Materials) -> Store:
    """Invent a store."""
    return Store(
        back=_back_colour(rng),
        edge=random_colour(rng, white=0.5, black=0.2),
        edge_cm=float(rng.uniform(2.2, 6.5)),
        board=((200, 200, 198), (60, 58, 55), (140, 105, 70))[int(rng.integers(3))],
        board_cm=float(rng.uniform(0.5, 3.5)),
        interior_light=float(rng.uniform(0.15, 0.85)),
        adverts=rng.random() < 0.35,
        labels_hang=rng.random() < 0.6,
        trays=float(rng.choice([0, 0.15, 0.5], p=[0.5, 0.3, 0.2])),
        seen_from_above=float(rng.random() ** 2),
        materials=materials,
        label_style=_label_style(rng, materials),
    )


def _back_colour(rng: np.random.Generator) -> Colour:
    kind = rng.random()
    if kind < 0.4:
        return (40, 40, 42)
    if kind < 0.75:
        return (205, 205, 200)
    return from_hsv(rng.random(), rng.uniform(0, 0.5), rng.uniform(0.1, 0.8))


def _label_ground(rng: np.random.Generator) -> Colour:
    """White paper, yellow paper, bluish paper, electronic grey, or anything."""
    kind = rng.random()
    if kind < 0.5:
        return (248, 248, 246)
    if kind < 0.65:
        return (255, 225, 60)
    if kind < 0.75:
        return (235, 240, 250)
    if kind < 0.92:
        grey = int(rng.uniform(120, 200))
        return (grey, grey, grey - 6)
    return random_colour(rng, white=0.3, black=0.3)


def _label_style(rng: np.random.Generator, materials: Materials) -> LabelStyle:
    return LabelStyle(
        ground=_label_ground(rng),
        ink=DARK_INK if rng.random() < 0.75 else RED_INK,
        border=None if rng.random() < 0.5 else random_colour(rng),
        band=None if rng.random() < 0.6 else random_colour(rng),
        layout=int(rng.integers(3)),
        raised_cents=rng.random() < 0.4,
        decimal_comma=rng.random() < 0.4,
        whole_numbers=rng.random() < 0.2,
        currency=str(rng.choice(["$", "€", "£", "", "", " €", "kr"])),
        currency_first=rng.random() < 0.5,
        barcode=rng.random() < 0.5,
        promotion_share=float(rng.choice([0, 0.1, 0.3])),
        promotion=random_colour(rng, white=0, black=0.05),
        bold=materials.bold_font(rng),
        plain=materials.any_font(rng),
        width_cm=float(rng.uniform(3.5, 9.5)),
        width_to_height=float(rng.uniform(1.15, 2.6)),
    )
