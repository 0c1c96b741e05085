"""CHANGES says what differs from the scene before."""

from typing import Any

import msgspec
import polars as pl
import pytest

from flows.reports.changes import REPORT, Changes
from tests.reports.frames import frame

BEFORE = "scene_id scene created_at\n3 0f 2026-11-20T10:00:00"


def price(amount: float, kind: str = "regular", confidence: float = 0.9) -> dict[str, Any]:
    """One price on a tag."""
    return {"kind": kind, "amount": amount, "currency": None, "quantity": 1} | {
        "confidence": confidence
    }


def tags(*prices: list[dict[str, Any]]) -> pl.DataFrame:
    """Tags with these prices; tag n belongs to facing n."""
    numbers = "\n".join(f"{n} {n}" for n in range(len(prices)))
    empty = frame("price_tags", f"tag_id facing_id\n{numbers}")
    return empty.with_columns(pl.Series("prices", prices, dtype=empty.schema["prices"]))


def changes(  # noqa: PLR0913 (keyword-only)
    before: str = "",
    now: str = "",
    *,
    previous: str = BEFORE,
    skus: str = "",
    tags_before: pl.DataFrame | None = None,
    tags_now: pl.DataFrame | None = None,
    placed_before: str = "",
    placed_now: str = "",
) -> Changes:
    """Compare two scenes from text tables."""
    frames = {
        "previous": frame("previous", previous),
        "previous_facings": frame("facings", before),
        "previous_price_tags": frame("price_tags") if tags_before is None else tags_before,
        "previous_placements": frame("placements", placed_before),
        "facings": frame("facings", now),
        "placements": frame("placements", placed_now),
        "price_tags": frame("price_tags") if tags_now is None else tags_now,
        "skus": frame("skus", skus),
        "options": frame("options", "price_confidence\n0.5"),
    }
    answer = REPORT.answer(frames)
    assert isinstance(answer, Changes)
    return answer


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [(0, 1, "NEW"), (1, 0, "GONE"), (1, 3, "MORE"), (3, 1, "FEWER")],
)
def test_each_sku_says_how_it_changed(before: int, now: int, kind: str):
    """By its facings then and now."""
    answer = changes("sku_id" + "\n7" * before, "sku_id" + "\n7" * now, skus="sku_id name\n7 Oats")

    assert [(7, "Oats", kind, before, now)] == [
        (c.sku_id, c.name, c.change, c.facings_before, c.facings_now) for c in answer.skus
    ]


def test_what_stayed_is_not_listed():
    """Only differences are."""
    answer = changes("sku_id shelf_index\n7 0\n8 1", "sku_id shelf_index\n7 0\n8 1")

    assert ([], [], 2, 2) == (
        answer.skus,
        answer.shelves,
        answer.facings_before,
        answer.facings_now,
    )


def test_the_largest_change_comes_first():
    """Ties by sku_id, lost or gained alike."""
    answer = changes("sku_id\n5\n5\n9", "sku_id\n6\n6\n4")

    assert [5, 6, 4, 9] == [change.sku_id for change in answer.skus]


def test_a_moved_sku_changes_its_shelves_alone():
    """It has as many facings as before, on other shelves."""
    answer = changes("sku_id shelf_index\n7 0", "sku_id shelf_index\n7 2")

    assert [] == answer.skus
    assert [(0, 1, 0), (2, 0, 1)] == [
        (s.shelf_index, s.facings_before, s.facings_now) for s in answer.shelves
    ]


def test_duplicates_are_not_counted():
    """Then as now."""
    answer = changes("sku_id duplicate\n7 false\n7 true", "sku_id duplicate\n7 false")

    assert ([], 1, 1) == (answer.skus, answer.facings_before, answer.facings_now)


def test_unidentified_facings_change_shelves_and_no_sku():
    """There is no SKU to name."""
    answer = changes("sku_id shelf_index\n- 0", "sku_id shelf_index\n- 0\n- 0")

    assert [] == answer.skus
    assert [(None, 1, 2)] == [
        (s.sku_id, s.facings_before, s.facings_now) for s in answer.shelves[0].skus
    ]


def test_a_price_that_changed_is_listed():
    """Although the facings are the same."""
    same = "sku_id facing_id\n7 0"
    answer = changes(same, same, tags_before=tags([price(10.0)]), tags_now=tags([price(12.5)]))

    assert [("PRICE", 10.0, 12.5)] == [(c.change, c.price_before, c.price_now) for c in answer.skus]


