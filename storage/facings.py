"""Facings by scene and number: where they lie, and their rows of the facts."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby
from typing import Any, TypeAlias

import msgspec
import polars as pl

from storage import facts
from storage.confirmations import SaidFacing
from storage.doubts import DoubtedFacing
from storage.errors import NotFound, ObjectMissing
from storage.objects import ObjectStore
from storage.scenes import Scene

Row: TypeAlias = dict[str, Any]  # a row of the facts table `facings`
Rows = Mapping[tuple[int, int], Row]  # by scene_id and facing_id


class FacingRef(msgspec.Struct, frozen=True):
    """One facing of one facts revision of a scene."""

    scene_id: int
    scene: str  # its UUID of 32 hex digits
    facts_day: date
    facts_revision: int
    facing_id: int


def refer(scene: Scene, facing_id: int) -> FacingRef:
    """Point at a facing of the scene's newest facts.

    Raises:
        NotFound: when the scene has not been recognised yet.
    """
    if scene.facts_day is None or scene.facts_revision is None:
        raise NotFound("The scene has not been recognised yet: wait for its reports.")
    return FacingRef(scene.id, scene.scene, scene.facts_day, scene.facts_revision, facing_id)


def of_doubt(doubt: DoubtedFacing) -> FacingRef:
    """Point at the facing of a doubt."""
    return FacingRef(*(getattr(doubt, name) for name in FacingRef.__struct_fields__))


def read(objects: ObjectStore, refs: Iterable[FacingRef]) -> Rows:
    """Load the rows of facings, each scene's facts once; what is not there is left out."""
    return {
        (ref.scene_id, row["facing_id"]): row
        for ref, found in _by_scene(objects, refs, "facings")
        for row in found.to_dicts()
    }


def vectors(
    objects: ObjectStore, refs: Iterable[FacingRef], embedder: str
) -> dict[tuple[int, int], bytes]:
    """Load the embeddings of facings, float16, by scene_id and facing_id.

    Those of other embedders, and of facts that have none yet, are left out.
    """
    return {
        (ref.scene_id, facing_id): vector
        for ref, found in _by_scene(objects, refs, facts.EMBEDDINGS)
        for facing_id, vector in found.filter(embedder=embedder)
        .select("facing_id", "vector")
        .iter_rows()
    }


def _by_scene(
    objects: ObjectStore, refs: Iterable[FacingRef], table: str
) -> Iterable[tuple[FacingRef, pl.DataFrame]]:
    """Read a facts table of each scene, reduced to the facings asked for."""
    ordered = sorted(refs, key=lambda ref: (ref.scene_id, ref.facing_id))
    for _, group in groupby(ordered, key=lambda ref: ref.scene_id):
        of_scene = list(group)
        one, wanted = of_scene[0], [ref.facing_id for ref in of_scene]
        try:
            frame = facts.read(
                objects,
                day=one.facts_day,
                scene=one.scene,
                revision=one.facts_revision,
                table=table,
            )
        except ObjectMissing:
            continue
        yield one, frame.filter(pl.col("facing_id").is_in(wanted))


def said(ref: FacingRef, row: Row) -> SaidFacing:
    """Tell what recognition said of a facing."""
    box = {side: row[side] for side in ("x1", "y1", "x2", "y2")}
    return SaidFacing(
        ref.scene_id,
        ref.facts_revision,
        ref.facing_id,
        row["image_id"],
        **box,
        said_sku_id=row["sku_id"],
        said_confidence=row["confidence"],
    )
