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


def secret(tx: Connection) -> bytes:
    """What links are signed with, by all processes; made by whoever asks first."""
    return secrets.get_or_create(tx, _SIGNED_WITH)


def path(signed_with: bytes, key: str) -> str:
    """Make the link of a picture, without the host."""
    name = key.rpartition("/")[2].removesuffix(".jpg")
    return f"/media/panoramas/{name}.jpg?signature={_sign(signed_with, name)}"


def check(tx: Connection, sha256: str, signature: str) -> None:
    """Make sure that a link was made here; writes nothing.

    Raises:
        NotFound: it was not.
    """
    signed_with = secrets.find(tx, _SIGNED_WITH)
    genuine = _sign(signed_with, sha256) if signed_with else ""
    if not genuine or not hmac.compare_digest(signature.encode(), genuine.encode()):
        raise NotFound("There is no such panorama, or the link is not complete.")


def load(objects: ObjectStore, sha256: str) -> bytes:
    """Load a picture.

    Raises:
        NotFound: it is gone.
    """
    try:
        return objects.get(_key(sha256))
    except ObjectMissing:
        raise NotFound("This panorama is no longer stored.") from None


def _key(sha256: str) -> str:
    return f"panoramas/{sha256[:2]}/{sha256}.jpg"


def _sign(signed_with: bytes, sha256: str) -> str:
    return hmac.new(signed_with, sha256.encode(), hashlib.sha256).hexdigest()
