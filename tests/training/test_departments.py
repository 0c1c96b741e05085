"""Departments: what they sell, how turned packs, carriers and films look, what edges show."""

from dataclasses import replace

import numpy as np
import pytest

from training.back_rows import draw_back_rows
from training.banners import banner
from training.brands import KINDS, TURNED_KINDS, Brand
from training.edge_pictures import HIGH, edge_pictures
from training.facings import Facing, Shelf
from training.furniture import shelf_edge
from training.materials import Materials
from training.packages import Package, draw_package
from training.plane import Plane, opaque
from training.shelves import IGNORED, visible_boxes
from training.stores import random_store
from training.themes import DEPARTMENT_KINDS, THEMES, choose_theme, themed

BARE = Materials()
STORE = random_store(np.random.default_rng(0), BARE)
KIND = {kind.name: kind for kind in KINDS}


def pack(kind: str, brand: int) -> Package:
    """A SKU of one kind, plain."""
    return Package(np.full((60, 30, 4), 200, np.uint8), 20, KIND[kind], brand)


def brand(kind: str, seed: int = 1) -> Brand:
    """A brand of one kind."""
    colours = ((200, 30, 30), (250, 240, 200), (30, 90, 160), (20, 20, 30))
    shape = float(np.mean(KIND[kind].width_to_height))
    return Brand("Kalo", colours, "", "", KIND[kind], 20, shape, seed)


def blank(width: int = 300, height: int = 300) -> Plane:
    """A black plane with nothing on it."""
    return Plane(np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.int16))


@pytest.mark.parametrize("name", THEMES)
def test_department_sells_its_kinds_only(name: str):
    """Nothing else stands on its shelves."""
    library = [pack(kind.name, number) for number, kind in enumerate(KINDS * 4)]
    on_sale, store = themed(np.random.default_rng(1), THEMES[name], library, STORE)

    assert {library[index].kind.name for index in on_sale} == THEMES[name].kinds
    assert THEMES[name].above[0] <= store.seen_from_above <= THEMES[name].above[1]


def test_too_few_brands_make_no_department():
    """A library without the department's packs is sold as a whole."""
    library = [pack("jar", 0), pack("box", 1)]

    assert ([0, 1], STORE) == themed(np.random.default_rng(1), THEMES["eggs"], library, STORE)


def test_most_scenes_hold_anything():
    """No department is in more than an eighth of all scenes, all together in less than half."""
    rng = np.random.default_rng(2)
    chosen = [choose_theme(rng) for _ in range(1000)]

    assert chosen.count(None) > 500
    assert all(20 < chosen.count(theme) < 125 for theme in THEMES.values())


@pytest.mark.parametrize("kind", sorted(TURNED_KINDS))
def test_turned_pack_keeps_its_outline(kind: str):
    """Turning a pack moves its print and nothing else."""
    front = draw_package(brand(kind), 7, BARE)
    side = draw_package(replace(brand(kind), turn=0.4), 7, BARE)

    assert np.array_equal(front[..., 3], side[..., 3])
    assert not np.array_equal(front, side)


@pytest.mark.parametrize("seed", range(4))
def test_carrier_reaches_from_caps_to_board(seed: int):
    """Necks stand apart at the top, the board fills the lower half."""
    mask = draw_package(brand("carrier", seed), 7, BARE)[..., 3] > 100
    height = len(mask)

    assert mask[: height // 12].any()
    assert not mask[: height // 12].all(1).any()
    assert mask[int(height * 0.85) :].all()


@pytest.mark.parametrize("seed", range(6))
def test_pet_bottle_wears_a_band_unlike_its_drink(seed: int):
    """Somewhere down its middle the colour changes sharply, twice."""
    bottle = draw_package(brand("pet_bottle", seed), 7, BARE).astype(int)
    column = bottle[len(bottle) // 4 :, bottle.shape[1] // 4, :3]

    assert (np.abs(np.diff(column, axis=0)).sum(1) > 40).sum() >= 2


def test_rows_behind_are_ignored_and_end_at_the_board_above():
    """However many rows show above a bottle, none counts, none covers the shelf above."""
    plane, shelf = blank(), Shelf(top=100, base=280, scale=5)
    facing = Facing(opaque(np.full((120, 40, 3), 200, np.uint8)), 100, 160, 1, 3)
    draw_back_rows(np.random.default_rng(3), plane, (shelf, facing, 1), pack("pet_bottle", 0), 1.0)

    boxes, labels, _ = visible_boxes(plane, plane.owners, np.eye(3))

    assert {IGNORED} == set(labels.tolist())
    assert boxes[:, 1].min() >= shelf.top


def test_edge_pictures_and_banners_are_no_products():
    """What is printed along the edge or on a banner shows, and belongs to nothing."""
    rng, plane = np.random.default_rng(4), blank()
    store = replace(STORE, edge_pictures=edge_pictures(rng, BARE, signs=True))
    shelf_edge(rng, plane, 100, 40, store)

    assert {HIGH} == {len(shot) for shot in store.edge_pictures}
    assert plane.pixels[105:135].std(1).mean() > 5
    assert not plane.owners.any()
    assert (80, 200, 3) == banner(rng, (200, 80), store).shape


def test_other_scenes_sell_few_kinds_that_have_a_department():
    """Without a department most such kinds are missing, all else is there."""
    library = [pack(kind.name, number) for number, kind in enumerate(KINDS)]
    rng, shares = np.random.default_rng(5), []
    for _ in range(100):
        names = {library[index].kind.name for index in themed(rng, None, library, STORE)[0]}
        shares.append(len(names & set(DEPARTMENT_KINDS)) / len(DEPARTMENT_KINDS))

        assert set(KIND) - set(DEPARTMENT_KINDS) <= names

    assert 0.2 < np.mean(shares) < 0.5
