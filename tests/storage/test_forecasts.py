"""Forecasts are kept for a gallery and told apart from those of another."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage import catalog, forecasts, galleries, references
from storage.catalog import SkuFields
from storage.forecasts import Confusion, Outlook
from storage.records import Records
from tests.storage.rows import NOW, upload

OUTLOOK = Outlook(2, 1, 0.5, [Confusion(3, 0.91)], "Add another picture.")
EMPTY = Outlook(0, 0, None, [], None)
HOUR = timedelta(hours=1)


def add_sku(tx: Connection, embedder: str = "e-1") -> int:
    """A SKU with one embedded reference."""
    sku_id = catalog.add_sku(tx, SkuFields("1", "Tea"), now=NOW).id
    one = references.add(tx, sku_id, upload(tx, b"%d" % sku_id).id, source="picture", now=NOW)
    galleries.save_vector(tx, one.id, embedder, b"1234", None)
    return sku_id


def save(tx: Connection, sku_id: int, outlook: Outlook = OUTLOOK, *, age: int = 0) -> None:
    """Keep a forecast of a gallery that is so many changes old."""
    gallery = galleries.version(tx, "e-1") - age
    forecasts.save(tx, sku_id, "e-1", outlook, gallery=gallery, now=NOW + HOUR)


def test_a_forecast_is_read_as_it_was_saved(records: Records) -> None:
    """Of the embedder in use; another one's is not told."""
    with records.transaction() as tx:
        sku_id = add_sku(tx)
        assert forecasts.latest(tx, sku_id) is None
        save(tx, sku_id)
        assert forecasts.latest(tx, sku_id) is None
        galleries.use(tx, "e-1", now=NOW)
        found = forecasts.latest(tx, sku_id)

        assert found is not None
        assert (OUTLOOK, True, NOW + HOUR) == (found.outlook, found.current, found.created_at)


@pytest.mark.parametrize("change", ["add", "remove", "other"])
def test_another_gallery_makes_a_forecast_old(records: Records, change: str) -> None:
    """A reference that is new, embedded or not, or gone; of this SKU or of another."""
    with records.transaction() as tx:
        galleries.use(tx, "e-1", now=NOW)
        sku_id = add_sku(tx)
        second = references.add(tx, sku_id, upload(tx, b"2").id, source="picture", now=NOW)
        galleries.save_vector(tx, second.id, "e-1", b"1234", None)
        save(tx, sku_id)
        assert forecasts.latest(tx, sku_id) == forecasts.Forecast(OUTLOOK, True, NOW + HOUR)
        if change == "add":
            references.add(tx, sku_id, upload(tx, b"new").id, source="picture", now=NOW)
        elif change == "remove":
            references.remove(tx, sku_id, second.id)
        else:
            add_sku(tx)
        found = forecasts.latest(tx, sku_id)

    assert found is not None
    assert not found.current


def test_an_older_forecast_changes_nothing(records: Records) -> None:
    """Two runs may end in the wrong order."""
    with records.transaction() as tx:
        galleries.use(tx, "e-1", now=NOW)
        sku_id = add_sku(tx)
        save(tx, sku_id)
        save(tx, sku_id, EMPTY, age=1)
        found = forecasts.latest(tx, sku_id)

    assert found is not None
    assert OUTLOOK == found.outlook


def test_new_references_want_a_forecast(records: Records) -> None:
    """Until there is one that is younger; long ago and just now do not count."""
    with records.transaction() as tx:
        forecast, old, new = (add_sku(tx) for _ in range(3))
        late = references.add(tx, old, upload(tx, b"late").id, source="picture", now=NOW + 9 * HOUR)
        save(tx, forecast)

        def wanted(since: timedelta, before: timedelta) -> list[int]:
            return forecasts.wanted(tx, "e-1", since=NOW + since, before=NOW + before, limit=9)

        assert late.sku_id == old
        assert [old, new] == wanted(-HOUR, HOUR)
        assert [] == wanted(HOUR, 2 * HOUR)
        assert [] == wanted(-HOUR, 0 * HOUR)
        save(tx, old)
        assert [old] == wanted(HOUR, 10 * HOUR)
        assert 3 == len(forecasts.wanted(tx, "e-2", since=NOW, before=NOW + HOUR, limit=9))
