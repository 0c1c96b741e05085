"""The facings of a scene as JSON."""

from typing import Any

import pytest

from .conftest import Gondola
from .recognised import add_sku, facing, write_facts


@pytest.fixture(scope="module")
def scene(module_gondola: Gondola) -> dict[str, Any]:
    """A scene with a named, an ambiguous and an unknown facing, and its SKUs."""
    gondola = module_gondola
    made = gondola.recognize().json()
    image = made["images"][0]
    tea, coffee = add_sku(gondola, "Tea"), add_sku(gondola, "Coffee")
    both = [{"sku_id": coffee, "score": 0.74}, {"sku_id": tea, "score": 0.72}]
    write_facts(
        gondola,
        made["id"],
        facings=[
            facing(image, 0, tea, confidence=0.93, candidates=both, ambiguous=False),
            facing(image, 1, None, confidence=0.55, candidates=both, ambiguous=True),
            facing(image, 2, None, confidence=0.05, candidates=both, ambiguous=False),
            facing(image, 3, coffee),  # as facts were before there was a confidence
        ],
    )
    return made | {"tea": tea, "coffee": coffee, "image": image}


def facings(gondola: Gondola, scene: dict[str, Any], query: str = "") -> Any:
    """Ask for the facings."""
    reply = gondola.get(f"/scenes/{scene['scene']}/facings/{query}")
    assert 200 == reply.status_code, reply.text
    return reply.json()


def test_a_facing_has_its_box_its_place_and_its_sku(gondola: Gondola, scene: dict[str, Any]):
    """With the name, and how sure that is."""
    assert {
        "facing": 0, "image": scene["image"], "box": [4.0, 5.0, 20.0, 40.0], "rack_index": 0,
        "shelf_index": 0, "position_index": 0, "duplicate": False, "sku_id": scene["tea"],
        "name": "Tea", "confidence": 0.93, "ambiguous": [],
    } == facings(gondola, scene)["results"][0]  # fmt: skip


def test_an_ambiguous_facing_lists_its_candidates(gondola: Gondola, scene: dict[str, Any]):
    """Best first, with names; one that is merely unknown lists none."""
    _, ambiguous, unknown, _ = facings(gondola, scene)["results"]

    assert (None, None, 0.55) == tuple(ambiguous[k] for k in ("sku_id", "name", "confidence"))
    assert [
        {"sku_id": scene["coffee"], "name": "Coffee", "score": 0.74},
        {"sku_id": scene["tea"], "name": "Tea", "score": 0.72},
    ] == ambiguous["ambiguous"]
    assert (None, []) == (unknown["sku_id"], unknown["ambiguous"])


def test_older_facts_have_facings_too(gondola: Gondola, scene: dict[str, Any]):
    """Without a confidence."""
    old = facings(gondola, scene)["results"][3]

    assert ("Coffee", None, []) == (old["name"], old["confidence"], old["ambiguous"])


def test_facings_come_in_pages(gondola: Gondola, scene: dict[str, Any]):
    """In the envelope of every list."""
    body = facings(gondola, scene, "?limit=2&offset=1")

    assert (4, [1, 2]) == (body["count"], [one["facing"] for one in body["results"]])
    assert body["next"].endswith(f"/scenes/{scene['scene']}/facings/?limit=2&offset=3")


def test_before_recognition_there_are_none(gondola: Gondola):
    """An empty page; a scene that does not exist is 404."""
    made = gondola.recognize().json()

    assert (0, []) == tuple(facings(gondola, made)[k] for k in ("count", "results"))
    assert 404 == gondola.get(f"/scenes/{'0' * 32}/facings/").status_code


def test_facings_need_a_token(gondola: Gondola, scene: dict[str, Any]):
    """As the scene does."""
    assert 401 == gondola.http.get(f"/scenes/{scene['scene']}/facings/").status_code
