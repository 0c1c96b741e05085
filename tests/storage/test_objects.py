"""Object stores: the same behaviour in a folder and on S3."""

import os
import shutil
import socket
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from storage.errors import BadKey, ObjectMissing, ObjectStoreUnavailable
from storage.folder import FolderStore
from storage.objects import ObjectStore, open_objects
from tests.storage.processes import run_together
from tests.storage.swift_server import SwiftServer

BAD_KEYS = [
    "",
    "/a",
    "a/",
    "a//b",
    "../a",
    "a/../b",
    "a/.b",
    ".",
    "a b",
    "a\x00",
    "é",
    "a\\b",
    "a\n",
]


def test_what_was_put_is_got(objects: ObjectStore) -> None:
    """Any bytes come back as they were."""
    data = bytes(range(256)) * 10
    objects.put("images/ab/abc.jpg", data, "image/jpeg")

    assert data == objects.get("images/ab/abc.jpg")


def test_an_object_may_be_empty(objects: ObjectStore) -> None:
    """No bytes are bytes too."""
    objects.put("empty", b"")

    assert (b"", True) == (objects.get("empty"), objects.exists("empty"))


def test_a_large_photo_is_stored(objects: ObjectStore) -> None:
    """Twelve megabytes go in and come out."""
    data = os.urandom(12_000_000)
    objects.put("photo", data)

    assert data == objects.get("photo")


def test_a_second_put_replaces(objects: ObjectStore) -> None:
    """The key holds the last bytes put."""
    objects.put("key", b"long before")
    objects.put("key", b"after")

    assert b"after" == objects.get("key")


def test_a_missing_object_is_named(objects: ObjectStore) -> None:
    """Reading what is not there raises; so does reading a folder of objects."""
    objects.put("a/b", b"1")

    for key in ("a", "a/c", "z/z"):
        with pytest.raises(ObjectMissing, match=key):
            objects.get(key)
        assert not objects.exists(key)


def test_a_deleted_object_is_gone(objects: ObjectStore) -> None:
    """Deleting twice is no error."""
    objects.put("a/b", b"1")
    objects.delete("a/b")
    objects.delete("a/b")

    assert not objects.exists("a/b")


def test_keys_are_listed_by_prefix(objects: ObjectStore) -> None:
    """Sorted, as deep as they go; a prefix may end inside a name."""
    for key in ("b/2", "a/x/1", "a/10", "a/1", "ab"):
        objects.put(key, b"")
    prefixes = ("", "a", "a/", "a/1", "a/x/", "zz")

    assert {
        "": ["a/1", "a/10", "a/x/1", "ab", "b/2"],
        "a": ["a/1", "a/10", "a/x/1", "ab"],
        "a/": ["a/1", "a/10", "a/x/1"],
        "a/1": ["a/1", "a/10"],
        "a/x/": ["a/x/1"],
        "zz": [],
    } == {prefix: list(objects.list(prefix)) for prefix in prefixes}


@pytest.mark.parametrize("key", BAD_KEYS)
def test_a_key_stays_inside_the_store(objects: ObjectStore, key: str) -> None:
    """Only plain segments are keys, for reading as for writing."""
    for call in (objects.get, objects.exists, objects.delete):
        with pytest.raises(BadKey):
            call(key)
    with pytest.raises(BadKey):
        objects.put(key, b"")


def test_a_store_that_works_passes_its_check(objects: ObjectStore) -> None:
    """The check says nothing and leaves nothing."""
    objects.check()

    assert [] == list(objects.list(""))


def test_a_store_knows_how_much_more_it_takes(tmp_path: Path) -> None:
    """A folder asks its disk, also before anything was stored."""
    free = FolderStore(tmp_path / "new" / "store").free_bytes()

    assert free == pytest.approx(shutil.disk_usage(tmp_path).free, rel=0.1)


def test_threads_share_a_store(objects: ObjectStore) -> None:
    """Eight threads put and get their own objects."""

    def turn(number: int) -> bytes:
        objects.put(f"n/{number}", b"%d" % number)
        return objects.get(f"n/{number}")

    with ThreadPoolExecutor(8) as pool:
        assert [b"%d" % number for number in range(40)] == list(pool.map(turn, range(40)))


def test_a_half_written_file_is_never_an_object(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk fails, the key still holds the old bytes, and no rest stays behind."""
    store = FolderStore(tmp_path)
    store.put("key", b"old")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ObjectStoreUnavailable, match="No space left"):
        store.put("key", b"new")

    assert (b"old", ["key"]) == (store.get("key"), [path.name for path in tmp_path.iterdir()])


def test_file_and_folders_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before `put` returns: the file, then each folder up to the one that holds the store."""
    synced: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{handle}").readlink().relative_to(tmp_path)))
        real(handle)

    monkeypatch.setattr(os, "fsync", note)
    FolderStore(tmp_path / "objects").put("a/b/key", b"1")

    assert synced[0].startswith("objects/a/b/.put-")
    assert ["objects/a/b", "objects/a", "objects", "."] == synced[1:]


def test_a_folder_that_cannot_be_written_fails_its_check(tmp_path: Path) -> None:
    """The store says that it is not available."""
    tmp_path.joinpath("file").touch()

    with pytest.raises(ObjectStoreUnavailable):
        FolderStore(tmp_path / "file").check()


def test_a_folder_may_have_a_space_in_its_name(tmp_path: Path) -> None:
    """A file URL is decoded."""
    store = open_objects((tmp_path / "my data").as_uri())
    store.put("a", b"1")

    assert b"1" == (tmp_path / "my data" / "a").read_bytes()


def test_an_unknown_kind_of_store_is_refused() -> None:
    """The message says which kinds there are."""
    with pytest.raises(ObjectStoreUnavailable, match="file:///folder or s3://"):
        open_objects("ftp://example.com/x")


@pytest.fixture
def silent_port() -> Generator[int, None, None]:
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_store_nobody_answers_is_unavailable() -> None:
    """A closed port is reported within seconds."""
    start = time.monotonic()

    with pytest.raises(ObjectStoreUnavailable):
        open_objects("s3://key:secret@127.0.0.1:9/bucket?secure=0")

    assert time.monotonic() - start < 5


@pytest.mark.servers
def test_wrong_keys_are_refused(swift_server: SwiftServer) -> None:
    """The server's reason is in the message."""
    url = swift_server.url("bucket").replace("testing", "wrong")

    with pytest.raises(ObjectStoreUnavailable, match="AccessDenied"):
        open_objects(url)


@pytest.mark.servers
def test_processes_that_start_at_once_all_find_the_bucket(swift_server: SwiftServer) -> None:
    """One of them makes it, and it is no error of the others that it was faster."""
    imports, code = "from storage.objects import open_objects", "open_objects(sys.argv[1]).close()"

    run_together(imports, code, swift_server.url("new"), count=6)


@pytest.mark.servers
def test_a_bucket_is_made_once(swift_server: SwiftServer) -> None:
    """Opening again finds what was stored."""
    one = open_objects(swift_server.url("twice"))
    one.put("a", b"1")
    two = open_objects(swift_server.url("twice"))

    assert b"1" == two.get("a")
    one.close()
    two.close()
