"""The one door to objects: photos, large report bodies and facts, in a folder or on S3."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from storage.errors import ObjectStoreUnavailable
from storage.folder import FolderStore
from storage.object_key import BINARY
from storage.s3 import S3Store


class ObjectStore(Protocol):
    """Bytes by key; a key is `segment/segment`, of [A-Za-z0-9._-], no segment begins with a dot."""

    def put(self, key: str, data: bytes, content_type: str = BINARY) -> None:
        """Store the bytes durably, in place of what the key held."""
        ...

    def get(self, key: str) -> bytes:
        """Read the bytes; ObjectMissing when there are none."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Open the bytes to read some of them; ObjectMissing when there are none."""
        ...

    def exists(self, key: str) -> bool:
        """Say whether the key holds an object."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; no error when there is none."""
        ...

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that begin with the prefix, sorted."""
        ...

    def prune(self, prefix: str) -> None:
        """Remove the empty folders under a prefix; where keys are no paths there are none."""
        ...

    def check(self) -> None:
        """Raise ObjectStoreUnavailable unless objects can be stored now."""
        ...

    def free_bytes(self) -> int | None:
        """How much more can be stored; None = the store does not say."""
        ...

    def close(self) -> None:
        """Let connections go."""
        ...


def open_objects(url: str) -> ObjectStore:
    """Open `file:///folder` or `s3://ACCESS:SECRET@host:port/bucket?secure=0&region=us-east-1`.

    Raises:
        ObjectStoreUnavailable: when the URL is none of these, or the S3 server does not answer.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme != "s3":
        raise ObjectStoreUnavailable(
            "An object store is file:///folder or s3://KEY:SECRET@host/bucket."
        )
    try:
        return _open_s3(parts)
    except ValueError as error:
        raise ObjectStoreUnavailable(f"The S3 address is wrong: {error}.") from None


def _open_s3(parts: SplitResult) -> S3Store:
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return S3Store(
        parts.netloc.rpartition("@")[2],
        parts.path.strip("/"),
        access_key=unquote(parts.username or ""),
        secret_key=unquote(parts.password or ""),
        secure=options.get("secure", "1") not in {"0", "false"},
        region=options.get("region", "us-east-1"),
    )
