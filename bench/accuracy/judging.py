"""One photo judged: what a detector found on it, what of it is right, on which shelves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
import numpy as np

from bench.accuracy.coco import LOWEST_SCORE, Judged, judge
from bench.accuracy.photos import LABELS, PRICE_TAG, PRODUCT, LabelledShelf
from bench.accuracy.standing import NO_SHELF, exactly_right, numbered, rightly_grouped, true_shelves
from inference.detect import Detector
from inference.image import decode
from inference.runtime import Runtime
from inference.shelves import arrange
from inference.types import Flags, Floats, Ints


@dataclass(frozen=True, eq=False)
class Look:
    """What a detector found on a photo from LOWEST_SCORE on; labels are indices into LABELS."""

    photo: LabelledShelf
    detector: str
    known: tuple[bool, ...]  # which of LABELS the detector has
    score: float  # of its card: lower boxes are not used by the platform
    boxes: Floats
    scores: Floats
    labels: Ints


@dataclass(frozen=True)
class ShelfScore:
    """How many facings are judged, how many stand right up to renumbering, how many exactly."""

    judged: int
    grouped: int
    exact: int


@dataclass(frozen=True, eq=False)
class Verdict:
    """A look and its detections, judged; `everything` has one entry per label."""

    look: Look
    everything: tuple[Judged, ...]

    @property
    def photo(self) -> LabelledShelf:
        """The photo."""
        return self.look.photo

    def used(self, label: int) -> Judged:
        """What the platform would use of one label."""
        return self.everything[label].above(self.look.score)

    @cached_property
    def facings_found(self) -> int:
        """Products found, without those where nothing counts."""
        return int((~self.used(PRODUCT).ignored[0]).sum())

    @cached_property
    def count_error(self) -> float:
        """How far off the number of facings is, as a ratio of the labelled ones."""
        labelled = self.used(PRODUCT).positives
        return abs(self.facings_found - labelled) / labelled

    @cached_property
    def shelves(self) -> ShelfScore:
        """Of the facings found. Shelves where hardly anything is labelled are not numbered."""
        used, truth = self.used(PRODUCT), self.photo
        tags = self.look.boxes[self.used(PRICE_TAG).found]
        boxes = self.look.boxes[used.found]
        shelf_of = self._arranged(boxes, tags, self.look.scores[used.found])
        hit = used.truth >= 0
        counted = numbered(shelf_of, hit | _inside(boxes, truth.of(PRODUCT)), used.ignored[0])
        facings = np.flatnonzero((truth.labels == PRODUCT) & ~truth.ignored)
        true = true_shelves(truth)[np.searchsorted(facings, used.truth[hit])]
        return _score(np.searchsorted(counted, shelf_of[hit]), true)

    @cached_property
    def shelves_of_labelled(self) -> ShelfScore:
        """The same, given the labelled boxes instead of the detector's."""
        boxes = self.photo.of(PRODUCT), self.photo.of(PRICE_TAG)
        return _score(self._arranged(*boxes), true_shelves(self.photo))

    def _arranged(self, boxes: Floats, tags: Floats, scores: Floats | None = None) -> Ints:
        return arrange(boxes, tags, (self.photo.width, self.photo.height), scores).shelf_index


def looks(folder: Path, photos: Sequence[LabelledShelf], runtime: Runtime) -> list[Look]:
    """Let the detector in a folder look at photos."""
    model = runtime.load(folder)
    shipped = Detector(model, model.card).card
    limits = msgspec.structs.replace(shipped.thresholds, score=LOWEST_SCORE)
    detector = Detector(model, msgspec.structs.replace(shipped, thresholds=limits))
    return [_look(photo, detector, shipped.thresholds.score) for photo in photos]


def verdicts(seen: Sequence[Look]) -> list[Verdict]:
    """Judge every look."""
    truth = [look.photo for look in seen]
    by_label = [judge(truth, seen, label) for label in range(len(LABELS))]
    return [Verdict(look, each) for look, *each in zip(seen, *by_label, strict=True)]


def _look(photo: LabelledShelf, detector: Detector, score: float) -> Look:
    found = detector.detect(decode(photo.path.read_bytes()))
    names = detector.card.output.labels
    ours = np.array([LABELS.index(name) if name in LABELS else -1 for name in names], np.int32)
    return Look(
        photo=photo,
        detector=detector.card.id,
        known=tuple(label in names for label in LABELS),
        score=score,
        boxes=found.boxes,
        scores=found.scores,
        labels=ours[found.labels],
    )


def _inside(boxes: Floats, others: Floats) -> Flags:
    """(n,): whether the middle of a box lies in one of the others."""
    x, y = (boxes[:, 0] + boxes[:, 2])[:, None] / 2, (boxes[:, 1] + boxes[:, 3])[:, None] / 2
    across = (others[:, 0] < x) & (x < others[:, 2])
    return (across & (others[:, 1] < y) & (y < others[:, 3])).any(axis=1)


def _score(found: Ints, true: Ints) -> ShelfScore:
    return ShelfScore(
        judged=int((true != NO_SHELF).sum()),
        grouped=rightly_grouped(found, true),
        exact=exactly_right(found, true),
    )
