"""Scenes to look at."""

import re
from dataclasses import dataclass

import pytest

from api.scene_overlay import colour_of
from storage import scenes

from . import recognised
from .conftest import Gondola, jpeg

HTML = {"Accept": "text/html,application/xhtml+xml,*/*"}


@dataclass
class Shown:
    """A finished scene and what is on it."""

    scene_id: int
    scene: str
    images: list[int]
    skus: list[int]
    page: str


@pytest.fixture(scope="module")
def shown(module_gondola: Gondola) -> Shown:
    """Two photos, two SKUs, one unknown product, a price tag, a shelf."""
    gondola = module_gondola
    skus = [
        recognised.add_sku(gondola, name) for name in ("Oreo & Co", "<script>alert(1)</script>")
    ]
    images = [gondola.upload(jpeg(colour=(i, 9, 9))).json()["id"] for i in (1, 2)]
    types = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
    reply = gondola.recognize(images=images, report_types=types).json()
    recognised.write_facts(
        gondola,
        reply["id"],
        facings=[
            recognised.facing(images[0], 0, skus[0]),
            recognised.facing(images[0], 1, None),
            recognised.facing(images[1], 2, skus[1], shelf_index=-1),
            recognised.facing(images[1], 3, skus[0], duplicate=True),
        ],
        price_tags=[recognised.price_tag(images[0], 0)],
        shelves=[recognised.shelf(images[0], 40.0)],
        photos=[recognised.photo(image, i) for i, image in enumerate(images)],
    )
    bodies = {
        "FACING_COUNT": f'[{{"sku_id":{skus[0]},"count":2}},{{"sku_id":{skus[1]},"count":1}}]',
        "SHARE_OF_SPACE": f'[{{"sku_id":{skus[0]},"share_of_count":0.5,"share_of_space":0.25}}]',
        "REALOGRAM": "[]",
    }
    recognised.finish(gondola, reply["id"], {k: v.encode() for k, v in bodies.items()})
    recognised.set_quality(gondola, reply["id"], images[1], "TILTED", "CAPPED")
    page = gondola.get(f"/scenes/{reply['scene']}", headers=HTML)
    assert 200 == page.status_code
    return Shown(reply["id"], reply["scene"], images, skus, page.text)


def test_a_new_scene_refreshes_itself(gondola: Gondola):
    """Until it is done, with a script and without."""
    scene = gondola.recognize().json()["scene"]
    page = gondola.get(f"/scenes/{scene}/", headers=HTML).text

    assert "data-live" in page
    assert 'http-equiv="refresh"' in page
    assert "not ready" in page
    assert 0 == page.count('<rect class="facing')


def test_a_finished_scene_stands_still(shown: Shown):
    """Nothing more will come."""
    assert "data-live" not in shown.page
    assert "http-equiv" not in shown.page


def test_every_facing_has_its_box(shown: Shown):
    """In the SKU's colour, unknown ones without, duplicates marked."""
    boxes = re.findall(
        r'<rect class="(facing[^"]*)"[^>]*?(?: stroke="([^"]+)")?[^>]*data-sku', shown.page
    )

    assert ["facing", "facing unknown", "facing", "facing duplicate"] == [kind for kind, _ in boxes]
    assert f'stroke="{colour_of(shown.skus[0])}"' in shown.page
    assert 'x="4.0" y="5.0" width="16.0" height="35.0"' in shown.page


def test_a_box_tells_name_confidence_and_place(shown: Shown):
    """For whoever points at it."""
    assert (
        'data-title="Oreo &amp; Co" data-note="shelf 1, position 1 · product 93%, SKU 0.81"'
        in shown.page
    )
    assert 'data-title="Not identified" data-note="shelf 1, position 2 · product 93%"' in shown.page
    assert 'data-note="on no shelf · product 93%, SKU 0.81"' in shown.page
    assert "seen before" in shown.page


def test_price_tags_and_shelves_are_drawn(shown: Shown):
    """In a style of their own."""
    assert 1 == shown.page.count('<rect class="tag')
    assert 1 == shown.page.count('<line class="shelf"')


def test_reports_are_tables_with_names(shown: Shown):
    """Names for ids, per cent for shares; a row picks the boxes of its SKU."""
    assert "<h2>Facing count" in shown.page
    assert f'<tr data-sku="{shown.skus[0]}" tabindex="0">' in shown.page
    assert "50.0%" in shown.page
    assert "25.0%" in shown.page


def test_models_times_and_the_run_are_told(shown: Shown):
    """Where it came from and how long it took."""
    for text in ("det-1", "emb-1", "detect", "120 ms", "http://127.0.0.1:4200/runs/flow-run/run-1"):
        assert text in shown.page


