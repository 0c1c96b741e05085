"""One facing, and what a person says of it."""

import base64
from typing import Any

import pytest

from storage import crops, facings, references, scenes

from . import recognised
from .conftest import Gondola, jpeg

HTML = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def skus(gondola: Gondola) -> list[int]:
    """Two SKUs."""
    return [recognised.add_sku(gondola, name) for name in ("Lemon sour", "Lime & sour")]


@pytest.fixture
def facing(gondola: Gondola, skus: list[int]) -> str:
    """A facing that could be either of them, unnamed; its address."""
    shortlist = [{"sku_id": sku, "score": 0.8 - i / 10} for i, sku in enumerate(skus)]
    scene, _ = recognised.answerable(
        gondola, {"candidates": shortlist, "confidence": 0.61, "ambiguous": True}
    )
    return f"/scenes/{scene}/facings/0"


def confirm(gondola: Gondola, facing: str, **body: Any) -> Any:
    """Say what it is, as a program."""
    return gondola.post(f"{facing}/confirm/", json=body, headers=JSON)


def crops_of(gondola: Gondola, sku_id: int) -> list[str]:
    """The boxes a SKU is known by."""
    with gondola.records.reading() as tx:
        return [reference.crop for reference in references.of_sku(tx, sku_id)]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_facing_comes_with_its_candidates(
    gondola: Gondola, facing: str, skus: list[int], slash: str
):
    """Best first, with box, place and confidence."""
    body = gondola.get(facing + slash, headers=JSON).json()

    assert [(skus[0], "Lemon sour", 0.8), (skus[1], "Lime & sour", 0.7)] == [
        (c["sku"], c["name"], c["score"]) for c in body["candidates"]
    ]
    assert ([4.0, 5.0, 20.0, 40.0], "shelf 1, position 1", 0.61, None, None) == tuple(
        body[name] for name in ("box", "place", "confidence", "sku", "answer")
    )


def test_an_answer_is_noted(gondola: Gondola, facing: str, skus: list[int]):
    """It is told with the facing from then on; saying it twice changes nothing."""
    said = [confirm(gondola, facing, sku=skus[1]).json() for _ in range(2)]
    answer = {"sku": skus[1], "cid": "Lime & sour", "name": "Lime & sour", "reference": False}

    assert [answer, answer] == [body["answer"] for body in said]
    assert answer == gondola.get(facing, headers=JSON).json()["answer"]
    assert [] == crops_of(gondola, skus[1])


def test_an_answer_can_be_learned(gondola: Gondola, facing: str, skus: list[int]):
    """The box of the photo becomes a reference, once; its forecast is made anew."""
    gondola.nudges.clear()
    for _ in range(2):
        body = confirm(gondola, facing, sku=skus[0], reference=True).json()

    assert body["answer"]["reference"] is True
    assert ["4,5,20,40"] == crops_of(gondola, skus[0])
    assert ("forecast-sku", {"sku_id": skus[0]}) == gondola.nudges[0][:2]


def test_none_of_the_known_skus_is_an_answer(gondola: Gondola, facing: str):
    """Null, said aloud; leaving the field out is no answer."""
    assert None is confirm(gondola, facing, sku=None).json()["answer"]["sku"]
    assert (400, {"sku": ["This field is required."]}) == (
        (reply := confirm(gondola, facing)).status_code, reply.json()["errors"],
    )  # fmt: skip


def test_an_answer_about_older_facts_is_refused(gondola: Gondola, facing: str, skus: list[int]):
    """Numbers are given anew when the scene is recognised again; nothing is noted."""
    seen = gondola.get(facing, headers=JSON).json()["facts_revision"]
    replies = [confirm(gondola, facing, sku=skus[1], facts_revision=seen + n) for n in (1, 0)]

    assert [400, 200] == [reply.status_code for reply in replies]
    assert ["facts_revision"] == list(replies[0].json()["errors"])


@pytest.mark.parametrize("sku", [999_999, "x", 0, -1, [1]])
def test_a_wrong_sku_is_refused(gondola: Gondola, facing: str, sku: Any):
    """400 names the field, and nothing is noted."""
    reply = confirm(gondola, facing, sku=sku)

    assert (400, ["sku"]) == (reply.status_code, list(reply.json()["errors"]))
    assert gondola.get(facing, headers=JSON).json()["answer"] is None


@pytest.mark.parametrize("number", ["7", "99999999999999999999", "-1", "x"])
def test_a_facing_that_is_not_there_is_404(gondola: Gondola, facing: str, number: str):
    """To look at, and to speak about."""
    other = f"{facing.removesuffix('/0')}/{number}"
    replies = [gondola.get(other), gondola.get(f"{other}/crop.jpg")]

    assert {404} == {reply.status_code for reply in [*replies, confirm(gondola, other, sku=None)]}


def test_a_scene_that_is_not_recognised_has_no_facings(gondola: Gondola):
    """404 until it is."""
    scene = gondola.recognize().json()["scene"]

    assert 404 == gondola.get(f"/scenes/{scene}/facings/0/").status_code


