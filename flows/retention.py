"""Photos go after a while, what was seen in them stays: facts, reports, panoramas, small pictures.
Work that is done goes as well.

Whether a photo may go and that it goes is one step, in the one transaction with more than SQL
inside: who uploads it again meanwhile waits, and then stores what is gone. A worker that dies in
the middle has removed nothing but what may go. How old a photo is says a clock that a wrong wall
clock does not take along (`storage.slow_clock`).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.resources import Resources, now, resources
from storage import old_photos, old_work, slow_clock
from storage.records import Transaction

FOLDER = "images/"
AT_ONCE = 500  # photos looked up, or pieces of work forgotten, together
WORK_STAYS = timedelta(days=7)  # after it was done
TOGETHER = 50  # photos removed in one transaction, in which others wait to write


@flow(name="retention", persist_result=False)
def retention(days: int = 0, dry_run: bool = False) -> None:
    """Remove photos that are older and that nothing needs; a table among the artifacts says so.

    Args:
        days: since the last upload of the photo, and the last scene with it; 0 = as
            GONDOLA_PHOTO_KEEP_DAYS says, which may be 0, for ever.
        dry_run: only count photos.

    Raises:
        ValueError: with days below 0 no photo would be too young.
    """
    if days < 0:
        raise ValueError(f"days is {days}; say 1 or more, or 0 for GONDOLA_PHOTO_KEEP_DAYS.")
    tools, at = resources(), now()
    with tools.records.transaction() as tx:
        today = slow_clock.wind(tx, slow_clock.RETENTION, now=at)
    forget_work(tools, today - WORK_STAYS)
    keep = days or tools.settings.photo_keep_days
    if not keep:
        return
    before = today - timedelta(days=keep)
    stored = removed = 0
    for keys in _stored(tools):
        stored += len(keys)
        with tools.records.reading() as tx:
            old = _choose(old_photos.removable, tx, keys, before)
        removed += len(old) if dry_run else remove(tools, old, before)
    rows = [{"photos stored": stored, "removed": removed, "left": stored - removed}]
    said = f"Photos older than {keep} days {'would go' if dry_run else 'went'}."
    if at > today:
        said += f" It was taken for {today:%F %T} UTC, see docs/history.md."
    create_table_artifact(rows, "retention", said)


def forget_work(tools: Resources, before: datetime) -> int:
    """Forget work that was done before and that nothing reads any more; how much went."""
    with tools.records.reading() as tx:
        over = old_work.over(tx, before=before)
    for at in range(0, len(over), AT_ONCE):
        with tools.records.light_transaction() as tx:
            old_work.forget(tx, over[at : at + AT_ONCE])
    return len(over)


def remove(tools: Resources, keys: Sequence[str], before: datetime) -> int:
    """Remove these photos, but those that somebody came to need meanwhile; how many went."""
    gone = 0
    for at in range(0, len(keys), TOGETHER):
        with tools.records.transaction() as tx:
            going = _choose(old_photos.hold_removable, tx, keys[at : at + TOGETHER], before)
            for key in going:
                tools.objects.delete(key)
        gone += len(going)
    return gone


def _stored(tools: Resources) -> Iterator[list[str]]:
    keys = iter(tools.objects.list(FOLDER))
    while some := list(islice(keys, AT_ONCE)):
        yield some


def _choose(
    choose: Callable[..., set[str]], tx: Transaction, keys: Sequence[str], before: datetime
) -> list[str]:
    by_hash = {key.rpartition("/")[2].removesuffix(".jpg"): key for key in keys}
    return sorted(by_hash[one] for one in choose(tx, list(by_hash), before=before))
