"""The curve from a shortlist to its confidence, and the threshold that holds what is wanted.

A group is judged with the curve and the threshold that the answers to the other groups give, so
that no facing tells how sure its own answer may be. The card holds those that all groups give.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from bench.accuracy.skus.answers import Answers, joined, rated
from bench.accuracy.skus.figures import mixed
from inference.card import EmbedderCard, EmbedderThresholds
from inference.confidence import Confidence, confidence, evidence
from inference.types import Reals

PRECISION = 0.95  # wanted of the names of facings that the gallery knows
FALSE_NAMES = 0.1  # at most, of facings that it does not know
AMBIGUOUS = 0.5  # the first candidate is more likely right than wrong
_THRESHOLDS = np.arange(0.3, 0.996, 0.005)
_STEPS, _RIDGE = 50, 1e-3
_RUNNER_UP = 20  # percentile of the second ones in galleries of hundreds of SKUs


@dataclass(frozen=True, eq=False)
class Asked:
    """Answers to facings that the gallery knows, and to those that it does not."""

    known: Answers
    strange: Answers


def together(parts: Sequence[Asked]) -> Asked:
    """Put answers one below the other."""
    return Asked(joined(one.known for one in parts), joined(one.strange for one in parts))


def calibrated(card: EmbedderCard, asked: Asked, precision: float = PRECISION) -> EmbedderCard:
    """Give a card the curve and the thresholds that these answers ask for."""
    curve = fit(asked)
    match = threshold(asked, curve, precision)
    same = card.thresholds.same
    thresholds = EmbedderThresholds(match=match, ambiguous=min(AMBIGUOUS, match), same=same)
    return msgspec.structs.replace(card, confidence=curve, thresholds=thresholds)


def fit(asked: Asked) -> Confidence:
    """Fit the probability that the first candidate is right.

    Newton's method for weighted logistic regression with a small ridge. How near the first one is
    counts only by comparison: photos differ, and cosines with them.
    """
    both = joined([asked.known, asked.strange])
    known = np.arange(len(both.sku)) < len(asked.known.sku)
    runner_up = round(float(np.percentile(both.scores[:, 1], _RUNNER_UP)), 2)
    _, margins, leads = evidence(both.shortlists, runner_up)
    x = np.stack([np.ones(len(margins)), margins, leads], 1).astype(np.float64)
    weights, b = mixed(asked.known, asked.strange) * len(known), np.zeros(3)
    right = both.right & known
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-x @ b))
        slope = x.T @ (weights * (right - p)) - _RIDGE * b
        bend = (x * (weights * p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(3)
        b += np.linalg.solve(bend, slope)
    intercept, margin, lead = (round(float(value), 3) for value in b)
    typical = round(float(np.median(both.scores[right, 0])), 2)
    return Confidence(
        intercept=intercept,
        cosine=0.0,
        margin=margin,
        lead=lead,
        runner_up=runner_up,
        typical=typical,
    )


def threshold(asked: Asked, curve: Confidence, precision: float = PRECISION) -> float:
    """The lowest confidence from which names are right that often and strangers rarely named.

    When none is: the one that names right most often.
    """
    known, strange = (confidence(one.shortlists, curve) for one in (asked.known, asked.strange))
    right = asked.known.right
    held: list[tuple[float, float]] = []
    for at in _THRESHOLDS:
        named = known >= at
        reached = float((named & right).sum() / max(named.sum(), 1))
        if reached >= precision and (strange >= at).mean() <= FALSE_NAMES:
            return round(float(at), 3)
        held.append((reached, float(at)))
    return round(max(held)[1], 3)


def log_loss(asked: Asked) -> float:
    """Mean surprise of the truth, nats; lower is better."""
    sure = np.concatenate([asked.known.sure, asked.strange.sure])
    right = np.concatenate([asked.known.right, np.zeros(len(asked.strange.sku), np.bool_)])
    p = np.clip(np.where(right, sure, 1 - sure), 1e-6, 1)
    weights: Reals = mixed(asked.known, asked.strange)
    return float(-(weights * np.log(p)).sum())


def cross_fitted(
    cards: Sequence[EmbedderCard], asked: Sequence[Asked], precision: float = PRECISION
) -> list[EmbedderCard]:
    """The card of each group's judge, with curve and thresholds by the answers to other groups."""
    return [
        calibrated(card, together([*asked[:at], *asked[at + 1 :]]), precision)
        for at, card in enumerate(cards)
    ]


def rate(asked: Asked, card: EmbedderCard) -> Asked:
    """The same answers, with the confidence of a card."""
    return Asked(rated(asked.known, card), rated(asked.strange, card))
