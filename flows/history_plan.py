"""What is to be done again: scenes that today's models or master data may see otherwise."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec
import polars as pl

from flows.make_report import PROGRAM
from flows.resources import Resources
from inference.card import load_card, model_folder
from storage import facts, galleries, history
from storage.errors import ObjectMissing
from storage.history import RECOGNISE_AGAIN, REPORT_AGAIN, Wanted
from storage.outdated import outdated
from storage.scenes import Scene

What = Literal["recognition", "reports"]
KIND: dict[What, str] = {"recognition": RECOGNISE_AGAIN, "reports": REPORT_AGAIN}
Tell = Callable[[int], None]  # how many scenes were looked at


@dataclass(frozen=True)
class Asked:
    """What is asked for."""

    what: What
    wanted: Wanted
    sku: int | None = None  # only scenes in which it was named, or is among the candidates
    everything: bool = False  # also scenes of which nothing newer is known


@dataclass
class Plan:
    """The scenes, and why them."""

    asked: Asked
    looked_at: int = 0
    scene_ids: list[int] = field(default_factory=list[int])
    reasons: Counter[str] = field(default_factory=Counter[str])  # scenes by reason

    @property
    def rows(self) -> list[dict[str, str | int]]:
        """The reasons as a table, the most frequent first."""
        return [{"reason": name, "scenes": count} for name, count in self.reasons.most_common()]


def make_plan(tools: Resources, asked: Asked, tell: Tell = lambda _: None) -> Plan:
    """Find the scenes; nothing is written."""
    plan, reasons_of = Plan(asked), _REASONS[asked.what](tools)
    for some in _chosen(tools, asked.wanted):
        plan.looked_at += len(some)
        seen = [one for one in some if asked.sku is None or _shows(tools, one, asked.sku)]
        for scene, reason in zip(seen, reasons_of(seen), strict=True):
            if reason or asked.everything:
                plan.scene_ids.append(scene.id)
                plan.reasons[reason or "asked for"] += 1
        tell(plan.looked_at)
    return plan


def note_plan(tools: Resources, plan: Plan, *, batch: str, now: datetime) -> int:
    """Note the work of a plan; scenes of which the same is still to be done are left out."""
    noted, ids = 0, plan.scene_ids
    for at in range(0, len(ids), history.AT_ONCE):
        with tools.records.transaction() as tx:
            some = ids[at : at + history.AT_ONCE]
            noted += history.ask(tx, KIND[plan.asked.what], some, batch=batch, now=now)
    return noted


def name_batch(now: datetime) -> str:
    """Name what is asked for at a time; Prefect's artifacts bear the name.

    Two of one name would be counted and told as one.
    """
    return f"reprocess-{now:%Y%m%d-%H%M%S-%f}"


def _chosen(tools: Resources, wanted: Wanted) -> Iterator[list[Scene]]:
    after = 0
    while True:
        with tools.records.reading() as tx:
            some = history.chosen(tx, wanted, after=after)
        if not some:
            return
        yield some
        after = some[-1].id


def _shows(tools: Resources, scene: Scene, sku: int) -> bool:
    """Whether a facing of the scene is the SKU, or might be."""
    try:
        facings = facts.of_scene(tools.objects, scene, "facings")
    except ObjectMissing:
        return False
    listed = pl.col("candidates").list.eval(pl.element().struct.field("sku_id") == sku).list.any()
    return not facings.filter((pl.col("sku_id") == sku) | listed.fill_null(False)).is_empty()


ReasonsOf = Callable[[list[Scene]], list[str]]  # "" = nothing newer is known


def _recognition(tools: Resources) -> ReasonsOf:
    """Compare what saw a scene with the models and the gallery in service."""
    detector = load_card(model_folder(tools.settings.detector))
    embedder = tools.embedder_card
    thresholds = msgspec.to_builtins({"detect": detector.thresholds, "embed": embedder.thresholds})
    with tools.records.reading() as tx:
        gallery = galleries.version(tx, embedder.key)

    def reason(scene: Scene) -> str:
        how = scene.recognised_with or {}
        older = {
            f"detector {scene.detector}": scene.detector != detector.id,
            f"embedder {scene.embedder}": scene.embedder != embedder.id,
            "older gallery": how.get("gallery") != gallery,
            "other thresholds": how.get("thresholds") != thresholds,
        }
        return next((name for name, differs in older.items() if differs), "")

    return lambda some: [reason(scene) for scene in some]


def _reports(tools: Resources) -> ReasonsOf:
    """Compare what reports were made from, master data and scenes before, with that of today."""

    def reasons(some: list[Scene]) -> list[str]:
        with tools.records.reading() as tx:
            found = outdated(tx, some, program=PROGRAM)
        return [", ".join(sorted(found.get(scene.id, ()))) for scene in some]

    return reasons


_REASONS: dict[What, Callable[[Resources], ReasonsOf]] = {
    "recognition": _recognition,
    "reports": _reports,
}
