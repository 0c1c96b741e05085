"""Photos go after a while, what was seen in them stays: facts, reports, panoramas, small pictures.

A photo that is uploaded again, or put into a scene, at the moment in which it goes is put back.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from prefect import flow
from prefect.artifacts import create_table_artifact

from flows.resources import Resources, now, resources
from storage import old_photos
from storage.errors import ObjectMissing

FOLDER = "images/"
AT_ONCE = 500  # photos looked up together
TOGETHER = 20  # photos removed together; their bytes are in memory until that is certain
SETTLED_SECONDS = 2.0  # between finding a photo stored and recording its upload, at most


@flow(name="retention", persist_result=False)
def retention(days: int = 0, dry_run: bool = False) -> None:
    """Remove photos that are older and that nothing needs; a table among the artifacts says so.

    Args:
        days: since the last upload of the photo, and the last scene with it; 0 = as
            GONDOLA_PHOTO_KEEP_DAYS says, which may be 0, for ever.
        dry_run: only count.
    """
    tools, at = resources(), now()
    keep = days or tools.settings.photo_keep_days
    if not keep:
        return
    before = at - timedelta(days=keep)
    stored = removed = 0
    for keys in _stored(tools):
        stored += len(keys)
        old = _removable(tools, keys, before)
        removed += len(old) if dry_run else remove(tools, old, before)
    rows = [{"photos stored": stored, "removed": removed, "left": stored - removed}]
    said = "would go" if dry_run else "went"
    create_table_artifact(rows, "retention", f"Photos older than {keep} days {said}.")


def remove(tools: Resources, keys: Sequence[str], before: datetime) -> int:
    """Remove these photos, but those that somebody came to need meanwhile; how many went."""
    gone = 0
    for at in range(0, len(keys), TOGETHER):
        some = keys[at : at + TOGETHER]
        kept: dict[str, bytes] = {}
        for key in some:
            try:
                kept[key] = tools.objects.get(key)
            except ObjectMissing:
                continue
            tools.objects.delete(key)
        time.sleep(SETTLED_SECONDS)
        still = set(_removable(tools, list(kept), before))
        for key in kept.keys() - still:
            tools.objects.put(key, kept[key], "image/jpeg")
        gone += len(still)
    return gone


def _stored(tools: Resources) -> Iterator[list[str]]:
    keys = iter(tools.objects.list(FOLDER))
    while some := list(islice(keys, AT_ONCE)):
        yield some


def _removable(tools: Resources, keys: Sequence[str], before: datetime) -> list[str]:
    by_hash = {key.rpartition("/")[2].removesuffix(".jpg"): key for key in keys}
    with tools.records.reading() as tx:
        found = old_photos.removable(tx, list(by_hash), before=before)
    return sorted(by_hash[one] for one in found)
