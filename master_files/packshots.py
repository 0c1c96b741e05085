"""The packshots that lines name: checked like uploads, stored, then rows."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from api import jpeg
from api.uploads import Limits
from master_files.lines import PACKSHOT, Finding, Line
from storage import images
from storage.objects import ObjectStore
from storage.records import Transaction


class Packshot(Struct, frozen=True):
    """A picture as it will be stored."""

    sha256: str
    width: int
    height: int
    data: bytes

    def store(self, objects: ObjectStore) -> None:
        """Store the bytes, once; no row names them yet."""
        key = images.image_key(self.sha256)
        if not objects.exists(key):
            objects.put(key, self.data, "image/jpeg")

    def record(self, tx: Transaction, now: datetime) -> int:
        """Find the upload of these bytes, or record one; its id."""
        if found := images.find_by_sha(tx, self.sha256):
            return found.id
        size = {"width": self.width, "height": self.height, "size_bytes": len(self.data)}
        return images.add(tx, sha256=self.sha256, **size, now=now).id


def read(
    lines: Sequence[Line], folder: Path, limits: Limits
) -> tuple[dict[str, Packshot], list[Finding]]:
    """Read the pictures that lines name, by where the line is.

    Args:
        folder: of the file that the lines are from.
    """
    found, findings = dict[str, Packshot](), list[Finding]()
    for line in lines:
        if said := line.values.get(PACKSHOT):
            try:
                found[line.where] = _read(folder / str(said), limits)
            except (OSError, ValueError) as error:
                reason = error.strerror if isinstance(error, OSError) else "no path"
                findings.append(Finding(line.where, f"packshot: {said} cannot be read: {reason}."))
            except jpeg.Refused as error:
                findings.append(Finding(line.where, f"packshot: {said}: {error}"))
    return found, findings


def _read(path: Path, limits: Limits) -> Packshot:
    data = path.read_bytes()
    photo = jpeg.gate(data, max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    return Packshot(hashlib.sha256(photo.data).hexdigest(), photo.width, photo.height, photo.data)
