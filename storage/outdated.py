"""Which scenes have reports that were made from older master data, or by an older program."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from storage import tables, versions
from storage.lineage import Lineage
from storage.reports import NOT_READY

_reports, _revisions = tables.reports, tables.report_revisions


class Outdated(msgspec.Struct, frozen=True):
    """A scene whose reports might say something else today."""

    scene_id: int
    reports: int
    kinds: frozenset[str]  # of master data written since, by table; empty = another reason


def outdated(tx: Connection, scene_ids: Sequence[int], *, program: str) -> list[Outdated]:
    """Say which of the scenes have any, by id.

    A write to any display counts for every scene with reports: what it really changes is seen when
    the reports are made again.
    """
    current, found = versions.current(tx), dict[int, list[frozenset[str]]]()
    query = select(_reports.c.scene_id, _revisions.c.lineage).join(
        _revisions,
        (_revisions.c.report_id == _reports.c.id) & (_revisions.c.revision == _reports.c.revision),
    )
    wanted = _reports.c.scene_id.in_(scene_ids) & (_revisions.c.status != NOT_READY)
    for scene_id, stored in tx.execute(query.where(wanted).order_by(_reports.c.scene_id)):
        made_from = msgspec.convert(stored, Lineage) if stored else None
        if made_from is None:
            found.setdefault(scene_id, []).append(frozenset())
        elif made_from.program != program or made_from.master_data != current:
            newer = {k for k, v in current.items() if made_from.master_data.get(k) != v}
            found.setdefault(scene_id, []).append(frozenset(newer))
    return [Outdated(one, len(of), frozenset().union(*of)) for one, of in found.items()]
