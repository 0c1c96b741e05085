"""Master data and visits: the same calls for every resource."""

from typing import Any

import pytest
from sqlalchemy import select

from api.master_resources import RESOURCES
from storage import tables

from .conftest import API, Gondola

NAMES = [resource.path[1:] for resource in RESOURCES]
REMOVABLE = [resource.path[1:] for resource in RESOURCES if resource.removable]
FIELDS = {
    "brands": {"id", "name"},
    "categories": {"id", "name"},
    "manufacturers": {"id", "name"},
    "displays": {"id", "name", "planogram", "musthavelist"},
    "planograms": {"id", "name", "display"},
    "planogram_records": {
        "id", "rack_index", "shelf_index", "product_index", "facing_x", "facing_y", "width",
        "height", "planogram", "sku", "created_at", "updated_at",
    },
    "mhl": {"id", "name"},
    "mhl_record": {"id", "name", "musthavelist", "sku", *(f"sku{n}" for n in range(1, 7))},
    "visits": {
        "id", "shop", "agent", "started_date", "task", "latitude", "longitude", "shop_name",
        "shop_area", "gps_shop", "images", "current_agent_name", "current_agent_route",
        "moderation", "results", "helpdesk",
    },
}  # fmt: skip


def add(gondola: Gondola, name: str, **fields: Any) -> Any:
    """Add a row; its JSON."""
    needed = {} if name in ("planogram_records", "visits") else {"name": "A"}
    reply = gondola.post(f"{API}/{name}/", json=needed | fields)
    assert 201 == reply.status_code, reply.text
    return reply.json()


def add_sku(gondola: Gondola) -> int:
    """Add a SKU; its id."""
    return gondola.post(f"{API}/sku/", json={"cid": "1", "name": "Oreo"}).json()["id"]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_added_and_read_back(gondola: Gondola, name: str, slash: str):
    """201, then the same object with all documented fields."""
    made = gondola.post(f"{API}/{name}{slash}", json={"name": "A"})
    read = gondola.get(f"{API}/{name}/{made.json()['id']}{slash}")

    assert (201, 200) == (made.status_code, read.status_code)
    assert made.json() == read.json()
    assert FIELDS[name] == set(read.json())


@pytest.mark.parametrize("name", NAMES)
def test_the_client_chooses_an_id_and_changes_it(gondola: Gondola, name: str):
    """A numeric string does; a visit keeps its id."""
    made = add(gondola, name, id="1234567890")
    put = gondola.call("PUT", f"{API}/{name}/1234567890/", json={"name": "B", "id": 1234567890112})
    now = 1234567890112 if name != "visits" else 1234567890

    assert (1234567890, 200, now) == (made["id"], put.status_code, put.json()["id"])
    assert put.json() == gondola.get(f"{API}/{name}/{now}").json()


@pytest.mark.parametrize("name", NAMES)
def test_a_taken_id_is_refused(gondola: Gondola, name: str):
    """By its field."""
    taken = add(gondola, name)["id"]
    reply = gondola.post(f"{API}/{name}/", json={"name": "B", "id": taken})

    assert (400, ["id"]) == (reply.status_code, list(reply.json()))


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_listed_by_id(gondola: Gondola, name: str):
    """In the envelope, page by page."""
    ids = [add(gondola, name)["id"] for _ in range(3)]
    count = gondola.get(f"{API}/{name}/?limit=1000").json()["count"]
    page = gondola.get(f"{API}/{name}/?limit=2&offset={count - 2}").json()

    assert sorted(ids)[-1] == page["results"][-1]["id"]
    assert (2, None) == (len(page["results"]), page["next"])
    assert page["previous"].endswith(f"/api/v1.5/{name}/?limit=2&offset={max(0, count - 4)}")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_row_is_404(gondola: Gondola, name: str, method: str):
    """For reading and for writing."""
    reply = gondola.call(method, f"{API}/{name}/999999/", json={"name": "n"})

    assert (404, {"detail": "Not found."}) == (reply.status_code, reply.json())


