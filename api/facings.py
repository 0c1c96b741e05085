"""What stands where in a scene, as JSON: every facing with its SKU, or the SKUs it may be."""

from typing import Any

from litestar import get
from msgspec import Struct

from api.given import Given
from api.media import Links
from api.paging import Listed, Page, PagedOperation, listed
from api.scene_overlay import read_facts
from api.scenes import SceneName
from storage import catalog, scenes
from storage.objects import ObjectStore
from storage.records import Records


class Candidate(Struct, frozen=True):
    """A SKU that a facing may be; `score` is the cosine to its nearest reference."""

    sku_id: int
    name: str
    score: float


class Facing(Struct, frozen=True):
    """One product front.

    `box` is x1 y1 x2 y2 in pixels of the upright photo. `confidence` is the probability that the
    first candidate is right. `ambiguous` lists the candidates, best first, when nobody is named
    although the first is more likely right than wrong; else it is empty.
    """

    facing: int
    image: int
    box: tuple[float, float, float, float]
    rack_index: int
    shelf_index: int
    position_index: int
    duplicate: bool
    sku_id: int | None
    name: str | None
    confidence: float | None
    ambiguous: list[Candidate]


@get(
    "/scenes/{scene:str}/facings",
    sync_to_thread=True,
    operation_id="listFacings",
    operation_class=PagedOperation,
    summary="List the facings of a scene",
    tags=["Scenes"],
)
def list_facings(
    scene: SceneName,
    page: Given[Page],
    records: Given[Records],
    objects: Given[ObjectStore],
    links: Given[Links],
) -> Listed[Facing]:
    """List facings photo by photo, by shelf and position; none before recognition."""
    with records.reading() as tx:
        found = scenes.by_scene(tx, scene)
    frames = read_facts(objects, found, ["facings"])
    rows = frames["facings"].sort("facing_id").to_dicts() if frames else []
    chosen = rows[page.offset : page.offset + page.limit]
    with records.reading() as tx:
        names = catalog.names(tx, {sku_id for row in chosen for sku_id in _sku_ids(row)})
    facings = [_facing(row, names) for row in chosen]
    return listed(f"{links.base_url}/scenes/{scene}/facings/", page, len(rows), facings)


def _sku_ids(row: dict[str, Any]) -> list[int]:
    """Every SKU that is shown for a row of facts."""
    own = [] if row["sku_id"] is None else [row["sku_id"]]
    return own + [candidate["sku_id"] for candidate in _candidates(row)]


def _candidates(row: dict[str, Any]) -> list[dict[str, Any]]:
    return row["candidates"] or [] if row["ambiguous"] else []


def _facing(row: dict[str, Any], names: dict[int, str]) -> Facing:
    x1, y1, x2, y2 = (round(row[side], 1) for side in ("x1", "y1", "x2", "y2"))
    sku_id, confidence = row["sku_id"], row["confidence"]
    return Facing(
        facing=row["facing_id"],
        image=row["image_id"],
        box=(x1, y1, x2, y2),
        rack_index=row["rack_index"],
        shelf_index=row["shelf_index"],
        position_index=row["position_index"],
        duplicate=row["duplicate"],
        sku_id=sku_id,
        name=names.get(sku_id) if sku_id is not None else None,
        confidence=None if confidence is None else round(confidence, 4),
        ambiguous=[
            Candidate(c["sku_id"], names.get(c["sku_id"], ""), round(c["score"], 4))
            for c in _candidates(row)
        ],
    )
