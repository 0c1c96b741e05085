"""docs/warehouse.md: its tables are the schema, its examples run as they stand."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import merge_facts
from storage.objects import ObjectStore, open_objects
from storage.question_parts import DIMENSIONS
from storage.questions import QUESTIONS
from storage.records import Records
from storage.warehouse import Warehouse
from storage.warehouse_refresh import Figures, Source, refresh
from storage.warehouse_schema import TABLES
from tests.storage.rows import NOW
from tests.storage.seen import facing, recognise, see

TEXT = (Path(__file__).parents[2] / "docs/warehouse.md").read_text()


@pytest.fixture
def data(tmp_path: Path, records: Records, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    """A data folder beside the caller: a merged scene, seen twice, and a fresh one."""
    objects = open_objects((tmp_path / "data/objects").as_uri())
    again = see(records, objects, facing(0, 7), facing(1, 7))
    recognise(records, objects, again, facing(0, 8), revision=2)
    merge_facts.merge_day(objects, NOW.date(), {})
    later = NOW + timedelta(days=1)
    see(records, objects, facing(0, 8), facing(1, None), facing(2, 7, duplicate=True), at=later)
    monkeypatch.chdir(tmp_path)
    return objects


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_documented(table: str) -> None:
    """The section of a table names each of its columns."""
    section = TEXT.split(f"\n### {table}\n")[1].split("\n#")[0]

    assert [] == [column for column in TABLES[table] if f"`{column}`" not in section]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_question_is_documented(question: Any) -> None:
    """So is what it may be asked by."""
    assert f"| `{question.name}` |" in TEXT
    assert [] == [name for name in DIMENSIONS if f"`{name}`" not in TEXT]


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL))
def test_plain_engines_read_the_facts(data: ObjectStore, code: str) -> None:
    """Code without anything of ours counts current revisions, merged and fresh."""
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102 - the documentation
    counts = names["counts"]
    rows = counts.fetchall() if hasattr(counts, "fetchall") else counts.rows()

    assert [(8, 2), (None, 1)] == rows
    assert "storage" not in code


def test_the_sql_of_the_document_runs(data: ObjectStore, records: Records, tmp_path: Path) -> None:
    """Each example is a question the warehouse understands."""
    made = Warehouse(tmp_path / "data")
    source = Source(records, data, [], lambda *_: Figures(0, 0), 0.5)
    refresh(made, source, now=NOW + timedelta(days=2))
    examples = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)[0].split(";")
    commands = re.findall(r'gondola sql "(.*?)"', TEXT)

    for query in [*(one for one in examples if one.strip()), *commands]:
        made.query(query)
