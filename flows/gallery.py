"""The gallery as it is now: packshots nobody embedded yet are embedded first."""

from threading import Lock

from inference.errors import UnreadablePhoto
from inference.gallery import Gallery, load_gallery
from inference.image import decode
from inference.recognise import Recogniser
from storage import images, references
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.objects import ObjectStore
from storage.records import Records
from storage.references import Reference

AT_ONCE = 200  # references embedded between two looks at the records


class LiveGallery:
    """Keeps the gallery in memory and loads it anew when its version changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._version = -1
        self._gallery: Gallery | None = None

    def current(self, records: Records, objects: ObjectStore, recogniser: Recogniser) -> Gallery:
        """Bring the references of this embedder up to date and return them."""
        with self._lock:
            embed_missing(records, objects, recogniser)
            with records.reading() as tx:
                version = references.version(tx, recogniser.embedder_key)
                if self._gallery is None or version != self._version:
                    stored = references.vectors(tx, recogniser.embedder_key)
                    self._gallery = load_gallery(stored)
                    self._version = version
            return self._gallery


def embed_missing(records: Records, objects: ObjectStore, recogniser: Recogniser) -> None:
    """Embed every reference this embedder has not looked at."""
    while True:
        with records.reading() as tx:
            missing = references.missing(tx, recogniser.embedder_key, AT_ONCE)
        if not missing:
            return
        for reference in missing:
            _embed(records, objects, recogniser, reference)


def _embed(
    records: Records, objects: ObjectStore, recogniser: Recogniser, reference: Reference
) -> None:
    """Embed one packshot; one that cannot be read gets its problem noted instead."""
    with records.reading() as tx:
        image = images.get(tx, reference.image_id)
    vector, problem = None, None
    try:
        packshot = decode(images.read_photo(objects, image))
        vector = recogniser.embedder.embed_whole(packshot).tobytes()
    except (UnreadablePhoto, ObjectMissing, ObjectCorrupt) as error:
        problem = str(error)
    with records.transaction() as tx:
        references.save_vector(tx, reference.id, recogniser.embedder_key, vector, problem)
