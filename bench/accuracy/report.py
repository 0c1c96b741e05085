"""The figures as `detector.json` and as tables for people."""

from collections.abc import Sequence
from typing import Any

from bench.accuracy.figures import ap50, confidence, figures
from bench.accuracy.judging import Verdict
from bench.platform import machine

BEGIN, END = "<!-- make bench-accuracy writes from here -->\n", "<!-- to here -->\n"


def report(
    held_out: Sequence[Verdict], shipped: Sequence[Verdict], saw: bool, times: dict[str, Any]
) -> dict[str, Any]:
    """Everything measured, ready for JSON.

    Args:
        held_out: every photo, judged by a detector that never saw its scene.
        shipped: the same photos, judged by the shipped detector.
        saw: whether the shipped detector was trained on some of them.
        times: of one 12 MP photo.
    """
    every = figures(held_out)
    domains = sorted({verdict.photo.domain for verdict in held_out})
    return {
        "product_ap50": every["product"]["ap50"],
        "product_ap": every["product"]["ap"],
        "product_recall": every["product"]["recall"],
        "tag_ap50": every["price_tag"]["ap50"],
        "facing_count_error_median": every["facing_count_error_median"],
        "shelf_assignment": every["shelves"]["right"],
        "photo_12mp_ms": times["median"],
        "more": {
            "protocol": "leave one scene out: no photo is judged by a detector that saw its scene",
            "machine": machine(),
            "product_ap50_confidence_90": confidence(held_out),
            "figures": every,
            "domains": {name: figures(_of_domain(held_out, name)) for name in domains},
            "photos": {v.photo.name: _photo(v) for v in held_out},
            "shipped": {
                "model": shipped[0].look.detector,
                "saw_these_photos_in_training": saw,
                "figures": figures(shipped),
            },
            "photo_12mp": times,
        },
    }


def tables(measured: dict[str, Any]) -> str:
    """The report as Markdown."""
    more = measured["more"]
    shipped = more["shipped"]
    low, high = more["product_ap50_confidence_90"]
    rows = {
        "**all photos**": more["figures"],
        **more["domains"],
    }
    if shipped["saw_these_photos_in_training"]:
        name = f"for comparison: `{shipped['model']}`, which saw these photos in training"
        rows[name] = shipped["figures"]
    times = more["photo_12mp"]
    return "\n".join(
        [
            *_summary(rows),
            "",
            f"90 % of resamplings of the scenes give a product AP50 of {low:.2f} to {high:.2f}.",
            f"One 12 MP photo, decode and detect: {times['median']:.0f} ms "
            f"({times['decode']:.0f} + {times['detect']:.0f}, worst {times['worst']:.0f}), "
            f"`{shipped['model']}`, {more['machine']}.",
            "",
            *_labels(more["figures"]),
            "",
            *_photos(more["photos"]),
            "",
        ]
    )


def put_between_markers(text: str, body: str, begin: str = BEGIN, end: str = END) -> str:
    """Replace what stands between the markers of a document."""
    before, rest = text.split(begin)
    return f"{before}{begin}{body}{end}{rest.split(end)[1]}"


def _of_domain(verdicts: Sequence[Verdict], domain: str) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.photo.domain == domain]


def _photo(verdict: Verdict) -> dict[str, Any]:
    own = figures([verdict])
    about = {"detector": verdict.look.detector, "scene": verdict.photo.scene}
    return {**about, "domain": verdict.photo.domain, "product_ap50": round(ap50(verdict), 3), **own}


def _summary(rows: dict[str, dict[str, Any]]) -> list[str]:
    head = "", "photos", "product AP50", "AP", "recall", "precision", "tag AP50"
    lines = [
        [
            name,
            str(each["photos"]),
            *(number(each["product"][key]) for key in ("ap50", "ap", "recall", "precision")),
            number(each["price_tag"]["ap50"]),
            number(each["facing_count_error_median"]),
            number(each["shelves"]["right"]),
        ]
        for name, each in rows.items()
    ]
    return table([*head, "facing count error", "on the right shelf"], lines)


def _labels(every: dict[str, Any]) -> list[str]:
    keys = "labelled", "ap50", "ap75", "ap", "recall", "precision"
    rows = [
        [name, *(number(every[name][key]) for key in keys)]
        for name in ("product", "price_tag", "gap")
        if every[name]
    ]
    shelves = [
        [name, str(each["judged"]), number(each["right"]), number(each["exact_index"])]
        for name, each in (
            ("facings the detector found", every["shelves"]),
            ("all facings, given the labelled boxes", every["shelves_of_labelled_boxes"]),
        )
    ]
    head = ["shelves of", "facings", "right, whatever its number", "right, with its number"]
    return [
        *table(["label, scene held out", "boxes", "AP50", "AP75", "AP", *keys[4:]], rows),
        "",
        *table(head, shelves),
    ]


def _photos(photos: dict[str, dict[str, Any]]) -> list[str]:
    worst_first = sorted(photos.items(), key=lambda item: item[1]["product_ap50"])
    rows = [
        [
            f"`{name}`",
            each["domain"],
            *(number(each["product"][key]) for key in ("ap50", "recall", "precision")),
            f"{each['facings_found']} / {each['product']['labelled']}",
            number(each["shelves"]["right"]),
        ]
        for name, each in worst_first
    ]
    head = ["photo", "domain", "AP50", "recall", "precision", "facings found / labelled", "shelf"]
    return table(head, rows, left=2)


def table(head: list[str], rows: list[list[str]], left: int = 1) -> list[str]:
    """A Markdown table; so many columns are flush left."""
    rule = ["---"] * left + ["---:"] * (len(head) - left)
    return ["| " + " | ".join(cells) + " |" for cells in (head, rule, *rows)]


def number(value: float | None) -> str:
    """A ratio with two digits, a count without."""
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
