"""One report of one scene: from stored facts and master data to READY and its message."""

from importlib.metadata import version

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows import inputs, reports
from flows.reports.contract import MissingInput
from flows.resources import Resources, now, resources
from storage import messages, scenes, versions
from storage import reports as stored
from storage.errors import ObjectStoreUnavailable, RecordsUnavailable
from storage.lineage import Lineage
from storage.records import Transaction
from storage.reports import Report
from storage.scenes import Scene

TRANSIENT = (ObjectStoreUnavailable, RecordsUnavailable)


@task(name="make-report", task_run_name="{report_id}", cache_policy=NO_CACHE, persist_result=False)
def make_report(report_id: int, revision: int) -> None:
    """Make a report; a failure is ERROR for this report alone.

    Raises:
        ObjectStoreUnavailable, RecordsUnavailable: the work is given back and tried again.
    """
    tools = resources()
    with tools.records.reading() as tx:
        report = stored.get(tx, report_id, revision=revision)
    if report.status != stored.NOT_READY:
        return
    try:
        make(tools, report)
    except TRANSIENT:
        raise
    except MissingInput as error:
        set_error(tools, report, str(error))
    except Exception as error:  # whatever a report type does wrong is its own ERROR
        set_error(tools, report, f"{type(error).__name__}: {error}")


def set_error(tools: Resources, report: Report, problem: str) -> None:
    """End the report as ERROR and note its message."""
    with tools.records.transaction() as tx:
        if stored.set_error(tx, report.id, report.revision, problem, now=now()):
            _announce(tx, report)


def make(tools: Resources, report: Report) -> None:
    """Compute the report, then end its revision as READY and note its message.

    Raises:
        MissingInput: says which master data to make.
        Exception: whatever the report type does wrong.
    """
    with tools.records.reading() as tx:
        scene = scenes.get(tx, report.scene_id)
        photos = scenes.photos(tx, scene.id)
    if all(photo.status == stored.ERROR for photo in photos):
        set_error(tools, report, f"None of the {len(photos)} photos could be read.")
        return
    report_type = reports.by_name(report.report_type)
    with tools.records.reading() as tx:
        master_data = versions.current(tx)
    given = inputs.load(report_type, tools, scene)
    kept = stored.store_body(tools.objects, report_type.render(given.frames))
    lineage = _lineage(scene, master_data, given.keys)
    with tools.records.transaction() as tx:
        if stored.set_ready(tx, report.id, report.revision, kept, lineage=lineage, now=now()):
            _announce(tx, report)


def _lineage(scene: Scene, master_data: dict[str, int], keys: dict[str, str]) -> Lineage:
    how = scene.recognised_with or {}
    return Lineage(
        facts_revision=scene.facts_revision or 0,
        detector=scene.detector,
        embedder=scene.embedder,
        gallery=how.get("gallery"),
        thresholds=how.get("thresholds", {}),
        master_data=master_data,
        inputs=keys,
        program=version("gondola"),
    )


def _announce(tx: Transaction, report: Report) -> None:
    """Note the webhook message in the transaction that ends the report."""
    url = stored.webhook_of(tx, report.id, report.revision)
    if url:
        messages.add(tx, report_id=report.id, revision=report.revision, url=url, now=now())
