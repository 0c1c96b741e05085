"""Embed the new references of a SKU and work out how well it will be recognised."""

from prefect import flow

from flows.embed_references import embed
from flows.resources import now, resources
from inference.forecast import Prospect, prospect
from storage import forecasts, galleries, references
from storage.forecasts import Confusion, Outlook
from storage.work import FORECAST_SKU

AT_ONCE = 100  # references of the SKU that are embedded here
ENOUGH = 3  # references from which on recall says something
LOW = 0.5  # recall below which most facings will not be named


@flow(
    name=FORECAST_SKU,
    flow_run_name="sku-{sku_id}",
    persist_result=False,
    validate_parameters=False,
)
def forecast_sku(sku_id: int) -> None:
    """Bring the forecast of a SKU up to date; any number of runs end in the same one."""
    tools = resources()
    embedder = tools.recogniser.embedder
    with tools.records.reading() as tx:
        missing = references.missing(tx, embedder.card.key, AT_ONCE, sku_id=sku_id)
    embed(tools.records, tools.objects, embedder, missing)
    version, gallery = tools.versioned_gallery()
    found = prospect(gallery, sku_id, embedder.card)
    with tools.records.transaction() as tx:
        failed = galleries.count_failed(tx, embedder.card.key, sku_id)
        outlook = outlook_of(found, failed)
        forecasts.save(tx, sku_id, embedder.card.key, outlook, gallery=version, now=now())


def outlook_of(found: Prospect, failed: int) -> Outlook:
    """Say what to expect, and what to do about it."""
    return Outlook(
        references=found.references,
        failed=failed,
        recall=None if found.recall is None else round(found.recall, 4),
        confusions=[Confusion(sku_id, score) for sku_id, score in found.confusions],
        advice=advice(found),
    )


def advice(found: Prospect) -> str | None:
    """What would help, in one sentence; None = nothing needs to be done."""
    if not found.references:
        return "Add a picture: none can be read, so the SKU is never recognised."
    if found.recall is None or found.references < ENOUGH:
        more = ENOUGH - found.references
        pictures = f"{more} more pictures" if more > 1 else "another picture"
        return f"Add {pictures}, best cut out of shelf photos, to learn how well it is recognised."
    if found.recall < LOW:
        return "Most facings will not be named: add pictures of it as it stands on the shelf."
    if found.confusions:
        return "Some facings will be taken for a SKU that looks alike: add pictures that differ."
    return None
