"""Detections matched with labels, and average precision: the protocol of COCO.

The matching is pycocotools' own. Training measures with this file too. The COCO tools stop at 100
boxes per photo unless told otherwise; a shelf has more.
"""

import contextlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

MAX_BOXES = 1000  # per photo
LOWEST_SCORE = 0.05  # of boxes that enter the figures
RECALLS = np.linspace(0, 1, 101)  # where precision is read off
_TINY = float(np.spacing(1))


class Truth(Protocol):
    """What is on a photo: (n, 4) boxes x1 y1 x2 y2, (n,) labels, (n,) which only mark regions."""

    @property
    def boxes(self) -> np.ndarray: ...
    @property
    def labels(self) -> np.ndarray: ...
    @property
    def ignored(self) -> np.ndarray: ...


class Found(Protocol):
    """What a detector found on a photo: (n, 4) boxes, (n,) scores 0-1, (n,) labels."""

    @property
    def boxes(self) -> np.ndarray: ...
    @property
    def scores(self) -> np.ndarray: ...
    @property
    def labels(self) -> np.ndarray: ...


@dataclass(frozen=True, eq=False)
class Judged:
    """The detections of one label on one photo, best first; rows: IoU of .50, .55, ... .95.

    A detection is a hit, a false alarm, or ignored: neither, as most of it lies in a region where
    nothing counts.
    """

    scores: np.ndarray  # (n,)
    hits: np.ndarray  # (10, n) bool
    ignored: np.ndarray  # (10, n) bool
    found: np.ndarray  # (n,) index into what was found
    truth: np.ndarray  # (n,) index into the truth of the box hit at an IoU of .50, -1 = none
    positives: int  # labelled boxes

    def above(self, score: float) -> "Judged":
        """The same for a detector that gives boxes from this score on."""
        kept = self.scores >= score
        return replace(
            self,
            scores=self.scores[kept],
            hits=self.hits[:, kept],
            ignored=self.ignored[:, kept],
            found=self.found[kept],
            truth=self.truth[kept],
        )


@dataclass(frozen=True, eq=False)
class Curve:
    """Precision over recall; NaN when there is nothing to find."""

    precision: np.ndarray  # (IoUs, 101) at RECALLS
    scores: np.ndarray  # (101,) the score that reaches the recall at the lowest IoU, 0 = none does
    recall: np.ndarray  # (IoUs,) of all boxes, however low their score


def judge(truth: Sequence[Truth], found: Sequence[Found], label: int) -> list[Judged]:
    """Match the boxes of one label, photo by photo."""
    expected, results = _numbered(truth, label), _numbered(found, label)
    for entry, photo, index in expected:
        entry["iscrowd"] = int(truth[photo].ignored[index])
    for entry, photo, index in results:
        entry["score"] = float(found[photo].scores[index])
    evaluated = _evaluated(len(truth), [e for e, *_ in expected], [e for e, *_ in results])
    index_of = [np.array([-1, *(index for *_, index in each)]) for each in (expected, results)]
    return [_judged(photo, *index_of) for photo in evaluated]


def curve(judged: Iterable[Judged], ious: int | None = None) -> Curve:
    """Put photos together, at the lowest so many IoUs.

    Source: pycocotools 2.0.11, COCOeval.accumulate.
    """
    photos = list(judged)
    scores = np.concatenate([photo.scores for photo in photos])
    order = np.argsort(-scores, kind="stable")
    hits = np.concatenate([photo.hits[:ious] for photo in photos], 1)[:, order]
    ignored = np.concatenate([photo.ignored[:ious] for photo in photos], 1)[:, order]
    positives = sum(photo.positives for photo in photos)
    if not positives:
        return Curve(*(np.full(shape, np.nan) for shape in ((len(hits), 101), 101, len(hits))))
    true, false = hits.cumsum(1), (~hits & ~ignored).cumsum(1)
    recall, precision = true / positives, true / (true + false + _TINY)
    precision = np.maximum.accumulate(precision[:, ::-1], 1)[:, ::-1]
    padded = np.pad(precision, ((0, 0), (0, 1)))
    at = [np.searchsorted(row, RECALLS) for row in recall]
    return Curve(
        precision=np.stack([row[places] for row, places in zip(padded, at, strict=True)]),
        scores=np.append(scores[order], 0)[at[0]],
        recall=recall.max(1, initial=0),
    )


def _numbered(photos: Sequence[Any], label: int) -> list[tuple[dict[str, Any], int, int]]:
    """Boxes of one label as COCO writes them, numbered from 1; with photo and index there."""
    of_label = [np.flatnonzero(each.labels == label) for each in photos]
    places = [(photo, int(i)) for photo, own in enumerate(of_label) for i in own]
    numbered = []
    for number, (photo, index) in enumerate(places, 1):
        x1, y1, x2, y2 = (float(value) for value in photos[photo].boxes[index])
        entry = {"id": number, "image_id": photo, "category_id": 0}
        size = {"bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)}
        numbered.append(({**entry, **size}, photo, index))
    return numbered


def _evaluated(photos: int, expected: list[dict], results: list[dict]) -> list[dict | None]:
    """Let the COCO tools match; what they say of each photo, None where nothing is."""
    about = {"info": {}, "images": [{"id": i} for i in range(photos)], "categories": [{"id": 0}]}
    with contextlib.redirect_stdout(io.StringIO()):
        truth, found = COCO(), COCO()
        truth.dataset = {**about, "annotations": expected}
        found.dataset = {**about, "annotations": results}
        truth.createIndex()
        found.createIndex()
        evaluation = COCOeval(truth, found, "bbox")
        evaluation.params.maxDets = [MAX_BOXES]
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.evaluate()
    return evaluation.evalImgs


def _judged(photo: dict | None, truth_of: np.ndarray, found_of: np.ndarray) -> Judged:
    if photo is None:
        none, nothing = np.zeros((10, 0), np.bool_), np.zeros(0, int)
        return Judged(np.zeros(0), none, none, nothing, nothing, 0)
    ignored = photo["dtIgnore"].astype(np.bool_)
    hits = (photo["dtMatches"] > 0) & ~ignored
    numbers = np.where(hits[0], photo["dtMatches"][0], 0).astype(int)
    return Judged(
        scores=np.array(photo["dtScores"], np.float64),
        hits=hits,
        ignored=ignored,
        found=found_of[np.array(photo["dtIds"], int)],
        truth=truth_of[numbers],
        positives=int((~photo["gtIgnore"].astype(np.bool_)).sum()),
    )
