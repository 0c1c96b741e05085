"""Backups: a snapshot of the records and every object, in a folder, each file under its hash.

`blobs/ab/<sha256>` holds bytes, `manifest.json` says which object and which snapshot they are. It
is replaced last, so a backup that is interrupted leaves the one before as it was. A row is written
after the objects it names, so a snapshot that is taken first names only objects copied after it.
"""

import fcntl
import hashlib
import re
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from storage import snapshot
from storage.errors import BadBackup, NotEmpty, ObjectMissing
from storage.folder import FolderStore
from storage.objects import ObjectStore

MANIFEST, BLOBS, LOCK = "manifest.json", "blobs/", ".lock"
FORMAT = 1
_BY_CONTENT = re.compile(r"[0-9a-f]{64}\.[a-z]+")  # such a key names one content for ever

Progress = Callable[[int], None]


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds; every value is the SHA-256 of bytes among the blobs."""

    format: int
    made_at: datetime
    engine: str  # sqlite or postgresql
    records: str
    objects: dict[str, str]  # by key


class Copied(msgspec.Struct, frozen=True):
    """What a backup or a restore did."""

    objects: int  # in all
    new: int  # of them copied, the others were there
    made_at: datetime  # of the backup


def backup(
    url: str, objects: ObjectStore, folder: Path, *, now: datetime, told: Progress = lambda _: None
) -> Copied:
    """Bring the backup in a folder up to date, or make its first.

    Args:
        url: of the records, which may be in use.
        objects: the store, which may be in use.
        folder: of one backup; what it holds already is not copied again.
        now: when it is made.
        told: hears how many objects are done.

    Raises:
        RecordsUnavailable, ObjectStoreUnavailable: nothing of the backup before is lost.
        BadBackup: another backup into this folder still runs.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds secrets of links and webhooks
    with _alone(folder):
        return _backup(url, objects, folder, now, told)


def _backup(url: str, objects: ObjectStore, folder: Path, now: datetime, told: Progress) -> Copied:
    store = FolderStore(folder)
    before = read_manifest(store).objects if store.exists(MANIFEST) else {}
    records = _save_records(url, store, folder)
    kept: dict[str, str] = {}
    for number, key in enumerate(_keys(objects), 1):
        if key in before and _BY_CONTENT.fullmatch(key.rpartition("/")[2]):
            kept[key] = before[key]
        else:
            with suppress(ObjectMissing):  # deleted a moment ago
                kept[key] = _keep(store, objects.get(key))
        told(number)
    manifest = Manifest(FORMAT, now, snapshot.engine_of(url), records, kept)
    store.put(MANIFEST, msgspec.json.encode(manifest))
    _forget(store, {records, *kept.values()})
    return Copied(len(kept), sum(before.get(key) != value for key, value in kept.items()), now)


def _keys(objects: ObjectStore) -> Iterator[str]:
    """Every object's key, those of facts once more at the end: they may have been merged meanwhile.

    Facts are removed only when the part that holds them is written, so what the first look missed
    because it was gone is in a part that the second one finds.
    """
    seen: set[str] = set()
    for prefix in ("", "facts/"):
        for key in objects.list(prefix):
            if key not in seen:
                seen.add(key)
                yield key


def restore(
    folder: Path, url: str, objects: ObjectStore, *, told: Progress = lambda _: None
) -> Copied:
    """Put a backup into empty stores, objects first; every byte is checked before it is used.

    An interrupted restore is simply run again.

    Raises:
        BadBackup: when a file of the backup is missing or damaged, before anything is written.
        NotEmpty: when there are records, or objects that are not of this backup.
    """
    store = FolderStore(folder)
    manifest = read_manifest(store)
    if manifest.engine != snapshot.engine_of(url):
        raise BadBackup(f"This is a backup of {manifest.engine}, GONDOLA_RECORDS names another.")
    snapshot.refuse_unless_empty(url)
    there = set(objects.list(""))
    if foreign := sorted(there - manifest.objects.keys()):
        raise NotEmpty(f"The object store holds {foreign[0]}; restore into an empty one.")
    for sha256 in {manifest.records, *manifest.objects.values()}:
        _check(store, sha256)
    new = 0
    for number, (key, sha256) in enumerate(sorted(manifest.objects.items()), 1):
        data = store.get(_blob(sha256))
        if key not in there or objects.get(key) != data:
            objects.put(key, data)
            new += 1
        told(number)
    snapshot.load(url, store.path(_blob(manifest.records)))
    return Copied(len(manifest.objects), new, manifest.made_at)


def read_manifest(store: FolderStore) -> Manifest:
    """Read what a backup holds.

    Raises:
        BadBackup: when there is no backup, or one of another format.
    """
    try:
        manifest = msgspec.json.decode(store.get(MANIFEST), type=Manifest)
    except ObjectMissing:
        raise BadBackup(f"There is no backup in {store.path(MANIFEST).parent}.") from None
    except msgspec.MsgspecError as error:
        raise BadBackup(f"{store.path(MANIFEST)} is damaged: {error}") from None
    if manifest.format != FORMAT:
        raise BadBackup(f"The backup has format {manifest.format}; this Gondola reads {FORMAT}.")
    return manifest


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Hold the folder's lock: a backup removes what its manifest does not name."""
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadBackup(f"Another backup into {folder} still runs.") from None
        yield


def _save_records(url: str, store: FolderStore, folder: Path) -> str:
    """Take a snapshot and store it; its hash."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".snapshot-") as fresh:
        path = Path(fresh) / "records"
        snapshot.save(url, path)
        path.chmod(0o600)  # as every other file here, whoever may look into the folder
        sha256 = _digest(path)
        store.adopt(_blob(sha256), path)
    return sha256


def _keep(store: FolderStore, data: bytes) -> str:
    """Store bytes under their hash, unless they are there."""
    sha256 = hashlib.sha256(data).hexdigest()
    if not store.exists(_blob(sha256)):
        store.put(_blob(sha256), data)
    return sha256


def _check(store: FolderStore, sha256: str) -> None:
    path = store.path(_blob(sha256))
    if not path.exists():
        raise BadBackup(f"The backup lacks {path}.")
    if _digest(path) != sha256:
        raise BadBackup(f"{path} is damaged.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _blob(sha256: str) -> str:
    return f"{BLOBS}{sha256[:2]}/{sha256}"


def _forget(store: FolderStore, wanted: set[str]) -> None:
    """Remove what the manifest does not name any more: snapshots of earlier backups."""
    for key in store.list(BLOBS):
        if key.rpartition("/")[2] not in wanted:
            store.delete(key)
