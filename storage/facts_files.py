"""Facts as files that an engine reads many of at once: as they lie, or fetched into a folder."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import msgspec

from storage import merged_facts
from storage.errors import ObjectMissing
from storage.facts import facts_key
from storage.folder import FolderStore
from storage.merged_facts import Part
from storage.objects import ObjectStore

FETCHES = 8  # from S3 at a time


class FactsOf(msgspec.Struct, frozen=True):
    """The facts of one scene: which."""

    scene_id: int
    scene: str
    day: date
    revision: int


class Files(msgspec.Struct, frozen=True):
    """Where the rows of one table are."""

    single: dict[int, Path]  # by scene_id: files with nothing else
    merged: list[Path]  # files that hold other scenes, too; by their columns `scene`, `revision`


def gather(objects: ObjectStore, wanted: Sequence[FactsOf], table: str, folder: Path) -> Files:
    """Find the files of one table; what is not on this machine is fetched into the folder.

    Facts of earlier versions may lack the table: such scenes are in no file.
    """
    fetch = partial(_fetch, objects, folder)
    keys = [facts_key(one.day, one.scene, one.revision, table) for one in wanted]
    with ThreadPoolExecutor(FETCHES) as pool:
        paths = dict(zip((one.scene_id for one in wanted), pool.map(fetch, keys), strict=True))
        parts = _parts(objects, [one for one in wanted if paths[one.scene_id] is None])
        merged = list(pool.map(fetch, [part.key(table) for part in parts]))
    single = {scene_id: path for scene_id, path in paths.items() if path}
    return Files(single, [path for path in merged if path])


def _parts(objects: ObjectStore, missing: Sequence[FactsOf]) -> list[Part]:
    """The parts that may hold them."""
    by_day = {day: merged_facts.parts(objects, day) for day in {one.day for one in missing}}
    found = (merged_facts.holding(by_day[one.day], one.scene) for one in missing)
    return sorted({part for parts in found for part in parts})


def _fetch(objects: ObjectStore, folder: Path, key: str) -> Path | None:
    """The object as a file; None when there is none."""
    if isinstance(objects, FolderStore):
        path = objects.path(key)
        return path if path.exists() else None
    try:
        data = objects.get(key)
    except ObjectMissing:
        return None
    path = folder / key.replace("/", "_")
    path.write_bytes(data)
    return path
