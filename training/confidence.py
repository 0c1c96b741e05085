"""How sure a name is: fits the `[confidence]` of an embedder's card and chooses its thresholds.

`python -m training.confidence inference/models/<embedder>` writes both into the card. Needs no
torch: the shipped 8-bit network runs as the platform runs it.

Pairs of real photos of the same products: every product of one is looked up among one crop per SKU
of the other. Products that the other photo does not show are the unknown ones.
"""

import argparse
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.accuracy.photos import PRODUCT, SHELVES, LabelledShelf, labelled_shelves
from inference.card import CARD, Confidence, EmbedderCard
from inference.confidence import confidence
from inference.gallery import Gallery
from inference.identify import Embedder
from inference.image import decode
from inference.runtime import Runtime
from inference.types import Flags, Floats, Ids, Shortlists
from training.card import toml

PRECISION = 0.95  # wanted of what is named; `match` is the lowest threshold that holds it
AMBIGUOUS = 0.5  # the first candidate is more likely right than wrong
UNKNOWN_SHARE = 0.3  # of the products on a shelf that the gallery does not know
SHARED_SKUS = 2  # two photos are compared from so many common SKUs on
RUNNERS_UP = (0.0, 0.1, 0.2, 0.3, 0.4)
THRESHOLDS = np.arange(0.5, 0.996, 0.005)
_STEPS, _RIDGE = 50, 1e-3
_PLACEHOLDER = {"intercept": 0.0, "cosine": 0.0, "margin": 0.0}


@dataclass(frozen=True, eq=False)
class Queries:
    """Products of one photo, looked up among the SKUs of another; or many of them.

    Attributes:
        shortlists: n, of numbers that stand for SKUs.
        right: (n,) the first of the shortlist is the product's SKU.
        known: (n,) the other photo shows the product.
        scenes: (n,) number of the scene the product is on.
    """

    shortlists: Shortlists
    right: Flags
    known: Flags
    scenes: Ids

    def weights(self) -> Floats:
        """Make UNKNOWN_SHARE of the products unknown, whatever the share among these; mean 1."""
        shares = np.where(self.known, 1 - UNKNOWN_SHARE, UNKNOWN_SHARE)
        counts = np.where(self.known, self.known.sum(), (~self.known).sum())
        return len(self.known) * shares / counts

    def where(self, chosen: Flags) -> "Queries":
        """Some of them."""
        few = Shortlists(self.shortlists.sku_ids[chosen], self.shortlists.scores[chosen])
        return Queries(few, self.right[chosen], self.known[chosen], self.scenes[chosen])


def fit(queries: Queries) -> Confidence:
    """Fit the logistic curve, with the `runner_up` that explains the queries best."""
    fits = [_fit(queries, runner_up) for runner_up in RUNNERS_UP]
    return min(fits, key=lambda given: log_loss(queries, confidence(queries.shortlists, given)))


