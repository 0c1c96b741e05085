"""What people should look at."""

from collections.abc import Iterator
from typing import Any

import pytest

from storage import doubts, scenes
from storage.doubts import AMBIGUOUS, UNKNOWN, UNSURE, Doubt

from . import recognised
from .conftest import API, Gondola, jpeg, start

HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}


@pytest.fixture
def gondola(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API of its own: every test sees the whole list."""
    with start(tmp_path_factory.mktemp("review")) as own:
        yield own


def doubted(gondola: Gondola, *found: Doubt) -> str:
    """A scene with three facings and these doubts."""
    scene, _ = recognised.answerable(gondola, {}, {}, {})
    with gondola.records.transaction() as tx:
        scene_id = scenes.by_scene(tx, scene).id
        doubts.replace(tx, scene_id, 1, found, now=gondola.clock.now)
    return scene


def report(gondola: Gondola, scene: str, **more: Any) -> int:
    """Report a recognition error."""
    body = {"sku_gid": 7, "scene": scene} | more
    return gondola.post(f"{API}/recognition_error/", json=body).json()["recognition_error_id"]


def listed(gondola: Gondola, query: str = "") -> list[tuple[str, int]]:
    """Kind and id of each item: of the error, or of the facing."""
    reply = gondola.get(f"/review/{query}", headers=JSON)
    assert 200 == reply.status_code
    return [
        (i["kind"], i["error"]["id"] if i["error"] else i["facing"]["facing"])
        for i in reply.json()["results"]
    ]


def test_errors_come_first_then_what_tells_most(gondola: Gondola):
    """The newest error first; unknown products are not reviewed one by one."""
    found = [Doubt(0, UNSURE, 1, 0.3), Doubt(1, AMBIGUOUS, 2, 0.9), Doubt(2, UNKNOWN, None, 0.0)]
    scene = doubted(gondola, *found)
    errors = [report(gondola, scene, message=text) for text in ("a", "b")]

    assert [("ERROR", errors[1]), ("ERROR", errors[0]), (AMBIGUOUS, 1), (UNSURE, 0)] == listed(
        gondola
    )


def test_the_list_comes_in_pages(gondola: Gondola):
    """Across its two kinds."""
    scene = doubted(gondola, Doubt(0, AMBIGUOUS, 1, 0.3), Doubt(1, AMBIGUOUS, 2, 0.9))
    error = report(gondola, scene)
    body = gondola.get("/review/?limit=1", headers=JSON).json()

    assert (3, None) == (body["count"], body["previous"])
    assert body["next"].endswith("/review/?limit=1&offset=1")
    assert [("ERROR", error), (AMBIGUOUS, 1)] == listed(gondola, "?limit=2")
    assert [(AMBIGUOUS, 1), (AMBIGUOUS, 0)] == listed(gondola, "?limit=2&offset=1")
    assert [(AMBIGUOUS, 0)] == listed(gondola, "?limit=2&offset=2")
    assert [] == listed(gondola, "?offset=3")


def test_what_is_answered_disappears(gondola: Gondola):
    """A confirmed facing and a closed error."""
    scene = doubted(gondola, Doubt(0, AMBIGUOUS, 1, 0.3), Doubt(1, UNSURE, 2, 0.9))
    error = report(gondola, scene)
    gondola.post(f"/scenes/{scene}/facings/1/confirm/", json={"sku": None})
    closed = [gondola.post(f"/review/errors/{error}/close/", headers=JSON) for _ in range(2)]

    assert [200, 200] == [reply.status_code for reply in closed]
    assert closed[0].json()["closed_date"]
    assert [(AMBIGUOUS, 0)] == listed(gondola)


def test_an_error_tells_what_the_client_said(gondola: Gondola):
    """With the SKU's name, if it is one, and the photos that prove it."""
    sku, proof = recognised.add_sku(gondola, "Lime"), gondola.image()
    scene = doubted(gondola)
    report(gondola, scene, sku_gid=sku, message="It is lemon", images=[proof])
    (item,) = gondola.get("/review/", headers=JSON).json()["results"]

    assert (scene, "Lime", "It is lemon") == (
        item["scene"], item["error"]["name"], item["error"]["message"],
    )  # fmt: skip
    assert jpeg() == gondola.http.get(item["error"]["photos"][0]).content


def test_a_doubt_comes_with_all_that_is_asked(gondola: Gondola):
    """Box, candidates and the link to its picture."""
    scene = doubted(gondola, Doubt(2, AMBIGUOUS, 1, 0.3))
    (item,) = gondola.get("/review/", headers=JSON).json()["results"]

    assert f"/scenes/{scene}/facings/2/crop.jpg?r=1" == item["facing"]["crop"]
    assert [4.0, 5.0, 20.0, 40.0] == item["facing"]["box"]


def test_the_page_has_a_form_for_each(gondola: Gondola):
    """Forms work without script; what clients say is text."""
    scene = doubted(gondola, Doubt(0, AMBIGUOUS, 1, 0.3))
    error = report(gondola, scene, message="<script>alert(1)</script>")
    page = gondola.get("/review/", headers=HTML).text

    assert f'action="/scenes/{scene}/facings/0/confirm/" method="post"' in page
    assert f'action="/review/errors/{error}/close/" method="post"' in page
    assert "SKU 7, which is not in the catalogue" in page
    assert "&lt;script&gt;alert" in page


def test_closing_by_a_form_leads_back_to_the_list(gondola: Gondola):
    """As a browser without script does it."""
    error = report(gondola, doubted(gondola))
    path = f"/review/errors/{error}/close/"
    reply = gondola.post(path, headers=HTML, follow_redirects=False)

    assert (303, "/review/") == (reply.status_code, reply.headers["location"])


def test_an_empty_list_says_so(gondola: Gondola):
    """A page all the same."""
    assert "Nothing to look at." in gondola.get("/review/", headers=HTML).text
    assert [] == listed(gondola)


def test_a_doubt_whose_facts_are_lost_is_left_out(gondola: Gondola):
    """The list stays readable."""
    doubted(gondola, Doubt(0, AMBIGUOUS, 1, 0.3))
    for key in list(gondola.objects.list("facts/")):
        gondola.objects.delete(key)

    assert [] == listed(gondola)


def test_an_unknown_error_cannot_be_closed(gondola: Gondola):
    """404."""
    assert 404 == gondola.post("/review/errors/999/close/", headers=JSON).status_code
