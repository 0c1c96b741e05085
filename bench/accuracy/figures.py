"""The figures of photos: ratios 0-1, None where there is nothing to measure."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.accuracy.coco import Judged, curve
from bench.accuracy.judging import ShelfScore, Verdict
from bench.accuracy.photos import LABELS, PRODUCT

RESAMPLES, PERCENTILES = 1000, (5, 95)


def figures(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Measure photos together."""
    labels = {name: _label(verdicts, label) for label, name in enumerate(LABELS)}
    return {
        "photos": len(verdicts),
        **labels,
        "facings_found": sum(verdict.facings_found for verdict in verdicts),
        "facing_count_error_median": _rounded(np.median([v.count_error for v in verdicts])),
        "shelves": _shelves([v.shelves for v in verdicts]),
        "shelves_of_labelled_boxes": _shelves([v.shelves_of_labelled for v in verdicts]),
    }


def confidence(verdicts: Sequence[Verdict]) -> list[float | None]:
    """The 90 % interval of product AP50 when other scenes had been photographed: a bootstrap."""
    scenes: dict[str, list[Judged]] = defaultdict(list)
    for verdict in verdicts:
        scenes[verdict.photo.scene].append(verdict.everything[PRODUCT])
    drawn = np.random.default_rng(0).integers(len(scenes), size=(RESAMPLES, len(scenes)))
    every = list(scenes.values())
    values = [
        curve((photo for scene in draw for photo in every[scene]), ious=1).precision.mean()
        for draw in drawn
    ]
    return [_rounded(value) for value in np.percentile(values, PERCENTILES)]


def ap50(verdict: Verdict) -> float:
    """Product AP50 of one photo."""
    return float(curve([verdict.everything[PRODUCT]], ious=1).precision.mean())


def _label(verdicts: Sequence[Verdict], label: int) -> dict[str, Any] | None:
    """COCO's averages of all boxes; recall and precision of those the platform uses."""
    if not all(verdict.look.known[label] for verdict in verdicts):
        return None
    precision = curve([verdict.everything[label] for verdict in verdicts]).precision
    used = [verdict.used(label) for verdict in verdicts]
    labelled, hits = sum(u.positives for u in used), sum(u.hits[0].sum() for u in used)
    counted = sum((~u.ignored[0]).sum() for u in used)
    return {
        "labelled": labelled,
        "ap50": _rounded(precision[0].mean()),
        "ap75": _rounded(precision[5].mean()),
        "ap": _rounded(precision.mean()),
        "recall": _ratio(hits, labelled),
        "precision": _ratio(hits, counted),
    }


def _shelves(scores: Sequence[ShelfScore]) -> dict[str, Any]:
    judged = sum(score.judged for score in scores)
    return {
        "judged": judged,
        "right": _ratio(sum(score.grouped for score in scores), judged),
        "exact_index": _ratio(sum(score.exact for score in scores), judged),
    }


def _ratio(part: float, whole: float) -> float | None:
    return _rounded(part / whole) if whole else None


def _rounded(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 3)
