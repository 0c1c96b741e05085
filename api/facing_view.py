"""A facing as a person is asked about it: what recognition said, and the SKUs to choose from."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from api.errors import FieldWrong
from api.media import Links
from api.reference_pictures import small_path
from storage import confirmations, facings, references, sku_choices
from storage.confirmations import Confirmation
from storage.facings import FacingRef, Row
from storage.objects import ObjectStore
from storage.records import Records, Transaction
from storage.sku_choices import SkuChoice

FOUND = 8  # SKUs a search shows

Revision = Annotated[
    int | None, Meta(description="That of the facing you saw; null = whatever has its number.")
]
Cosine = Annotated[float | None, Meta(description="Of its nearest reference; null = not compared.")]


class Choice(Struct, frozen=True):
    """A SKU to choose."""

    sku: int
    cid: str
    name: str
    picture: str | None  # link to a picture of it, on this server
    score: Cosine = None


class Answer(Struct, frozen=True):
    """What a person said a facing is."""

    sku: int | None  # null = none of the known SKUs
    cid: str | None
    name: str | None
    reference: bool  # it is a reference of that SKU


class FacingView(Struct, frozen=True):
    """A facing; the box is x1 y1 x2 y2 in pixels of the upright photo."""

    scene: str
    facts_revision: int  # facings are numbered anew when the scene is recognised again
    facing: int
    image: int
    box: list[float]
    place: str
    sku: int | None  # null = not named
    name: str | None
    confidence: float | None  # 0-1, that the first candidate is right
    candidates: list[Choice]  # best first
    likely: int | None  # the first candidate where it is worth a look
    answer: Answer | None  # null = nobody said yet
    crop: str  # link to a small picture; 404 when recognition was sure


def check_revision(ref: FacingRef, seen: int | None) -> None:
    """Refuse what is said of a facing of older facts; None = it is of whatever has its number.

    Raises:
        FieldWrong: the scene was recognised again, and its facings were numbered anew.
    """
    if seen not in (None, ref.facts_revision):
        sentence = "The scene was recognised again since: look at the facing once more."
        raise FieldWrong("facts_revision", sentence)


def load_views(
    records: Records,
    objects: ObjectStore,
    links: Links,
    refs: Sequence[FacingRef],
    *,
    now: datetime,
) -> list[FacingView]:
    """Put facings together, in the order given; those that are in no facts are left out."""
    rows = facings.read(objects, refs)
    with records.reading() as tx:
        said = confirmations.of_scenes(tx, list({ref.scene_id for ref in refs}))
        answers = {(one.scene_id, one.facing_id): one for one in said}
        wanted = {sku_id for row in rows.values() for sku_id, _ in _shortlist(row)}
        wanted |= {one.sku_id for one in answers.values() if one.sku_id is not None}
        skus = sku_choices.by_ids(tx, sorted(wanted))
        choices = {choice.sku: choice for choice in wire(tx, skus.values(), links, now)}
    found = [(ref, (ref.scene_id, ref.facing_id)) for ref in refs]
    return [_view(ref, rows[key], answers.get(key), choices) for ref, key in found if key in rows]


def wire(tx: Transaction, skus: Collection[SkuChoice], links: Links, now: datetime) -> list[Choice]:
    """Give SKUs a picture: a small one of their first reference, else the packshot as it is."""
    pictured = references.first_of(tx, [sku.id for sku in skus])
    small = {one.reference.sku_id: small_path(one) for one in pictured}
    packshots = {sku.id: links.path(sku.image, now=now) for sku in skus if sku.image}
    return [Choice(s.id, s.cid, s.name, small.get(s.id) or packshots.get(s.id)) for s in skus]


def search(tx: Transaction, text: str, links: Links, now: datetime) -> list[Choice]:
    """Find SKUs by name or code, for a page that asks what something is."""
    return wire(tx, sku_choices.search(tx, text, limit=FOUND), links, now)


def crop_path(ref: FacingRef) -> str:
    """Make the link of a facing's small picture, another one for other facts."""
    return f"/scenes/{ref.scene}/facings/{ref.facing_id}/crop.jpg?r={ref.facts_revision}"


def place_of(row: Row) -> str:
    """Tell where a facing or a price tag stands, counted from 1."""
    if row["shelf_index"] < 0:
        return "on no shelf"
    place = f"shelf {row['shelf_index'] + 1}"
    return f"{place}, position {row['position_index'] + 1}" if "position_index" in row else place


def _view(
    ref: FacingRef, row: Row, answer: Confirmation | None, choices: dict[int, Choice]
) -> FacingView:
    shortlist = [(choices[sku_id], score) for sku_id, score in _shortlist(row) if sku_id in choices]
    return FacingView(
        scene=ref.scene,
        facts_revision=ref.facts_revision,
        facing=ref.facing_id,
        image=row["image_id"],
        box=[round(row[side], 1) for side in ("x1", "y1", "x2", "y2")],
        place=place_of(row),
        sku=row["sku_id"],
        name=_name(row["sku_id"], choices),
        confidence=_rounded(row["confidence"]),
        candidates=[Choice(c.sku, c.cid, c.name, c.picture, _rounded(s)) for c, s in shortlist],
        likely=_likely(row),
        answer=_answer(answer, choices),
        crop=crop_path(ref),
    )


def _shortlist(row: Row) -> list[tuple[int, float | None]]:
    """SKU and score of the candidates; facts of older versions know the first at most."""
    candidates: list[dict[str, Any]] | None = row["candidates"]
    if candidates is not None:
        return [(one["sku_id"], one["score"]) for one in candidates]
    return [] if row["sku_id"] is None else [(row["sku_id"], row["sku_score"])]


def _likely(row: Row) -> int | None:
    worth_a_look = row["sku_id"] is not None or row["ambiguous"]
    shortlist = _shortlist(row)
    return shortlist[0][0] if worth_a_look and shortlist else None


def _answer(said: Confirmation | None, choices: dict[int, Choice]) -> Answer | None:
    if said is None:
        return None
    known = choices.get(said.sku_id or 0)
    cid, name = (known.cid, known.name) if known else (None, None)
    return Answer(said.sku_id, cid, name, said.learned_at is not None)


def _name(sku_id: int | None, choices: dict[int, Choice]) -> str | None:
    if sku_id is None:
        return None
    return choices[sku_id].name if sku_id in choices else f"SKU {sku_id}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
