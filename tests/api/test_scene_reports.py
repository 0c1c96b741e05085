"""What reports say of a scene, on its page."""

import re
from typing import Any

import msgspec
import pytest

from storage import scenes

from . import recognised
from .conftest import Gondola, jpeg

HTML = {"Accept": "text/html,application/xhtml+xml,*/*"}
SIDES = {"x1": 4, "y1": 5, "x2": 20, "y2": 40}


def box(image: int, facing: int) -> dict[str, int]:
    """A facing in a report."""
    return {"image": image, "facing_id": facing, **SIDES}


def record(sku: int, **more: Any) -> dict[str, Any]:
    """A record of PLANOGRAM_COMPLIANCE."""
    return {"sku_id": sku, "planned": 2, "boxes": [], "missing": [], **more}


def bodies(image: int, sku: int) -> dict[str, Any]:
    """Reports of a scene: one product right, one wrong, one missing, one that nobody planned."""
    move = {"action": "MOVE", "sku_id": sku, "faces": 1, "faces_gained": 1}
    source = {"sku_id": sku, "boxes": [box(image, 1)]}
    tag = {"sku_id": sku, "price": 4.5, "min_price": 4.5, "max_price": 4.5, "promo": True}
    return {
        "PLANOGRAM_COMPLIANCE": {
            "compliance": 0.25,
            "records": [
                record(sku, boxes=[box(image, 0), box(image, 1)]),
                record(sku, missing=[{"image": image, **SIDES}]),
            ],
            "extra_products": [{"sku_id": sku, "faces": 1, "boxes": [box(image, 2)]}],
            "actions": [{**move, "from": source, "to": {"shelf_index": 2}}],
        },
        "PRICE_TAGS": [
            {**tag, "result_pricetag": 0, "prices": [{"confidence": 0.9}]},
            {**tag, "result_pricetag": 1, "price": None, "prices": []},
        ],
        "PANORAMA": {
            **{"image_url": "http://shop.example/media/panoramas/a.jpg?signature=b"},
            **{"width": 90, "height": 40, "photos": [1, 2], "unplaced": []},
        },
        "OSA": {"osa": 0.5, "expected": 2, "skus": [{"sku_id": sku, "present": False}]},
        "CHANGES": {"previous_scene": "0" * 32, "facings_now": 3, "skus": []},
    }


@pytest.fixture(scope="module")
def page(module_gondola: Gondola) -> str:
    """The page of a scene with every kind of report."""
    gondola = module_gondola
    sku = recognised.add_sku(gondola, "Oats")
    image = gondola.upload(jpeg()).json()["id"]
    made = bodies(image, sku)
    reply = gondola.recognize(images=[image], report_types=list(made)).json()
    recognised.write_facts(
        gondola,
        reply["id"],
        facings=[recognised.facing(image, n, sku) for n in range(3)],
        price_tags=[recognised.price_tag(image, n) for n in range(2)],
        gaps=[{"image_id": image, "gap_id": 0, "shelf_index": 0, **recognised.BOX}],
        photos=[recognised.photo(image, 0)],
    )
    recognised.finish(gondola, reply["id"], {k: msgspec.json.encode(v) for k, v in made.items()})
    return gondola.get(f"/scenes/{reply['scene']}", headers=HTML).text


@pytest.mark.parametrize(
    ("kind", "note"),
    [
        ("right", "As planned"),
        ("wrong", "Not as planned · move to shelf 3"),
        ("missing", "Missing · 2 planned"),
        ("extra", "Not planned"),
    ],
)
def test_the_planogram_lies_over_the_photo(page: str, kind: str, note: str):
    """Each place says whether it is right, and what to do when it is not."""
    marks = re.findall(r'<rect class="mark (\w+)".*?data-title="(.*?)" data-note="(.*?)"', page)

    assert [(kind, "Oats", note)] == [mark for mark in marks if mark[0] == kind]


def test_prices_stand_on_their_tags(page: str):
    """Tags that were not read have none."""
    assert [("price promo", "4.50")] == re.findall(r'<text class="(.*?)".*?>(.*?)</text>', page)


def test_empty_places_are_drawn(page: str):
    """As boxes of their own."""
    assert 1 == page.count('<rect class="gap unknown"')


def test_the_panorama_is_fetched_from_this_server(page: str):
    """Whatever the name clients know it by."""
    assert '<img class="panorama" src="/media/panoramas/a.jpg?signature=b"' in page


def test_what_is_said_of_the_whole_scene_stands_above_the_table(page: str):
    """Ratios as percentages."""
    assert '<span class="quiet">osa</span> 50.0%' in page
    assert '<span class="quiet">compliance</span> 25.0%' in page


def test_the_scene_before_is_a_link(page: str):
    """From the table of what changed."""
    assert f'<a href="/scenes/{"0" * 32}">the scene before</a>' in page


def test_a_scene_without_these_reports_has_no_layers_for_them(gondola: Gondola):
    """A check box without effect would only puzzle."""
    reply = gondola.recognize(report_types=["FACING_COUNT"]).json()
    with gondola.records.reading() as tx:
        scene = scenes.get(tx, reply["id"]).scene
    page = gondola.get(f"/scenes/{scene}", headers=HTML).text

    assert "show-planogram" not in page
    assert "show-prices" not in page
