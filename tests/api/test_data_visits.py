"""The Data API: visits are listed until they are confirmed, and again when they change."""

from pathlib import Path
from typing import Any

import pytest

from storage import reports
from storage.report_bodies import store_body
from tests.storage.rows import LINEAGE

from .conftest import API, Gondola, start

DATA = "/api/data/v1.3/visits"


@pytest.fixture
def fresh(tmp_path: Path) -> Any:
    """An API without visits."""
    with start(tmp_path) as gondola:
        yield gondola


def visit(gondola: Gondola, **body: Any) -> int:
    """Make a visit; its id."""
    return gondola.post(f"{API}/visits/", json=body).json()["id"]


def listed(gondola: Gondola, query: str = "") -> list[int]:
    """The ids of a list."""
    return [one["id"] for one in gondola.get(f"{DATA}/{query}").json()["results"]]


def ack(gondola: Gondola, visit_id: int, **body: Any) -> Any:
    """Confirm a visit; without a body when nothing is said."""
    return gondola.post(f"{DATA}/{visit_id}/ack/", **({"json": body} if body else {}))


def end_report(gondola: Gondola, report_id: int, body: bytes) -> None:
    """Let a report be READY a second later."""
    gondola.clock.forward(seconds=1)
    with gondola.records.transaction() as tx:
        stored = store_body(gondola.objects, body)
        reports.set_ready(tx, report_id, 1, stored, lineage=LINEAGE, now=gondola.clock())


@pytest.mark.parametrize("version", ["v1.0", "v1.3"])
def test_a_visit_is_listed_until_it_is_confirmed(fresh: Gondola, version: str):
    """With its times and names; both versions are the same."""
    one = visit(fresh, shop="N-12", shop_name="North")
    path = f"/api/data/{version}/visits"
    before = fresh.get(path).json()
    reply = fresh.post(f"{path}/{one}/ack/", json={"cid": 77})

    time = "2026-11-22T10:00:00.123456Z"
    item = {"id": one, "cid": "", "name": "North", "created_at": time, "updated_at": time}
    assert {"count": 1, "next": None, "previous": None, "results": [item]} == before
    assert (200, {"id": one, "cid": "77", "is_new": False}) == (reply.status_code, reply.json())
    assert [] == fresh.get(path).json()["results"]
    assert [one] == [v["id"] for v in fresh.get(f"{path}?is_new=false&cid=77").json()["results"]]


def test_a_visit_is_confirmed_without_a_body(fresh: Gondola):
    """Its cid stays."""
    one = visit(fresh)
    ack(fresh, one, cid="mine")
    fresh.clock.forward(seconds=1)
    fresh.call("PATCH", f"{API}/visits/{one}/", json={"shop": "S"})
    reply = ack(fresh, one)

    assert (200, "mine") == (reply.status_code, reply.json()["cid"])


