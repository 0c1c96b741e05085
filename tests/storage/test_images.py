"""Uploaded photos."""

from hashlib import sha256
from threading import Thread

import pytest

from storage import images, old_photos
from storage.errors import NotFound, ObjectCorrupt, ObjectMissing
from storage.objects import ObjectStore
from storage.records import Records
from tests.storage.rows import LEASE, NOW, upload


def test_each_upload_has_its_own_id(records: Records) -> None:
    """The same bytes again get a new id and are called a duplicate."""
    with records.transaction() as tx:
        first, second, other = (upload(tx, content) for content in (b"a", b"a", b"b"))

    assert [False, True, False] == [first.duplicate, second.duplicate, other.duplicate]
    assert 3 == len({first.id, second.id, other.id})


def test_the_same_bytes_are_one_object(records: Records) -> None:
    """The key is made of the hash alone."""
    digest = sha256(b"a").hexdigest()
    with records.transaction() as tx:
        keys = {upload(tx, b"a").key for _ in range(2)}

    assert {f"images/{digest[:2]}/{digest}.jpg"} == keys


def test_a_photo_is_found_by_its_hash(records: Records) -> None:
    """The first upload of the bytes is found, or nothing."""
    with records.transaction() as tx:
        first, _ = upload(tx, b"a"), upload(tx, b"a")

        assert first == images.find_by_sha(tx, first.sha256)
        assert images.find_by_sha(tx, "0" * 64) is None


def test_an_unknown_image_is_not_found(records: Records) -> None:
    """Asking for an id that was never given out names it."""
    with pytest.raises(NotFound, match="image 9"), records.reading() as tx:
        images.get(tx, 9)


def test_known_ids_are_told_from_others(records: Records) -> None:
    """Only ids of uploads come back."""
    with records.transaction() as tx:
        photo = upload(tx)

        assert {photo.id} == images.known(tx, [photo.id, 77, 2**62])


def test_a_photo_is_read_as_it_was_uploaded(records: Records, folder: ObjectStore) -> None:
    """The bytes that come back have the hash of the upload."""
    with records.transaction() as tx:
        photo = upload(tx, b"jpeg")
    folder.put(photo.key, b"jpeg")

    assert b"jpeg" == images.read_photo(folder, photo)


def test_a_damaged_photo_is_never_read(records: Records, folder: ObjectStore) -> None:
    """One flipped byte is noticed."""
    with records.transaction() as tx:
        photo = upload(tx, b"jpeg")
    folder.put(photo.key, b"jpeh")

    with pytest.raises(ObjectCorrupt, match=f"image {photo.id}"):
        images.read_photo(folder, photo)


def test_a_lost_photo_is_missing(records: Records, folder: ObjectStore) -> None:
    """A row without its object says so."""
    with records.transaction() as tx:
        photo = upload(tx)

    with pytest.raises(ObjectMissing):
        images.read_photo(folder, photo)


def test_who_uploads_a_photo_again_waits_while_it_goes(records: Records) -> None:
    """The row is written when the photo is gone for certain, so that its bytes are stored then."""
    happened = list[str]()

    def upload_again() -> None:
        with records.transaction() as tx:
            upload(tx)
            happened.append("uploaded")

    with records.transaction() as tx:
        photo = upload(tx)
    other = Thread(target=upload_again)
    with records.transaction() as tx:
        going = old_photos.hold_removable(tx, [photo.sha256], before=NOW + LEASE)
        other.start()
        other.join(0.3)
        happened.append("gone")
    other.join()

    assert ({photo.sha256}, ["gone", "uploaded"]) == (going, happened)
