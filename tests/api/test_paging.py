"""Pages of a list."""

import pytest

from .conftest import API, Gondola

SKU = f"{API}/sku/"


@pytest.fixture(scope="module", autouse=True)
def five_skus(module_gondola: Gondola) -> None:
    """Five SKUs to page through."""
    for i in range(5):
        module_gondola.post(SKU, json={"cid": f"c{i}", "name": f"n{i}"})


def names(body: dict[str, list[dict[str, str]]]) -> list[str]:
    """The SKUs of a page."""
    return [sku["cid"] for sku in body["results"]]


def test_links_lead_through_the_list(gondola: Gondola):
    """Forward by `next` to the end, and back by `previous`."""
    first = gondola.get(f"{SKU}?limit=2").json()
    second = gondola.get(first["next"]).json()
    third = gondola.get(second["next"]).json()

    assert [["c0", "c1"], ["c2", "c3"], ["c4"]] == [names(p) for p in (first, second, third)]
    assert (5, None, None) == (first["count"], first["previous"], third["next"])
    assert second == gondola.get(third["previous"]).json()
    assert first == gondola.get(second["previous"]).json()


def test_links_are_absolute(gondola: Gondola):
    """They begin with the public address."""
    body = gondola.get(f"{SKU}?limit=2").json()

    assert f"http://127.0.0.1:8000{SKU}?limit=2&offset=2" == body["next"]


def test_a_page_behind_the_end_is_empty(gondola: Gondola):
    """No error."""
    body = gondola.get(f"{SKU}?offset=50").json()

    assert (5, [], None) == (body["count"], body["results"], body["next"])


def test_a_limit_over_the_most_gets_the_most(gondola: Gondola):
    """A larger limit is no mistake."""
    assert 5 == len(gondola.get(f"{SKU}?limit=1000000").json()["results"])


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}])
def test_limit_and_offset_may_come_in_the_body(gondola: Gondola, headers: dict[str, str]):
    """As the documentation shows it, on a GET."""
    reply = gondola.get(SKU, content=b'{"limit": 1, "offset": "3"}', headers=headers)

    assert ["c3"] == names(reply.json())


@pytest.mark.parametrize(
    ("field", "value"),
    [("limit", "0"), ("limit", "-1"), ("limit", "x"), ("offset", "-1"), ("offset", "9" * 30)],
)
def test_a_wrong_value_is_named(gondola: Gondola, field: str, value: str):
    """400 with the parameter."""
    reply = gondola.get(f"{SKU}?{field}={value}")

    assert (400, [field]) == (reply.status_code, list(reply.json()))
