"""Which held-out detector judges which photo, and the proof that it never saw the photo's scene."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.accuracy.photos import LabelledShelf
from inference.card import Card, load_card
from inference.errors import BadCard

JUDGES = 4  # of the sixteen scenes, four are left out at a time
HELD_OUT = Path(__file__).parents[1] / "held_out"  # their folder
FOLDS = "folds.json"  # {"<file name of a photo>": "<folder of the detector that judges it>"}


class Refused(Exception):
    """The held-out detectors cannot judge these photos; says what to do."""


@dataclass(frozen=True)
class Fold:
    """A model folder and the photos it judges."""

    folder: Path
    photos: tuple[LabelledShelf, ...]


def judges(scenes: Sequence[str]) -> dict[str, str]:
    """Say which held-out detector is to judge a scene: every fourth, by name, has the same."""
    return {scene: f"detector-{n % JUDGES}" for n, scene in enumerate(sorted(set(scenes)))}


def folds(
    held_out: Path, shipped: Path, photos: Sequence[LabelledShelf], every: Sequence[LabelledShelf]
) -> list[Fold]:
    """Say who judges which photo.

    The shipped detector judges all of them when its card says that it was trained on no photo:
    then no scene has to be held out. Else the detectors in `held_out` do.

    Raises:
        Refused: as `held_out_folds`.
    """
    if trained_on(load_card(shipped)) == set():
        return [Fold(shipped, tuple(photos))]
    return held_out_folds(held_out, photos, every)


def held_out_folds(
    folder: Path, photos: Sequence[LabelledShelf], every: Sequence[LabelledShelf]
) -> list[Fold]:
    """Read `folds.json` and check every card.

    Args:
        folder: of `folds.json` and the model folders.
        photos: to be judged.
        every: labelled photo there is, judged or not: their scenes are looked for in the cards.

    Raises:
        Refused: a photo has no detector, or its detector was trained on a photo of its scene.
    """
    fold_of = _read(folder / FOLDS)
    missing = [photo.name for photo in photos if photo.name not in fold_of]
    if missing:
        raise Refused(f"{folder / FOLDS} names no detector for {', '.join(missing)}; add them.")
    names = sorted({fold_of[photo.name] for photo in photos})
    found = [
        Fold(folder / name, tuple(p for p in photos if fold_of[p.name] == name)) for name in names
    ]
    for fold in found:
        _check(fold, every)
    return found


def trained_on(card: Card) -> set[str] | None:
    """The real photos a model was trained on, by file name; None = its card does not say."""
    names = card.training.get("real_photos")
    return None if names is None else set(names)


def _read(path: Path) -> dict[str, str]:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise Refused(
            f"There is no {path}. Train the held-out detectors (training/README.md), or name a "
            "folder that has them: --held-out DIR."
        ) from None
    except ValueError as error:
        raise Refused(f"{path} is no JSON: {error}. Write it anew.") from None


def _check(fold: Fold, every: Sequence[LabelledShelf]) -> None:
    try:
        seen = trained_on(load_card(fold.folder))
    except BadCard as error:
        raise Refused(f"{fold.folder} is no detector: {error}") from None
    if seen is None:
        raise Refused(
            f"The card of {fold.folder} does not say on which photos it was trained; "
            "list their file names as real_photos under [training], [] for none."
        )
    judged = {photo.scene for photo in fold.photos}
    leaks = sorted(p.name for p in every if p.scene in judged and p.name in seen)
    if leaks:
        raise Refused(
            f"{fold.folder} was trained on {', '.join(leaks)}, but judges photos of that scene; "
            "train it without, or let another detector judge them."
        )
