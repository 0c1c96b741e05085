"""The figures as `sku.json` and as tables for people."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.accuracy.report import number, table
from bench.accuracy.skus.answers import Answers
from bench.accuracy.skus.counting import counting_error
from bench.accuracy.skus.figures import (
    UNKNOWN_SHARE,
    calibration_error,
    precision_among_strangers,
    ratio,
    reliability,
    share,
)
from bench.accuracy.skus.items import Items
from bench.accuracy.skus.measuring import Measured, Truth
from bench.platform import machine
from inference.types import Flags

BEGIN = "<!-- make bench-accuracy writes the SKUs from here -->\n"
END = "<!-- the SKUs to here -->\n"

Limits = tuple[str, str]  # floor, goal


ROWS: dict[str, tuple[str, Limits]] = {
    "unseen_1shot_top1": ("unseen SKUs, 1 reference photo: top-1", ("0.60", "0.87")),
    "unseen_1shot_top5": ("unseen SKUs, 1 reference photo: top-5", ("0.88", "0.98")),
    "unseen_5shot_top1": ("unseen SKUs, 5 reference photos: top-1", ("0.78", "0.95")),
    "shelf_to_shelf_top1": ("shelf to shelf, 1 reference facing: top-1", ("0.80", "0.97")),
    "precision_at_threshold": ("shelf to shelf, as shipped: precision", ("0.95", "0.98")),
    "coverage_at_threshold": ("shelf to shelf, as shipped: coverage", ("0.60", "0.85")),
    "open_set_false_names": ("SKU not in the gallery: wrongly named", ("0.10", "0.02")),
    "facing_count_error": ("FACING_COUNT end to end: mean absolute error per SKU", ("", "0.3")),
}
DETAILS = {
    "shelf_to_shelf_other_photo": "of these, the reference from another photo: top-1",
    "shelf_to_shelf_same_photo": "of these, from another place in the same photo: top-1",
    "shelf_to_shelf_all_runs": "shelf to shelf, all facings of other runs as references: top-1",
}
SPEED_LIMITS = ("1.5", "0.6")
HEAD = ["figure", "measured", "90 % interval", "colours alone", "SKUs", "floor", "goal"]


def report(
    measured: Measured,
    colours: Measured,
    truth: Truth,
    judged_by: dict[str, str],
    times: dict[str, Any],
) -> dict[str, Any]:
    """Everything measured, ready for JSON.

    Args:
        measured: the answers.
        colours: those of colours alone.
        truth: what was asked for.
        judged_by: the embedder that judges each group.
        times: of 500 crops.
    """
    shares, bins = _shares(measured, truth.facings), reliability(measured.known, measured.strange)
    return {
        **{name: shares[name]["value"] for name in ROWS if name in shares},
        "embed_500_s": times["best"],
        "more": {
            "protocol": "no embedder judges a SKU or scene that it was trained on; confidence and "
            "threshold of a group are fitted to the answers to the other groups",
            "machine": machine(),
            "judged_by": judged_by,
            "shares": shares,
            "colours_alone": _known(colours, truth.facings),
            "precision_when_3_of_10_are_strange": precision_among_strangers(
                measured.known, measured.strange
            ),
            "calibration_error": calibration_error(bins),
            "reliability": bins,
            "shelf_to_shelf_top1_by_scene": _by(measured.known, truth.facings.scenes),
            "unseen_1shot_top1_by_sku": _by(measured.one_shot, _names(truth.products)),
            "embed_500": times,
        },
    }


def tables(measured: dict[str, Any]) -> str:
    """The report as Markdown."""
    more = measured["more"]
    times = more["embed_500"]
    rows = [_row(more, name, text, limits) for name, (text, limits) in ROWS.items()]
    rows[4:4] = [_row(more, name, text, ("", "")) for name, text in DETAILS.items()]
    rows.append(["500 crops embedded, seconds", number(times["best"]), "", "", "", *SPEED_LIMITS])
    judges = sorted(set(more["judged_by"].values()))
    strangers = more["precision_when_3_of_10_are_strange"]
    return "\n".join(
        [
            *table(HEAD, rows),
            "",
            f"Judged by {', '.join(f'`{name}`' for name in judges)}; "
            f"crops: the best of {times['repeats']}, {more['machine']}.",
            f"With {UNKNOWN_SHARE:.0%} of the facings of SKUs that the gallery does not know, "
            f"precision is {number(strangers)}.",
            "",
            *table(["confidence", "answers", "mean confidence", "right"], _bins(more)),
            "",
            f"Confidence is off by {more['calibration_error']:.2f} on average.",
            "",
        ]
    )


def _shares(measured: Measured, facings: Items) -> dict[str, Any]:
    known, strange = measured.known, measured.strange
    return {
        **_known(measured, facings),
        "precision_at_threshold": share(known.right, known.named, known.sku),
        "coverage_at_threshold": share(known.named, _all(known), known.sku),
        "open_set_false_names": share(strange.named, _all(strange), strange.sku),
        "facing_count_error": counting_error(measured.counts),
    }


def _known(measured: Measured, facings: Items) -> dict[str, Any]:
    """How often a SKU of the gallery is known, whatever the confidence."""
    one, many = measured.one_shot, measured.many_shot
    known, runs = measured.known, measured.all_runs
    photos = np.array([path.name for path in facings.photos])
    same = photos[known.asked] == photos[known.pictures[:, 1]]
    return {
        "unseen_1shot_top1": share(one.right, _all(one), one.sku),
        "unseen_1shot_top5": share(one.shortlisted, _all(one), one.sku),
        "unseen_5shot_top1": share(many.right, _all(many), many.sku),
        "shelf_to_shelf_top1": share(known.right, _all(known), known.sku),
        "shelf_to_shelf_other_photo": share(known.right, ~same, known.sku),
        "shelf_to_shelf_same_photo": share(known.right, same, known.sku),
        "shelf_to_shelf_all_runs": share(runs.right, _all(runs), runs.sku),
    }


def _by(answers: Answers, labels: Sequence[str]) -> dict[str, float | None]:
    """Top-1 of the items with each label, the worst first."""
    of = np.array(labels)[answers.asked]
    found = {
        str(name): ratio(answers.right[of == name].sum(), (of == name).sum())
        for name in np.unique(of)
    }
    return dict(sorted(found.items(), key=lambda item: item[1] or 0))


def _names(items: Items) -> list[str]:
    return [items.names[sku] for sku in items.skus]


def _all(answers: Answers) -> Flags:
    return np.ones(len(answers.sku), np.bool_)


def _row(more: dict[str, Any], name: str, text: str, limits: Limits) -> list[str]:
    measured, peer = more["shares"][name], more["colours_alone"].get(name)
    low, high = measured["interval_90"] or (None, None)
    between = "-" if low is None else f"{low:.2f} to {high:.2f}"
    told = number(peer["value"]) if peer else ""
    return [text, number(measured["value"]), between, told, str(measured["skus"]), *limits]


def _bins(more: dict[str, Any]) -> list[list[str]]:
    return [
        [
            "{:.1f} to {:.1f}".format(*row["confidence"]),
            *(number(row[key]) for key in ("answers", "mean_confidence", "right")),
        ]
        for row in more["reliability"]
        if row["answers"]
    ]