@pytest.mark.parametrize("name", REMOVABLE)
def test_a_row_is_removed_with_200(gondola: Gondola, name: str):
    """Then it is gone."""
    row = add(gondola, name)["id"]

    assert 200 == gondola.call("DELETE", f"{API}/{name}/{row}/").status_code
    assert 404 == gondola.call("DELETE", f"{API}/{name}/{row}/").status_code


@pytest.mark.parametrize("name", sorted(set(NAMES) - set(REMOVABLE)))
def test_what_is_not_documented_to_go_stays(gondola: Gondola, name: str):
    """405, as for a SKU."""
    row = add(gondola, name)["id"]

    assert 405 == gondola.call("DELETE", f"{API}/{name}/{row}/").status_code


def test_what_is_needed_is_409(gondola: Gondola):
    """And says who needs it."""
    must_have = add(gondola, "mhl")["id"]
    display = add(gondola, "displays", musthavelist=must_have)["id"]
    gondola.recognize(display=display)
    refused = gondola.call("DELETE", f"{API}/mhl/{must_have}/")

    assert 409 == refused.status_code
    assert refused.json()["detail"].endswith(f"display {display} needs it.")
    assert 409 == gondola.call("DELETE", f"{API}/displays/{display}/").status_code


def test_a_put_without_planogram_keeps_it(gondola: Gondola):
    """Clients drop it before they write a display back; null takes it away."""
    planogram = add(gondola, "planograms")["id"]
    display = add(gondola, "displays", planogram=planogram)["id"]
    path = f"{API}/displays/{display}/"
    kept = gondola.call("PUT", path, json={"id": display, "name": "B", "musthavelist": None})
    dropped = gondola.call("PATCH", path, json={"planogram": None})

    assert (planogram, None) == (kept.json()["planogram"], dropped.json()["planogram"])


def test_a_planogram_and_its_display_agree(gondola: Gondola):
    """Set on either side, told on both."""
    display = add(gondola, "displays")["id"]
    planogram = add(gondola, "planograms", display=str(display))["id"]

    assert planogram == gondola.get(f"{API}/displays/{display}/").json()["planogram"]


def test_a_record_is_changed_field_by_field(gondola: Gondola):
    """PATCH leaves the others, PUT empties them."""
    sku, planogram = add_sku(gondola), add(gondola, "planograms")["id"]
    made = add(gondola, "planogram_records", sku=sku, planogram=planogram, facing_x="3", width=70)
    path = f"{API}/planogram_records/{made['id']}/"
    patched = gondola.call("PATCH", path, json={"facing_x": 4}).json()
    put = gondola.call("PUT", path, json={"planogram": planogram}).json()

    assert (3, 70) == (made["facing_x"], made["width"])
    assert (4, 70, sku) == tuple(patched[k] for k in ("facing_x", "width", "sku"))
    assert (None, None, None) == tuple(put[k] for k in ("facing_x", "width", "sku"))
    assert made["created_at"] == put["created_at"]


def test_a_list_is_cut_down_to_one_owner(gondola: Gondola):
    """Also in the links of its pages."""
    planograms = [add(gondola, "planograms")["id"] for _ in range(2)]
    ids = [add(gondola, "planogram_records", planogram=planograms[n % 2])["id"] for n in range(4)]
    path = f"{API}/planogram_records/?planogram={planograms[1]}&limit=1"
    page = gondola.get(path).json()

    assert (2, ids[1]) == (page["count"], page["results"][0]["id"])
    assert (
        ids[3]
        == gondola.get(page["next"].removeprefix(gondola.settings.api_url)).json()["results"][0][
            "id"
        ]
    )
    assert 400 == gondola.get(f"{API}/planogram_records/?planogram=x").status_code


def test_an_empty_visit_is_made(gondola: Gondola):
    """Clients make one with {}; it starts now."""
    visit = add(gondola, "visits")

    assert gondola.clock.now.isoformat().replace("+00:00", "Z") == visit["started_date"]
    assert {None} == {value for k, value in visit.items() if k not in ("id", "started_date")}


