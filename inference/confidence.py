"""How sure a shortlist is: the probability that its first SKU is right."""

from typing import Annotated

import numpy as np
from msgspec import Meta, Struct

from inference.types import Flags, Floats, Shortlists

Cosine = Annotated[float, Meta(ge=-1, le=1)]


class Confidence(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a shortlist becomes the probability that its first SKU is right.

    sigmoid(intercept + cosine * first + margin * (first - max(second, runner_up))
    + lead * (first - max(rival, runner_up))), of the cosines of the facing to the first and to the
    second SKU, and of the first SKU's reference to that of another SKU most alike to it.
    """

    intercept: float
    cosine: float
    margin: float
    lead: float = 0.0
    runner_up: Cosine = 0.0  # what any other product reaches: counts where few SKUs are known
    typical: Cosine = 0.7  # median of facings and the right SKU; for forecasts


def confidence(shortlists: Shortlists, given: Confidence) -> Floats:
    """Turn cosines into calibrated probabilities, (n,) float32; 0 where nothing was found.

    Beside how near the first is, two comparisons count: the margin to the second; and whether the
    facing is nearer to the first one's reference than the rival is, the pack most alike to it.
    Strangers mostly fail the latter.

    Source: logistic calibration: Platt, Probabilistic Outputs for Support Vector Machines, 1999.
    `training.confidence` fits it.
    """
    first, margins, leads = evidence(shortlists, given.runner_up)
    sums = given.intercept + given.cosine * first + given.margin * margins + given.lead * leads
    sure = 1 / (1 + np.exp(-np.clip(sums, -50, 50)))
    return np.where(shortlists.sku_ids[:, 0] >= 0, sure, 0).astype(np.float32)


def evidence(shortlists: Shortlists, runner_up: float) -> tuple[Floats, Floats, Floats]:
    """Cosine of the first, its margin to the second, and its lead over the rival; (n,) each.

    Args:
        shortlists: n.
        runner_up: the least that second and rival count as; so few known SKUs are no evidence.
    """
    first, second = shortlists.scores[:, 0], shortlists.scores[:, 1]
    others = np.where(shortlists.sku_ids[:, 1] >= 0, second, runner_up)
    margins = first - np.maximum(others, runner_up)
    return first, margins, first - np.maximum(shortlists.rivals, runner_up)


def unsure(confidences: Floats, match: float) -> Flags:
    """(n,) named, but nearer to the lowest confidence that names than to certainty."""
    return (confidences >= match) & (confidences < (1 + match) / 2)
