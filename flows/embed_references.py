"""References become vectors, batch by batch; what is done stays done when it is stopped."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby

import numpy as np

from inference.crops import cut_crops
from inference.errors import UnreadablePhoto
from inference.identify import Embedder
from inference.image import decode
from inference.packshot import content
from inference.pyramid import Pyramid
from inference.types import Floats
from storage import galleries, images, references, small_pictures
from storage.errors import ObjectCorrupt, ObjectMissing
from storage.images import Image
from storage.objects import ObjectStore
from storage.records import Records
from storage.references import Reference

BATCH = 64  # references written in one transaction
_UNREADABLE = (UnreadablePhoto, ObjectMissing, ObjectCorrupt)

Tell = Callable[[int, int], None]  # how many are done, of how many
Vector = tuple[Reference, bytes | None, str | None]  # float32, or the problem


def embed_missing(
    records: Records, objects: ObjectStore, embedder: Embedder, *, threads: int, tell: Tell
) -> None:
    """Embed every reference this embedder has not looked at.

    Any number of processes may do it at once: a reference embedded twice has the same vector.

    Args:
        threads: pictures that are read and decoded at a time.
        tell: called before the first and after every batch.
    """
    key, done = embedder.card.key, 0
    with records.reading() as tx:
        total = references.count_missing(tx, key)
    while True:
        tell(done, max(total, done))
        with records.reading() as tx:
            batch = references.missing(tx, key, BATCH)
        if not batch:
            return
        embed(records, objects, embedder, batch, threads=threads)
        done += len(batch)


def embed(
    records: Records,
    objects: ObjectStore,
    embedder: Embedder,
    batch: Sequence[Reference],
    *,
    threads: int = 1,
) -> None:
    """Embed these references; one that cannot be read gets its problem noted instead."""
    ordered = sorted(batch, key=lambda reference: (reference.image_id, reference.id))
    groups = [list(group) for _, group in groupby(ordered, key=lambda one: one.image_id)]
    with records.reading() as tx:
        photos = [images.get(tx, group[0].image_id) for group in groups]
    with ThreadPoolExecutor(threads) as pool:
        found = pool.map(lambda *one: list(_vectors(objects, embedder, *one)), photos, groups)
    with records.transaction() as tx:
        for group in found:
            for reference, vector, problem in group:
                galleries.save_vector(tx, reference.id, embedder.card.key, vector, problem)


def _vectors(
    objects: ObjectStore, embedder: Embedder, image: Image, group: list[Reference]
) -> Iterator[Vector]:
    """Embed the references that are in one picture, which is decoded once."""
    try:
        photo = Pyramid(decode(images.read_photo(objects, image)))
    except _UNREADABLE as error:
        yield from ((reference, None, str(error)) for reference in group)
        return
    boxes = np.array([reference.box or content(photo) for reference in group], np.float32)
    _keep_small_pictures(objects, photo, boxes, group)
    vectors = embedder.embed(photo, boxes)
    for reference, vector in zip(group, vectors, strict=True):
        yield reference, vector.tobytes(), None


def _keep_small_pictures(
    objects: ObjectStore, photo: Pyramid, boxes: Floats, group: list[Reference]
) -> None:
    """Store what pages show of the references, unless another embedder came by before."""
    wanted = np.array([not small_pictures.exists(objects, one.id) for one in group])
    for reference, jpeg in zip(group, cut_crops(photo, boxes, wanted), strict=True):
        if jpeg is not None:
            small_pictures.write(objects, reference.id, jpeg)
