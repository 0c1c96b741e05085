"""What a batch of history changed, told in Prefect: a table, and links to scenes that differ."""

from collections.abc import Sequence

import msgspec
from prefect.artifacts import create_table_artifact

from flows.resources import Resources
from storage import history, history_changes

SHOWN = 20  # scenes linked to


def tell_changed(tools: Resources, batches: Sequence[str]) -> None:
    """Leave a table of every one of the batches that is over."""
    with tools.records.reading() as tx:
        still_open = set(history.open_batches(tx))
    for batch in batches:
        if batch not in still_open:
            _tell(tools, batch)


def _tell(tools: Resources, batch: str) -> None:
    with tools.records.reading() as tx:
        rows = [msgspec.structs.asdict(one) for one in history_changes.by_type(tx, batch)]
        done = history.progress(tx, [batch])
        scenes = history_changes.changed_scenes(tx, batch, limit=SHOWN)
        failed = history_changes.failures(tx, batch, limit=SHOWN)
    base = tools.settings.api_url
    lines = [f"{done.over} scenes were done again, {done.failed} stay as they were."]
    lines += [
        f"- [scene {one.scene_id}]({base}/scenes/{one.scene}): {one.reports} reports say something"
        " else"
        for one in scenes
    ]
    lines += [f"- scene {one.scene_id} stays: {one.problem}" for one in failed]
    create_table_artifact(rows, batch, "\n".join(lines))
