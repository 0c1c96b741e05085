"""Small pictures of the facings in doubt, so that pages need not load whole photos.

One ZIP archive per facts revision, beside the tables: a scene has a hundred of them, and an object
of its own for each would cost more to store than to make. JPEGs are stored, not compressed again.
"""

import zipfile
from collections.abc import Mapping
from datetime import date
from io import BytesIO

from storage.errors import ObjectMissing
from storage.facings import FacingRef
from storage.objects import ObjectStore

_ALWAYS = (1980, 1, 1, 0, 0, 0)  # the oldest time a ZIP can say: the same crops, the same bytes


def crops_key(day: date, scene: str, revision: int) -> str:
    """Name the archive of one recognition."""
    return f"facts/{day:%Y-%m-%d}/{scene}/r{revision}/crops.zip"


def write(
    objects: ObjectStore, *, day: date, scene: str, revision: int, jpegs: Mapping[int, bytes]
) -> None:
    """Store the pictures of a scene, by facing_id; nothing when there are none."""
    if not jpegs:
        return
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for facing_id, jpeg in sorted(jpegs.items()):
            archive.writestr(zipfile.ZipInfo(_name(facing_id), _ALWAYS), jpeg)
    objects.put(crops_key(day, scene, revision), file.getvalue(), "application/zip")


def read(objects: ObjectStore, ref: FacingRef) -> bytes:
    """Load the picture of a facing.

    Raises:
        ObjectMissing: when there is none, because recognition was sure.
    """
    archive = objects.get(crops_key(ref.facts_day, ref.scene, ref.facts_revision))
    try:
        return zipfile.ZipFile(BytesIO(archive)).read(_name(ref.facing_id))
    except KeyError:
        raise ObjectMissing(f"Facing {ref.facing_id} of {ref.scene} has no crop.") from None


def _name(facing_id: int) -> str:
    return f"{facing_id:05d}.jpg"
