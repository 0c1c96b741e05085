"""Merge the facts of days gone by: few large files in place of many small ones, the same rows."""

from datetime import timedelta
from uuid import UUID

from prefect import flow
from prefect.artifacts import (
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.holding import kept
from flows.resources import Resources, now, resources
from storage import facts_written, merge_facts, turns
from storage.merge_facts import Merged
from storage.turns import COMPACT_FACTS
from storage.work import Work


@flow(name=COMPACT_FACTS, persist_result=False)
def compact_facts(older_than_days: int = 2) -> State:
    """Merge day by day, one worker at a time; it may be killed and run again.

    Args:
        older_than_days: whole days that facts stay as they were written; at least 1, because
            scenes are being recognised today.
    """
    tools = resources()
    with tools.records.transaction() as tx:
        turn = turns.begin(tx, COMPACT_FACTS, owner=tools.owner, now=now(), lease=tools.lease)
    if turn is None:
        return Completed(message="Another worker merges facts.")
    with kept(tools, [turn], give_up=_give_up):
        _compact(tools, older_than_days)
    return Completed()


def _give_up(_turn: Work, _problem: str) -> None:
    """Nothing is left behind; until the next night it counts as given up."""


def _compact(tools: Resources, older_than_days: int) -> None:
    before = now().date() - timedelta(days=max(older_than_days, 1))
    days = [day for day in merge_facts.days(tools.objects) if day < before]
    artifact = create_progress_artifact(0.0, f"{COMPACT_FACTS}-progress")
    assert isinstance(artifact, UUID)  # noqa: S101  it would be a coroutine in async code
    merged: list[Merged] = []
    for number, day in enumerate(days, 1):
        with tools.records.reading() as tx:
            hashes = facts_written.hashes(tx, day)
        merged.append(merge_facts.merge_day(tools.objects, day, hashes))
        update_progress_artifact(artifact, progress=100.0 * number / len(days))
    _tell(tools, [one for one in merged if one.scenes])


def _tell(tools: Resources, merged: list[Merged]) -> None:
    rows = [
        {"day": f"{one.day}", "scenes": one.scenes, "before": one.before, "after": one.after}
        for one in merged
    ]
    before, after = sum(one.before for one in merged), sum(one.after for one in merged)
    sentence = f"{before} files became {after}. [Charts]({tools.settings.api_url}/analytics/)"
    create_table_artifact(rows, COMPACT_FACTS, sentence)
