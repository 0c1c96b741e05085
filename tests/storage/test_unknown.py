"""Unknown products."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from storage import catalog, doubts, scenes, tables, unknown
from storage.catalog import SkuFields
from storage.doubts import AMBIGUOUS, UNKNOWN, Doubt
from storage.errors import NotFound
from storage.records import Records
from storage.unknown import Centre, Member
from tests.storage.rows import NOW, accept

KEY = "e-1+aa"


def scene_with(
    records: Records, facings: int, *, kind: str = UNKNOWN, shop: str | None = None, days: int = 0
) -> int:
    """A scene of some day with so many facings in doubt."""
    then = NOW + timedelta(days=days)
    with records.transaction() as tx:
        accepted = accept(tx, now=then)
        scenes.set_facts(tx, accepted.scene_id, revision=1, day=then.date(), now=then)
        found = [Doubt(n, kind, None, 0.0) for n in range(facings)]
        doubts.replace(tx, accepted.scene_id, 1, found, now=then)
        visit = tables.visits.c.id == accepted.visit_id
        tx.execute(update(tables.visits).where(visit).values(shop=shop))
    return accepted.scene_id


def members(records: Records, limit: int = 100) -> list[Member]:
    """The unknown facings."""
    with records.reading() as tx:
        return unknown.members(tx, limit=limit)


def save(records: Records, centres: list[Centre], places: list[int | None]) -> None:
    """Put the members, in order, to the centres; the first of each is its picture."""
    shown: set[int | None] = set()
    placed = []
    for member, at in zip(members(records), places, strict=True):
        if at is not None:
            placed.append((member.doubt_id, at, None if at in shown else 0))
        shown.add(at)
    with records.transaction() as tx:
        unknown.save(tx, KEY, centres, placed, now=NOW)


def new(count: int) -> list[Centre]:
    """New centres."""
    return [Centre(None, bytes([n]) * 4) for n in range(count)]


def listed(records: Records, *, newest: bool = False) -> list[tuple[int, int, int, int]]:
    """Id, facings, scenes and shops of the open products."""
    with records.reading() as tx:
        count, found = unknown.page(tx, newest=newest, limit=100, offset=0)
    assert count == len(found)
    return [(one.id, one.seen, one.scenes, one.shops) for one in found]


def test_facings_that_show_a_product_are_counted(records: Records):
    """Over scenes and shops; the most frequent product first."""
    for shop in ("a", "a", None):
        scene_with(records, 2, shop=shop)
    save(records, new(2), [0, 1, 1, 1, 1, 1])

    assert [(2, 5, 3, 1), (1, 1, 1, 1)] == listed(records)


def test_only_unknown_facings_that_nobody_settled_take_part(records: Records):
    """Ambiguous ones have candidates."""
    scene_with(records, 1, kind=AMBIGUOUS)
    scene = scene_with(records, 2)
    with records.transaction() as tx:
        doubts.settle(tx, scene, 0, now=NOW)

    assert [(scene, 1)] == [(one.scene_id, one.facing_id) for one in members(records)]


def test_the_newest_take_part_the_oldest_of_them_first(records: Records):
    """So that what is there gets its number before what comes."""
    old, middle, last = (scene_with(records, 1) for _ in range(3))

    assert [old, middle, last] == [one.scene_id for one in members(records)]
    assert [middle, last] == [one.scene_id for one in members(records, limit=2)]


def test_products_keep_their_ids(records: Records):
    """What joins is counted; what is new comes behind."""
    scene_with(records, 2, days=0)
    save(records, new(1), [0, 0])
    scene_with(records, 2, days=3)
    with records.reading() as tx:
        known = unknown.centres(tx, KEY)
    save(records, [*known, Centre(None, b"new!")], [None, None, 0, 1])

    assert [(1, 3, 2, 0), (2, 1, 1, 0)] == listed(records)
    assert [(2, 1, 1, 0), (1, 3, 2, 0)] == listed(records, newest=True)
    with records.reading() as tx:
        one = unknown.get(tx, 1)
    assert (NOW, NOW + timedelta(days=3)) == (one.first_seen, one.last_seen)


def test_a_product_without_members_is_gone(records: Records):
    """Its number is not used again."""
    scene_with(records, 2)
    save(records, new(2), [0, 1])
    with records.reading() as tx:
        known = unknown.centres(tx, KEY)
    save(records, known, [1, 1])

    assert [(2, 2, 1, 0)] == listed(records)
    with records.reading() as tx, pytest.raises(NotFound):
        unknown.get(tx, 1)


def test_pictures_come_by_rank(records: Records):
    """With the place of their facts."""
    scene = scene_with(records, 3)
    save(records, new(2), [0, 0, 1])
    with records.reading() as tx:
        pictures = unknown.pictures(tx, [1, 2, 77])

    assert {1: [0], 2: [2], 77: []} == {k: [r.facing_id for r in v] for k, v in pictures.items()}
    assert (scene, NOW.date(), 1) == (
        pictures[1][0].scene_id, pictures[1][0].facts_day, pictures[1][0].facts_revision,
    )  # fmt: skip


def test_a_facing_that_was_settled_alone_shows_nothing(records: Records):
    """Somebody said what it is; the product may be something else."""
    scene = scene_with(records, 2)
    save(records, new(1), [0, 0])
    with records.transaction() as tx:
        doubts.settle(tx, scene, 0, now=NOW)
        assert {1: []} == unknown.pictures(tx, [1])


def test_a_named_product_takes_no_more_members(records: Records):
    """All its facings are settled; it left the list and stays readable."""
    scene_with(records, 2)
    save(records, new(2), [0, 1])
    with records.transaction() as tx:
        sku = catalog.add_sku(tx, SkuFields(cid="a", name="a"), now=NOW).id
        unknown.name(tx, 1, sku, now=NOW)
        assert [2] == [centre.product_id for centre in unknown.centres(tx, KEY)]
        named = unknown.get(tx, 1)

    assert ("NAMED", sku, 1) == (named.status, named.sku_id, named.seen)
    assert [(2, 1, 1, 0)] == listed(records)
    assert [1] == [one.facing_id for one in members(records)]


def test_an_ignored_product_goes_on_collecting(records: Records):
    """What looks like it must not come back as a new product; it is kept without members, too."""
    scene = scene_with(records, 1)
    save(records, new(1), [0])
    with records.transaction() as tx:
        unknown.ignore(tx, 1)
        assert [1] == [centre.product_id for centre in unknown.centres(tx, KEY)]
        doubts.settle(tx, scene, 0, now=NOW)
        unknown.save(tx, KEY, [], [], now=NOW)
        assert "IGNORED" == unknown.get(tx, 1).status

    assert [] == listed(records)


def test_each_embedder_has_its_own_products(records: Records):
    """Vectors of two embedders cannot be compared."""
    scene_with(records, 1)
    save(records, new(1), [0])
    with records.reading() as tx:
        assert [] == unknown.centres(tx, "e-1+bb")
    assert [(1, 1, 1, 0)] == listed(records)
