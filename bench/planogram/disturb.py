"""Change a shelf the way shops change it, and say what a report should find."""

from dataclasses import dataclass, field, replace
from random import Random

import numpy as np

from bench.planogram.shelf import Product, Shelf

FOREIGN = "foreign"  # a SKU that is in no planogram
_TRIES = 50
_EDGE = 3  # pixels


@dataclass
class Expected:
    """What a report should say.

    Args:
        statuses: by record; those it does not name are CORRECT.
        either: pairs of records of which one or both may be said to be MISPLACED.
        wrong: planned faces that are not correctly placed any more.
        extra: facings of `FOREIGN`.
        touched: records beside a place where something was done: nothing more is done to them,
            so that what a report should say stays clear.
    """

    statuses: dict[int, str] = field(default_factory=dict)
    either: list[tuple[int, int]] = field(default_factory=list)
    wrong: int = 0
    extra: int = 0
    touched: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Spot:
    shelf: int
    at: int


def remove(shelves: list[Shelf], random: Random, expected: Expected) -> bool:
    """Take a product away, or some of its faces; the gap stays, or is closed."""
    spot, product = _pick(shelves, random, expected)
    faces = random.choice([product.faces, random.randint(1, product.faces)])
    _touch(shelves, spot, expected)
    _take(shelves, spot, faces, close=random.choice([False, True]))
    expected.statuses[product.name] = "MISSING" if faces == product.faces else "WRONG_FACINGS"
    expected.wrong += faces
    return True


def swap(shelves: list[Shelf], random: Random, expected: Expected) -> bool:
    """Two products change places."""
    a, first = _pick(shelves, random, expected)
    b, second = _pick(shelves, random, expected)
    if first.sku == second.sku or a == b:
        return False
    if abs(a.at - b.at) > 1 and (_past(shelves, a, b, first) or _past(shelves, b, a, second)):
        return False
    if _beside(shelves, a, second.sku, b) or _beside(shelves, b, first.sku, a):
        return False
    _touch(shelves, a, expected)
    _touch(shelves, b, expected)
    shelves[a.shelf][a.at], shelves[b.shelf][b.at] = second, first
    for spot, was in ((a, first), (b, second)):
        _set(shelves, spot, was)
    expected.statuses |= {first.name: "MISPLACED", second.name: "MISPLACED"}
    if a.shelf == b.shelf and abs(a.at - b.at) == 1:
        expected.either.append((first.name, second.name))
    expected.wrong += first.faces + second.faces
    return True


def move(shelves: list[Shelf], random: Random, expected: Expected) -> bool:
    """A product, or some of its faces, goes somewhere else; others make room."""
    spot, product = _pick(shelves, random, expected)
    to = _between(shelves, random, expected)
    if _beside(shelves, to, product.sku, None, between=True):
        return False
    if to.shelf == spot.shelf and to.at in (spot.at, spot.at + 1):
        return False
    faces = random.choice([product.faces, random.randint(1, product.faces)])
    moved = _part(product, faces)
    if _near(shelves, spot, to, moved):
        return False
    _touch(shelves, spot, expected)
    _touch(shelves, to, expected)
    later = to.shelf == spot.shelf and to.at > spot.at and faces == product.faces
    _take(shelves, spot, faces, close=random.choice([False, True]))
    _insert(shelves, replace(to, at=to.at - later), moved)
    expected.statuses[product.name] = "MISPLACED" if faces == product.faces else "WRONG_FACINGS"
    expected.wrong += faces
    return True


def add(shelves: list[Shelf], random: Random, expected: Expected) -> bool:
    """One face too many of a product, or facings of a SKU that is not planned."""
    if random.choice([False, True]):
        spot, product = _pick(shelves, random, expected)
        _touch(shelves, spot, expected)
        _insert(shelves, replace(spot, at=spot.at + 1), _part(product, 1))
        expected.statuses[product.name] = "WRONG_FACINGS"
        return True
    to = _between(shelves, random, expected)
    like = shelves[to.shelf][to.at]
    new = replace(_part(like, random.randint(1, 2)), name=None, sku=FOREIGN)
    _touch(shelves, to, expected)
    _insert(shelves, to, new)
    expected.extra += new.faces
    return True


def substitute(shelves: list[Shelf], random: Random, expected: Expected) -> bool:
    """A SKU that is not planned stands in the place of a product."""
    spot, product = _pick(shelves, random, expected)
    _touch(shelves, spot, expected)
    shelves[spot.shelf][spot.at] = replace(product, name=None, sku=FOREIGN)
    expected.statuses[product.name] = "SUBSTITUTED"
    expected.wrong += product.faces
    expected.extra += product.faces
    return True


KINDS = {"remove": remove, "swap": swap, "move": move, "add": add, "substitute": substitute}


def disturb(
    shelves: list[Shelf], kinds: list[str], random: Random, *, width: int
) -> tuple[list[Shelf], Expected]:
    """Do these things to a copy of the shelves; each to products nothing was done to yet.

    Nothing is done to products that the edge of the photo cuts: without them nobody could say
    whether the photo shows their place.
    """
    shelves, expected = [list(shelf) for shelf in shelves], Expected()
    expected.touched = {
        product.name
        for shelf in shelves
        for product in shelf
        if product.name is not None
        if product.extent[0] <= _EDGE or product.extent[1] >= width - _EDGE
    }
    for kind in kinds:
        for _ in range(_TRIES):
            try:
                if KINDS[kind](shelves, random, expected):
                    break
            except IndexError:  # no product is left
                continue
    return shelves, expected


