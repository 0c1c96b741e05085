"""Merge the facts of a day: few large files in place of many small ones, the same rows.

A part is written and read back before what is in it is removed, so a run that dies leaves
everything readable, and the next one ends what it began.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from storage import facts, failpoints, merged_facts
from storage.errors import ObjectCorrupt
from storage.fact_tables import LATER, TABLES
from storage.merged_facts import Ref
from storage.objects import ObjectStore

SCENES = 32  # of one part: its footer is read in half a millisecond
_ALWAYS = TABLES.keys() - LATER  # tables that every facts revision has

Hashes = Mapping[Ref, Mapping[str, str]]  # SHA-256 by table, where it is known


class Merged(msgspec.Struct, frozen=True):
    """What merging a day did."""

    day: date
    scenes: int  # facts revisions merged
    before: int  # Parquet files of the day
    after: int


def days(objects: ObjectStore) -> list[date]:
    """List the days that have facts, oldest first."""
    return sorted({date.fromisoformat(key.split("/")[1]) for key in objects.list("facts/")})


def merge_day(objects: ObjectStore, day: date, hashes: Hashes) -> Merged:
    """Merge what is complete and stands by itself; what a dying worker left unfinished stays.

    Args:
        objects: the store.
        day: over for so long that nobody writes its facts any more.
        hashes: what the bytes must be; those of others are not compared.

    Raises:
        ObjectCorrupt: facts are damaged; nothing of their part was removed.
    """
    keys = _files(objects, day)
    single, done = _single(keys), _merged(objects, day)
    complete = sorted(ref for ref in single if single[ref] >= _ALWAYS and ref not in done)
    for start in range(0, len(complete), SCENES):
        _merge(objects, day, complete[start : start + SCENES], hashes)
    for ref in [ref for ref in single if ref in done] + complete:
        for table in sorted(single[ref]):
            objects.delete(facts.facts_key(day, *ref, table))
    objects.prune(_folder(day))
    return Merged(day, len(complete), len(keys), len(_files(objects, day)))


def _folder(day: date) -> str:
    return f"facts/{day:%Y-%m-%d}/"


def _files(objects: ObjectStore, day: date) -> list[str]:
    return [key for key in objects.list(_folder(day)) if key.endswith(".parquet")]


def _single(keys: Sequence[str]) -> dict[Ref, set[str]]:
    """Which tables each facts revision has as objects of its own."""
    found: dict[Ref, set[str]] = defaultdict(set)
    for _, _, scene, revision, table in (key.split("/") for key in keys):
        if scene != merged_facts.FOLDER:
            number = int(revision.removeprefix("r"))
            found[scene, number].add(table.removesuffix(".parquet"))
    return found


def _merged(objects: ObjectStore, day: date) -> set[Ref]:
    """The facts that are in a part; one whose last table was never written is removed."""
    found: set[Ref] = set()
    for part in merged_facts.parts(objects, day):
        if objects.exists(part.key(list(TABLES)[-1])):
            found |= merged_facts.indexed(objects, part, list(TABLES)[-1])
            continue
        for table in TABLES:
            objects.delete(part.key(table))
    return found


def _merge(objects: ObjectStore, day: date, refs: Sequence[Ref], hashes: Hashes) -> None:
    """Write the part of these facts, table by table, and compare it with what it was made of."""
    part = merged_facts.part_of(day, refs)
    for table in TABLES:
        keys = {ref: facts.facts_key(day, *ref, table) for ref in refs}
        known = {ref: hashes.get(ref, {}).get(table) for ref in refs}
        read = {ref: facts.read_key(objects, keys[ref], known[ref]) for ref in refs}
        frames = {ref: frame.select(*TABLES[table]) for ref, frame in read.items()}
        objects.put(part.key(table), merged_facts.encode(table, frames), facts.PARQUET)
        failpoints.hit("merged facts written")
        for ref, frame in merged_facts.load(objects, part, table).items():
            if not frame.equals(frames[ref]):
                raise ObjectCorrupt(f"{part.key(table)} was not written as it was read.")
