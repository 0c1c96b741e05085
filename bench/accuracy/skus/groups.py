"""Which embedder judges which group of SKUs and scenes, and the proof that it never saw it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.accuracy.folds import Refused, trained_on
from bench.accuracy.photos import LabelledShelf
from inference.card import EmbedderCard, load_card
from inference.errors import BadCard

GROUPS = Path(__file__).with_name("groups.json")
HELD_OUT = "sku-embedder-{number}"  # folders of embedders that saw nothing of a group


@dataclass(frozen=True)
class Group:
    """What is held out together: all products of a brand, all photos of a scene."""

    number: int  # from 0
    skus: frozenset[str]  # of the product photos
    scenes: frozenset[str]  # of the labelled shelves


@dataclass(frozen=True)
class Judge:
    """An embedder's folder and the groups it judges."""

    folder: Path
    groups: tuple[Group, ...]


def groups(path: Path = GROUPS) -> list[Group]:
    """Read the groups, which never change: figures would no longer compare."""
    given: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return [
        Group(number, frozenset(each["skus"]), frozenset(each["scenes"]))
        for number, each in enumerate(given)
    ]


def judges(
    held_out: Path, shipped: Path, every: Sequence[Group], photos: Sequence[LabelledShelf]
) -> list[Judge]:
    """Say who judges which group.

    The shipped embedder judges all of them when its card says that it was trained on no photo.
    Else `sku-embedder-<number>` in `held_out` judges the group of that number.

    Raises:
        Refused: an embedder is missing, does not say what it saw, or saw what it is to judge.
    """
    if _seen(embedder_card(shipped)) == (set(), set()):
        return [Judge(shipped, tuple(every))]
    found = [Judge(held_out / HELD_OUT.format(number=each.number), (each,)) for each in every]
    for judge in found:
        _check(judge, photos)
    return found


def _check(judge: Judge, photos: Sequence[LabelledShelf]) -> None:
    seen = _seen(embedder_card(judge.folder))
    if seen is None:
        raise Refused(
            f"The card of {judge.folder} does not say what it was trained on; list the file names "
            "of shelf photos as real_photos and the SKUs of product photos as real_skus under "
            "[training], [] for none."
        )
    for group in judge.groups:
        of_scenes = {photo.name for photo in photos if photo.scene in group.scenes}
        if leaks := sorted(seen[0] & of_scenes | seen[1] & group.skus):
            raise Refused(
                f"{judge.folder} was trained on {', '.join(leaks)}, but judges group "
                f"{group.number}, which they belong to; train it without."
            )


def _seen(card: EmbedderCard) -> tuple[set[str], set[str]] | None:
    """The shelf photos and the product SKUs a model was trained on; None = its card is silent."""
    photos, skus = trained_on(card), card.training.get("real_skus")
    if photos == set() and skus is None:
        skus = []  # who saw no photo saw no SKU on one
    return None if photos is None or skus is None else (photos, set(skus))


def embedder_card(folder: Path) -> EmbedderCard:
    """Read the card of an embedder.

    Raises:
        Refused: the folder holds none.
    """
    try:
        card = load_card(folder)
    except BadCard as error:
        raise Refused(
            f"{folder} is no embedder: {error} Train the held-out embedders (training/README.md), "
            "or name a folder that has them: --held-out DIR."
        ) from None
    if isinstance(card, EmbedderCard):
        return card
    raise Refused(f"{folder} is no embedder, its card says: {card.task}. Name another folder.")
