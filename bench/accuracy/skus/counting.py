"""FACING_COUNT end to end: detector, embedder, gallery and report against the labelled facings."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.accuracy.judging import Verdict
from bench.accuracy.photos import PRODUCT, LabelledShelf
from bench.accuracy.skus.figures import PERCENTILES, RESAMPLES
from bench.accuracy.skus.items import Embedded
from flows.reports.facing_count import facing_count
from inference.card import EmbedderCard
from inference.confidence import confidence
from inference.gallery import Gallery
from inference.identify import Embedder
from inference.image import decode
from inference.neighbours import says
from inference.types import Flags, Floats, Ids
from inference.vectors import normalise

SCENES = ("biscuits", "cans", "coffee")  # two photos each


@dataclass(frozen=True)
class SceneCount:
    """Facings per SKU of a scene, as reported and as labelled."""

    scene: str
    reported: dict[str, int]
    labelled: dict[str, int]  # SKUs that the gallery can know: those of several runs

    def errors(self) -> dict[str, int]:
        """How far off each SKU is that is known or reported."""
        skus = sorted(self.reported.keys() | self.labelled.keys())
        return {sku: abs(self.reported.get(sku, 0) - self.labelled.get(sku, 0)) for sku in skus}


def scene_count(
    verdicts: Sequence[Verdict], every: Embedded, embedder: Embedder, card: EmbedderCard
) -> SceneCount:
    """Count the facings of one scene, photo by photo.

    Each facing found is looked up among all labelled facings of all photos but those of its own
    run; a false alarm or a facing without a known SKU among those of all other photos. Neighbours
    have a say, unless they are in the gallery themselves. What lies where nothing is labelled is
    left out. Photos are added up, as duplicates are in the truth.

    Args:
        verdicts: on the photos of the scene.
        every: facings of all photos.
        embedder: that made its vectors.
        card: says how sure it is, and when that is enough.
    """
    named = np.concatenate([_named(verdict, every, embedder, card) for verdict in verdicts])
    seen = pl.DataFrame({"sku_id": named[named >= 0], "duplicate": False})
    items = every.items
    scene = verdicts[0].photo.scene
    runs_of = [len(set(items.runs[items.skus == sku])) for sku in range(len(items.names))]
    own = [sku for sku, of in zip(items.skus, items.scenes, strict=True) if of == scene]
    return SceneCount(
        scene=scene,
        reported={items.names[sku]: count for sku, count in facing_count(seen).rows()},
        labelled=dict(Counter(items.names[sku] for sku in own if runs_of[sku] > 1)),
    )


def counting_error(scenes: Sequence[SceneCount]) -> dict[str, Any]:
    """Mean absolute error per SKU, with its interval: 90 % of resamplings of the SKUs."""
    errors = np.array([error for scene in scenes for error in scene.errors().values()])
    drawn = np.random.default_rng(0).integers(len(errors), size=(RESAMPLES, len(errors)))
    interval = np.percentile(errors[drawn].mean(1), PERCENTILES)
    return {
        "value": round(float(errors.mean()), 3),
        "interval_90": [round(float(each), 3) for each in interval],
        "skus": len(errors),
        "scenes": {
            scene.scene: {
                "mean_absolute_error": round(float(np.mean(list(scene.errors().values()))), 3),
                "skus": {
                    sku: [scene.reported.get(sku, 0), scene.labelled.get(sku, 0)]
                    for sku in scene.errors()
                },
            }
            for scene in scenes
        },
    }


def _named(verdict: Verdict, every: Embedded, embedder: Embedder, card: EmbedderCard) -> Ids:
    """The SKU of each product found, -1 = none is named."""
    used = verdict.used(PRODUCT)
    counted, boxes = ~used.ignored[0], verdict.look.boxes[used.found]
    vectors = embedder.embed(decode(verdict.photo.path.read_bytes()), boxes)
    say = says(vectors, boxes, card.neighbours) if card.neighbours else np.eye(len(boxes))
    runs = np.where(counted, _run_of_box(verdict.photo, every)[used.truth], -1)
    named = np.full(len(vectors), -1, np.int64)
    of_photo = _of(verdict.photo.path, every)
    for run in np.unique(runs):
        left_out = every.items.runs == run if run >= 0 else of_photo
        asked, speaking = runs == run, (runs == run) | (runs < 0) | (run < 0)
        heard = normalise((say[asked] * speaking) @ vectors)
        named[asked] = _first(heard, every, ~left_out, card)
    return named[counted]


def _run_of_box(photo: LabelledShelf, every: Embedded) -> Ids:
    """(boxes + 1,) the run of each labelled box, -1 = none; the last one for what is no box."""
    runs = np.full(len(photo.boxes) + 1, -1, np.int64)
    facing = (photo.labels == PRODUCT) & ~photo.ignored & (np.array(photo.skus, object) != "")
    runs[np.flatnonzero(facing)] = every.items.runs[_of(photo.path, every)]
    return runs


def _of(photo: Path, every: Embedded) -> Flags:
    return np.array([path == photo for path in every.items.photos])


def _first(vectors: Floats, every: Embedded, references: Flags, card: EmbedderCard) -> Ids:
    found = Gallery(every.items.skus[references], every.vectors[references]).search(vectors)
    sure = confidence(found, card.confidence)
    return np.where(sure >= card.thresholds.match, found.sku_ids[:, 0], -1)
