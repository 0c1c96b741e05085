"""SKUs."""

from typing import Any

import pytest

from .conftest import API, Gondola

SKU = f"{API}/sku"
FIELDS = {
    "id", "cid", "ean13", "image", "name", "brand", "category", "manufacturer",
    "size_x_mm", "size_y_mm", "size_z_mm",
}  # fmt: skip


def add(gondola: Gondola, **fields: Any) -> Any:
    """Add a SKU."""
    return gondola.post(f"{SKU}/", json={"cid": "c-1", "name": "Oreo 154 g"} | fields)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_sku_is_added_and_read_back(gondola: Gondola, slash: str):
    """201, then the same object."""
    image = gondola.image()
    body = {"cid": "90001", "name": "Oreo", "image": str(image), "brand": 376, "size_x_mm": 125}
    made = gondola.post(SKU + slash, json=body)
    read = gondola.get(f"{SKU}/{made.json()['id']}{slash}")

    assert (201, 200) == (made.status_code, read.status_code)
    assert made.json() == read.json() | {"forecast": made.json()["forecast"]}
    assert FIELDS == set(read.json())
    assert (image, 376, 125.0) == tuple(made.json()[k] for k in ("image", "brand", "size_x_mm"))
    assert made.json()["ean13"] is None


def test_a_client_may_choose_the_id(gondola: Gondola):
    """Once; the second time the id is taken."""
    first, second = add(gondola, id=70_001), add(gondola, id=70_001)

    assert (201, 70_001) == (first.status_code, first.json()["id"])
    assert (400, ["id"]) == (second.status_code, list(second.json()))


def test_put_writes_all_fields(gondola: Gondola):
    """What the body leaves out becomes null; the id stays."""
    sku_id = add(gondola, ean13="4006381333931", brand=1).json()["id"]
    reply = gondola.call("PUT", f"{SKU}/{sku_id}/", json={"cid": "c-2", "name": "B", "id": 9})

    assert (200, sku_id, "c-2") == (reply.status_code, reply.json()["id"], reply.json()["cid"])
    assert (None, None) == (reply.json()["ean13"], reply.json()["brand"])


def test_patch_writes_some_fields(gondola: Gondola):
    """What the body leaves out stays; null empties."""
    sku_id = add(gondola, ean13="4006381333931", brand=1).json()["id"]
    reply = gondola.call("PATCH", f"{SKU}/{sku_id}/", json={"name": "New", "brand": None})

    assert 200 == reply.status_code
    assert ("New", "c-1", "4006381333931", None) == tuple(
        reply.json()[k] for k in ("name", "cid", "ean13", "brand")
    )


def test_skus_are_listed_by_id(gondola: Gondola):
    """In the envelope."""
    ids = [add(gondola).json()["id"] for _ in range(3)]
    body = gondola.get(f"{SKU}/?limit=1000").json()

    assert ids == [sku["id"] for sku in body["results"]][-3:]
    assert body["count"] == len(body["results"])


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("cid", {"cid": None}),
        ("name", {"name": None}),
        ("name", {"name": "x" * 256}),
        ("image", {"image": 999_999}),
        ("image", {"image": "x"}),
        ("brand", {"brand": 2**63}),
        ("category", {"category": {}}),
        ("size_x_mm", {"size_x_mm": -1}),
        ("size_y_mm", {"size_y_mm": "nan"}),
        ("size_z_mm", {"size_z_mm": "inf"}),
        ("images", {"images": [999_999]}),
        ("images", {"images": "x"}),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_wrong_field_is_named(gondola: Gondola, method: str, field: str, body: dict[str, Any]):
    """400 with the field, and the SKU stays as it was."""
    sku = gondola.get(f"{SKU}/{add(gondola).json()['id']}").json()
    path = SKU if method == "POST" else f"{SKU}/{sku['id']}"
    count = gondola.get(SKU).json()["count"]
    reply = gondola.call(method, path, json={"cid": "c", "name": "n"} | body)

    assert (400, [field]) == (reply.status_code, list(reply.json())), reply.text
    assert sku == gondola.get(f"{SKU}/{sku['id']}").json()
    assert count == gondola.get(SKU).json()["count"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_an_unknown_sku_is_404(gondola: Gondola, method: str):
    """For reading and for writing."""
    reply = gondola.call(method, f"{SKU}/999999/", json={"cid": "c", "name": "n"})

    assert (404, {"detail": "Not found."}) == (reply.status_code, reply.json())


def test_a_sku_cannot_be_deleted(gondola: Gondola):
    """405 says what can be done."""
    reply = gondola.call("DELETE", f"{SKU}/1/")

    assert (405, {"detail": 'Method "DELETE" not allowed.'}) == (reply.status_code, reply.json())
    assert {"GET", "PUT", "PATCH"} <= set(reply.headers["allow"].split(", "))
