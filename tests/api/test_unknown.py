"""Unknown products."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from storage import confirmations, doubts, facings, references, scenes, unknown
from storage.doubts import UNKNOWN, Doubt
from storage.unknown import Centre

from . import recognised
from .conftest import Gondola, start

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}


@pytest.fixture
def gondola(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API with two unknown products: seen three times in one scene, once the day after."""
    with start(tmp_path_factory.mktemp("unknown")) as made:
        for facings_of_scene in (3, 1):
            boxes = ({"x1": float(n)} for n in range(facings_of_scene))
            scene, _ = recognised.answerable(made, *boxes)
            unknowns = [Doubt(n, UNKNOWN, None, 0.0) for n in range(facings_of_scene)]
            with made.records.transaction() as tx:
                found = scenes.by_scene(tx, scene)
                doubts.replace(tx, found.id, 1, unknowns, now=made.clock.now)
            made.clock.now += timedelta(days=1)
        with made.records.transaction() as tx:
            ids = [one.doubt_id for one in unknown.members(tx, limit=9)]
            places = [(ids[0], 0, 0), (ids[1], 0, 1), (ids[2], 0, None), (ids[3], 1, 0)]
            centres = [Centre(None, b"one!"), Centre(None, b"two!")]
            unknown.save(tx, "e+1", centres, places, now=made.clock.now)
        yield made


def say(gondola: Gondola, product: int, **body: Any) -> Any:
    """Say what a product is."""
    return gondola.post(f"/unknown/{product}/sku/", json=body, headers=JSON)


def listed(gondola: Gondola, query: str = "") -> list[tuple[int, int]]:
    """Id and facings of the products."""
    body = gondola.get(f"/unknown/{query}", headers=JSON).json()
    return [(one["id"], one["seen"]) for one in body["results"]]


def lefts(gondola: Gondola, sku_id: int) -> list[tuple[int, str]]:
    """Left side and source of each reference of a SKU."""
    with gondola.records.reading() as tx:
        return [(r.box[0], r.source) for r in references.of_sku(tx, sku_id) if r.box]


def test_the_most_frequent_come_first(gondola: Gondola):
    """Or the newest; in pages."""
    assert [(1, 3), (2, 1)] == listed(gondola)
    assert [(2, 1)] == listed(gondola, "?limit=1&offset=1")
    assert [(2, 1), (1, 3)] == listed(gondola, "?order=newest")
    assert 400 == gondola.get("/unknown/?order=odd", headers=JSON).status_code


def test_pages_of_the_list_stay_in_order(gondola: Gondola):
    """Links to the next and the former one say it."""
    body = gondola.get("/unknown/?order=newest&limit=1", headers=JSON).json()
    page = gondola.get("/unknown/?order=newest&limit=1", headers=HTML).text

    assert body["next"].endswith("/unknown/?limit=1&offset=1&order=newest")
    assert '<a href="/unknown/?limit=1&amp;offset=1&amp;order=newest">More</a>' in page


def test_a_product_tells_where_it_was_seen_and_what_it_looks_like(gondola: Gondola):
    """Its pictures by rank."""
    body = gondola.get("/unknown/1/", headers=JSON).json()

    assert (3, 1, 0, "OPEN", None) == tuple(
        body[name] for name in ("seen", "scenes", "shops", "status", "sku")
    )
    assert [0, 1] == [picture["facing"] for picture in body["pictures"]]
    assert body["pictures"][0]["crop"].endswith("/facings/0/crop.jpg?r=1")


def test_it_becomes_a_new_sku(gondola: Gondola):
    """With its pictures as references, and a forecast on its way."""
    gondola.nudges.clear()
    reply = say(gondola, 1, name=" Lime soda ", cid="4711", brand="3")
    sku_id = reply.json()["sku"]
    sku = gondola.get(f"/api/v1.5/sku/{sku_id}/").json()

    assert (200, "NAMED") == (reply.status_code, reply.json()["status"])
    assert ("Lime soda", "4711", 3) == (sku["name"], sku["cid"], sku["brand"])
    assert [(0, "unknown"), (1, "unknown")] == lefts(gondola, sku_id)
    assert [("forecast-sku", {"sku_id": sku_id})] == [nudge[:2] for nudge in gondola.nudges]
    assert [(2, 1)] == listed(gondola)


def test_it_becomes_a_sku_there_is(gondola: Gondola):
    """Whose references grow."""
    sku_id = recognised.add_sku(gondola, "Lime")
    reply = say(gondola, 1, sku=str(sku_id))

    assert (200, sku_id) == (reply.status_code, reply.json()["sku"])
    assert 2 == len(lefts(gondola, sku_id))


def test_what_people_saw_is_truth(gondola: Gondola):
    """The facings that showed it are confirmed; the others, which nobody saw, are not."""
    sku_id = say(gondola, 1, name="Lime").json()["sku"]
    with gondola.records.reading() as tx:
        said = confirmations.of_scenes(tx, [1])

    assert [(0, sku_id), (1, sku_id)] == [(one.facing_id, one.sku_id) for one in said]
    assert all(one.learned_at for one in said)


def test_saying_it_twice_changes_nothing(gondola: Gondola):
    """No second SKU, no second reference."""
    first, again = (say(gondola, 1, name="Lime").json() for _ in range(2))
    count = gondola.get("/api/v1.5/sku/").json()["count"]

    assert first == again == say(gondola, 1, sku=first["sku"]).json()
    assert (1, 2) == (count, len(lefts(gondola, first["sku"])))


