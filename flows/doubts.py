"""What recognition was not sure of in a scene: doubts for people, with small pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from flows.scene_facts import Seen, number_facings
from storage.doubts import AMBIGUOUS, UNKNOWN, UNSURE, Doubt


@dataclass(frozen=True)
class Doubted:
    """The doubts of a scene, and pictures by facing_id."""

    doubts: list[Doubt]
    crops: dict[int, bytes]


def find_doubts(seen: Sequence[Seen]) -> Doubted:
    """List the facings that are unnamed, or named without being sure; duplicates are left out.

    Uncertainty is 1 where the first candidate is as likely right as wrong, and 0 where it is
    certainly right or certainly wrong: a person's answer tells most where it is highest.
    """
    rows = number_facings(seen).filter(~pl.col("duplicate")).sort("facing_id")
    shown = rows.filter(pl.col("crop").is_not_null())
    kind = (
        pl.when("ambiguous")
        .then(pl.lit(AMBIGUOUS))
        .when(pl.col("sku_id").is_null())
        .then(pl.lit(UNKNOWN))
        .when("unsure")
        .then(pl.lit(UNSURE))
    )
    doubted = rows.select(
        "facing_id",
        kind=kind,
        candidate=pl.col("candidates").list.first().struct.field("sku_id"),
        uncertainty=(1 - (2 * pl.col("confidence") - 1).abs()).fill_null(0).cast(pl.Float64),
    ).filter(pl.col("kind").is_not_null())
    return Doubted(
        doubts=[Doubt(**row) for row in doubted.to_dicts()],
        crops=dict(shown.select("facing_id", "crop").rows()),
    )
