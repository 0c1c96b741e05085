"""Merge the facts of a day: few large files in place of many small ones, the same rows.

A part is written and read back before what is in it is removed, so a run that dies leaves
everything readable, and the next one ends what it began. Nothing is removed but what another file
holds as well: two runs at once, when one of them was thought dead, do no harm.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial

import msgspec

from storage import facts, failpoints, merged_facts
from storage.errors import ObjectCorrupt
from storage.fact_tables import LATER, TABLES
from storage.merged_facts import Part, Ref
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
    """List the days that have facts which are not merged, oldest first."""
    keys = (key.split("/") for key in objects.list("facts/") if key.endswith(".parquet"))
    return sorted({date.fromisoformat(day) for _, day, of, *_ in keys if of != merged_facts.FOLDER})


def merge_day(objects: ObjectStore, day: date, hashes: Hashes) -> Merged:
    """Merge what is complete and stands by itself; what a dying worker left unfinished stays.

    Args:
        objects: the store.
        day: over; facts that are being written on it all the same are merged another time.
        hashes: what the bytes must be; those of others are not compared.

    Raises:
        ObjectCorrupt: facts are damaged; nothing of their part was removed.
    """
    keys = _files(objects, day)
    single, done = _single(keys), _merged(objects, day)
    complete = sorted(ref for ref in single if single[ref] >= _ALWAYS and ref not in done)
    for start in range(0, len(complete), SCENES):
        refs = complete[start : start + SCENES]
        done |= dict.fromkeys(refs, _merge(objects, day, refs, hashes))
    _remove_single(objects, day, single, done)
    _remove_unfinished(objects, day, done)
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


def _is_finished(objects: ObjectStore, part: Part) -> bool:
    return all(objects.exists(part.key(table)) for table in _ALWAYS)


def _merged(objects: ObjectStore, day: date) -> dict[Ref, Part]:
    """The facts that are in a part whose tables are all there, and which."""
    return {
        ref: part
        for part in merged_facts.parts(objects, day)
        if _is_finished(objects, part)
        for ref in merged_facts.indexed(objects, part, min(_ALWAYS))
    }


def _remove_single(
    objects: ObjectStore, day: date, single: Mapping[Ref, set[str]], done: Mapping[Ref, Part]
) -> None:
    """Remove the objects of tables that the same table of a part holds."""
    held = cache(partial(merged_facts.indexed, objects))
    for ref in sorted(single.keys() & done.keys()):
        for table in sorted(single[ref]):
            if ref in held(done[ref], table):
                objects.delete(facts.facts_key(day, *ref, table))


def _remove_unfinished(objects: ObjectStore, day: date, done: Mapping[Ref, Part]) -> None:
    """Remove what runs that died wrote of parts, where finished parts hold all of it."""
    for part in merged_facts.parts(objects, day):
        if _is_finished(objects, part):
            continue
        tables = [table for table in TABLES if objects.exists(part.key(table))]
        if all(merged_facts.indexed(objects, part, table) <= done.keys() for table in tables):
            for table in tables:
                objects.delete(part.key(table))


def _merge(objects: ObjectStore, day: date, refs: Sequence[Ref], hashes: Hashes) -> Part:
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
    return part
