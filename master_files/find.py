"""Which row a line means, and which rows it names."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, structs

from api.wire import BIGGEST
from master_files.lines import BY_KIND, CATALOGUE, PLANOGRAM_RECORDS, SKU
from storage import catalog, master_data, master_kinds, named_rows, tables
from storage.errors import NotFound
from storage.master_kinds import Kind
from storage.named_rows import Ids
from storage.records import Transaction

_KEYS = {  # of rows without a name
    PLANOGRAM_RECORDS: ("planogram", "rack_index", "shelf_index", "product_index"),
    "mhl_record": ("musthavelist", "sku"),
}
_CATALOGUE = {
    "brand": master_kinds.BRANDS,
    "category": master_kinds.CATEGORIES,
    "manufacturer": master_kinds.MANUFACTURERS,
}


class Unclear(Exception):
    """A line does not say which row it means, or names a row that is not there."""


class Found(Struct, frozen=True):
    """The row a line means, as it is."""

    id: int
    values: dict[str, Any]


class Lookup:
    """Finds rows by name, code or place; remembers those that lines wrote."""

    def __init__(self, tx: Transaction) -> None:
        """Read names when they are first asked for."""
        self._tx = tx
        self._ids: dict[str, Ids] = {}

    def resolve(self, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Put ids where a line says names or codes.

        Raises:
            Unclear: nothing is called that, or several things are.
        """
        resolved = dict(values)
        for link, said in self._links(kind).items():
            for field in (f"{link}_name", f"{link}_cid"):
                name = resolved.pop(field, None)
                if name is not None and resolved.get(link) is None:
                    resolved[link] = self._the_one(said, str(name), field)
        return resolved

    def _links(self, kind: str) -> Mapping[str, str]:
        """Say of each link what it names: a table, as `_known` calls it."""
        if kind == SKU:
            return {name: _CATALOGUE[name].table.name for name in CATALOGUE}
        return {name: table.name for name, table in BY_KIND[kind].kind.links.items()}

    def _the_one(self, table: str, name: str, field: str) -> int:
        found = self._known(table).get(name, [])
        if not found:
            raise Unclear(f"{field}: Nothing in {table} is called {name}.")
        if len(found) > 1:
            raise Unclear(f"{field}: Several of {table} are called {name}: {found}. Say the id.")
        return found[0]

    def _known(self, table: str) -> Ids:
        if table not in self._ids:
            is_sku = table == tables.skus.name
            read = named_rows.by_code(self._tx) if is_sku else None
            self._ids[table] = read or named_rows.by_name(self._tx, tables.metadata.tables[table])
        return self._ids[table]

    def find(self, kind: str, values: Mapping[str, Any]) -> Found | None:
        """Find the row that a line means: by id, else by code, name or place.

        Raises:
            Unclear: several rows are called so, or the id belongs to another SKU.
        """
        if values.get("id") is not None:
            return self._by_id(kind, values)
        if kind in _KEYS:
            return self._by_place(kind, values)
        name = values.get("cid" if kind == SKU else "name")
        table = _table(kind)
        if name is None or str(name) not in self._known(table):
            return None
        return self._read(kind, self._the_one(table, str(name), "cid" if kind == SKU else "name"))

    def _by_id(self, kind: str, values: Mapping[str, Any]) -> Found | None:
        try:
            found = self._read(kind, _number(values["id"]) or 0)
        except NotFound:
            return None  # it is new, or the id is told to be wrong when it is written
        if kind == SKU and values.get("cid") not in (None, found.values["cid"]):
            code = found.values["cid"]
            raise Unclear(f"id: SKU {found.id} has the code {code}; leave the id out.")
        return found

    def _by_place(self, kind: str, values: Mapping[str, Any]) -> Found | None:
        key = {name: _number(values.get(name)) for name in _KEYS[kind]}
        if None in key.values():
            return None
        ids = named_rows.by_fields(self._tx, BY_KIND[kind].kind, key)
        if len(ids) > 1:
            raise Unclear(f"Several records are there already: {ids}. Say the id.")
        return self._read(kind, ids[0]) if ids else None

    def _read(self, kind: str, row_id: int) -> Found:
        if kind == SKU:
            return Found(row_id, structs.asdict(catalog.get_sku(self._tx, row_id)))
        own: Kind[Any] = BY_KIND[kind].kind
        return Found(row_id, structs.asdict(master_data.get(self._tx, own, row_id)))

    def note(self, kind: str, row_id: int, values: Mapping[str, Any]) -> None:
        """Remember what a row is called from now on."""
        name = values.get("cid" if kind == SKU else "name")
        if name is not None and kind not in _KEYS:
            ids = self._known(_table(kind)).setdefault(str(name), [])
            if row_id not in ids:
                ids.append(row_id)

    def called(self, kind: str, name: str) -> int | None:
        """Find the row of a name, None when there is none.

        Raises:
            Unclear: several rows are called so.
        """
        table = _table(kind)
        return self._the_one(table, name, "name") if name in self._known(table) else None


def _table(kind: str) -> str:
    return tables.skus.name if kind == SKU else BY_KIND[kind].kind.table.name


def _number(value: Any) -> int | None:
    try:
        number = int(value)
    except (TypeError, ValueError):
        return None
    return number if 0 <= number <= BIGGEST else None
