"""Small pictures of references, so that pages need not load whole photos."""

from storage.objects import ObjectStore


def picture_key(reference_id: int) -> str:
    """Name the picture; ids are never used twice, so it never changes."""
    return f"references/{reference_id // 1000:06d}/{reference_id}.jpg"


def write(objects: ObjectStore, reference_id: int, jpeg: bytes) -> None:
    """Store the picture of a reference."""
    objects.put(picture_key(reference_id), jpeg, "image/jpeg")


def exists(objects: ObjectStore, reference_id: int) -> bool:
    """Tell whether there is a picture."""
    return objects.exists(picture_key(reference_id))


def read(objects: ObjectStore, reference_id: int) -> bytes:
    """Load the picture; ObjectMissing before the reference was embedded."""
    return objects.get(picture_key(reference_id))
