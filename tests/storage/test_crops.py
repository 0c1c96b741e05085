"""Small pictures of facings."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from storage import crops
from storage.errors import ObjectMissing
from storage.facings import FacingRef
from storage.objects import ObjectStore

DAY, SCENE = date(2026, 3, 1), "0" * 32


def write(objects: ObjectStore, jpegs: dict[int, bytes]) -> None:
    """Store the crops of the scene."""
    crops.write(objects, day=DAY, scene=SCENE, revision=1, jpegs=jpegs)


def ref(facing_id: int) -> FacingRef:
    """Point at a facing of the scene."""
    return FacingRef(1, SCENE, DAY, 1, facing_id)


def test_each_facing_has_its_picture(objects: ObjectStore):
    """Byte for byte."""
    write(objects, {7: b"seven", 12: b"twelve"})

    assert [b"seven", b"twelve"] == [crops.read(objects, ref(n)) for n in (7, 12)]


def test_a_facing_without_picture_is_missing(objects: ObjectStore):
    """In a scene with crops, and in one without."""
    with pytest.raises(ObjectMissing):
        crops.read(objects, ref(7))
    write(objects, {7: b"seven"})
    with pytest.raises(ObjectMissing):
        crops.read(objects, ref(8))


def test_the_same_pictures_are_the_same_bytes(folder: ObjectStore):
    """Whatever the order and the time."""
    key = crops.crops_key(DAY, SCENE, 1)
    write(folder, {7: b"seven", 12: b"twelve"})
    first = folder.get(key)
    write(folder, {12: b"twelve", 7: b"seven"})

    assert first == folder.get(key)
    assert ["00007.jpg", "00012.jpg"] == ZipFile(BytesIO(first)).namelist()


def test_a_scene_without_doubts_has_no_archive(folder: ObjectStore):
    """Nothing is stored for nothing."""
    write(folder, {})

    assert not folder.exists(crops.crops_key(DAY, SCENE, 1))
