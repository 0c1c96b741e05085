"""History again: find the scenes that today's models or master data may see otherwise.

What is found becomes work in the outbox, behind every live scene; `reprocess-scenes` does it.
"""

from datetime import date

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.history_plan import Asked, Plan, What, make_plan, name_batch, note_plan
from flows.nudge import nudge
from flows.resources import now, resources
from storage.history import Wanted

REPROCESS_SCENES = "reprocess-scenes"


@flow(name="reprocess", persist_result=False)
def reprocess(  # noqa: PLR0913, PLR0917 - Prefect passes them by name
    what: What = "recognition",
    since: date | None = None,
    until: date | None = None,
    display: int | None = None,
    shop: str | None = None,
    sku: int | None = None,
    model: str | None = None,
    everything: bool = False,
    dry_run: bool = False,
) -> None:
    """Ask for scenes to be done again; the table among the artifacts says which and why.

    Args:
        what: recognition = photos are recognised again, and all reports made; reports = those
            reports are made again that were made from older master data, or compared with older
            facts of the scene before.
        since: only scenes accepted on this day (UTC) or later.
        until: only scenes accepted on this day or before.
        display: only scenes of this display.
        shop: only scenes of visits to this shop, the customer's code.
        sku: only scenes in which this SKU was named, or is among the candidates of a facing.
        model: only scenes seen by this detector or embedder, as sku-embedder-0.1.0.
        everything: also scenes of which nothing newer is known.
        dry_run: only tell.
    """
    tools, at = resources(), now()
    wanted = Wanted(since, until, display, shop, model)
    plan, batch = make_plan(tools, Asked(what, wanted, sku, everything)), name_batch(at)
    noted = 0 if dry_run else note_plan(tools, plan, batch=batch, now=at)
    create_table_artifact(
        plan.rows, f"{batch}-plan", describe(plan, batch, noted=None if dry_run else noted)
    )
    if noted:
        start(batch)


def start(batch: str) -> None:
    """Ask for the work to be begun now; the sweep does, if this is lost."""
    nudge(REPROCESS_SCENES, {}, f"{REPROCESS_SCENES}-{batch}")


def describe(plan: Plan, batch: str, *, noted: int | None) -> str:
    """Say in a sentence what a plan comes to."""
    found = f"{len(plan.scene_ids)} of {plan.looked_at} scenes"
    if noted is None:
        return f"Dry run: {found} would be done again ({plan.asked.what})."
    waiting = len(plan.scene_ids) - noted
    known = f", {waiting} of them were asked for before" if waiting else ""
    return f"{batch}: {found} are done again ({plan.asked.what}){known}."