def _pick(shelves: list[Shelf], random: Random, expected: Expected) -> tuple[_Spot, Product]:
    spots = [
        (_Spot(s, at), product)
        for s, shelf in enumerate(shelves)
        for at, product in enumerate(shelf)
        if product.name is not None and _untouched(product, expected)
    ]
    return random.choice(spots)


def _untouched(product: Product, expected: Expected) -> bool:
    done = product.name in expected.statuses or product.name in expected.touched
    return not done and product.sku != FOREIGN


def _touch(shelves: list[Shelf], spot: _Spot, expected: Expected) -> None:
    """Nothing more is to be done to what stands there and beside it."""
    around = shelves[spot.shelf][max(spot.at - 1, 0) : spot.at + 2]
    expected.touched |= {product.name for product in around if product.name is not None}


def _between(shelves: list[Shelf], random: Random, expected: Expected) -> _Spot:
    """Before a product, not inside a run of one SKU, away from what was done before."""
    spots = [
        _Spot(s, at)
        for s, shelf in enumerate(shelves)
        for at in range(len(shelf))
        if at == 0 or shelf[at - 1].sku != shelf[at].sku
        if all(_untouched(product, expected) for product in shelf[max(at - 1, 0) : at + 1])
    ]
    return random.choice(spots)


def _beside(
    shelves: list[Shelf], spot: _Spot, sku: str, but: _Spot | None, *, between: bool = False
) -> bool:
    """Whether a neighbour of that place is of that SKU, so that both would read as one."""
    places = (spot.at - 1, spot.at if between else spot.at + 1)
    shelf = shelves[spot.shelf]
    return any(
        0 <= at < len(shelf) and shelf[at].sku == sku and _Spot(spot.shelf, at) != but
        for at in places
    )


def _near(shelves: list[Shelf], spot: _Spot, to: _Spot, moved: Product) -> bool:
    """Moving past neighbours that have no more faces, to before that place, is their move as well.

    It is no move at all when the place is beside the product.
    """
    shelf = shelves[spot.shelf]
    passed = shelf[to.at : spot.at] if to.at < spot.at else shelf[spot.at + 1 : to.at]
    return spot.shelf == to.shelf and sum(product.faces for product in passed) <= moved.faces


def _past(shelves: list[Shelf], spot: _Spot, other: _Spot, moved: Product) -> bool:
    """The same for a product that goes where another is, which it passes as well."""
    after = replace(other, at=other.at + (other.at > spot.at))
    return _near(shelves, spot, after, moved)


def _part(product: Product, faces: int) -> Product:
    """The last faces of a product."""
    return replace(product, boxes=product.boxes[len(product.boxes) - faces :])


def _take(shelves: list[Shelf], spot: _Spot, faces: int, *, close: bool) -> None:
    shelf = shelves[spot.shelf]
    product = shelf[spot.at]
    rest = product.faces - faces
    gone = _part(product, faces).extent
    if rest:
        shelf[spot.at] = replace(product, boxes=product.boxes[:rest])
    else:
        del shelf[spot.at]
    if close and spot.at:  # a whole shelf that shifts looks like a photo from further left
        _push(shelf, spot.at + bool(rest), gone[0] - gone[1])


def _insert(shelves: list[Shelf], to: _Spot, product: Product) -> None:
    shelf = shelves[to.shelf]
    left = shelf[to.at - 1].extent[1] if to.at else shelf[0].extent[0] if shelf else 0.0
    ends = _ends(shelf)
    _push(shelf, to.at, product.extent[1] - product.extent[0])
    shelf.insert(to.at, _on(shelf, product).at(left))
    _fit(shelf, ends)


def _set(shelves: list[Shelf], spot: _Spot, was: Product) -> None:
    """Put the product at that index where another was, and move those to the right."""
    shelf = shelves[spot.shelf]
    ends = (min(_ends(shelf)[0], was.extent[0]), max(_ends(shelf)[1], was.extent[1]))
    new = shelf[spot.at]
    wider = (new.extent[1] - new.extent[0]) - (was.extent[1] - was.extent[0])
    shelf[spot.at] = _on([was], new).at(was.extent[0])
    _push(shelf, spot.at + 1, wider)
    _fit(shelf, ends)


def _on(shelf: Shelf, product: Product) -> Product:
    """The product standing on the shelf's line."""
    if not shelf:
        return product
    line = np.median(np.concatenate([other.boxes[:, 3] for other in shelf]))
    return replace(
        product, boxes=product.boxes + np.array([0, 1, 0, 1]) * (line - product.boxes[:, 3].max())
    )


def _push(shelf: Shelf, first: int, by: float) -> None:
    for at in range(first, len(shelf)):
        shelf[at] = shelf[at].at(shelf[at].extent[0] + by)


def _ends(shelf: Shelf) -> tuple[float, float]:
    return min(p.extent[0] for p in shelf), max(p.extent[1] for p in shelf)


def _fit(shelf: Shelf, ends: tuple[float, float]) -> None:
    """Squeeze a shelf that became too long into the place it had."""
    left, right = _ends(shelf)
    scale = min(1.0, (ends[1] - ends[0]) / (right - left))
    for at, product in enumerate(shelf):
        boxes = product.boxes.copy()
        boxes[:, [0, 2]] = ends[0] + (boxes[:, [0, 2]] - left) * scale
        shelf[at] = replace(product, boxes=boxes)
