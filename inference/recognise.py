"""One photo through all stages: decode, detect, identify, rows, quality."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from inference.card import DetectorThresholds, EmbedderThresholds
from inference.confidence import confidence, unsure
from inference.crops import cut_crops
from inference.detect import PRODUCT, Detector
from inference.gallery import Gallery
from inference.identify import Embedder
from inference.image import decode
from inference.keypoints import find_keypoints
from inference.neighbours import heeded
from inference.pyramid import Pyramid
from inference.quality import measure_quality
from inference.read_tags import TagReader
from inference.runtime import Runtime
from inference.shelves import arrange, standing_on
from inference.tag_owner import tag_owners
from inference.tags import look_at_tags
from inference.types import Keypoints, PhotoResult

PRICE_TAG = "price_tag"
GAP = "gap"


class Recogniser:
    """Recognises photos. Loaded once per process, shared by its threads."""

    def __init__(
        self, detector: Detector, embedder: Embedder, tag_reader: TagReader | None = None
    ) -> None:
        """Put the models together; without a reader price tags are found, not read."""
        self.detector = detector
        self.embedder = embedder
        self.tag_reader = tag_reader

    @property
    def detector_name(self) -> str:
        """Name and version, as stored beside every fact."""
        return self.detector.card.id

    @property
    def embedder_name(self) -> str:
        """Name and version, as stored beside every fact."""
        return self.embedder.card.id

    @property
    def embedder_key(self) -> str:
        """What vectors and galleries are tied to: name, version and a hash of what makes them."""
        return self.embedder.card.key

    @property
    def thresholds(self) -> dict[str, DetectorThresholds | EmbedderThresholds]:
        """The thresholds of the models in service, by task."""
        return {
            "detect": self.detector.card.thresholds,
            "embed": self.embedder.card.thresholds,
        }

    def warm_up(self) -> None:
        """Run both networks once, so that the first photo does not pay for their preparation."""
        grey = np.full((960, 1280, 3), 128, np.uint8)
        self.detector.detect(grey)
        self.embedder.embed(grey, np.array([[0, 0, 128, 128]], np.float32))
        if self.tag_reader:
            self.tag_reader.warm_up()

    def photo(self, jpeg: bytes, gallery: Gallery, *, one_of_several: bool = False) -> PhotoResult:
        """Recognise one photo.

        Args:
            jpeg: the file.
            gallery: of what it may show.
            one_of_several: other photos may show the same place; points are found that tell.

        Raises:
            UnreadablePhoto: with a reason for people.
        """
        timings: dict[str, float] = {}
        with _timed(timings, "decode"):
            photo = Pyramid(decode(jpeg))
        with _timed(timings, "detect"):
            found = self.detector.detect(photo)
            products = self.detector.labelled(found.labels, PRODUCT)
            tags = self.detector.labelled(found.labels, PRICE_TAG)
            gaps = self.detector.labelled(found.labels, GAP)
        with _timed(timings, "identify"):
            vectors = self.embedder.embed(photo, found.boxes[products])
            asked = heeded(vectors, found.boxes[products], self.embedder.card.neighbours)
            shortlists = gallery.search(asked)
            confidences = confidence(shortlists, self.embedder.card.confidence)
            thresholds = self.embedder.card.thresholds
            sure = confidences >= thresholds.match
        doubtful = unsure(confidences, thresholds.match)
        with _timed(timings, "crops"):
            crops = cut_crops(photo, found.boxes[products], ~sure | doubtful)
        with _timed(timings, "rows"):
            shelves = arrange(
                found.boxes[products],
                found.boxes[tags],
                (photo.width, photo.height),
                found.scores[products],
            )
        with _timed(timings, "tags"):
            reader, boxes = self.tag_reader, found.boxes[tags]
            read = look_at_tags(reader, photo, boxes) if reader else []
        with _timed(timings, "quality"):
            quality = measure_quality(photo, found.boxes[products], capped=found.capped)
        keypoints = _keypoints(photo, timings) if one_of_several else None
        return PhotoResult(
            width=photo.width,
            height=photo.height,
            boxes=found.boxes[products],
            scores=found.scores[products],
            shelf_index=shelves.shelf_index,
            position_index=shelves.position_index,
            vectors=vectors,
            shortlists=shortlists,
            confidences=confidences,
            sku_ids=np.where(sure, shortlists.sku_ids[:, 0], -1),
            unsure=doubtful,
            crops=crops,
            ambiguous=~sure & (confidences >= thresholds.ambiguous),
            tag_boxes=found.boxes[tags],
            tag_scores=found.scores[tags],
            tag_shelf_index=shelves.tag_shelf_index,
            tag_owners=tag_owners(
                found.boxes[products], shelves.shelf_index, boxes, shelves.tag_shelf_index
            ),
            tags=read,
            gap_boxes=found.boxes[gaps],
            gap_scores=found.scores[gaps],
            gap_shelf_index=standing_on(found.boxes[gaps], shelves.lines),
            lines=shelves.lines,
            capped=found.capped,
            quality=quality,
            timings=timings,
            keypoints=keypoints,
        )


def load_recogniser(
    detector_folder: Path,
    embedder_folder: Path,
    runtime: Runtime,
    tag_reader: TagReader | None = None,
) -> Recogniser:
    """Load detector and embedder.

    Raises:
        BadModel: a folder is not what its card says; names the file or field.
    """
    detector, embedder = runtime.load(detector_folder), runtime.load(embedder_folder)
    return Recogniser(
        Detector(detector, detector.card), Embedder(embedder, embedder.card), tag_reader
    )


def _keypoints(photo: Pyramid, timings: dict[str, float]) -> Keypoints:
    with _timed(timings, "keypoints"):
        return find_keypoints(photo)


@contextmanager
def _timed(timings: dict[str, float], stage: str) -> Generator[None]:
    started = time.perf_counter()
    yield
    timings[stage] = (time.perf_counter() - started) * 1000
