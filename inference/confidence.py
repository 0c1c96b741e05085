"""How sure a shortlist is: the probability that its first SKU is right."""

import numpy as np

from inference.card import Confidence
from inference.types import Flags, Floats, Shortlists


def confidence(shortlists: Shortlists, given: Confidence) -> Floats:
    """Turn cosines into calibrated probabilities, (n,) float32; 0 where nothing was found.

    Source: logistic calibration: Platt, Probabilistic Outputs for Support Vector Machines, 1999;
    the margin to the second as a second feature. `training.confidence` fits it.
    """
    first, second = shortlists.scores[:, 0], shortlists.scores[:, 1]
    others = np.where(shortlists.sku_ids[:, 1] >= 0, second, given.runner_up)
    margins = first - np.maximum(others, given.runner_up)
    sums = given.intercept + given.cosine * first + given.margin * margins
    sure = 1 / (1 + np.exp(-np.clip(sums, -50, 50)))
    return np.where(shortlists.sku_ids[:, 0] >= 0, sure, 0).astype(np.float32)


def unsure(confidences: Floats, match: float) -> Flags:
    """(n,) named, but nearer to the lowest confidence that names than to certainty."""
    return (confidences >= match) & (confidences < (1 + match) / 2)
