"""Photos go after a while, but those that something needs."""

from datetime import timedelta
from hashlib import sha256

import pytest

from flows import retention
from flows.resources import Resources
from storage import images, old_photos, references, scenes, tables, work
from storage.images import Image
from storage.scenes import NewScene
from tests.flows.plant import now
from tests.storage.test_master_frames import add_sku

pytestmark = pytest.mark.usefixtures("gondola")
LONG_AGO = now() - timedelta(days=100)
BEFORE = now() - timedelta(days=90)


def uploaded(tools: Resources, content: bytes, *, at=LONG_AGO) -> Image:
    """A photo that is stored."""
    digest = sha256(content).hexdigest()
    tools.objects.put(images.image_key(digest), content)
    with tools.records.transaction() as tx:
        return images.add(tx, sha256=digest, width=9, height=9, size_bytes=5, now=at)


def removable(tools: Resources, photo: Image) -> bool:
    """Whether it may go."""
    with tools.records.reading() as tx:
        return old_photos.removable(tx, [photo.sha256], before=BEFORE) == {photo.sha256}


def in_scene(tools: Resources, photo: Image, *, at=LONG_AGO, done: bool = True) -> int:
    """A scene with the photo."""
    with tools.records.transaction() as tx:
        made = scenes.accept(tx, NewScene([photo.id], []), now=at)
        if done:
            tx.execute(tables.work.update().values(state=work.DONE))
    return made.scene_id


def test_an_old_photo_goes(tools: Resources):
    """Also one of a scene that was recognised."""
    photo = uploaded(tools, b"old")
    in_scene(tools, photo)

    assert removable(tools, photo)


def test_a_photo_that_was_used_since_stays(tools: Resources):
    """Uploaded again, or in a newer scene, or in one that waits."""
    again, used, waits = (uploaded(tools, name) for name in (b"again", b"used", b"waits"))
    uploaded(tools, b"again", at=now())
    in_scene(tools, used, at=now())
    in_scene(tools, waits, done=False)

    assert [False] * 3 == [removable(tools, photo) for photo in (again, used, waits)]


def test_a_photo_that_is_a_packshot_or_a_reference_stays(tools: Resources):
    """A reference may be a box in the photo of a scene."""
    packshot, boxed = uploaded(tools, b"packshot"), uploaded(tools, b"boxed")
    in_scene(tools, boxed)
    with tools.records.transaction() as tx:
        add_sku(tx, 7)
        tx.execute(tables.skus.update().values(image=packshot.id))
        references.add(tx, 7, boxed.id, crop="1,1,5,5", source=references.FACING, now=LONG_AGO)

    assert [False] * 2 == [removable(tools, photo) for photo in (packshot, boxed)]


def test_a_photo_that_comes_back_while_it_goes_is_put_back(
    tools: Resources, monkeypatch: pytest.MonkeyPatch
):
    """Somebody had found it stored, and records the upload only now."""
    gone, back = uploaded(tools, b"gone"), uploaded(tools, b"back")
    monkeypatch.setattr(retention.time, "sleep", lambda _: uploaded_row(tools, back))

    assert 1 == retention.remove(tools, [gone.key, back.key], BEFORE)

    assert (False, True) == (tools.objects.exists(gone.key), tools.objects.exists(back.key))


def uploaded_row(tools: Resources, photo: Image) -> None:
    """The row of another upload of the same bytes."""
    with tools.records.transaction() as tx:
        images.add(tx, sha256=photo.sha256, width=9, height=9, size_bytes=5, now=now())
