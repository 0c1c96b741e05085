"""Objects in a folder: the embedded default."""

import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from storage import durable, failpoints
from storage.errors import ObjectMissing, ObjectStoreUnavailable
from storage.object_key import BINARY, checked
from storage.on_disk import sync

_SYNCED_FOLDERS = 10_000  # how many folders a store remembers to be on disk


class FolderStore:
    """Objects as files: temp file, fsync, rename, fsync of every folder on the way."""

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self._synced: set[Path] = set()

    def put(self, key: str, data: bytes, content_type: str = BINARY) -> None:
        """Store the bytes; after a crash the key holds the old bytes or the new, never a part."""
        path = self._path(key)
        with _file_errors(), durable.timed(durable.OBJECTS):
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, data)
            self._sync_parents(path.parent)
        failpoints.hit("object stored")

    def adopt(self, key: str, file: Path) -> None:
        """Make a file that is on disk, on the same file system, the object of a key."""
        path = self._path(key)
        with _file_errors():
            path.parent.mkdir(parents=True, exist_ok=True)
            file.replace(path)
            sync(path.parent)
            self._sync_parents(path.parent)

    def path(self, key: str) -> Path:
        """Where the object of a key is, or would be."""
        return self._path(key)

    def get(self, key: str) -> bytes:
        """Read the bytes; ObjectMissing when there are none."""
        path = self._path(key)
        with _file_errors():
            if not path.is_file():
                raise ObjectMissing(f"No object is stored under {key}.")
            return path.read_bytes()

    def open(self, key: str) -> BinaryIO:
        """Open the file; ObjectMissing when there is none."""
        path = self._path(key)
        with _file_errors():
            try:
                return path.open("rb")
            except FileNotFoundError:
                raise ObjectMissing(f"No object is stored under {key}.") from None

    def exists(self, key: str) -> bool:
        """Say whether the key holds an object."""
        return self._path(key).is_file()

    def delete(self, key: str) -> None:
        """Remove the object; no error when there is none."""
        path = self._path(key)
        with _file_errors():
            path.unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that begin with the prefix, sorted."""
        if prefix:
            checked(prefix.removesuffix("/"))
        walk = os.walk(self._root / prefix.rpartition("/")[0])  # a folder may go meanwhile
        folders = ((Path(folder).relative_to(self._root), names) for folder, _, names in walk)
        keys = (
            (folder / name).as_posix()
            for folder, names in folders
            for name in names
            if name[0] != "."
        )
        yield from sorted(key for key in keys if key.startswith(prefix))

    def prune(self, prefix: str) -> None:
        """Remove the empty folders under a prefix, into which nobody writes any more."""
        folders = [path for path in self._path(prefix.rstrip("/")).rglob("*") if path.is_dir()]
        for folder in sorted(folders, reverse=True):  # what is inside comes first
            with suppress(OSError):  # it is not empty
                folder.rmdir()
                self._synced.discard(folder)

    def check(self) -> None:
        """Write and remove a small file."""
        with _file_errors():
            self._root.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._root, prefix=".check-") as file:
                file.write(b"x")
                file.flush()

    def free_bytes(self) -> int:
        """How much more the disk takes."""
        there = next(path for path in (self._root, *self._root.parents) if path.exists())
        return shutil.disk_usage(there).free

    def close(self) -> None:
        """Nothing is held open."""

    def _path(self, key: str) -> Path:
        return self._root / checked(key)

    def _sync_parents(self, folder: Path) -> None:
        """Make sure the folders themselves are on disk, whoever made them.

        A folder that exists may have been made a moment ago by another process that has not
        synced it yet, so each process syncs each folder's parent once.
        """
        while folder != self._root.parent and folder not in self._synced:
            sync(folder.parent)
            self._synced.add(folder)
            folder = folder.parent
        if len(self._synced) > _SYNCED_FOLDERS:
            self._synced.clear()


def _write(path: Path, data: bytes) -> None:
    """Replace the file as a whole, durably."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".put-", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            failpoints.hit("object written")
            os.fsync(file.fileno())
            failpoints.hit("object synced")
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    failpoints.hit("object named")
    sync(path.parent)


@contextmanager
def _file_errors() -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise ObjectStoreUnavailable(f"The object folder failed: {error.strerror}.") from error
