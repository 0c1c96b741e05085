"""What photos were worth to recognition."""

from sqlalchemy import Connection

from storage import quality, scenes
from storage.quality import PhotoWarning, Quality, Reason
from storage.records import Records
from storage.scenes import NewScene
from tests.storage.rows import NOW, upload

GOOD = Quality(1500.5, 0.4, 0.0, None, 160.0, 0.04, 2.5, [])
DARK = Quality(None, 0.1, 0.0, -1.5, None, None, 2.1, [Reason("DARK", "Switch on a light.")])


def scene_of(tx: Connection, image_id: int) -> int:
    """Accept a scene of this photo."""
    return scenes.accept(tx, NewScene([image_id], ["REALOGRAM"]), now=NOW).scene_id


def note(tx: Connection, scene_id: int, image_id: int, measured: Quality | None) -> None:
    """Note how the photo went in the scene."""
    status = "READY" if measured else "ERROR"
    scenes.set_photo(tx, scene_id, image_id, status=status, problem=None, quality=measured)


def test_quality_is_read_as_it_was_noted(records: Records) -> None:
    """Numbers, what could not be measured, and reasons with their advice."""
    with records.transaction() as tx:
        image_id = upload(tx).id
        scene_id = scene_of(tx, image_id)
        before = scenes.photos(tx, scene_id)[0].quality
        note(tx, scene_id, image_id, DARK)

        assert (None, DARK) == (before, scenes.photos(tx, scene_id)[0].quality)


def test_a_photo_recognised_again_has_its_new_quality(records: Records) -> None:
    """Whatever was noted before is replaced, also by nothing."""
    with records.transaction() as tx:
        image_id = upload(tx).id
        scene_id = scene_of(tx, image_id)
        seen: list[Quality | None] = []
        for measured in (DARK, GOOD, GOOD, None):
            note(tx, scene_id, image_id, measured)
            seen.append(quality.latest(tx, image_id))

    assert [DARK, GOOD, GOOD, None] == seen


def test_the_newest_scene_that_measured_a_photo_is_asked(records: Records) -> None:
    """Scenes that wait or could not read it are passed over; each keeps its own."""
    with records.transaction() as tx:
        image_id, other = upload(tx).id, upload(tx, b"other").id
        older, newer, broken, _ = (scene_of(tx, image_id) for _ in range(4))
        note(tx, newer, image_id, GOOD)
        note(tx, older, image_id, DARK)
        note(tx, broken, image_id, None)

        assert GOOD == quality.latest(tx, image_id)
        assert DARK == scenes.photos(tx, older)[0].quality
        assert quality.latest(tx, other) is None


def test_warnings_are_the_reasons_of_all_photos() -> None:
    """Photo by photo; those without reason or quality have none."""
    found = quality.warnings([(1, GOOD), (2, DARK), (3, None), (4, DARK)])

    assert [PhotoWarning(image_id, "DARK", "Switch on a light.") for image_id in (2, 4)] == found
