"""Shares of answers with their intervals, and how far confidence can be believed."""

from typing import Any

import numpy as np

from bench.accuracy.skus.answers import Answers
from inference.types import Flags, Ids, Reals

RESAMPLES, PERCENTILES = 1000, (5, 95)
BINS = 10
UNKNOWN_SHARE = 0.3  # of facings on a shelf that the gallery does not know


def share(part: Flags, of: Flags, skus: Ids) -> dict[str, Any]:
    """How many of the answers `of` are also `part`, as a ratio.

    The interval is that of 90 % of resamplings of the SKUs asked for, a bootstrap: facings of one
    SKU look alike, so they are no independent evidence.

    Args:
        part: (n,).
        of: (n,).
        skus: (n,) the SKU of each answer.
    """
    numbers = np.unique(skus, return_inverse=True)[1]
    whole = np.bincount(numbers, of)
    counted = np.bincount(numbers, part & of)
    drawn = np.random.default_rng(0).integers(len(whole), size=(RESAMPLES, len(whole)))
    with np.errstate(invalid="ignore"):  # a resampling in which nothing was named
        values = counted[drawn].sum(1) / whole[drawn].sum(1)
    return {
        "value": ratio(counted.sum(), whole.sum()),
        "interval_90": [round(float(each), 3) for each in np.nanpercentile(values, PERCENTILES)]
        if whole.sum()
        else None,
        "skus": int((whole > 0).sum()),
    }


def reliability(known: Answers, strange: Answers) -> list[dict[str, Any]]:
    """How often answers of each tenth of confidence are right.

    Answers to known and strange facings are weighed so that UNKNOWN_SHARE are strange: whether
    the gallery knows a facing is what confidence has to tell, too.
    """
    sure = np.concatenate([known.sure, strange.sure])
    right = np.concatenate([known.right, np.zeros(len(strange.sure), np.bool_)])
    weights = mixed(known, strange)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    table: list[dict[str, Any]] = []
    for number in range(BINS):
        own = weights * (bins == number)
        table.append(
            {
                "confidence": [number / BINS, (number + 1) / BINS],
                "answers": ratio(own.sum(), 1),
                "mean_confidence": ratio((own * sure).sum(), own.sum()),
                "right": ratio((own * right).sum(), own.sum()),
            }
        )
    return table


def calibration_error(table: list[dict[str, Any]]) -> float:
    """Mean distance between confidence and truth over the answers, 0-1.

    Source: Naeini et al., Obtaining Well Calibrated Probabilities Using Bayesian Binning, 2015.
    """
    return round(
        sum(
            row["answers"] * abs(row["mean_confidence"] - row["right"])
            for row in table
            if row["answers"]
        ),
        3,
    )


def precision_among_strangers(known: Answers, strange: Answers) -> float | None:
    """Of what is named, how much is right when UNKNOWN_SHARE of the facings are strange."""
    weights = mixed(known, strange) * np.concatenate([known.named, strange.named])
    return ratio((weights[: len(known.right)] * known.right).sum(), weights.sum())


def ratio(part: float, whole: float) -> float | None:
    """Three digits; None where there is nothing to measure."""
    return round(float(part / whole), 3) if whole else None


def mixed(known: Answers, strange: Answers) -> Reals:
    """Weights that make UNKNOWN_SHARE of the answers those to strange facings; they sum to 1."""
    shares = (1 - UNKNOWN_SHARE, UNKNOWN_SHARE)
    return np.concatenate(
        [
            np.full(len(each.sure), of_them / max(len(each.sure), 1))
            for each, of_them in zip((known, strange), shares, strict=True)
        ]
    )
