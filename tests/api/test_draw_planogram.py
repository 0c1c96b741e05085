"""A scene becomes a planogram."""

from collections.abc import Iterator
from typing import Any

import pytest

from storage import confirmations, facings, scenes

from .conftest import API, Gondola, start
from .recognised import add_sku, answerable, facing, photo, write_facts

HTML = {"Accept": "text/html"}


@pytest.fixture
def gondola(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API with two SKUs, 1 and 2."""
    with start(tmp_path_factory.mktemp("planogram")) as made:
        assert [1, 2] == [add_sku(made, name) for name in ("Oats", "Oil")]
        yield made


def at(sku_id: int | None, x: float, shelf: int = 0, **more: Any) -> dict[str, Any]:
    """A front of ten pixels."""
    box = {"x1": x, "x2": x + 10.0, "y1": 5.0, "y2": 25.0}
    return {"sku_id": sku_id, "shelf_index": shelf, **box, **more}


def box(x: float, y: float) -> dict[str, float]:
    """A front of ten by twenty pixels."""
    return {"x1": x, "x2": x + 10.0, "y1": y, "y2": y + 20.0}


def draw(gondola: Gondola, scene: str, **body: Any) -> Any:
    """Ask for the planogram of a scene."""
    return gondola.post(f"/scenes/{scene}/planogram/", json=body)


def places(records: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Shelf, index, facings and SKU of records."""
    names = ("shelf_index", "product_index", "facing_x", "facing_y", "sku")
    return [tuple(record[name] for name in names) for record in records]


def test_what_stands_there_is_the_planogram(gondola: Gondola):
    """Named facings that are no duplicates, shelf by shelf; the rest is counted."""
    display = gondola.post(f"{API}/displays/", json={"name": "Aisle 3"}).json()["id"]
    scene, _ = answerable(
        gondola,
        at(1, 0),
        at(1, 10),
        at(2, 20),
        at(None, 30),
        at(2, 40, duplicate=True),
        at(2, 50, shelf=-1),
        at(2, 0, shelf=1),
    )
    reply = draw(gondola, scene, name="Oats and oil", display=display)
    body = reply.json()
    path = f"{API}/planogram_records/?planogram={body['planogram']['id']}"

    assert (201, 2, display) == (reply.status_code, body["left_out"], body["planogram"]["display"])
    assert [(0, 0, 2, 1, 1), (0, 1, 1, 1, 2), (1, 2, 1, 1, 2)] == places(body["records"])
    assert body["records"] == gondola.get(path).json()["results"]


def test_the_same_again_is_the_planogram_there_is(gondola: Gondola):
    """With another name it is another one."""
    scene, _ = answerable(gondola, at(1, 0))
    first, again, other = (draw(gondola, scene, name=name).json() for name in ("A", "A", "B"))

    assert first == again
    assert first["planogram"]["id"] != other["planogram"]["id"]


def test_photos_above_each_other_are_one_shelf_with_more_boards(gondola: Gondola):
    """A board that both show is one, its facings in the order they stand in, whoever shows them."""
    above, below = gondola.image(), gondola.image()
    scene = gondola.recognize(images=[above, below]).json()
    seen = [
        facing(above, 0, 1, **box(0, 0)),
        facing(above, 1, 1, **box(0, 40), shelf_index=1),
        facing(below, 2, 2, **box(10, 0)),
        facing(above, 3, 1, **box(20, 40), shelf_index=1),
        facing(below, 4, 2, **box(0, 40), shelf_index=1),
    ]
    moved = [(above, [1.0, 0, 0, 0, 1, 0, 0, 0, 1]), (below, [1.0, 0, 0, 0, 1, 40, 0, 0, 1])]
    placements = [{"image_id": image, "homography": matrix} for image, matrix in moved]
    photos = [photo(above, 0), photo(below, 1)]
    write_facts(gondola, scene["id"], facings=seen, photos=photos, placements=placements)
    drawn = draw(gondola, scene["scene"], name="Both").json()

    wanted = [(0, 0, 1, 1, 1), (1, 1, 1, 1, 1), (1, 2, 1, 1, 2), (1, 3, 1, 1, 1), (2, 4, 1, 1, 2)]
    assert wanted == places(drawn["records"])


def test_what_people_said_counts(gondola: Gondola):
    """Before what was recognised."""
    scene, _ = answerable(gondola, at(1, 0), at(None, 10))
    with gondola.records.transaction() as tx:
        found = scenes.by_scene(tx, scene)
        refs = [facings.refer(found, number) for number in (0, 1)]
        rows = facings.read(gondola.objects, refs)
        for ref in refs:
            said = facings.said(ref, rows[found.id, ref.facing_id])
            confirmations.confirm(tx, said, 2, learn=False, now=gondola.clock.now)

    assert [(0, 0, 2, 1, 2)] == places(draw(gondola, scene, name="C").json()["records"])


def test_the_sizes_are_those_of_the_sku(gondola: Gondola):
    """In whole mm."""
    gondola.call("PATCH", f"{API}/sku/1/", json={"size_x_mm": 70.4, "size_y_mm": 180})
    scene, _ = answerable(gondola, at(1, 0))
    record = draw(gondola, scene, name="Sizes").json()["records"][0]

    assert (70, 180) == (record["width"], record["height"])


def test_a_scene_without_named_facings_is_refused(gondola: Gondola):
    """With a sentence; a scene nobody knows is not found."""
    scene, _ = answerable(gondola, at(None, 0))
    waiting = gondola.recognize().json()["scene"]

    for name, sentence in ((scene, "No facing on a shelf"), (waiting, "not been recognised yet")):
        reply = draw(gondola, name, name="A")
        assert 400 == reply.status_code
        assert sentence in reply.json()["errors"]["scene"][0]
    assert 404 == draw(gondola, "0" * 32, name="A").status_code
    assert 400 == draw(gondola, scene, name="").status_code


def test_an_unknown_display_is_named(gondola: Gondola):
    """And nothing is made."""
    scene, _ = answerable(gondola, at(1, 0))
    count = gondola.get(f"{API}/planograms/").json()["count"]
    reply = draw(gondola, scene, name="A", display=999)

    assert (400, ["display"]) == (reply.status_code, list(reply.json()["errors"]))
    assert count == gondola.get(f"{API}/planograms/").json()["count"]


def test_a_browser_sees_the_planogram(gondola: Gondola):
    """The page of a scene has a form for it; its answer is a page with names."""
    scene, _ = answerable(gondola, at(1, 0))
    with gondola.records.transaction() as tx:
        found = scenes.by_scene(tx, scene)
        scenes.finish(tx, found.id, status="DONE", problem=None, timings={}, now=gondola.clock.now)
    page = gondola.get(f"/scenes/{scene}/", headers=HTML).text
    answer = gondola.post(f"/scenes/{scene}/planogram/", data={"name": "Shelf"}, headers=HTML)

    assert f'action="/scenes/{scene}/planogram/" method="post"' in page
    assert (201, True) == (answer.status_code, "<td>Oats</td>" in answer.text)
