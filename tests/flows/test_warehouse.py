"""The flows of the warehouse: what they tell in Prefect, and that they may run again."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import msgspec
import pytest

from flows import compact_facts, refresh_warehouse
from flows.resources import Resources, now
from flows.warehouse_source import make_source, read_figures
from storage import facts, scenes
from storage.warehouse import Warehouse
from storage.warehouse_refresh import refresh
from tests.api.conftest import Gondola
from tests.storage.seen import facing, see

Told = list[tuple[list[dict[str, Any]], str, str]]


@pytest.fixture
def told(tools: Resources, gondola: Gondola) -> Iterator[Told]:
    """What the flows leave in Prefect, of which there is none; they work with our stores."""
    found: Told = []

    def keep(table: list[dict[str, Any]], key: str, description: str) -> None:
        found.append((table, key, description))

    with patch.multiple(refresh_warehouse, resources=lambda: tools, create_table_artifact=keep):
        yield found


def test_a_refresh_tells_what_is_new(tools: Resources, told: Told) -> None:
    """The artifact has a row for each table, and a link to the charts."""
    see(tools.records, tools.objects, facing(0, 7), at=now())
    for _ in range(2):
        with patch.object(refresh_warehouse, "get_run_logger"):
            refresh_warehouse.refresh_warehouse.fn()

    tables, keys, links = zip(*told, strict=True)
    new = [{row["table"]: row["new"] for row in table}["facings"] for table in tables]
    assert [1, 0] == new
    assert {"refresh-warehouse"} == set(keys)
    assert all("/analytics/" in link for link in links)


def test_a_refresh_beside_another_ends_well(tools: Resources, told: Told) -> None:
    """Two nightly runs at once are no failure."""
    with (
        Warehouse(tools.settings.data_dir).changing(),
        patch.object(refresh_warehouse, "get_run_logger"),
    ):
        state = refresh_warehouse.refresh_warehouse.fn()

    assert state.is_completed()
    assert "now" in (state.message or "")


def test_a_refresh_that_left_something_out_has_failed(tools: Resources, told: Told) -> None:
    """Its log names what it was; all else is there."""
    for _ in range(2):
        see(tools.records, tools.objects, facing(0, 7), at=now())
    damaged = next(key for key in tools.objects.list("facts/") if key.endswith("/facings.parquet"))
    tools.objects.put(damaged, b"no Parquet")
    with patch.object(refresh_warehouse, "get_run_logger") as log:
        state = refresh_warehouse.refresh_warehouse.fn()

    assert state.is_failed()
    assert "1 scenes, 0 reports are new. 1 were left out" in (state.message or "")
    assert "facings.parquet" in str(log().error.call_args)
    assert 1 == Warehouse(tools.settings.data_dir).rows()["scenes"]


def test_days_gone_by_are_merged(tools: Resources, gondola: Gondola) -> None:
    """Yesterday stays as it is; what is older is merged, and reads the same."""
    old, fresh = now() - timedelta(days=5), now() - timedelta(days=1)
    ids = [see(tools.records, tools.objects, facing(0, 7), at=at) for at in (old, fresh)]
    found: Told = []

    def keep(table: list[dict[str, Any]], key: str, description: str) -> None:
        found.append((table, key, description))

    quiet = {
        "resources": lambda: tools,
        "create_progress_artifact": lambda *_: uuid4(),
        "update_progress_artifact": lambda *_, **__: None,
        "create_table_artifact": keep,
    }
    with patch.multiple(compact_facts, **quiet):
        compact_facts.compact_facts.fn(older_than_days=2)
        compact_facts.compact_facts.fn(older_than_days=2)

    assert [1, 0] == [len(table) for table, *_ in found]
    days = {key.split("/")[1]: key.split("/")[2] for key in tools.objects.list("facts/")}
    assert "merged" == days[f"{old:%F}"]
    assert "merged" != days[f"{fresh:%F}"]
    with tools.records.reading() as tx:
        for scene in [scenes.get(tx, scene_id) for scene_id in ids]:
            assert scene.facts_day
            where = {"day": scene.facts_day, "scene": scene.scene, "revision": 1}
            assert 1 == facts.read(tools.objects, **where, table="facings").height


@pytest.mark.parametrize(
    ("report_type", "body", "figures"),
    [
        (
            "OSA",
            {"present": 1, "expected": 2, "skus": [{"sku_id": 7, "present": True, "facings": 3}]},
            (1, 2, [(7, True, 3)]),
        ),
        ("MHL_COMPLIANCE", {"records": [{"compliant": True}, {"compliant": False}]}, (1, 2, [])),
        (
            "PLANOGRAM_COMPLIANCE",
            {"correct_faces": 6, "in_view_faces": 9, "unnamed_faces": 1},
            (6, 8, []),
        ),
    ],
)
def test_reports_count_as_in_visits(
    report_type: str, body: dict[str, Any], figures: tuple[Any, ...]
) -> None:
    """The warehouse reads each KPI by the rule of the Data API."""
    assert figures == msgspec.structs.astuple(read_figures(report_type, msgspec.json.encode(body)))


def test_the_source_reads_every_kpi(tools: Resources, gondola: Gondola) -> None:
    """A refresh of empty stores is well."""
    source = make_source(tools.records, tools.objects, 0.5)

    assert 0 == refresh(Warehouse(tools.settings.data_dir), source, now=now()).reports