def test_two_answers_at_once_make_one_sku(gondola: Gondola, monkeypatch: pytest.MonkeyPatch):
    """A second click comes while the first is being worked on."""
    read = facings.read

    def read_slowly(*args: Any) -> facings.Rows:
        monkeypatch.undo()
        say(gondola, 1, name="Lime")
        return read(*args)

    monkeypatch.setattr(facings, "read", read_slowly)
    reply = say(gondola, 1, name="Lime")

    assert (200, "NAMED") == (reply.status_code, reply.json()["status"])
    assert 1 == gondola.get("/api/v1.5/sku/").json()["count"]


def test_it_cannot_become_another_sku(gondola: Gondola):
    """400 says which it is."""
    sku_id = say(gondola, 1, name="Lime").json()["sku"]
    other = recognised.add_sku(gondola, "Lemon")
    replies = [say(gondola, 1, sku=other), say(gondola, 1, ignore=True)]

    assert [400, 400] == [reply.status_code for reply in replies]
    assert all(f"It is SKU {sku_id} already." in reply.text for reply in replies)


def test_it_can_be_ignored(gondola: Gondola):
    """And still be named later."""
    for _ in range(2):
        assert "IGNORED" == say(gondola, 1, ignore=True).json()["status"]
    assert [(2, 1)] == listed(gondola)
    assert "NAMED" == say(gondola, 1, name="Lime").json()["status"]


def test_a_name_is_enough(gondola: Gondola):
    """The code is made from its number."""
    sku_id = say(gondola, 2, name="Lime", cid="").json()["sku"]

    assert "unknown-2" == gondola.get(f"/api/v1.5/sku/{sku_id}/").json()["cid"]


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("name", {}),
        ("name", {"name": "  "}),
        ("name", {"ignore": False}),
        ("name", {"sku": 1, "ignore": True}),
        ("name", {"sku": 1, "name": "Lime"}),
        ("sku", {"sku": 999}),
        ("sku", {"sku": "x"}),
        ("name", {"name": "x" * 256}),
        ("size_x_mm", {"name": "Lime", "size_x_mm": -1}),
    ],
)
def test_a_wrong_answer_is_refused(gondola: Gondola, field: str, body: dict[str, Any]):
    """The field is named, and the product stays as it was."""
    reply = say(gondola, 1, **body)

    assert (400, [field]) == (reply.status_code, list(reply.json()["errors"])), reply.text
    assert [(1, 3), (2, 1)] == listed(gondola)


def test_an_id_that_is_taken_is_refused(gondola: Gondola):
    """And nothing is learned."""
    sku_id = recognised.add_sku(gondola, "Lime")

    assert 400 == say(gondola, 1, name="Lemon", id=sku_id).status_code
    assert [] == lefts(gondola, sku_id)


@pytest.mark.parametrize("product", ["99", "x", "0"])
def test_a_product_that_is_not_there_is_404(gondola: Gondola, product: str):
    """To look at, and to name."""
    path = f"/unknown/{product}"

    assert 404 == gondola.get(f"{path}/", headers=JSON).status_code
    assert 404 == gondola.post(f"{path}/sku/", json={"name": "x"}, headers=JSON).status_code


def test_facings_can_be_put_together_now(gondola: Gondola):
    """Instead of in ten minutes; asking twice is asking once."""
    gondola.nudges.clear()
    replies = [gondola.post("/unknown/cluster/", headers=JSON) for _ in range(2)]

    assert [202, 202] == [reply.status_code for reply in replies]
    assert {"cluster-unknown"} == {flow for flow, _, _ in gondola.nudges}
    assert 1 == len({key for _, _, key in gondola.nudges})


def test_the_page_makes_it_a_sku_by_one_click(gondola: Gondola):
    """A form that needs no script, with a name to begin with."""
    page = gondola.get("/unknown/", headers=HTML).text

    assert "Seen 3 times in 1 scene" in page
    assert "Seen 1 time in 1 scene" in page
    assert 'action="/unknown/1/sku/" method="post"' in page
    assert 'name="name" value="Unknown product 1"' in page
    assert 3 == page.count("/crop.jpg?r=1")


def test_a_form_leads_back_to_the_list(gondola: Gondola):
    """As a browser without script does it."""
    form = {"name": "Lime", "cid": ""}
    reply = gondola.post("/unknown/1/sku/", data=form, headers=HTML, follow_redirects=False)

    assert (303, "/unknown/") == (reply.status_code, reply.headers["location"])
    assert [(2, 1)] == listed(gondola)


def test_the_page_of_one_searches_skus(gondola: Gondola):
    """Those it may be."""
    sku_id = recognised.add_sku(gondola, "Lime soda")
    page = gondola.get("/unknown/1/?q=lime", headers=HTML).text

    assert f'name="sku" value="{sku_id}" required checked' in page
    assert "No SKU is called “fig”." in gondola.get("/unknown/1/?q=fig", headers=HTML).text


def test_an_empty_list_says_so(gondola: Gondola):
    """A page all the same."""
    for product in (1, 2):
        say(gondola, product, ignore=True)

    assert "None. Facings that look like no SKU" in gondola.get("/unknown/", headers=HTML).text
