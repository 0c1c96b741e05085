"""A broken object store is noticed in time, by every call, and its bytes are never believed."""

import time
from collections.abc import Iterator
from hashlib import sha256
from uuid import uuid4

import pytest

from storage import images
from storage.errors import ObjectCorrupt, ObjectStoreUnavailable
from storage.objects import ObjectStore, open_objects
from tests.chaos import proxy
from tests.chaos.proxy import Proxy
from tests.storage.conftest import swift_server  # noqa: F401  a fixture
from tests.storage.rows import NOW
from tests.storage.swift_server import SwiftServer

pytestmark = pytest.mark.servers
PHOTO = bytes(range(256)) * 80  # 20 kB: at a thousand bytes a second too long to wait for
SECONDS = 10


@pytest.fixture
def between(swift_server: SwiftServer) -> Iterator[Proxy]:  # noqa: F811  the fixture
    """A proxy in front of the real S3 server."""
    with Proxy(swift_server.endpoint) as made:
        yield made


@pytest.fixture
def store(between: Proxy, swift_server: SwiftServer) -> Iterator[ObjectStore]:  # noqa: F811
    """A store behind the proxy, with a photo."""
    url = swift_server.url(f"test-{uuid4().hex}").replace(swift_server.endpoint, between.address)
    made = open_objects(url)
    made.put("images/photo.jpg", PHOTO)
    yield made
    between.mode = proxy.PASS
    made.close()


CALLS = {
    "put": lambda store: store.put("images/other.jpg", PHOTO),
    "get": lambda store: store.get("images/photo.jpg"),
    "exists": lambda store: store.exists("images/photo.jpg"),
    "list": lambda store: list(store.list("images/")),
    "check": lambda store: store.check(),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("mode", [proxy.REFUSE, proxy.HANG])
def test_a_store_that_does_not_answer_is_told_in_time(
    store: ObjectStore, between: Proxy, mode: str, call: str
):
    """Refused or silent: every call ends in less than ten seconds, and works again at once."""
    between.mode, began = mode, time.monotonic()
    with pytest.raises(ObjectStoreUnavailable):
        CALLS[call](store)
    seconds = time.monotonic() - began
    between.mode = proxy.PASS

    assert seconds < SECONDS
    assert PHOTO == store.get("images/photo.jpg")


@pytest.mark.parametrize("mode", [proxy.RESET, proxy.TRUNCATE, proxy.DRIP])
def test_half_a_photo_is_no_photo(store: ObjectStore, between: Proxy, mode: str):
    """An answer that breaks off, or drips, is an error and not a shorter photo."""
    between.mode, began = mode, time.monotonic()
    with pytest.raises(ObjectStoreUnavailable):
        store.get("images/photo.jpg")

    assert time.monotonic() - began < SECONDS


def test_a_flipped_byte_is_no_photo(store: ObjectStore, between: Proxy):
    """The store is believed; the hash of the photo says that it is another one."""
    digest = sha256(PHOTO).hexdigest()
    photo = images.Image(1, digest, 1, 1, len(PHOTO), "images/photo.jpg", False, NOW)
    assert PHOTO == images.read_photo(store, photo)
    between.mode = proxy.FLIP

    with pytest.raises(ObjectCorrupt):
        images.read_photo(store, photo)
