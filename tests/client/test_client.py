"""The client against a real server, over HTTP."""

import asyncio
from pathlib import Path

import pytest
from msgspec.json import schema_components

from flows import reports as server_reports
from gondola.client import (
    AsyncClient,
    Client,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    ReportFailed,
    TookTooLong,
    Unreachable,
    sending,
)
from gondola.client.answers import FORMS
from tests.api.conftest import jpeg
from tests.client.conftest import Server

TYPES = ["FACING_COUNT", "OSA"]


def test_photos_become_reports(server: Server, gondola: Client, tmp_path: Path):
    """Uploaded, recognised, waited for, with every event on the way."""
    path = tmp_path / "left.jpg"
    path.write_bytes(jpeg(40, 30))
    told: list[str] = []
    photos = [path, jpeg(50, 30), gondola.upload(jpeg()).id]
    with server.working():
        scene = gondola.recognize(photos, report_types=TYPES)
        reports = scene.wait(seconds=30, progress=lambda event: told.append(str(event)))

    assert 3 == len(scene.images)
    assert [(7, 3)] == [(row.sku_id, row.count) for row in reports.facing_count]
    assert [
        "accepted",
        "started",
        *(f"photo {n} of 3" for n in (1, 2, 3)),
        *(f"report {n} of 2" for n in (1, 2)),
        "done",
    ] == told
    with pytest.raises(ReportFailed, match="There is no list"):
        _ = reports.osa
    with pytest.raises(ReportFailed, match="REALOGRAM was not asked for"):
        _ = reports.realogram


def test_the_same_awaited(server: Server):
    """Each method by the same name."""

    async def run() -> tuple[list[int], list[str], int]:
        told: list[str] = []
        async with AsyncClient(server.url, server.token) as gondola:
            with server.working():
                scene = await gondola.recognize([jpeg()], report_types=TYPES)
                reports = await scene.wait(seconds=30, progress=lambda e: told.append(e.kind))
            listed = [report.id async for report in gondola.reports()]
            return [row.count for row in reports.facing_count], told, len(listed)

    counts, told, listed = asyncio.run(run())

    assert ([3], "done") == (counts, told[-1])
    assert listed >= 2


def test_lists_are_walked_page_by_page(gondola: Client, monkeypatch: pytest.MonkeyPatch):
    """Every row once, whatever the size of a page."""
    made = [gondola.create("brands", name=f"brand {n}")["id"] for n in range(7)]
    monkeypatch.setattr("gondola.client.paging.PAGE", 3)
    found = [row["id"] for row in gondola.rows("brands")]

    assert sorted(made) == sorted(row for row in found if row in made)
    assert len(found) == len(set(found))


def test_master_data_is_made_changed_and_removed(gondola: Client):
    """By kind and id."""
    display = gondola.create("displays", name="Aisle 3")
    changed = gondola.change("displays", display["id"], name="Aisle 4")
    gondola.remove("displays", display["id"])

    assert "Aisle 4" == changed["name"]
    with pytest.raises(NotFound):
        gondola.row("displays", display["id"])


def test_a_sku_is_taught(gondola: Client):
    """A picture becomes a reference."""
    sku = gondola.create("sku", name="Oats", cid="client-4711")
    gondola.teach(sku["id"], jpeg(70, 70))

    assert 1 == len(list(gondola.rows(f"sku/{sku['id']}/images")))  # type: ignore[arg-type]


def test_what_is_wrong_is_said_with_the_field(gondola: Client):
    """The server's own sentence, and the id by which its log knows the request."""
    with pytest.raises(InvalidRequest) as wrong:
        gondola.recognize([987654321])

    assert (400, ["images"]) == (wrong.value.status, list(wrong.value.fields))
    assert "987654321" in str(wrong.value)
    assert wrong.value.request_id


def test_a_wrong_token_is_said_at_once(server: Server):
    """No retry helps."""
    with Client(server.url, "nonsense") as stranger, pytest.raises(NotAuthenticated, match="token"):
        stranger.upload(jpeg())


def test_no_server_is_tried_again_then_said(monkeypatch: pytest.MonkeyPatch):
    """Which call, and why."""
    monkeypatch.setattr(sending, "FIRST_PAUSE", 0.0)
    with (
        Client("http://127.0.0.1:9", "t") as gondola,
        pytest.raises(Unreachable, match=r"GET /api/v1\.5/reports/1/ got no answer"),
    ):
        gondola.report(1)


def test_an_address_that_is_none_is_said_at_once():
    """No retry helps."""
    with pytest.raises(
        ValueError, match=r"http://host:port or https://host, not '127\.0\.0\.1:8000'"
    ):
        Client("127.0.0.1:8000", "t")


def test_patience_ends(gondola: Client):
    """The scene goes on without us."""
    scene = gondola.recognize([jpeg()])

    with pytest.raises(TookTooLong):
        scene.wait(seconds=0.3)


@pytest.mark.parametrize("report", server_reports.REPORTS, ids=lambda report: report.name)
def test_answers_are_what_the_server_says(report: server_reports.Report):
    """Same names, same types, field by field."""
    theirs = report.shape or list[report.row]  # type: ignore[name-defined]

    assert _schemas(theirs) == _schemas(FORMS[report.name])


def _schemas(form: object) -> object:
    """The form as JSON Schema, without words."""
    return _bare(schema_components([form]))


def _bare(schema: object) -> object:
    if isinstance(schema, dict):
        return {k: _bare(v) for k, v in schema.items() if k not in {"description", "examples"}}
    return [_bare(one) for one in schema] if isinstance(schema, list | tuple) else schema