CHANGES = {
    "the visit is changed": lambda g, v, _: g.call("PATCH", f"{API}/visits/{v}/", json={"shop": 1}),
    "it gets a scene": lambda g, v, _: g.recognize(visit=v),
    "a report ends": lambda g, _, s: end_report(g, s["reports"]["OSA"], b"{}"),
    "somebody says why a SKU is missing": lambda g, _, s: g.post(
        f"{API}/oos_reason/", json={"scene": s["scene"], "sku_gid": 1, "reason": "x"}
    ),
    "a KPI is set": lambda g, v, _: g.post(f"{DATA}/{v}/kpivalue/", json={"kpi": 1, "value": 1}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_visit_is_new_again_when(fresh: Gondola, change: str):
    """Whatever of it changes."""
    one = visit(fresh)
    scene = fresh.recognize(visit=one, report_types=["OSA"]).json()
    ack(fresh, one)
    before = listed(fresh)
    fresh.clock.forward(seconds=1)
    CHANGES[change](fresh, one, scene)

    assert ([], [one]) == (before, listed(fresh))


def test_what_changed_after_it_was_read_stays_new(fresh: Gondola):
    """When the client says which state it read."""
    one = visit(fresh)
    read = fresh.get(f"{DATA}/{one}/").json()["updated_at"]
    fresh.clock.forward(seconds=1)
    fresh.recognize(visit=one)

    assert ack(fresh, one, updated_at=read).json()["is_new"] is True
    assert [one] == listed(fresh)


def test_the_list_is_cut_down(fresh: Gondola):
    """By cid, route, agent and start; agents of scenes count as well."""
    plain = visit(fresh, started_date="2026-01-01T00:00:00Z")
    walked = visit(fresh, current_agent_name="Ann", current_agent_route="R 7", agent="a-1")
    scene = fresh.recognize(metadata={"agent_id": "bob", "agent_name": "Bob"}).json()["scene"]
    other = fresh.get(f"/scenes/{scene}").json()["visit"]
    asked = {
        "?route=R 7": [walked],
        "?agent=Ann": [walked],
        "?agent=a-1": [walked],
        "?agent=Bob": [other],
        "?datetime_gte=2026-06-01T00:00:00": [walked, other],
        "?cid=none": [],
        "?is_new=false": [],
        "": [plain, walked, other],
    }

    assert asked == {query: listed(fresh, query) for query in asked}


def test_pages_keep_what_was_asked(fresh: Gondola):
    """`next` leads to the rest of the same list."""
    ids = [visit(fresh, current_agent_route="R") for _ in range(3)]
    first = fresh.get(f"{DATA}/?route=R&limit=2").json()
    second = fresh.get(first["next"]).json()

    assert ids == [one["id"] for page in (first, second) for one in page["results"]]
    assert "route=R" in first["next"]


def test_a_visit_tells_what_was_recognised(fresh: Gondola):
    """Photos with what is on them, the counts, the KPIs, the reasons."""
    one = visit(fresh, shop="N-12", latitude=52.5)
    image = fresh.image()
    asked = {"FACING_COUNT": b'[{"sku_id":7,"count":2}]', "OSA": b'{"present":3,"expected":4}'}
    asked["REALOGRAM"] = b'[{"image":%d,"annotations":[{"sku_id":7}],"shelf_annotations":[]}]'
    scene = fresh.recognize(images=[image], visit=one, report_types=list(asked)).json()
    for kind, body in asked.items():
        end_report(fresh, scene["reports"][kind], body % image if b"%" in body else body)
    told = fresh.get(f"{DATA}/{one}/").json()
    shown = told["scenes"][0]

    assert ("N-12", 52.5, True, True) == tuple(
        told[name] for name in ("customer_id", "latitude", "is_closed", "is_new")
    )
    assert [{"sku_id": 7, "count": 2}] == shown["facing_counts"]
    assert ([{"sku_id": 7}], image) == (shown["images"][0]["annotations"], shown["images"][0]["id"])
    assert scene["reports"] == shown["reports"]
    assert [
        {"kpi": 1, "name": "OSA", "value": 0.75, "target_value": None, "source": "report"}
    ] == told["kpis"]


def test_a_visit_is_closed_when_every_report_has_ended(fresh: Gondola):
    """Not before there is one."""
    one = visit(fresh)
    empty = fresh.get(f"{DATA}/{one}/").json()
    scene = fresh.recognize(visit=one, report_types=["OSA"]).json()
    waiting = fresh.get(f"{DATA}/{one}/").json()
    end_report(fresh, scene["reports"]["OSA"], b'{"present":0,"expected":0}')
    ended = fresh.get(f"{DATA}/{one}/").json()

    assert [False, False, True] == [told["is_closed"] for told in (empty, waiting, ended)]
    assert (None, "2026-11-22T10:00:01.123456Z") == (waiting["closed_at"], ended["closed_at"])


def test_a_kpi_of_the_client_stands_in_for_ours(fresh: Gondola):
    """With its target; one we do not know is kept, too; the last word counts."""
    one = visit(fresh)
    for value in (0.1, 0.9):
        reply = fresh.post(
            f"{DATA}/{one}/kpivalue", json={"kpi": 1, "value": value, "target_value": 0.95}
        )
    fresh.post(f"{DATA}/{one}/kpivalue", json={"kpi": 500, "value": "good"})
    told = {"kpi": 1, "name": "OSA", "value": 0.9, "target_value": 0.95, "source": "client"}

    assert (200, told) == (reply.status_code, reply.json())
    assert [told, told | {"kpi": 500, "name": None, "value": "good", "target_value": None}] == (
        fresh.get(f"{DATA}/{one}/").json()["kpis"]
    )


def test_the_front_page_shows_the_scenes_of_a_visit(fresh: Gondola):
    """Where `portal_url` leads."""
    one = visit(fresh)
    mine, other = fresh.recognize(visit=one).json(), fresh.recognize().json()
    path = fresh.get(f"{DATA}/{one}/").json()["portal_url"].removeprefix(fresh.settings.api_url)
    page = fresh.get(path, headers={"Accept": "text/html"}).text

    assert (True, False) == (mine["scene"] in page, other["scene"] in page)


@pytest.mark.parametrize(
    ("call", "body"),
    [("", None), ("ack", {}), ("ack", {"cid": "x"}), ("kpivalue", {"kpi": 1, "value": 1})],
)
def test_an_unknown_visit_is_404(gondola: Gondola, call: str, body: Any):
    """Whatever is asked of it."""
    method = "GET" if body is None else "POST"
    reply = gondola.call(method, f"{DATA}/999999/{call}", json=body)

    assert (404, {"detail": "Not found."}) == (reply.status_code, reply.json())


@pytest.mark.parametrize(
    ("call", "body", "field"),
    [
        ("ack", {"cid": []}, "cid"),
        ("ack", {"updated_at": "soon"}, "updated_at"),
        ("ack", {"updated_at": ""}, "updated_at"),
        ("kpivalue", {"value": 1}, "kpi"),
        ("kpivalue", {"kpi": 1}, "value"),
        ("kpivalue", {"kpi": 1, "value": None}, "value"),
    ],
)
def test_a_wrong_field_is_named(gondola: Gondola, call: str, body: Any, field: str):
    """400."""
    reply = gondola.post(f"{DATA}/{visit(gondola)}/{call}", json=body)

    assert (400, [field]) == (reply.status_code, list(reply.json())), reply.text


def test_a_time_that_is_none_is_refused(gondola: Gondola):
    """400 that names the field."""
    for time in ("soon", ""):
        reply = gondola.get(f"{DATA}/?datetime_gte={time}")

        assert (400, ["datetime_gte"]) == (reply.status_code, list(reply.json()))
