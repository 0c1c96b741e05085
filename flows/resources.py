"""What the flows of one worker process work with, made once: stores, models, gallery."""

import os
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from threading import Lock

import polars as pl

from flows import reports
from flows.dead_workers import PROCESS
from flows.gallery import LiveGallery
from flows.reports.frames import INPUTS
from inference.card import EmbedderCard, load_card, model_folder
from inference.errors import BadCard
from inference.gallery import Gallery
from inference.identify import Embedder
from inference.read_tags import TagReader, load_tag_reader
from inference.recognise import Recogniser, load_recogniser
from inference.runtime import Runtime
from outbound.door import Door
from settings import Settings, load
from storage import facts, panoramas
from storage.objects import ObjectStore, open_objects
from storage.records import Records


class Resources:
    """Stores, models and the gallery; threads may share it.

    Attributes:
        owner: names this process in leases.
        lease: for how long it may be silent about work it holds.
        message_lease: the same of a webhook message, whose receiver may be slow.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        reports.use(settings.own_reports, suffixed=settings.suffixed)
        self.records = Records(settings.records_url)
        self.objects: ObjectStore = open_objects(settings.objects_url)
        self.door = Door(settings.outbound_networks)
        self.owner = PROCESS
        self.lease = timedelta(seconds=settings.lease_seconds)
        self.message_lease = timedelta(seconds=settings.webhook_timeout_seconds) + self.lease
        self._gallery = LiveGallery(self.threads)
        self._loading = Lock()

    @property
    def recogniser(self) -> Recogniser:
        """The models, loaded at the first use, which takes about a second."""
        with self._loading:
            return self._recogniser

    @cached_property
    def _recogniser(self) -> Recogniser:
        detector, embedder = self.settings.detector, self.settings.embedder
        folders = model_folder(detector), model_folder(embedder)
        return load_recogniser(*folders, self._runtime, self._tag_reader())

    def _tag_reader(self) -> TagReader | None:
        """The models that read price tags; None where the settings name none."""
        finder, reader = self.settings.text_finder, self.settings.text_reader
        if not (finder and reader):
            return None
        return load_tag_reader(model_folder(finder), model_folder(reader), self._runtime)

    @cached_property
    def _runtime(self) -> Runtime:
        return Runtime(self.settings.data_dir / "model-cache", self.threads, self.threads)

    @property
    def threads(self) -> int:
        """Inference threads of this process."""
        return self.settings.worker_threads or os.cpu_count() or 1

    def embedder(self, model: str = "") -> Embedder:
        """The embedder in service, or another one; a name under inference/models, or a folder."""
        if not model:
            return self.recogniser.embedder
        loaded = self._runtime.load(model_folder(model))
        return Embedder(loaded, loaded.card)

    @cached_property
    def panorama_secret(self) -> bytes:
        """What the links of panoramas are signed with."""
        with self.records.transaction() as tx:
            return panoramas.secret(tx)

    @cached_property
    def embedder_key(self) -> str:
        """The key of the embedder in service."""
        return self.embedder_card.key

    @cached_property
    def embedder_card(self) -> EmbedderCard:
        """The card of the embedder in service, without loading it."""
        card = load_card(model_folder(self.settings.embedder))
        if not isinstance(card, EmbedderCard):
            raise BadCard("task", f"{card.id} is no embedder.")
        return card

    def warm_up(self) -> None:
        """Load and run everything once, so that the first scene is as fast as the others."""
        self.recogniser.warm_up()
        self.gallery()
        empty = {name: pl.DataFrame(schema=kind.schema) for name, kind in INPUTS.items()}
        facts.sku_ids(empty["facings"])
        for report in reports.REPORTS:  # those of a customer may not bear empty frames
            report.render(empty)

    def gallery(self) -> Gallery:
        """The references as they are now, a handful of new ones included."""
        return self.versioned_gallery()[1]

    def versioned_gallery(self) -> tuple[int, Gallery]:
        """The same with its version, which counts the changes."""
        return self._gallery.current(self.records, self.objects, self.recogniser.embedder)


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@cache
def resources() -> Resources:
    """The resources of this process."""
    return Resources(load())