def test_the_price_is_what_one_costs_now():
    """The promo price before the regular one, neither the price of a kilo nor an unsure one."""
    paid = [price(3.0, "unit"), price(9.0, confidence=0.2), price(20.0), price(15.0, "promo")]

    answer = changes("", "sku_id facing_id\n7 0", tags_now=tags(paid))

    assert 15.0 == answer.skus[0].price_now


def test_a_price_that_was_not_read_is_no_change():
    """A tag may be hidden in one of the photos."""
    same = "sku_id facing_id\n7 0"

    assert [] == changes(same, same, tags_now=tags([price(12.5)])).skus


def test_a_price_is_that_of_the_sku_its_tag_names():
    """As in PRICE_TAGS: the text of a tag is stronger than its place, duplicates' tags are none."""
    place = "sku_id facing_id shelf_index x1 x2"
    shelf = f"{place}\n7 0 0 0 100\n8 1 0 100 200"
    named = frame("price_tags", "tag_id facing_id shelf_index x1 x2 text\n0 0 0 20 80 KNEKKEBROD")
    named = named.with_columns(pl.Series("prices", [[price(9.0)]], dtype=named.schema["prices"]))

    answer = changes(place, shelf, skus="sku_id name\n7 Oats\n8 Knekkebrod", tags_now=named)

    assert [(7, None), (8, 9.0)] == [(c.sku_id, c.price_now) for c in answer.skus]


def test_the_first_scene_of_a_display_has_no_changes():
    """Nothing is new when there is nothing to compare with."""
    answer = changes("", "sku_id\n7", previous="")

    assert (None, [], [], 1) == (
        answer.previous_scene,
        answer.skus,
        answer.shelves,
        answer.facings_now,
    )


def test_the_same_models_explain_nothing():
    """Then the shelf has changed."""
    assert changes("sku_id\n7", "sku_id\n8").models is None


def test_another_embedder_may_explain_what_it_named():
    """Facings that only one of the two identified; those of known SKUs are changes."""
    before = "sku_id shelf_index\n- 0\n- 0\n5 1"
    now = "sku_id shelf_index embedder\n7 0 e-2\n7 0 e-2\n6 1 e-2"

    models = changes(before, now).models

    assert models
    assert ("e-1", "e-2", 4, 2) == (
        models.embedder_before,
        models.embedder_now,
        models.changed_facings,
        models.may_explain,
    )


def test_another_detector_may_explain_other_counts():
    """As many as there are boxes more or less on a shelf, never more than changed."""
    before = "sku_id shelf_index\n7 0\n8 1"
    now = "sku_id shelf_index detector\n7 0 d-2\n7 0 d-2\n9 1 d-2"

    models = changes(before, now).models

    assert models
    assert (3, 1) == (models.changed_facings, models.may_explain)


def test_shuffled_facts_give_the_same_bytes():
    """Whatever the order of the rows."""
    rows = [f"{i} {i % 5} {i % 3}" for i in range(40)]
    before, now = ("\n".join(["facing_id sku_id shelf_index", *r]) for r in (rows[:20], rows))
    frames = {name: frame(name) for name in REPORT.inputs}
    frames["previous"] = frame("previous", BEFORE)
    frames["previous_facings"] = frame("facings", before)
    facings = frame("facings", now)
    answers = {
        REPORT.render({**frames, "facings": facings.sample(fraction=1, shuffle=True, seed=seed)})
        for seed in range(5)
    }

    assert 1 == len(answers)


def test_an_empty_scene_is_an_answer():
    """With every field."""
    answer = msgspec.json.decode(REPORT.render({name: frame(name) for name in REPORT.inputs}))

    assert {"previous_scene", "previous_date", "facings_before", "facings_now"} | {
        "models",
        "skus",
        "shelves",
    } == answer.keys()


def test_shelves_count_over_photos_that_overlap():
    """One photo of the whole fixture, then two above each other: nothing changed."""
    header = "image_id sku_id shelf_index x1 y1 x2 y2\n"
    whole = header + "\n".join(f"1 {n} {n} 0 {100 * n} 40 {100 * n + 60}" for n in range(4))
    two = header + "1 0 0 0 0 40 60\n1 1 1 0 100 40 160\n2 2 0 0 0 40 60\n2 3 1 0 100 40 160"
    places = "image_id homography\n1 1,0,0,0,1,0,0,0,1\n2 1,0,0,0,1,200,0,0,1"

    assert changes(whole, two, placed_now=places).shelves == []
    assert [0, 1, 2, 3] == [one.shelf_index for one in changes(whole, two).shelves]
