"""The facings that recognition was not sure of."""

from storage import doubts, scenes
from storage.doubts import AMBIGUOUS, UNKNOWN, UNSURE, Doubt
from storage.records import Records
from tests.storage.rows import NOW, accept


def scene_with(records: Records, *found: Doubt, revision: int = 1) -> int:
    """A scene with these doubts."""
    with records.transaction() as tx:
        scene_id = accept(tx).scene_id
        scenes.set_facts(tx, scene_id, revision=revision, day=NOW.date(), now=NOW)
        doubts.replace(tx, scene_id, revision, found, now=NOW)
    return scene_id


def listed(records: Records, limit: int = 10, offset: int = 0) -> list[tuple[int, int]]:
    """Scene and facing of the review list."""
    with records.reading() as tx:
        count, found = doubts.to_review(tx, limit=limit, offset=offset)
    assert count >= len(found)
    return [(doubt.scene_id, doubt.facing_id) for doubt in found]


def test_the_most_uncertain_come_first(records: Records):
    """Ambiguous or merely unsure does not matter."""
    scene = scene_with(
        records,
        Doubt(0, AMBIGUOUS, 1, 0.2),
        Doubt(1, UNSURE, 2, 0.9),
        Doubt(2, AMBIGUOUS, 3, 0.5),
    )

    assert [(scene, 1), (scene, 2), (scene, 0)] == listed(records)
    assert [(scene, 2)] == listed(records, limit=1, offset=1)


def test_every_candidate_gets_a_turn_before_any_gets_its_second(records: Records):
    """Twenty facings of one SKU tell little more than one."""
    first = scene_with(records, Doubt(0, AMBIGUOUS, 1, 0.9), Doubt(1, AMBIGUOUS, 1, 0.8))
    second = scene_with(records, Doubt(0, AMBIGUOUS, 2, 0.1), Doubt(1, AMBIGUOUS, 1, 0.85))

    assert [(first, 0), (second, 0), (second, 1), (first, 1)] == listed(records)


def test_of_equals_the_newest_comes_first(records: Records):
    """What was seen last is most likely still on the shelf."""
    older = scene_with(records, Doubt(0, AMBIGUOUS, 1, 0.5))
    newer = scene_with(records, Doubt(0, AMBIGUOUS, 2, 0.5))

    assert [(newer, 0), (older, 0)] == listed(records)


def test_unknown_products_have_a_list_of_their_own(records: Records):
    """They are not reviewed one by one."""
    scene_with(records, Doubt(0, UNKNOWN, None, 0.0))

    assert [] == listed(records)


def test_newer_facts_replace_the_doubts(records: Records):
    """Their facings are other facings."""
    scene = scene_with(records, Doubt(0, AMBIGUOUS, 1, 0.5), Doubt(1, AMBIGUOUS, 2, 0.5))
    for _ in range(2):
        with records.transaction() as tx:
            doubts.replace(tx, scene, 2, [Doubt(0, AMBIGUOUS, 1, 0.5)], now=NOW)

    assert [(scene, 0)] == listed(records)


def test_a_settled_doubt_stays_settled(records: Records):
    """It left the list; settling it again changes nothing."""
    scene = scene_with(records, Doubt(0, AMBIGUOUS, 1, 0.5), Doubt(1, AMBIGUOUS, 1, 0.5))
    for _ in range(2):
        with records.transaction() as tx:
            doubts.settle(tx, scene, 0, now=NOW)

    assert [(scene, 1)] == listed(records)
