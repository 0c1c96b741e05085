"""What people say a facing is."""

from datetime import timedelta

import pytest

from storage import catalog, confirmations, doubts, references, scenes
from storage.catalog import SkuFields
from storage.confirmations import Confirmation, SaidFacing
from storage.doubts import Doubt
from storage.errors import NotFound
from storage.records import Records, Transaction
from tests.storage.rows import NOW, accept


@pytest.fixture
def facing(records: Records) -> SaidFacing:
    """A facing that recognition could not name."""
    with records.transaction() as tx:
        scene_id = accept(tx).scene_id
        image_id = scenes.photos(tx, scene_id)[0].image.id
        scenes.set_facts(tx, scene_id, revision=1, day=NOW.date(), now=NOW)
    place = {"x1": 10.4, "y1": 20.0, "x2": 40.6, "y2": 99.5}
    return SaidFacing(scene_id, 1, 3, image_id, **place, said_sku_id=None, said_confidence=0.4)


@pytest.fixture
def skus(records: Records) -> list[int]:
    """Two SKUs."""
    with records.transaction() as tx:
        made = [catalog.add_sku(tx, SkuFields(cid=c, name=c), now=NOW) for c in ("a", "b")]
    return [sku.id for sku in made]


def confirm(
    records: Records, facing: SaidFacing, sku_id: int | None, *, learn: bool = False
) -> Confirmation:
    """Say what it is."""
    with records.transaction() as tx:
        return confirmations.confirm(tx, facing, sku_id, learn=learn, now=NOW)


def crops(tx: Transaction, sku_id: int) -> list[tuple[int, str, str]]:
    """What a SKU is known by."""
    return [(r.image_id, r.crop, r.source) for r in references.of_sku(tx, sku_id)]


def test_what_was_said_stands_beside_what_it_is(
    records: Records, facing: SaidFacing, skus: list[int]
):
    """Scene, facts revision, photo, box and confidence are kept."""
    made = confirm(records, facing, skus[0])
    with records.reading() as tx:
        read = confirmations.of_facing(tx, facing.scene_id, 1, 3)

    assert made == read
    assert (skus[0], None, 0.4, (10.4, 99.5)) == (
        made.sku_id, made.said_sku_id, made.said_confidence, (made.x1, made.y2),
    )  # fmt: skip


def test_the_last_word_counts(records: Records, facing: SaidFacing, skus: list[int]):
    """One confirmation per facing."""
    for sku_id in (skus[0], None, skus[1], skus[1]):
        confirm(records, facing, sku_id)
    with records.reading() as tx:
        found = confirmations.of_scenes(tx, [facing.scene_id])

    assert [skus[1]] == [one.sku_id for one in found]


def test_a_learned_facing_is_a_reference(records: Records, facing: SaidFacing, skus: list[int]):
    """Once, however often it is said."""
    for _ in range(2):
        made = confirm(records, facing, skus[0], learn=True)
    with records.reading() as tx:
        assert [(facing.image_id, "10,20,41,100", "facing")] == crops(tx, skus[0])
    assert made.learned_at == NOW


def test_a_removed_reference_comes_back_when_it_is_asked_for(
    records: Records, facing: SaidFacing, skus: list[int]
):
    """Who says "learn it" once more wants it after all."""
    confirm(records, facing, skus[0], learn=True)
    with records.transaction() as tx:
        references.remove(tx, skus[0], references.of_sku(tx, skus[0])[0].id)
    confirm(records, facing, skus[0], learn=True)
    with records.reading() as tx:
        assert 1 == len(crops(tx, skus[0]))


def test_it_stays_a_reference_when_it_is_confirmed_again(
    records: Records, facing: SaidFacing, skus: list[int]
):
    """Without being asked to learn it."""
    confirm(records, facing, skus[0], learn=True)
    confirm(records, facing, skus[0])
    with records.reading() as tx:
        assert 1 == len(crops(tx, skus[0]))
        assert [] == confirmations.to_learn(tx)


@pytest.mark.parametrize("learn", [True, False])
def test_a_corrected_facing_is_unlearned(
    records: Records, facing: SaidFacing, skus: list[int], learn: bool
):
    """A wrong reference would go on naming wrongly."""
    confirm(records, facing, skus[0], learn=True)
    confirm(records, facing, skus[1], learn=learn)
    with records.reading() as tx:
        assert ([], int(learn)) == (crops(tx, skus[0]), len(crops(tx, skus[1])))


def test_none_of_the_known_skus_is_an_answer(records: Records, facing: SaidFacing):
    """There is nothing to learn from it."""
    assert confirm(records, facing, None, learn=True).learned_at is None


def test_an_unknown_sku_is_refused(records: Records, facing: SaidFacing):
    """Nothing is noted."""
    with pytest.raises(NotFound):
        confirm(records, facing, 999)
    with records.reading() as tx:
        assert confirmations.of_facing(tx, facing.scene_id, 1, 3) is None


def test_an_answer_settles_the_doubt(records: Records, facing: SaidFacing, skus: list[int]):
    """The facing leaves the review list; the others stay."""
    with records.transaction() as tx:
        found = [Doubt(n, doubts.AMBIGUOUS, skus[0], 0.5) for n in (3, 4)]
        doubts.replace(tx, facing.scene_id, 1, found, now=NOW)
    confirm(records, facing, skus[0])
    with records.reading() as tx:
        count, left = doubts.to_review(tx, limit=10, offset=0)

    assert (1, [4]) == (count, [doubt.facing_id for doubt in left])


def test_answers_about_older_facts_are_left_out(
    records: Records, facing: SaidFacing, skus: list[int]
):
    """Facing 3 of another revision may be another facing."""
    confirm(records, facing, skus[0])
    with records.transaction() as tx:
        later = NOW + timedelta(days=1)
        scenes.set_facts(tx, facing.scene_id, revision=2, day=later.date(), now=later)
        assert [] == confirmations.of_scenes(tx, [facing.scene_id])


def test_what_waits_to_be_learned_is_listed(records: Records, facing: SaidFacing, skus: list[int]):
    """Confirmed, of a SKU, and no reference yet."""
    confirm(records, facing, skus[0])
    with records.reading() as tx:
        assert [(skus[0], 3)] == [(c.sku_id, c.facing_id) for c in confirmations.to_learn(tx)]
