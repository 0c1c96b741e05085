"""Photos go after a while, but those that something needs."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Connection, select

from api import sku_images
from api.uploads import Limits, take
from flows import retention
from flows.resources import Resources
from storage import feedback, images, old_photos, references, scenes, tables, work
from storage.images import Image
from storage.records import Records
from storage.scenes import NewScene
from tests.api.conftest import API, Gondola, jpeg
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


def test_days_below_zero_are_refused():
    """They would let every photo go."""
    with pytest.raises(ValueError, match="days is -1; say 1 or more"):
        retention.retention.fn(days=-1)


def test_a_clock_set_far_ahead_takes_no_photo_along(
    tools: Resources, monkeypatch: pytest.MonkeyPatch
):
    """A photo of ten days stays, though it looks as if it were of a year ago; an old one goes."""
    old, fresh = uploaded(tools, b"old"), uploaded(tools, b"fresh", at=now() - timedelta(days=10))
    said = list[str]()
    monkeypatch.setattr(retention, "resources", lambda: tools)
    monkeypatch.setattr(retention, "create_table_artifact", lambda *told: said.append(told[2]))
    for days in (0, 365, 366):
        monkeypatch.setattr(retention, "now", lambda days=days: now() + timedelta(days=days))
        retention.retention.fn(days=90)

    assert (False, True) == (tools.objects.exists(old.key), tools.objects.exists(fresh.key))
    assert [False, True, True] == ["It was taken for" in one for one in said]


def test_finished_work_goes_also_where_photos_stay(
    tools: Resources, monkeypatch: pytest.MonkeyPatch
):
    """Seven days after it was done."""
    with tools.records.transaction() as tx:
        for scene, days in ((1, 8), (2, 6)):
            at = now() - timedelta(days=days)
            work.enqueue(tx, work.RECOGNIZE_SCENE, scene, due_at=at)
            held = work.claim(
                tx, work.RECOGNIZE_SCENE, scene, owner="a", now=at, lease=timedelta(minutes=1)
            )
            assert held
            work.finish(tx, held.id, now=at)
    monkeypatch.setattr(retention, "resources", lambda: tools)
    retention.retention.fn()

    with tools.records.reading() as tx:
        assert [2] == list(tx.scalars(select(tables.work.c.subject_id)))


def test_the_proof_of_an_open_error_stays(tools: Resources):
    """Also a photo that is in no scene, until a person has closed the error."""
    proof, shelf = uploaded(tools, b"proof"), uploaded(tools, b"shelf")
    scene_id = in_scene(tools, shelf)
    with tools.records.transaction() as tx:
        said = {"sku_gid": 7, "message": None, "image_ids": [proof.id], "now": LONG_AGO}
        error_id = feedback.add_error(tx, scene_id, **said)
    open_ = [removable(tools, photo) for photo in (proof, shelf)]
    with tools.records.transaction() as tx:
        feedback.close_error(tx, error_id, now=now())

    assert ([False] * 2, [True] * 2) == (open_, [removable(tools, one) for one in (proof, shelf)])


def test_a_photo_that_is_uploaded_again_before_it_goes_stays(tools: Resources):
    """Whoever found it removable looks once more in the moment in which it goes."""
    gone, back = uploaded(tools, b"gone"), uploaded(tools, b"back")
    uploaded(tools, b"back", at=now())

    assert 1 == retention.remove(tools, [gone.key, back.key], BEFORE)

    assert (False, True) == (tools.objects.exists(gone.key), tools.objects.exists(back.key))


class Overtaken(Records):
    """Records in which something happens before the first transaction begins."""

    def __init__(self, tools: Resources, before: Callable[[], object]) -> None:
        super().__init__(tools.settings.records_url)
        self.before: Callable[[], object] | None = before

    @contextmanager
    def transaction(self) -> Generator[Connection]:
        """Let it happen, once."""
        before, self.before = self.before, None
        if before:
            before()
        with super().transaction() as tx:
            yield tx


def test_a_photo_that_goes_while_it_is_uploaded_is_there_before_the_answer(tools: Resources):
    """The upload found it known; the worker may die as soon as it has removed it."""
    limits, there = Limits(10**7, 10**7), list[bool]()
    first = take(jpeg(), tools.records, tools.objects, limits=limits, now=LONG_AGO)
    records = Overtaken(tools, lambda: retention.remove(tools, [first.key], BEFORE))

    def note(_tx: Connection, image: Image) -> None:
        there.append(tools.objects.exists(image.key))

    take(jpeg(), records, tools.objects, limits=limits, now=now(), note=note)
    records.close()

    assert [True] == there


def test_a_picture_of_a_sku_that_goes_while_it_is_sent_is_there(
    tools: Resources, gondola: Gondola, monkeypatch: pytest.MonkeyPatch
):
    """It was known, so it makes no other upload; the reference needs it."""
    with tools.records.transaction() as tx:
        add_sku(tx, 7)
    limits = Limits(10**7, 10**7)
    first = take(jpeg(), tools.records, tools.objects, limits=limits, now=LONG_AGO)
    add = sku_images.add

    def add_late(*arguments: Any) -> set[int]:
        retention.remove(tools, [first.key], BEFORE)
        return add(*arguments)

    monkeypatch.setattr(sku_images, "add", add_late)
    reply = gondola.post(f"{API}/sku/7/images/", files={"datafile": ("a.jpg", jpeg())})

    assert 201 == reply.status_code, reply.text
    assert tools.objects.exists(first.key)
