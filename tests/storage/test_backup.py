"""A backup of live stores, put back into empty ones, is what was there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import pytest

from storage import backup, facts, images, merge_facts, scenes
from storage.backup import MANIFEST
from storage.errors import BadBackup, NotEmpty, ObjectStoreUnavailable
from storage.objects import ObjectStore, open_objects
from storage.records import Records
from storage.scenes import NewScene
from tests.storage.rows import NOW, upload
from tests.storage.seen import facing, see


def fill(records: Records, objects: ObjectStore, number: int) -> None:
    """A photo with its scene, and an object that is not named by its content."""
    content = f"photo {number}".encode()
    objects.put(f"facts/2026-03-01/{number:032x}/r1/facings.parquet", b"facts of " + content)
    objects.put(images.image_key(sha256(content).hexdigest()), content)
    with records.transaction() as tx:
        photo = upload(tx, content)
        scenes.accept(tx, NewScene([photo.id], ["FACING_COUNT"]), now=NOW)


@pytest.fixture
def empty_objects(objects: ObjectStore, tmp_path: Path, request: pytest.FixtureRequest):
    """Another store of the same kind, empty."""
    url = (tmp_path / "restored").as_uri()
    if type(objects).__name__ == "S3Store":
        url = request.getfixturevalue("swift_server").url(f"restored-{uuid4().hex}")
    store = open_objects(url)
    yield store
    store.close()


def stored(objects: ObjectStore) -> dict[str, bytes]:
    """Every object."""
    return {key: objects.get(key) for key in objects.list("")}


def test_what_is_restored_is_what_was_there(  # noqa: PLR0913, PLR0917 (fixtures)
    records: Records,
    records_url: str,
    empty_url: str,
    objects: ObjectStore,
    empty_objects: ObjectStore,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
):
    """Rows and objects, on each engine and store; ids go on where they ended."""
    if records_url.startswith("postgresql"):
        programs = request.getfixturevalue("postgres_server").programs
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    for number in range(3):
        fill(records, objects, number)
    backup.backup(records_url, objects, tmp_path / "backup", now=NOW)

    if records_url.split(":", maxsplit=1)[0] != empty_url.split(":", maxsplit=1)[0]:
        with pytest.raises(BadBackup, match="names another"):
            backup.restore(tmp_path / "backup", empty_url, empty_objects)
        return
    done = backup.restore(tmp_path / "backup", empty_url, empty_objects)

    assert (6, 6, NOW) == (done.objects, done.new, done.made_at)
    assert stored(objects) == stored(empty_objects)
    restored = Records(empty_url)
    with records.reading() as there, restored.reading() as here:
        assert scenes.recent(there, 9) == scenes.recent(here, 9) != []
    with restored.transaction() as tx:
        assert 4 == upload(tx, b"another").id
    restored.close()


def sqlite(tmp_path: Path, sqlite_template: Path) -> str:
    """A migrated database."""
    (tmp_path / "records.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
def ours(tmp_path: Path, sqlite_template: Path) -> Iterator[tuple[str, Records, ObjectStore]]:
    """Embedded stores with a scene."""
    url = sqlite(tmp_path, sqlite_template)
    records, objects = Records(url), open_objects((tmp_path / "objects").as_uri())
    fill(records, objects, 0)
    yield url, records, objects
    records.close()


@pytest.fixture
def kept(ours: tuple[str, Records, ObjectStore], tmp_path: Path) -> Path:
    """A backup of them."""
    url, _, objects = ours
    backup.backup(url, objects, tmp_path / "backup", now=NOW)
    return tmp_path / "backup"


def test_a_second_backup_copies_what_is_new(ours: tuple[str, Records, ObjectStore], kept: Path):
    """Objects that were copied before stay; of the snapshots only the newest is kept."""
    url, records, objects = ours
    before = {path.name for path in (kept / "blobs").glob("*/*")}
    fill(records, objects, 1)

    done = backup.backup(url, objects, kept, now=NOW + timedelta(days=1))

    after = {path.name for path in (kept / "blobs").glob("*/*")}
    assert (4, 2) == (done.objects, done.new)
    assert (3, 1) == (len(after - before), len(before - after))


def test_a_backup_while_others_write_is_whole(
    ours: tuple[str, Records, ObjectStore], tmp_path: Path
):
    """Every photo that a restored row names is there, whole, however much was written meanwhile."""
    url, records, objects = ours
    with _writing(records, objects):
        for _ in range(5):
            backup.backup(url, objects, tmp_path / "backup", now=NOW)
    restored_url = f"sqlite:///{tmp_path / 'again' / 'records.db'}"
    restored = open_objects((tmp_path / "again/objects").as_uri())

    backup.restore(tmp_path / "backup", restored_url, restored)

    again = Records(restored_url)
    with again.reading() as tx:
        photos = sorted(images.known(tx, range(1, 9999)))
        for photo in photos:
            images.read_photo(restored, images.get(tx, photo))
    again.close()
    assert len(photos) > 1


def test_facts_that_merge_meanwhile_are_in_it(
    ours: tuple[str, Records, ObjectStore], tmp_path: Path
):
    """Files that are gone when their turn comes are found in the part that holds them."""
    url, records, objects = ours
    ids = [see(records, objects, facing(0, sku)) for sku in (7, 8)]
    before = _facings(records, objects, ids)

    def merge(number: int) -> None:
        if number == 1:
            merge_facts.merge_day(objects, NOW.date(), {})

    backup.backup(url, objects, tmp_path / "merged", now=NOW, told=merge)
    restored = open_objects((tmp_path / "anew").as_uri())
    back = f"sqlite:///{tmp_path / 'anew.db'}"
    backup.restore(tmp_path / "merged", back, restored)

    assert before == _facings(records, restored, ids)


def _facings(records: Records, objects: ObjectStore, ids: list[int]) -> list[list[int]]:
    """The SKUs in the facts of scenes."""
    with records.reading() as tx:
        found = [scenes.get(tx, scene_id).scene for scene_id in ids]
    where = {"day": NOW.date(), "revision": 1, "table": "facings"}
    return [facts.read(objects, scene=scene, **where)["sku_id"].to_list() for scene in found]


@contextmanager
def _writing(records: Records, objects: ObjectStore) -> Iterator[None]:
    over = Event()

    def write() -> None:
        number = 1
        while not over.is_set():
            fill(records, objects, number)
            number += 1

    thread = Thread(target=write)
    thread.start()
    yield
    over.set()
    thread.join()


def test_a_damaged_backup_is_refused(kept: Path, tmp_path: Path):
    """One flipped byte, and nothing at all is written."""
    blob = max((kept / "blobs").glob("*/*"), key=lambda path: path.stat().st_size)
    data = bytearray(blob.read_bytes())
    data[len(data) // 2] ^= 1
    blob.write_bytes(data)
    target = open_objects((tmp_path / "target").as_uri())

    with pytest.raises(BadBackup, match=f"{blob.name} is damaged"):
        backup.restore(kept, f"sqlite:///{tmp_path / 'target.db'}", target)
    assert [] == list(target.list(""))


def test_a_missing_blob_or_backup_is_refused(kept: Path, tmp_path: Path):
    """It says what is missing."""
    target = open_objects((tmp_path / "target").as_uri())
    next((kept / "blobs").glob("*/*")).unlink()

    with pytest.raises(BadBackup, match="lacks"):
        backup.restore(kept, f"sqlite:///{tmp_path / 'target.db'}", target)
    with pytest.raises(BadBackup, match="no backup"):
        backup.restore(tmp_path / "nothing", f"sqlite:///{tmp_path / 'target.db'}", target)
    (kept / MANIFEST).write_text("{")
    with pytest.raises(BadBackup, match="damaged"):
        backup.restore(kept, f"sqlite:///{tmp_path / 'target.db'}", target)


def test_nothing_is_restored_over_something(
    ours: tuple[str, Records, ObjectStore], kept: Path, tmp_path: Path
):
    """Neither over records nor beside objects of another platform."""
    url = ours[0]
    target = open_objects((tmp_path / "target").as_uri())
    with pytest.raises(NotEmpty, match="records"):
        backup.restore(kept, url, target)
    target.put("images/00/of-another.jpg", b"x")
    with pytest.raises(NotEmpty, match="of-another"):
        backup.restore(kept, f"sqlite:///{tmp_path / 'target.db'}", target)


class Failing:
    """An object store that fails after some objects."""

    def __init__(self, real: ObjectStore, after: int) -> None:
        self.real, self.left = real, after

    def __getattr__(self, name: str) -> object:
        if name in ("put", "get"):
            self.left -= 1
        if self.left < 0:
            raise ObjectStoreUnavailable
        return getattr(self.real, name)


def test_an_interrupted_restore_is_run_again(kept: Path, tmp_path: Path):
    """Records come last, so that it is clear that it was not finished."""
    url = f"sqlite:///{tmp_path / 'target' / 'records.db'}"
    target = open_objects((tmp_path / "target/objects").as_uri())
    with pytest.raises(ObjectStoreUnavailable):
        backup.restore(kept, url, Failing(target, 1))  # type: ignore[arg-type]

    done = backup.restore(kept, url, target)

    assert (2, 1) == (done.objects, done.new)


def test_an_interrupted_backup_leaves_the_one_before(
    ours: tuple[str, Records, ObjectStore], kept: Path, tmp_path: Path
):
    """The manifest is replaced last; until then it names what is there."""
    url, records, objects = ours
    fill(records, objects, 1)
    with pytest.raises(ObjectStoreUnavailable):
        backup.backup(url, Failing(objects, 2), kept, now=NOW)  # type: ignore[arg-type]
    target = open_objects((tmp_path / "target").as_uri())

    assert 2 == backup.restore(kept, f"sqlite:///{tmp_path / 'target.db'}", target).objects


def test_two_backups_into_one_folder_do_not_run_at_once(
    ours: tuple[str, Records, ObjectStore], kept: Path
):
    """The one that ends first would remove what the other has just copied."""
    url, records, objects = ours
    fill(records, objects, 1)
    refused: list[str] = []

    def again(_: int) -> None:
        with pytest.raises(BadBackup) as error:
            backup.backup(url, objects, kept, now=NOW)
        refused.append(str(error.value))

    backup.backup(url, objects, kept, now=NOW, told=again)

    assert {f"Another backup into {kept} still runs."} == set(refused)


def test_nobody_else_reads_a_backup(ours: tuple[str, Records, ObjectStore], tmp_path: Path):
    """Also in a folder that was there and is open to everyone: it holds secrets."""
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    backup.backup(ours[0], ours[2], folder, now=NOW)
    files = [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]

    assert {0o600} == {path.stat().st_mode & 0o777 for path in files}
