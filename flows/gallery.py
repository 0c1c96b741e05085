"""The gallery as it is now: a handful of references nobody embedded yet is embedded first."""

from threading import Lock

from flows.embed_references import embed
from inference.gallery import Gallery, load_gallery
from inference.identify import Embedder
from storage import galleries, references
from storage.objects import ObjectStore
from storage.records import Records

HANDFUL = 32  # new references a scene may wait for; more are left to rebuild-gallery


class GalleryMismatch(Exception):
    """The references were embedded by another embedder."""


class LiveGallery:
    """Keeps the gallery in memory and loads it anew when its version changed."""

    def __init__(self, threads: int = 1) -> None:
        """Choose how many threads one search may use."""
        self._threads = threads
        self._lock = Lock()
        self._version = -1
        self._gallery: Gallery | None = None

    def current(
        self, records: Records, objects: ObjectStore, embedder: Embedder
    ) -> tuple[int, Gallery]:
        """Bring the references of this embedder up to date; the gallery and its version."""
        key = embedder.card.key
        with self._lock:
            with records.reading() as tx:
                missing = references.missing(tx, key, HANDFUL + 1)
            if 0 < len(missing) <= HANDFUL:
                embed(records, objects, embedder, missing)
            with records.reading() as tx:
                version = galleries.version(tx, key)
                if self._gallery is None or version != self._version:
                    self._gallery = load_gallery(galleries.vectors(tx, key), threads=self._threads)
                    self._version = version
            return self._version, self._gallery


def refuse_foreign_gallery(records: Records, key: str) -> None:
    """Let no worker start that would not know what is known already.

    Raises:
        GalleryMismatch: references exist that only another embedder knows; says what to do.
    """
    with records.reading() as tx:
        others = galleries.known_to_others(tx, key)
    if others:
        count = max(others.values())
        raise GalleryMismatch(
            f"The embedder {key} does not know {count} references that {', '.join(others)} knew;"
            " run `gondola gallery rebuild` with the same settings, then start again."
        )
