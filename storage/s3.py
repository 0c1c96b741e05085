"""Objects on MinIO or any S3, through the minio SDK."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, BinaryIO, Self

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from storage import durable
from storage.errors import ObjectMissing, ObjectStoreUnavailable
from storage.object_key import BINARY, checked

SILENCE_SECONDS = 4.0  # connecting, sending a body, waiting for the next byte: each at most
READ_SECONDS = 6.0  # reading an object, from the call to its last byte but for one silence
_CHUNK = 2**16
_SMALLEST_PART = 5 * 2**20  # the SDK refuses less; ours are never smaller than the object


class S3Store:
    """Objects in a bucket of MinIO or any S3; makes the bucket when it is missing.

    The SDK's own pool waits five minutes and tries five times; ours gives up in time to say so.
    """

    def __init__(  # noqa: PLR0913 (keyword-only)
        self,
        endpoint: str,
        bucket: str,
        *,
        access_key: str,
        secret_key: str,
        secure: bool = True,
        region: str = "us-east-1",
    ) -> None:
        self._bucket = bucket
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=SILENCE_SECONDS, read=SILENCE_SECONDS),
            retries=_NotLate(total=1, backoff_factor=0.2, status_forcelist=[502, 503, 504]),
            maxsize=16,
        )
        self._client = Minio(
            endpoint,
            access_key=access_key,
            secret_key=secret_key,
            secure=secure,
            region=region,
            http_client=self._pool,
        )
        self.check()

    def put(self, key: str, data: bytes, content_type: str = BINARY) -> None:
        """Store the bytes with one PUT."""
        with _s3_errors(key), durable.timed(durable.OBJECTS):
            self._client.put_object(
                self._bucket,
                checked(key),
                BytesIO(data),
                len(data),
                content_type=content_type,
                part_size=max(len(data), _SMALLEST_PART),
            )

    def get(self, key: str) -> bytes:
        """Read the bytes; ObjectMissing when there are none."""
        until = time.monotonic() + READ_SECONDS
        with _s3_errors(key):
            answer = self._client.get_object(self._bucket, checked(key))
            try:
                return _read(answer, until)
            finally:
                answer.close()
                answer.release_conn()

    def open(self, key: str) -> BinaryIO:
        """Read the bytes, so that some of them can be looked at; ObjectMissing without any."""
        return BytesIO(self.get(key))

    def exists(self, key: str) -> bool:
        """Say whether the key holds an object."""
        try:
            with _s3_errors(key):
                self._client.stat_object(self._bucket, checked(key))
        except ObjectMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object; no error when there is none."""
        with _s3_errors(key):
            self._client.remove_object(self._bucket, checked(key))

    def list(self, prefix: str) -> Iterator[str]:
        """Give the keys that begin with the prefix, sorted."""
        with _s3_errors(prefix):
            for entry in self._client.list_objects(self._bucket, prefix, recursive=True):
                yield str(entry.object_name)

    def prune(self, prefix: str) -> None:
        """Nothing: S3 has no folders."""

    def check(self) -> None:
        """Ask for the bucket, and make it when it is missing; others may make it just now."""
        with _s3_errors(self._bucket):
            if self._client.bucket_exists(self._bucket):
                return
            try:
                self._client.make_bucket(self._bucket)
            except S3Error:
                if not self._client.bucket_exists(self._bucket):
                    raise

    def free_bytes(self) -> None:
        """S3 does not say how much more it takes."""

    def close(self) -> None:
        """Let connections go."""
        self._pool.clear()


class _NotLate(urllib3.Retry):
    """Tries once more what broke at once, never what took its time already."""

    def increment(self, *arguments: Any, error: Exception | None = None, **more: Any) -> Self:
        """Count a failure, or raise it when it was a timeout.

        Source: urllib3, Retry.increment.
        """
        broken = error.args[-1] if isinstance(error, urllib3.exceptions.ProtocolError) else error
        if error and isinstance(broken, (urllib3.exceptions.TimeoutError, TimeoutError)):
            raise error
        return super().increment(*arguments, error=error, **more)


def _read(answer: Any, until: float) -> bytes:
    """Read all of an answer; TimeoutError when it drips for too long."""
    data = bytearray()
    while chunk := answer.read1(_CHUNK):
        data += chunk
        if time.monotonic() > until:
            raise TimeoutError(f"{len(data)} bytes in {READ_SECONDS:.0f} s")
    return bytes(data)


@contextmanager
def _s3_errors(key: str) -> Generator[None, None, None]:
    try:
        yield
    except S3Error as error:
        if error.code in {"NoSuchKey", "NoSuchObject"}:
            raise ObjectMissing(f"No object is stored under {key}.") from None
        raise ObjectStoreUnavailable(f"The object store refused: {error.code}.") from error
    except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
        raise ObjectStoreUnavailable(f"The object store failed: {error}.") from error