def test_the_page_asks_what_it_is(gondola: Gondola, facing: str, skus: list[int]):
    """The likely candidate is chosen already; forms work without script."""
    page = gondola.get(facing, headers=HTML).text

    assert f'value="{skus[0]}" required checked' in page
    assert f'value="{skus[1]}" required>' in page
    assert f'action="{facing}/confirm/" method="post"' in page
    assert 'name="facts_revision" value="1"' in page
    assert "Lime &amp; sour" in page


def test_an_unlikely_candidate_is_not_chosen_for_the_user(gondola: Gondola, skus: list[int]):
    """A hasty Enter must not make a wrong truth."""
    unlikely = {"candidates": [{"sku_id": skus[0], "score": 0.3}], "confidence": 0.2}
    scene, _ = recognised.answerable(gondola, unlikely)

    assert " checked" not in gondola.get(f"/scenes/{scene}/facings/0/", headers=HTML).text


def test_a_search_shows_other_skus(gondola: Gondola, facing: str, skus: list[int]):
    """In place of the candidates."""
    other = recognised.add_sku(gondola, "Pickles 200 g")
    page = gondola.get(f"{facing}/?q=pickle", headers=HTML).text

    assert f'value="{other}"' in page
    assert f'value="{skus[0]}"' not in page
    assert "No SKU is called “&lt;b&gt;”." in gondola.get(f"{facing}/?q=<b>", headers=HTML).text


def test_a_form_is_answered_with_the_page(gondola: Gondola, facing: str, skus: list[int]):
    """As a browser without script sends it."""
    form = {"facts_revision": "1", "sku": str(skus[1]), "reference": "true"}
    reply = gondola.post(f"{facing}/confirm/", data=form, headers=HTML, follow_redirects=False)
    page = gondola.get(reply.headers["location"], headers=HTML).text

    assert 303 == reply.status_code
    assert "confirmed" in page
    assert f'value="{skus[1]}" required checked' in page


def test_null_in_a_form_is_none_of_the_known(gondola: Gondola, facing: str):
    """A form can only send text."""
    reply = gondola.post(f"{facing}/confirm/", data={"sku": "null"}, headers=JSON)

    assert {"sku": None, "cid": None, "name": None, "reference": False} == reply.json()["answer"]


def test_an_answer_that_is_no_candidate_is_shown(gondola: Gondola, facing: str):
    """And chosen, when the page is opened again."""
    other = recognised.add_sku(gondola, "Rare find")
    confirm(gondola, facing, sku=other)

    assert f'value="{other}" required checked' in gondola.get(facing, headers=HTML).text


def test_the_scene_page_shows_what_people_said(gondola: Gondola, facing: str, skus: list[int]):
    """The box has the name and colour of the answer."""
    confirm(gondola, facing, sku=skus[1])
    page = gondola.get(facing.removesuffix("/facings/0"), headers=HTML).text

    assert f'<a href="{facing}/"' in page
    assert 'class="facing confirmed"' in page
    assert 'data-title="Lime &amp; sour"' in page


def test_facts_of_older_versions_name_what_was_found(gondola: Gondola, skus: list[int]):
    """They have no candidates and no confidence."""
    scene, _ = recognised.answerable(gondola, {"sku_id": skus[0]})
    body = gondola.get(f"/scenes/{scene}/facings/0/", headers=JSON).json()

    assert ([skus[0]], skus[0], None) == (
        [c["sku"] for c in body["candidates"]], body["likely"], body["confidence"],
    )  # fmt: skip


def test_a_facing_in_doubt_has_a_small_picture(gondola: Gondola, facing: str):
    """Kept by browsers; facings that recognition was sure of have none."""
    scene = facing.split("/")[2]
    with gondola.records.reading() as tx:
        ref = facings.refer(scenes.by_scene(tx, scene), 0)
    missing = gondola.get(f"{facing}/crop.jpg").status_code
    crops.write(gondola.objects, day=ref.facts_day, scene=scene, revision=1, jpegs={0: jpeg(9, 9)})
    reply = gondola.get(f"{facing}/crop.jpg")

    assert (404, 200, jpeg(9, 9)) == (missing, reply.status_code, reply.content)
    assert "immutable" in reply.headers["cache-control"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://testserver.local"}, 200),
        ({}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver.local"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_pages_of_other_sites_change_nothing(
    gondola: Gondola, facing: str, headers: dict[str, str], status: int
):
    """A browser would send the password it remembers for them, too."""
    login = base64.b64encode(f"u:{gondola.token}".encode()).decode()
    reply = gondola.http.post(
        f"{facing}/confirm/",
        data={"sku": "null"},
        headers=headers | JSON | {"Authorization": f"Basic {login}"},
    )

    assert status == reply.status_code


def test_answers_need_a_login(gondola: Gondola, facing: str):
    """401 without."""
    assert 401 == gondola.http.post(f"{facing}/confirm/", json={"sku": None}).status_code
