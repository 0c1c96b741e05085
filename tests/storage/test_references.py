"""References and the galleries made of them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from storage import catalog, galleries, references
from storage.catalog import SkuFields
from storage.errors import NotFound, UnknownImages
from storage.records import Records
from storage.references import FACING, PACKSHOT, PICTURE
from tests.storage.rows import NOW, upload

JUICE = SkuFields("900", "Juice", brand=3, size_x_mm=125)
VECTOR = b"\x00\x00\x80?" * 4


def test_a_reference_is_read_as_it_was_added(records: Records) -> None:
    """A box of a photo, or the whole picture, oldest first."""
    with records.transaction() as tx:
        sku, photo = catalog.add_sku(tx, JUICE, now=NOW), upload(tx).id
        crop = references.crop_of([1.4, 2, 30.6, 40])
        added = [
            references.add(tx, sku.id, photo, crop=crop, source=FACING, now=NOW),
            references.add(tx, sku.id, photo, source=PICTURE, now=NOW),
        ]

        assert added == references.of_sku(tx, sku.id)
    assert [(1, 2, 31, 40), None] == [one.box for one in added]


def test_the_same_reference_again_changes_nothing(records: Records) -> None:
    """It keeps its id, its source and its time."""
    with records.transaction() as tx:
        sku, photo = catalog.add_sku(tx, JUICE, now=NOW), upload(tx).id
        first = references.add(tx, sku.id, photo, source=PICTURE, now=NOW)
        again = references.add(tx, sku.id, photo, source=FACING, now=NOW + timedelta(hours=1))

        assert [first] == [again] == references.of_sku(tx, sku.id)


def test_a_reference_names_a_sku_and_an_upload(records: Records) -> None:
    """What is not there is named."""
    with records.transaction() as tx:
        sku, photo = catalog.add_sku(tx, JUICE, now=NOW), upload(tx).id
        with pytest.raises(NotFound, match="SKU 99"):
            references.add(tx, 99, photo, source=PICTURE, now=NOW)
        with pytest.raises(UnknownImages):
            references.add(tx, sku.id, 99, source=PICTURE, now=NOW)


def test_a_removed_reference_is_gone_with_its_vectors(records: Records) -> None:
    """Nobody finds the SKU by it any more; a reference of another SKU cannot be removed so."""
    with records.transaction() as tx:
        sku, other = (catalog.add_sku(tx, JUICE, now=NOW) for _ in range(2))
        one = references.add(tx, sku.id, upload(tx).id, source=PICTURE, now=NOW)
        galleries.save_vector(tx, one.id, "e-1", VECTOR, None)
        version = galleries.version(tx, "e-1")
        with pytest.raises(NotFound, match=f"SKU {other.id} has no reference {one.id}"):
            references.remove(tx, other.id, one.id)
        references.remove(tx, sku.id, one.id)

        assert ([], []) == (references.of_sku(tx, sku.id), galleries.vectors(tx, "e-1"))
        assert version != galleries.version(tx, "e-1")


def test_another_packshot_leaves_other_references(records: Records) -> None:
    """Only the former packshot goes, also when its picture serves with a box."""
    with records.transaction() as tx:
        photo, new = upload(tx, b"1").id, upload(tx, b"2").id
        sku = catalog.add_sku(tx, replace(JUICE, image=photo), now=NOW)
        references.add(tx, sku.id, photo, crop="0,0,9,9", source=PICTURE, now=NOW)
        catalog.replace_sku(tx, sku.id, replace(JUICE, image=new), now=NOW)
        left = references.of_sku(tx, sku.id)

    assert [(photo, PICTURE), (new, PACKSHOT)] == [(one.image_id, one.source) for one in left]


def test_the_references_of_one_sku_can_be_asked_for(records: Records) -> None:
    """Those that wait for the embedder."""
    with records.transaction() as tx:
        for id_ in (1, 2):
            catalog.add_sku(tx, replace(JUICE, id=id_, image=upload(tx).id), now=NOW)

        assert [2] == [one.sku_id for one in references.missing(tx, "e-1", 9, sku_id=2)]
        assert 2 == references.count_missing(tx, "e-1")


def test_the_embedder_in_use_is_the_one_that_started_last(records: Records) -> None:
    """Whatever other galleries there are."""
    with records.transaction() as tx:
        assert galleries.in_use(tx) is None
        for hours, embedder in enumerate(["e-2", "e-1", "e-2", "e-1"]):
            galleries.use(tx, embedder, now=NOW + timedelta(hours=hours))
        photo = catalog.add_sku(tx, replace(JUICE, image=upload(tx).id), now=NOW).image
        galleries.save_vector(tx, references.missing(tx, "e-3", 1)[0].id, "e-3", VECTOR, None)

        assert photo is not None
        assert "e-1" == galleries.in_use(tx)


def test_the_state_of_every_gallery_is_told(records: Records) -> None:
    """How many references have a vector and how many a problem, the gallery in use first."""
    with records.transaction() as tx:
        for content in (b"1", b"2", b"3"):
            catalog.add_sku(tx, replace(JUICE, image=upload(tx, content).id), now=NOW)
        one, two, _ = references.missing(tx, "e-1", 9)
        galleries.save_vector(tx, one.id, "e-1", VECTOR, None)
        galleries.save_vector(tx, two.id, "e-1", None, "Not a JPEG.")
        galleries.use(tx, "e-2", now=NOW)
        found = galleries.states(tx)

        assert [("e-2", 0, 0), ("e-1", 1, 1)] == [
            (state.embedder, state.embedded, state.failed) for state in found
        ]
        assert (3, 1) == (references.count(tx), references.count_missing(tx, "e-1"))


def test_a_packshot_becomes_a_reference(records: Records) -> None:
    """It is missing from the gallery until the embedder has looked at it."""
    with records.transaction() as tx:
        photo = upload(tx).id
        sku = catalog.add_sku(tx, replace(JUICE, image=photo), now=NOW)
        catalog.add_sku(tx, JUICE, now=NOW)
        missing = references.missing(tx, "e-1", 9)
        galleries.save_vector(tx, missing[0].id, "e-1", VECTOR, None)

        assert [(sku.id, photo)] == [(one.sku_id, one.image_id) for one in missing]
        assert [] == references.missing(tx, "e-1", 9)
        assert missing == references.missing(tx, "e-2", 9)
        assert [(sku.id, VECTOR)] == galleries.vectors(tx, "e-1")


def test_a_reference_without_vector_says_why(records: Records) -> None:
    """It is not asked for again, and not in the gallery."""
    with records.transaction() as tx:
        catalog.add_sku(tx, replace(JUICE, image=upload(tx).id), now=NOW)
        (missing,) = references.missing(tx, "e-1", 9)
        galleries.save_vector(tx, missing.id, "e-1", None, "Not a JPEG.")

        assert ([], []) == (references.missing(tx, "e-1", 9), galleries.vectors(tx, "e-1"))
        counts = [galleries.count_failed(tx, key, sku) for key, sku in (("e-1", 1), ("e-2", 1))]
        assert [1, 0] == counts


def test_the_gallery_is_ordered_by_sku(records: Records) -> None:
    """The order is the same whatever was embedded first."""
    with records.transaction() as tx:
        for id_ in (2, 1):
            photo = upload(tx, b"%d" % id_).id
            catalog.add_sku(tx, replace(JUICE, id=id_, image=photo), now=NOW)
        for missing in references.missing(tx, "e-1", 9):
            galleries.save_vector(tx, missing.id, "e-1", b"%04d" % missing.sku_id, None)

        assert [(1, b"0001"), (2, b"0002")] == galleries.vectors(tx, "e-1")


def test_the_version_changes_with_the_gallery(records: Records) -> None:
    """A new vector, a better one and a replaced packshot are all noticed."""
    with records.transaction() as tx:
        versions = [galleries.version(tx, "e-1")]
        sku = catalog.add_sku(tx, replace(JUICE, image=upload(tx, b"1").id), now=NOW)
        (missing,) = references.missing(tx, "e-1", 9)
        for vector in (None, VECTOR):
            galleries.save_vector(tx, missing.id, "e-1", vector, None)
            versions.append(galleries.version(tx, "e-1"))
        catalog.replace_sku(tx, sku.id, replace(JUICE, image=upload(tx, b"2").id), now=NOW)
        versions.append(galleries.version(tx, "e-1"))

        assert [] == galleries.vectors(tx, "e-1")
        assert versions[-1] == galleries.version(tx, "e-1")
    assert 4 == len(set(versions))


def test_the_same_packshot_stays_in_the_gallery(records: Records) -> None:
    """Replacing other fields costs no new embedding."""
    with records.transaction() as tx:
        fields = replace(JUICE, image=upload(tx).id)
        sku = catalog.add_sku(tx, fields, now=NOW)
        (missing,) = references.missing(tx, "e-1", 9)
        galleries.save_vector(tx, missing.id, "e-1", VECTOR, None)
        catalog.replace_sku(tx, sku.id, replace(fields, name="Juice 1 l"), now=NOW)

        assert [(sku.id, VECTOR)] == galleries.vectors(tx, "e-1")


def test_a_vector_of_a_dropped_reference_is_not_kept(records: Records) -> None:
    """The embedder may finish after the packshot was replaced."""
    with records.transaction() as tx:
        sku = catalog.add_sku(tx, replace(JUICE, image=upload(tx).id), now=NOW)
        (missing,) = references.missing(tx, "e-1", 9)
        catalog.replace_sku(tx, sku.id, JUICE, now=NOW)
        galleries.save_vector(tx, missing.id, "e-1", VECTOR, None)

        assert [] == galleries.vectors(tx, "e-1")
