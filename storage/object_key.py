"""What an object may be called, in a folder and on S3 alike."""

import re

from storage.errors import BadKey

BINARY = "application/octet-stream"
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")


def checked(key: str) -> str:
    """Return the key.

    Raises:
        BadKey: when a segment is empty, begins with a dot or has a character outside
            [A-Za-z0-9._-]; so a key never leaves the folder and never meets a temp file.
    """
    if not _KEY.fullmatch(key):
        raise BadKey(f"Not an object key: {key!r}.")
    return key