def test_a_visit_is_told_as_it_was_sent(gondola: Gondola):
    """A code stays a number or a text, and a PATCH keeps what it does not name."""
    sent = {
        "shop": 4711,
        "agent": "Alex",
        "started_date": "2026-11-20T08:00:00+03:00",
        "latitude": "55.75",
        "longitude": 37.6,
        "gps_shop": {"id": 5, "inn": None},
        "images": [1, "2"],
        "results": [{"id": 1, "status": "new"}],
    }
    visit = add(gondola, "visits", **sent)
    path = f"{API}/visits/{visit['id']}/"
    patched = gondola.call("PATCH", path, json={"shop_name": "Corner"}).json()
    told = {"started_date": "2026-11-20T05:00:00Z", "latitude": 55.75, "images": [1, 2]}

    assert sent | told == {name: visit[name] for name in sent}
    assert visit | {"shop_name": "Corner"} == patched


def test_a_scene_of_a_visit_counts_for_its_shop(gondola: Gondola):
    """The shop is where unknown products are counted by."""
    visit = add(gondola, "visits", shop=4711)["id"]
    gondola.recognize(visit=visit)
    with gondola.records.reading() as tx:
        shop = tx.scalar(select(tables.visits.c.shop).filter_by(id=visit))

    assert "4711" == shop


def test_a_form_is_taken_as_well(gondola: Gondola):
    """As the original documentation shows it."""
    reply = gondola.post(f"{API}/visits/", data={"shop": "7", "images": "[1,2]"})

    assert (201, [1, 2]) == (reply.status_code, reply.json()["images"])


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("brands", "name", None),
        ("brands", "name", "x" * 256),
        ("brands", "id", 0),
        ("displays", "planogram", 999_999),
        ("displays", "musthavelist", "x"),
        ("planograms", "display", 999_999),
        ("planogram_records", "sku", 999_999),
        ("planogram_records", "planogram", 999_999),
        ("planogram_records", "facing_x", -1),
        ("planogram_records", "shelf_index", 2**31),
        ("mhl_record", "sku6", 999_999),
        ("visits", "started_date", "yesterday"),
        ("visits", "started_date", "0001-01-01T00:00:00+10:00"),
        ("visits", "latitude", "nan"),
        ("visits", "shop", {}),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_wrong_field_is_named(gondola: Gondola, method: str, name: str, field: str, value: Any):
    """400 with the field, and nothing is written."""
    row = add(gondola, name)
    path = f"{API}/{name}" if method == "POST" else f"{API}/{name}/{row['id']}"
    count = gondola.get(f"{API}/{name}").json()["count"]
    reply = gondola.call(method, path, json={"name": "n"} | {field: value})

    assert (400, [field]) == (reply.status_code, list(reply.json())), reply.text
    assert row == gondola.get(f"{API}/{name}/{row['id']}").json()
    assert count == gondola.get(f"{API}/{name}").json()["count"]


def test_operations_are_named_by_their_resource(gondola: Gondola):
    """With the fields of its bodies."""
    document = gondola.http.get("/openapi.json").json()
    item = document["paths"]["/api/v1.5/planogram_records"]
    one = document["paths"]["/api/v1.5/planogram_records/{row_id}"]
    schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]

    assert ["listPlanogramRecords", "createPlanogramRecord"] == [
        item[method]["operationId"] for method in ("get", "post")
    ]
    assert {"get", "put", "patch", "delete"} == set(one)
    assert schema["$ref"].endswith("PlanogramRecordBody")
    assert ["limit", "offset", "planogram", "sku"] == [
        parameter["name"] for parameter in item["get"]["parameters"]
    ]


@pytest.mark.parametrize("time", ["", "yesterday", "0000-01-01T00:00:00+01:00", 253402300800, 0])
def test_what_is_no_time_is_refused(gondola: Gondola, time: Any):
    """400 that names the field; seconds beyond the year 9999 once were a fault of ours."""
    reply = gondola.post(f"{API}/visits/", json={"started_date": time})

    assert (400, ["started_date"]) == (reply.status_code, list(reply.json()))
