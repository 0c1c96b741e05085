"""How the price labels of one store are laid out: families as found around the world."""

from dataclasses import dataclass, replace

import numpy as np

from training.colours import Colour, random_colour
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
    layout: int  # 0 price right, 1 price left, 2 price on top, 3 price fills the lower half
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
    frame: Colour | None = None  # plastic around an electronic label
    signs: bool = False  # words in signs like Kanji


def random_label_style(rng: np.random.Generator, materials: Materials) -> LabelStyle:
    """Choose a family and vary it."""
    chance = rng.random()
    if chance < 0.25:
        return _japanese(rng, materials)
    if chance < 0.5:
        return _electronic(rng, materials)
    if chance < 0.62:
        return _strip(rng, materials)
    return _european(rng, materials)


def _european(rng: np.random.Generator, materials: Materials) -> LabelStyle:
    """Paper behind plastic: a name, a price with decimals, perhaps a barcode."""
    return LabelStyle(
        ground=_paper(rng),
        ink=DARK_INK if rng.random() < 0.75 else RED_INK,
        border=None if rng.random() < 0.5 else random_colour(rng),
        band=None if rng.random() < 0.6 else random_colour(rng),
        layout=int(rng.integers(4)),
        raised_cents=rng.random() < 0.5,
        decimal_comma=rng.random() < 0.4,
        whole_numbers=rng.random() < 0.15,
        currency=str(rng.choice(["$", "€", "£", "", "", " €", "kr", " zł", ",-"])),
        currency_first=rng.random() < 0.5,
        barcode=rng.random() < 0.5,
        promotion_share=float(rng.choice([0, 0.1, 0.3])),
        promotion=random_colour(rng, white=0, black=0.05),
        bold=materials.bold_font(rng),
        plain=materials.any_font(rng),
        width_cm=float(rng.uniform(3.5, 9.5)),
        width_to_height=float(rng.uniform(1.15, 2.6)),
    )


def _japanese(rng: np.random.Generator, materials: Materials) -> LabelStyle:
    """A card with a large whole number, white or yellow, digits black or red."""
    base = _european(rng, materials)
    white = rng.random() < 0.65
    return replace(
        base,
        ground=(250, 250, 248) if white else (255, 226, 50),
        ink=DARK_INK if rng.random() < 0.6 else (215, 20, 30),
        border=None if rng.random() < 0.6 else RED_INK,
        band=None if rng.random() < 0.75 else random_colour(rng, white=0, black=0.1),
        layout=int(rng.choice([0, 3])),
        whole_numbers=True,
        currency=str(rng.choice(["", "", "¥"])),
        promotion_share=float(rng.choice([0, 0.15, 0.5])),
        promotion=(220, 25, 35),
        width_cm=float(rng.uniform(5.5, 10)),
        width_to_height=float(rng.uniform(1.3, 2.0)),
        signs=True,
    )


def _electronic(rng: np.random.Generator, materials: Materials) -> LabelStyle:
    """Electronic paper: grey ground, a plastic frame, the price with raised cents."""
    base = _european(rng, materials)
    grey = int(rng.uniform(110, 215))
    frame = int(rng.choice([40, 150, 225, 240]))
    return replace(
        base,
        ground=(grey, grey, grey - 8),
        ink=DARK_INK if rng.random() < 0.85 else RED_INK,
        border=None,
        band=DARK_INK if rng.random() < 0.2 else None,
        layout=int(rng.choice([0, 0, 3])),
        raised_cents=rng.random() < 0.7,
        promotion_share=float(rng.choice([0, 0, 0.2])),
        promotion=(205, 30, 40) if rng.random() < 0.5 else (250, 215, 60),
        width_cm=float(rng.uniform(4.5, 8)),
        width_to_height=float(rng.uniform(1.4, 2.2)),
        frame=(frame, frame, frame + 5),
        signs=rng.random() < 0.3,
    )


def _strip(rng: np.random.Generator, materials: Materials) -> LabelStyle:
    """A small slim strip as in the US: coloured unit price left, price right."""
    base = _european(rng, materials)
    return replace(
        base,
        band=None,
        layout=int(rng.choice([0, 1])),
        decimal_comma=False,
        currency=str(rng.choice(["$", ""])),
        whole_numbers=False,
        promotion=(255, 225, 40),
        width_cm=float(rng.uniform(4, 7)),
        width_to_height=float(rng.uniform(1.8, 3)),
    )


def _paper(rng: np.random.Generator) -> Colour:
    """White paper, yellow paper, bluish paper, or anything."""
    kind = rng.random()
    if kind < 0.6:
        return (248, 248, 246)
    if kind < 0.8:
        return (255, 225, 60)
    if kind < 0.9:
        return (235, 240, 250)
    return random_colour(rng, white=0.3, black=0.3)
