"""Which scenes have reports that were made from something older, or by an older program."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from storage import tables, versions
from storage.lineage import Lineage
from storage.reports import ERROR, NOT_READY
from storage.scene_before import is_as_before
from storage.scenes import Scene

IN_ERROR = "in error"  # what is missing may be there by now
NO_LINEAGE = "older than lineage"
OTHER_PROGRAM = "other program"
OTHER_BEFORE = "scene before"  # it was recognised again, or is another one by now
_reports, _revisions = tables.reports, tables.report_revisions


def outdated(tx: Connection, scenes: Sequence[Scene], *, program: str) -> dict[int, set[str]]:
    """Say by scene why its reports might say something else today; the others are left out.

    A write to any display counts for every scene with reports: what it really changes is seen when
    the reports are made again.

    Returns:
        Kinds of master data written since, by table, and the reasons above.
    """
    current, found = versions.current(tx), dict[int, set[str]]()
    by_id = {scene.id: scene for scene in scenes}
    columns = (_reports.c.scene_id, _revisions.c.status, _revisions.c.lineage)
    query = select(*columns).join(
        _revisions,
        (_revisions.c.report_id == _reports.c.id) & (_revisions.c.revision == _reports.c.revision),
    )
    wanted = _reports.c.scene_id.in_(list(by_id)) & (_revisions.c.status != NOT_READY)
    for scene_id, status, stored in tx.execute(query.where(wanted).order_by(_reports.c.scene_id)):
        made_from = msgspec.convert(stored, Lineage) if stored else None
        why = _why(status, made_from, current, program)
        if made_from and not is_as_before(tx, by_id[scene_id], made_from.inputs):
            why.add(OTHER_BEFORE)
        if why:
            found.setdefault(scene_id, set()).update(why)
    return found


def _why(status: str, made_from: Lineage | None, current: dict[str, int], program: str) -> set[str]:
    if made_from is None:
        return {IN_ERROR if status == ERROR else NO_LINEAGE}
    newer = {kind for kind, at in current.items() if made_from.master_data.get(kind) != at}
    return newer | ({OTHER_PROGRAM} if made_from.program != program else set())