def _fit(queries: Queries, runner_up: float) -> Confidence:
    """Newton's method for weighted logistic regression with a small ridge."""
    first, second = queries.shortlists.scores[:, 0], queries.shortlists.scores[:, 1]
    x = np.stack([np.ones_like(first), first, first - np.maximum(second, runner_up)], 1)
    x, weights, b = x.astype(np.float64), queries.weights(), np.zeros(3)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ b))
        slope = x.T @ (weights * (queries.right - p)) - _RIDGE * b
        bend = (x * (weights * p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(3)
        b += np.linalg.solve(bend, slope)
    intercept, cosine, margin = (round(float(value), 3) for value in b)
    typical = round(float(np.median(first[queries.right])), 2)
    return Confidence(
        intercept=intercept, cosine=cosine, margin=margin, runner_up=runner_up, typical=typical
    )


def log_loss(queries: Queries, sure: Floats) -> float:
    """Mean surprise of the truth, nats; lower is better."""
    p = np.clip(sure, 1e-6, 1 - 1e-6)
    return float(-np.mean(queries.weights() * np.log(np.where(queries.right, p, 1 - p))))


def judged_by_others(queries: Queries) -> Floats:
    """(n,) the confidence that a curve fitted without the product's scene gives."""
    sure = np.zeros(len(queries.right), np.float32)
    for scene in np.unique(queries.scenes):
        here = queries.scenes == scene
        curve = fit(queries.where(~here))
        sure[here] = confidence(queries.where(here).shortlists, curve)
    return sure


def at(queries: Queries, sure: Floats, threshold: float) -> dict[str, float]:
    """Precision of what is named, recall of what is known, unknown products wrongly named."""
    named, weights = sure >= threshold, queries.weights()
    right = float((weights * (named & queries.right)).sum())
    return {
        "precision": round(right / max(float(weights[named].sum()), 1e-9), 3),
        "recall": round(float((named & queries.right)[queries.known].mean()), 3),
        "unknown_named": round(float(named[~queries.known].mean()), 3),
    }


def threshold_for(queries: Queries, sure: Floats, precision: float) -> float:
    """The lowest threshold at which what is named is right that often, else the most precise."""
    reached = {float(t): at(queries, sure, t)["precision"] for t in THRESHOLDS}
    good = [t for t, reaches in reached.items() if reaches >= precision]
    return round(min(good, default=max(reached, key=lambda t: reached[t])), 3)


def pairs_of_photos(embedder: Embedder, shelves: list[LabelledShelf]) -> Queries:
    """Look the products of every photo up in every photo that shares SKUs with it."""
    codes = {sku: n for n, sku in enumerate(sorted({s for p in shelves for s in p.facing_skus}))}
    scenes = {scene: n for n, scene in enumerate(sorted({p.scene for p in shelves}))}
    seen = [(scenes[p.scene], *_embedded(embedder, p, codes)) for p in shelves]
    found = [
        _look_up(scene, wanted, vectors, skus, references)
        for i, (_, skus, references) in enumerate(seen)
        for j, (scene, wanted, vectors) in enumerate(seen)
        if i != j and len(np.intersect1d(skus, wanted)) >= SHARED_SKUS
    ]
    return Queries(
        Shortlists(
            np.concatenate([one.shortlists.sku_ids for one in found]),
            np.concatenate([one.shortlists.scores for one in found]),
        ),
        np.concatenate([one.right for one in found]),
        np.concatenate([one.known for one in found]),
        np.concatenate([one.scenes for one in found]),
    )


def _embedded(
    embedder: Embedder, shelf: LabelledShelf, codes: dict[str, int]
) -> tuple[Ids, Floats]:
    """SKUs and vectors of the named products, the largest first."""
    boxes = shelf.of(PRODUCT)
    named = np.array([i for i, sku in enumerate(shelf.facing_skus) if sku], np.int64)
    sizes = (boxes[named, 2:] - boxes[named, :2]).prod(1)
    named = named[np.argsort(-sizes, kind="stable")]
    skus = np.array([codes[shelf.facing_skus[i]] for i in named], np.int64)
    return skus, embedder.embed(decode(shelf.path.read_bytes()), boxes[named])


def _look_up(scene: int, wanted: Ids, vectors: Floats, skus: Ids, references: Floats) -> Queries:
    """Look products up among one reference per SKU, its largest."""
    own, largest = np.unique(skus, return_index=True)
    shortlists = Gallery(own, references[largest]).search(vectors)
    return Queries(
        shortlists,
        shortlists.sku_ids[:, 0] == wanted,
        np.isin(wanted, own),
        np.full(len(wanted), scene, np.int64),
    )


def complete_card(
    folder: Path, shelves: Path = SHELVES, precision: float = PRECISION
) -> dict[str, float]:
    """Fit the folder's embedder, write its card anew and tell the figures.

    Figures and threshold are of curves that did not see the product's scene; the curve in the card
    is fitted to all of them.
    """
    card = tomllib.loads((folder / CARD).read_text())
    card |= {"thresholds": {"match": 1.0, "ambiguous": 1.0}, "confidence": _PLACEHOLDER}
    (folder / CARD).write_text(toml(card))  # one that loads, also when it had no confidence yet
    queries = pairs_of_photos(_load(folder), labelled_shelves(shelves))
    curve, sure = fit(queries), judged_by_others(queries)
    match = threshold_for(queries, sure, precision)
    figures = {
        "queries": len(sure),
        "known": int(queries.known.sum()),
        "unknown_share": UNKNOWN_SHARE,
        "wanted_precision": precision,
        "log_loss": round(log_loss(queries, sure), 3),
        **at(queries, sure, match),
        **dict(_reliability(queries, sure)),
    }
    values = {name: getattr(curve, name) for name in curve.__struct_fields__}
    card |= {"thresholds": {"match": match, "ambiguous": min(AMBIGUOUS, match)}}
    card |= {"confidence": values, "training": card.pop("training", {})}
    card["training"].setdefault("figures", {})["confidence_on_pairs_of_real_photos"] = figures
    (folder / CARD).write_text(toml(card))
    return figures


def _load(folder: Path) -> Embedder:
    model = Runtime(threads=1, precision="f32").load(folder)
    assert isinstance(model.card, EmbedderCard), f"{folder} is no embedder."  # noqa: S101
    return Embedder(model, model.card)


def _reliability(queries: Queries, sure: Floats) -> Iterator[tuple[str, float]]:
    """How often the first candidate is right, by confidence."""
    weights = queries.weights()
    for low in range(0, 100, 20):
        here = (sure >= low / 100) & (sure < (low + 20) / 100)
        if here.any():
            share = float((weights * queries.right)[here].sum() / weights[here].sum())
            yield f"right_at_{low}_to_{low + 20}", round(share, 3)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m training.confidence", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", type=float, default=PRECISION, help="of what is named")
    asked = parser.parse_args()
    for name, value in complete_card(asked.folder, precision=asked.precision).items():
        print(f"{name:20} {value}")
