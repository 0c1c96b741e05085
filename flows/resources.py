"""What the flows of one worker process work with, made once: stores, models, gallery."""

import os
import socket
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from threading import Lock

import polars as pl

from flows.gallery import LiveGallery
from flows.reports import REPORTS
from flows.reports.contract import INPUTS
from inference.gallery import Gallery
from inference.recognise import Recogniser, load_recogniser
from inference.runtime import Runtime
from settings import Settings, load
from storage import facts
from storage.objects import ObjectStore, open_objects
from storage.records import Records

MODELS = Path(__file__).parents[1] / "inference" / "models"


class Resources:
    """Stores, models and the gallery; threads may share it.

    Attributes:
        owner: names this process in leases.
        lease: for how long it may be silent about work it holds.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.records = Records(settings.records_url)
        self.objects: ObjectStore = open_objects(settings.objects_url)
        self.owner = f"{socket.gethostname()}:{os.getpid()}"
        self.lease = timedelta(seconds=settings.lease_seconds)
        self._gallery = LiveGallery()
        self._loading = Lock()

    @property
    def recogniser(self) -> Recogniser:
        """The models, loaded at the first use, which takes about a second."""
        with self._loading:
            return self._recogniser

    @cached_property
    def _recogniser(self) -> Recogniser:
        threads = self.settings.worker_threads or os.cpu_count() or 1
        runtime = Runtime(self.settings.data_dir / "model-cache", threads, threads)
        return load_recogniser(
            _folder(self.settings.detector), _folder(self.settings.embedder), runtime
        )

    def warm_up(self) -> None:
        """Load and run everything once, so that the first scene is as fast as the others."""
        self.recogniser.warm_up()
        self.gallery()
        empty = {name: pl.DataFrame(schema=kind.schema) for name, kind in INPUTS.items()}
        facts.sku_ids(empty["facings"])
        for report in REPORTS:
            report.render(empty)

    def gallery(self) -> Gallery:
        """The references as they are now, new packshots included."""
        return self._gallery.current(self.records, self.objects, self.recogniser)


def now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@cache
def resources() -> Resources:
    """The resources of this process."""
    return Resources(load())


def _folder(model: str) -> Path:
    """A model's folder: one that comes with Gondola, or any other."""
    shipped = MODELS / model
    return shipped if shipped.is_dir() else Path(model)
