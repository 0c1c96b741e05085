"""References become vectors of the embedder in service, or of the next one."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from flows.embed_references import BATCH, embed_missing
from flows.gallery import HANDFUL, GalleryMismatch, LiveGallery, refuse_foreign_gallery
from inference.identify import Embedder
from inference.image import decode
from inference.runtime import Runtime
from storage import catalog, galleries, images, migrate, references
from storage.catalog import SkuFields
from storage.objects import ObjectStore, open_objects
from storage.records import Records
from tests.flows.plant import now
from tests.inference import tiny
from tests.inference.jpegs import blocks, jpeg


@dataclass
class Shop:
    """Records and objects with one SKU, and an embedder."""

    records: Records
    objects: ObjectStore
    embedder: Embedder
    sku_id: int = 0

    @property
    def key(self) -> str:
        """The key of the embedder."""
        return self.embedder.card.key

    def upload(self, content: bytes) -> int:
        """Store a picture."""
        digest = sha256(content).hexdigest()
        self.objects.put(images.image_key(digest), content)
        with self.records.transaction() as tx:
            image = images.add(tx, sha256=digest, width=9, height=9, size_bytes=9, now=now())
        return image.id

    def refer(self, image_id: int, *crops: str) -> None:
        """Add references in one picture."""
        with self.records.transaction() as tx:
            for crop in crops:
                references.add(tx, self.sku_id, image_id, crop=crop, source="picture", now=now())

    def missing(self) -> int:
        """References without a vector."""
        with self.records.reading() as tx:
            return references.count_missing(tx, self.key)

    def embed(self) -> list[tuple[int, int]]:
        """Embed what is missing; what was told of it."""
        told: list[tuple[int, int]] = []
        embed_missing(
            self.records,
            self.objects,
            self.embedder,
            threads=2,
            tell=lambda *progress: told.append(progress),
        )
        return told

    def vectors(self) -> np.ndarray:
        """The gallery's vectors, in order of the references."""
        with self.records.reading() as tx:
            return np.stack([np.frombuffer(v, "f4") for _, v in galleries.vectors(tx, self.key)])


@pytest.fixture(scope="module")
def embedders(tmp_path_factory: pytest.TempPathFactory) -> list[Embedder]:
    """Two embedders of the same name and version."""
    runtime, folder = Runtime(precision="f32"), tmp_path_factory.mktemp("embedders")
    cards = [
        runtime.load(tiny.write_folder(folder / str(n), network, tiny.embedder_card()))
        for n, network in enumerate((tiny.embedder_network(), tiny.embedder_network(shift=9)))
    ]
    return [Embedder(model, model.card) for model in cards]


@pytest.fixture
def shop(tmp_path: Path, embedders: list[Embedder]) -> Iterator[Shop]:
    """A shop without references."""
    url = f"sqlite:///{tmp_path / 'records.db'}"
    migrate.upgrade(url)
    made = Shop(Records(url), open_objects((tmp_path / "objects").as_uri()), embedders[0])
    with made.records.transaction() as tx:
        made.sku_id = catalog.add_sku(tx, SkuFields("1", "Tea"), now=now()).id
    yield made
    made.records.close()


def test_a_reference_is_its_box(shop: Shop):
    """The whole picture, or what lies in the box; several boxes of one picture each."""
    picture = jpeg(blocks(400, 300))
    shop.refer(shop.upload(picture), "", "100,40,196,168", "200,40,296,168")
    shop.embed()

    boxes = np.array([[0, 0, 400, 300], [100, 40, 196, 168], [200, 40, 296, 168]], np.float32)
    assert np.allclose(shop.embedder.embed(decode(picture), boxes), shop.vectors(), atol=1e-6)


def test_a_picture_that_cannot_be_read_fails_alone(shop: Shop):
    """Its references are not tried again; the others are embedded."""
    shop.refer(shop.upload(b"no picture"), "", "0,0,5,5")
    shop.refer(shop.upload(jpeg(blocks(40, 30))), "")
    shop.embed()

    assert (0, 1) == (shop.missing(), len(shop.vectors()))
    with shop.records.reading() as tx:
        assert [(1, 2)] == [(s.embedded, s.failed) for s in galleries.states(tx)]


def test_embedding_goes_on_where_it_was_stopped(shop: Shop):
    """Whoever is killed between two batches loses none; progress is told."""
    image = shop.upload(jpeg(blocks(400, 300)))
    shop.refer(image, *(f"{n},0,{n + 50},60" for n in range(BATCH + 10)))

    def stop(done: int, total: int) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed_missing(shop.records, shop.objects, shop.embedder, threads=1, tell=stop)

    assert 10 == shop.missing()
    assert [(0, 10), (10, 10)] == shop.embed()
    assert BATCH + 10 == len(shop.vectors())


@pytest.mark.parametrize(("count", "known"), [(HANDFUL, HANDFUL), (HANDFUL + 1, 0)])
def test_a_handful_is_embedded_on_the_fly(shop: Shop, count: int, known: int):
    """More than that does not keep a scene waiting."""
    image = shop.upload(jpeg(blocks(400, 300)))
    shop.refer(image, *(f"{n},0,{n + 50},60" for n in range(count)))

    _, gallery = LiveGallery().current(shop.records, shop.objects, shop.embedder)

    assert known == len(gallery.sku_ids)


def test_a_foreign_gallery_is_refused(shop: Shop, embedders: list[Embedder]):
    """The sentence names both embedders and what to do; afterwards all is well."""
    shop.refer(shop.upload(jpeg(blocks(40, 30))), "")
    refuse_foreign_gallery(shop.records, shop.key)  # new to everybody: it will be embedded
    shop.embed()
    other = Shop(shop.records, shop.objects, embedders[1])

    with pytest.raises(GalleryMismatch, match="gondola gallery rebuild") as refused:
        refuse_foreign_gallery(shop.records, other.key)
    assert all(key in str(refused.value) for key in (shop.key, other.key))
    other.embed()
    refuse_foreign_gallery(shop.records, other.key)
