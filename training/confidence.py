"""How sure a name is: fits the `[confidence]` of an embedder's card and chooses its thresholds.

`python -m training.confidence inference/models/<embedder>` writes both into the card. Needs no
torch: the shipped 8-bit network runs as the platform runs it.

Facings of the labelled shelves are looked up in galleries of all their SKUs, one facing each, as
`bench.accuracy.skus` does, and once more without their own SKU. Whoever may judge a group answers
for it: the embedder itself when it saw no photo, else the held-out ones.
"""

import argparse
import tomllib
from pathlib import Path

from bench.accuracy.folds import HELD_OUT
from bench.accuracy.photos import SHELVES, labelled_shelves
from bench.accuracy.skus.curves import PRECISION, Asked, calibrated, cross_fitted, rate, together
from bench.accuracy.skus.curves import log_loss as loss
from bench.accuracy.skus.figures import UNKNOWN_SHARE, reliability
from bench.accuracy.skus.groups import groups, judges
from bench.accuracy.skus.items import facings, products
from bench.accuracy.skus.measuring import Truth, judged
from inference.card import CARD, EmbedderCard
from inference.runtime import Runtime
from training.card import toml

_PLACEHOLDER = {"intercept": 0.0, "cosine": 0.0, "margin": 0.0}


def complete_card(
    folder: Path,
    shelves: Path = SHELVES,
    *,
    held_out: Path = HELD_OUT,
    precision: float = PRECISION,
) -> dict[str, float]:
    """Fit the folder's embedder, write its card anew and tell the figures.

    The curve and the thresholds in the card are fitted to all groups. The figures are not: each
    group is judged by what the others teach.
    """
    card = tomllib.loads((folder / CARD).read_text("utf-8"))
    rest = {key: value for key, value in card.items() if key not in {"confidence", "training"}}
    former = {"thresholds": {"match": 1.0, "ambiguous": 1.0}, **rest, "confidence": _PLACEHOLDER}
    trained = {"training": card.get("training", {})}
    (folder / CARD).write_text(toml(former | trained), "utf-8")  # one that loads without a curve
    asked, cards = _asked(folder, shelves, held_out)
    fitted = calibrated(cards[0], together(asked), precision)
    curve = {name: getattr(fitted.confidence, name) for name in fitted.confidence.__struct_fields__}
    limits = {
        name: getattr(fitted.thresholds, name) for name in fitted.thresholds.__struct_fields__
    }
    whole = {**former, "thresholds": limits, "confidence": curve, **trained}
    figures = _figures(cards, asked, precision)
    shown = whole["training"].setdefault("figures", {})
    shown.pop("confidence_on_pairs_of_real_photos", None)
    shown["confidence_on_galleries_of_all_skus"] = figures
    (folder / CARD).write_text(toml(whole), "utf-8")
    return figures


def _asked(folder: Path, shelves: Path, held_out: Path) -> tuple[list[Asked], list[EmbedderCard]]:
    """The answers to each group, and the cards of those who gave them."""
    photos = labelled_shelves(shelves)
    truth = Truth(facings(photos), products([]), [])
    runtime = Runtime(streams=1, precision="f32")  # the same on every host
    found = judged(judges(held_out, folder, groups(), photos), truth, runtime)
    return [one.asked() for one in found], [one.embedder.card for one in found]


def _figures(cards: list[EmbedderCard], asked: list[Asked], precision: float) -> dict[str, float]:
    """What curves and thresholds are worth on groups that they were not fitted to."""
    fitted = cross_fitted(cards, asked, precision)
    told = together([rate(one, card) for one, card in zip(asked, fitted, strict=True)])
    named, right = told.known.named, told.known.right
    return {
        "facings": len(told.known.sku),
        "strangers": len(told.strange.sku),
        "unknown_share": UNKNOWN_SHARE,
        "wanted_precision": precision,
        "log_loss": round(loss(told), 3),
        "precision": round(float(right[named].mean()), 3),
        "coverage": round(float(named.mean()), 3),
        "unknown_named": round(float(told.strange.named.mean()), 3),
        **{
            f"right_at_{int(row['confidence'][0] * 100)}": row["right"]
            for row in reliability(told.known, told.strange)
            if row["right"] is not None
        },
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.confidence", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", type=float, default=PRECISION, help="of what is named")
    parser.add_argument("--held-out", type=Path, default=HELD_OUT, metavar="DIR")
    asked = parser.parse_args()
    made = complete_card(asked.folder, held_out=asked.held_out, precision=asked.precision)
    for name, value in made.items():
        print(f"{name:20} {value}")
