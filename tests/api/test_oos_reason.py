"""A client says why a SKU is out of stock."""

import csv
import uuid
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from export.oos_reasons import write_reasons

from .conftest import API, Gondola
from .recognised import add_sku

PATH = f"{API}/oos_reason"


def told(gondola: Gondola, scene: str) -> Any:
    """What the scene says of its reasons."""
    return gondola.get(f"/scenes/{scene}").json()["oos_reasons"]


def say(gondola: Gondola, **body: Any) -> Any:
    """Give a reason; of a new scene unless the body names one."""
    return gondola.post(PATH, json={"sku_gid": 7, "reason": "Late delivery"} | body)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_reason_is_shown_with_its_scene(gondola: Gondola, slash: str):
    """200 with its id; the scene tells SKU, reason, message and proof."""
    sku, proof = add_sku(gondola, "Lime"), gondola.image()
    scene = gondola.recognize().json()["scene"]
    body = {"sku_gid": sku, "scene": scene, "reason": "Late delivery", "message": "On Monday"}
    reply = gondola.post(PATH + slash, json=body | {"images": [proof]})

    assert (200, ["oos_reason_id"]) == (reply.status_code, list(reply.json()))
    assert [
        {
            "id": reply.json()["oos_reason_id"],
            "sku_gid": sku,
            "name": "Lime",
            "reason": "Late delivery",
            "message": "On Monday",
            "images": [proof],
            "created_date": "2026-11-22T10:00:00.123456Z",
        }
    ] == told(gondola, scene)


def test_a_reason_is_on_the_page_of_its_scene(gondola: Gondola):
    """As text, whatever it holds."""
    scene = gondola.recognize().json()["scene"]
    say(gondola, scene=scene, reason="<b>stolen</b>")
    page = gondola.get(f"/scenes/{scene}", headers={"Accept": "text/html"}).text

    assert "Why SKUs are out of stock" in page
    assert "&lt;b&gt;stolen&lt;/b&gt;" in page


@pytest.mark.parametrize("kind", ["json", "data", "files"])
def test_ids_may_be_strings_and_the_body_a_form(gondola: Gondola, kind: str):
    """As the documentation of the original shows it."""
    scene, proof = gondola.recognize().json()["scene"], gondola.image()
    body: Any = {"sku_gid": "7", "scene": str(uuid.UUID(scene)), "reason": "x"}
    body["images"] = [str(proof)] if kind == "json" else f"[{proof}]"
    if kind == "files":
        body = {name: (None, value) for name, value in body.items()}
    reply = gondola.post(PATH, **{kind: body})

    assert 200 == reply.status_code, reply.text
    assert [proof] == told(gondola, scene)[0]["images"]


def test_the_same_words_again_keep_their_id(gondola: Gondola):
    """Another reason is another."""
    scene = gondola.recognize().json()["scene"]
    first, again = (say(gondola, scene=scene).json() for _ in "ab")
    other = say(gondola, scene=scene, reason="Not listed").json()

    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("sku_gid", {"sku_gid": "x"}),
        ("scene", {"scene": "0" * 32}),
        ("reason", {"reason": ""}),
        ("reason", {"reason": None}),
        ("message", {"message": "x" * 4001}),
        ("images", {"images": [999_999]}),
    ],
)
def test_a_wrong_field_is_named(gondola: Gondola, field: str, wrong: dict[str, Any]):
    """400, and nothing is kept."""
    scene = gondola.recognize().json()["scene"]
    reply = say(gondola, **({"scene": scene} | wrong))

    assert (400, [field]) == (reply.status_code, list(reply.json())), reply.text
    assert [] == told(gondola, scene)


def test_reasons_are_exported_for_spreadsheets(gondola: Gondola, tmp_path: Path):
    """With shop and scene; what a spreadsheet would take for a formula is text."""
    visit = gondola.post(f"{API}/visits/", json={"shop": "North"}).json()["id"]
    scene = gondola.recognize(visit=visit).json()["scene"]
    say(gondola, scene=scene, reason='=HYPERLINK("http://a.example")')
    path, rows = write_reasons(gondola.records, tmp_path, since=None)
    with path.open(newline="") as file:
        read = list(csv.DictReader(file))
    last = read[-1]

    assert rows == len(read)
    assert ("North", scene, "7") == (last["shop"], last["scene"], last["sku_gid"])
    assert "'=HYPERLINK" == last["reason"][:11]


def test_it_needs_a_token(gondola: Gondola):
    """401 without."""
    http: TestClient[Any] = gondola.http
    assert 401 == http.post(PATH, json={}).status_code
