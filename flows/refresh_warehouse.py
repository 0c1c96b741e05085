"""Bring the warehouse up to date with what was recognised and reported since."""

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from flows.resources import now, resources
from flows.warehouse_source import make_source
from storage.errors import WarehouseBusy
from storage.warehouse import Warehouse
from storage.warehouse_refresh import Refreshed, refresh

REFRESH_WAREHOUSE = "refresh-warehouse"


@flow(name=REFRESH_WAREHOUSE, persist_result=False)
def refresh_warehouse(rebuild: bool = False) -> State:
    """Read what is new since the last run.

    Args:
        rebuild: forget the warehouse and read everything.
    """
    tools, log = resources(), get_run_logger()
    source = make_source(tools.records, tools.objects, tools.settings.price_confidence)
    warehouse = Warehouse(tools.settings.data_dir)
    try:
        done = refresh(warehouse, source, now=now(), anew=rebuild, told=log.info)
    except WarehouseBusy as busy:
        return Completed(message=str(busy))
    link = f"[Charts]({tools.settings.api_url}/analytics/), {done.seconds:.1f} s"
    create_table_artifact(_rows(done, warehouse.rows()), REFRESH_WAREHOUSE, link)
    message = f"{done.scenes} scenes, {done.reports} reports are new."
    if done.left_out:
        log.error("Left out:\n%s", "\n".join(done.left_out))
        return Failed(message=f"{message} {len(done.left_out)} were left out: see the log.")
    return Completed(message=message)


def _rows(done: Refreshed, total: dict[str, int]) -> list[dict[str, object]]:
    """What is new, and what there is, by table."""
    new = {"scenes": done.scenes, "facings": done.facings, "reports": done.reports}
    return [{"table": name, "new": new.get(name, ""), "rows": n} for name, n in total.items()]
