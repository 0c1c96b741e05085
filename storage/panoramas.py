"""Stitched pictures of scenes: objects named by their content, seen by whoever has the link.

A link does not expire: it is part of a report, which is sent once and kept, and it can be guessed
by nobody who has neither the report nor the secret.
"""

import hashlib
import hmac

from sqlalchemy import Connection

from storage import secrets
from storage.errors import NotFound, ObjectMissing
from storage.objects import ObjectStore

_SIGNED_WITH = "panorama-links"


def store(objects: ObjectStore, jpeg: bytes) -> str:
    """Keep the picture; its key."""
    key = _key(hashlib.sha256(jpeg).hexdigest())
    objects.put(key, jpeg, "image/jpeg")
    return key


def path(tx: Connection, key: str) -> str:
    """Make the link of a picture, without the host."""
    name = key.rpartition("/")[2].removesuffix(".jpg")
    return f"/media/panoramas/{name}.jpg?signature={_sign(tx, name)}"


def read(tx: Connection, objects: ObjectStore, sha256: str, signature: str) -> bytes:
    """Load the picture that a link shows.

    Raises:
        NotFound: the link was not made here, or the picture is gone.
    """
    if not hmac.compare_digest(signature.encode(), _sign(tx, sha256).encode()):
        raise NotFound("There is no such panorama, or the link is not complete.")
    try:
        return objects.get(_key(sha256))
    except ObjectMissing:
        raise NotFound("This panorama is no longer stored.") from None


def _key(sha256: str) -> str:
    return f"panoramas/{sha256[:2]}/{sha256}.jpg"


def _sign(tx: Connection, sha256: str) -> str:
    secret = secrets.get_or_create(tx, _SIGNED_WITH)
    return hmac.new(secret, sha256.encode(), hashlib.sha256).hexdigest()