def test_what_is_wrong_with_a_photo_stands_under_it(shown: Shown):
    """What to do better, and the numbers; those that could not be measured are left out."""
    under_first, under_second = re.findall(r"<figcaption>(.*?)</figcaption>", shown.page, re.S)

    assert "What to do about" not in under_first
    assert ["TILTED", "CAPPED"] == re.findall("What to do about ([A-Z]+)", under_second)
    assert all(text in under_second for text in ("sharpness 1490", "tilt -0.2°", "screen 2.6"))
    assert "products None" not in under_second
    assert "px" not in under_second


def test_names_cannot_break_the_page(shown: Shown):
    """A SKU's name is text, whatever it says; nothing on the page is inline code."""
    assert "<script>alert" not in shown.page
    assert "&lt;script&gt;alert" in shown.page
    assert not re.search(r"<script(?! src=)|style=|onclick=|<style", shown.page)


def test_photos_on_the_page_can_be_fetched(gondola: Gondola, shown: Shown):
    """By a link on this server, without a token."""
    links = re.findall(r'<img src="(/media/[^"]+)"', shown.page)

    assert 2 == len(links)
    assert all(200 == gondola.http.get(link.replace("&amp;", "&")).status_code for link in links)


def test_programs_get_the_scene_as_json(gondola: Gondola, shown: Shown):
    """The same in short."""
    reply = gondola.get(f"/scenes/{shown.scene}", headers={"Accept": "application/json"})
    body = reply.json()

    assert (shown.scene_id, "DONE", None) == (body["id"], body["status"], body["problem"])
    assert recognised.TIMINGS == body["timings"]
    assert shown.images == [photo["image"] for photo in body["photos"]]
    assert ["READY", "READY"] == [photo["status"] for photo in body["photos"]]
    assert [True, False] == [photo["quality"] is None for photo in body["photos"]]
    assert {"READY"} == {report["status"] for report in body["reports"]}
    assert "http://127.0.0.1:4200/runs/flow-run/run-1" == body["flow_run_url"]
    assert ("det-1", "emb-1") == (body["detector"], body["embedder"])


def test_a_failed_scene_says_why(gondola: Gondola):
    """The scene's and the photo's problem are on the page; facts may be missing."""
    reply = gondola.recognize().json()
    with gondola.records.transaction() as tx:
        image = scenes.photos(tx, reply["id"])[0].image.id
        scenes.set_photo(tx, reply["id"], image, status="ERROR", problem="The photo is cut off.")
        scenes.finish(
            tx, reply["id"], status="ERROR", problem="No photo could be read.", timings={},
            now=gondola.clock.now,
        )  # fmt: skip
    page = gondola.get(f"/scenes/{reply['scene']}", headers=HTML).text

    assert "No photo could be read." in page
    assert "The photo is cut off." in page
    assert "data-live" not in page


def test_lost_facts_leave_the_page_standing(gondola: Gondola):
    """Without boxes."""
    reply = gondola.recognize().json()
    recognised.write_facts(gondola, reply["id"])
    for key in list(gondola.objects.list("facts/")):
        if reply["scene"] in key:
            gondola.objects.delete(key)

    assert 200 == gondola.get(f"/scenes/{reply['scene']}", headers=HTML).status_code


@pytest.mark.parametrize(
    "scene", ["0" * 32, "xyz", "0" * 31, "A" * 32, "..%2f..", "0" * 32 + "%0a"]
)
def test_an_unknown_scene_is_a_404_page(gondola: Gondola, scene: str):
    """For browsers; a problem for programs."""
    page = gondola.get(f"/scenes/{scene}", headers=HTML)
    problem = gondola.get(f"/scenes/{scene}", headers={"Accept": "application/json"})

    assert (404, 404) == (page.status_code, problem.status_code)
    assert page.headers["content-type"].startswith("text/html")
    assert "application/problem+json" == problem.headers["content-type"]


def test_the_front_page_lists_scenes(gondola: Gondola, shown: Shown):
    """The newest, each with its link."""
    page = gondola.get("/", headers=HTML).text

    assert f'href="/scenes/{shown.scene}"' in page
    assert 'href="http://127.0.0.1:4200"' in page
    assert 'href="/docs"' in page


@pytest.mark.parametrize(
    "name", ["gondola.css", "scene.js", "choose.js", "review.js", "gondola.svg"]
)
def test_style_and_script_are_served(gondola: Gondola, name: str):
    """By this server, cached for minutes."""
    reply = gondola.http.get(f"/static/{name}")

    assert 200 == reply.status_code
    assert "max-age" in reply.headers["cache-control"]


def test_a_sku_has_one_colour_everywhere():
    """Neighbouring ids look different."""
    assert colour_of(7) == colour_of(7)
    assert 50 == len({colour_of(sku_id) for sku_id in range(1, 51)})
