"""Lines into the records, in one transaction: what is there is changed, the rest is added."""

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct, structs

from api.catalog import SkuBody, SkuChanges
from api.errors import FieldWrong
from api.master_bodies import changes_of
from master_files.find import Found, Lookup, Unclear
from master_files.lines import (
    BY_KIND,
    CATALOGUE,
    PACKSHOT,
    PLANOGRAM_RECORDS,
    PLANOGRAMS,
    SKU,
    Finding,
    Line,
)
from master_files.packshots import Packshot
from storage import catalog, drawn_planogram, master_data
from storage.catalog import SkuFields
from storage.errors import Conflict, UnknownImages, UnknownName
from storage.master_kinds import PLANOGRAM_RECORDS as RECORDS
from storage.records import Transaction

_REFUSED = (FieldWrong, Unclear, Conflict, UnknownImages, UnknownName)
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_CHANGES = {kind: changes_of(resource.body) for kind, resource in BY_KIND.items()}


class Counts(Struct):
    """What became of the lines of one kind."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0


class Writer:
    """Writes lines in a transaction and tells what was wrong with them."""

    def __init__(
        self, tx: Transaction, packshots: Mapping[str, Packshot], *, now: datetime
    ) -> None:
        """Take the pictures by where their line is."""
        self.findings: list[Finding] = []
        self.counts: defaultdict[str, Counts] = defaultdict(Counts)
        self._tx = tx
        self._packshots = packshots
        self._now = now
        self._lookup = Lookup(tx)
        self._said: dict[tuple[str, int], str] = {}  # row -> the line that wrote it

    def write(self, line: Line, *, again: bool = False) -> None:
        """Write one line, or note what is wrong with it.

        Args:
            again: it is counted already; this time something it names is there.
        """
        try:
            row_id = self._write(line, Counts() if again else self.counts[line.kind])
        except _REFUSED as error:
            field = getattr(error, "field", "")
            self.findings.append(Finding(line.where, f"{field}: {error}" if field else str(error)))
            return
        if line.only_new or line.whole:  # it says nothing that another line could say otherwise
            return
        former = self._said.setdefault((line.kind, row_id), line.where)
        if former != line.where:
            self.findings.append(Finding(line.where, f"The same as {former}: leave one out."))

    def _write(self, line: Line, count: Counts) -> int:
        values = self._lookup.resolve(line.kind, self._named(line))
        if line.where in self._packshots:
            values["image"] = self._packshots[line.where].record(self._tx, self._now)
        row_id = self._put(line, values, count)
        self._lookup.note(line.kind, row_id, values)
        return row_id

    def _put(self, line: Line, values: dict[str, Any], count: Counts) -> int:
        found = self._lookup.find(line.kind, values)
        if found is None and line.only_new and values.get("ean13"):
            found = self._lookup.find(line.kind, {"cid": values["ean13"]})
        if found is None:
            row_id = self._add(line.kind, values)
            count.added += 1
            return row_id
        changes = {} if line.only_new else self._checked(line.kind, values, found)
        if not changes:
            count.unchanged += 1
            return found.id
        row_id = self._change(line.kind, found, changes)
        count.changed += 1
        return row_id

    def _named(self, line: Line) -> dict[str, Any]:
        """Make the brands and so on that a SKU names and that are not there yet."""
        values = {name: value for name, value in line.values.items() if name != PACKSHOT}
        if line.kind == SKU:
            for link in CATALOGUE:
                name = values.pop(f"{link}_name", None)
                if name and not values.get(link):
                    values[link] = self._named_id(link, str(name), line.where)
        return values

    def _named_id(self, link: str, name: str, where: str) -> int:
        kind = "categories" if link == "category" else f"{link}s"
        made = Line(kind, where, {"name": name})
        return self._lookup.called(kind, name) or self._write(made, self.counts[kind])

    def _add(self, kind: str, values: dict[str, Any]) -> int:
        if kind == SKU:
            body = structs.asdict(_convert(values, SkuBody))
            del body["images"]
            return catalog.add_sku(self._tx, SkuFields(**body), now=self._now).id
        resource = BY_KIND[kind]
        sent = _sent(_convert(values, resource.body))
        return master_data.add(self._tx, resource.kind, sent, now=self._now).id

    def _checked(self, kind: str, values: dict[str, Any], found: Found) -> dict[str, Any]:
        """Read the fields by their types; those that are as they were are left out."""
        body = SkuChanges if kind == SKU else _CHANGES[kind]
        if kind == SKU:
            values = {name: value for name, value in values.items() if name != "id"}
        sent = _sent(_convert(values, body))
        sent.pop("images", None)
        return {n: v for n, v in sent.items() if found.values[n] != v}

    def _change(self, kind: str, found: Found, changes: dict[str, Any]) -> int:
        if kind == SKU:
            fields = SkuFields(**(found.values | changes))
            return catalog.replace_sku(self._tx, found.id, fields, now=self._now).id
        row = master_data.change(self._tx, BY_KIND[kind].kind, found.id, changes, now=self._now)
        return row.id

    def finish(self, line: Line) -> None:
        """Remove the records of a planogram that no line has, when the lines are all of it."""
        try:
            planogram_id = self._lookup.called(PLANOGRAMS, line.values["name"])
        except Unclear:  # `write` said so
            return
        if planogram_id is None:  # it could not be written
            return
        for record in drawn_planogram.records_of(self._tx, planogram_id):
            if (PLANOGRAM_RECORDS, record.id) not in self._said:
                master_data.remove(self._tx, RECORDS, record.id)
                self.counts[PLANOGRAM_RECORDS].removed += 1


def _convert(values: dict[str, Any], body: Any) -> Any:
    """Check fields as the API does.

    Raises:
        FieldWrong: names the field, or what is missing.
    """
    try:
        return msgspec.convert(values, body, strict=False)
    except msgspec.ValidationError as error:
        if missing := _MISSING.match(str(error)):
            raise FieldWrong(missing[1], "This field is required.") from None
        raise FieldWrong.of(error) from None


def _sent(body: Struct) -> dict[str, Any]:
    return {n: v for n, v in structs.asdict(body).items() if v is not msgspec.UNSET}
