"""Records and objects to import into."""

from collections.abc import Callable, Generator
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from api.uploads import Limits
from master_files.command import Imported, import_files
from storage import migrate
from storage.objects import ObjectStore, open_objects
from storage.records import Records
from tests.storage.rows import NOW

LIMITS = Limits(max_bytes=20_000_000, max_pixels=50_000_000)
Import = Callable[..., Imported]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to copy."""
    path = tmp_path_factory.mktemp("template") / "records.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def new_records(template: Path, tmp_path: Path) -> Generator[Callable[[], Records]]:
    """Makes fresh records."""
    made: list[Records] = []

    def make() -> Records:
        path = tmp_path / f"records-{len(made)}.db"
        copyfile(template, path)
        made.append(Records(f"sqlite:///{path}"))
        return made[-1]

    yield make
    for records in made:
        records.close()


@pytest.fixture
def records(new_records: Callable[[], Records]) -> Records:
    """Fresh records."""
    return new_records()


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    """An empty object folder."""
    return open_objects(tmp_path.joinpath("objects").as_uri())


@pytest.fixture
def take(records: Records, objects: ObjectStore, tmp_path: Path) -> Import:
    """Imports texts as files, by name."""

    def take(*paths: Path, **files: Any) -> Imported:
        options = {n: files.pop(n) for n in ("kind", "unit", "dry_run") if n in files}
        written = list(paths)
        for name, text in files.items():
            path = tmp_path / name.replace("__", ".")
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
            written.append(path)
        return import_files(records, objects, written, limits=LIMITS, now=NOW, **options)

    return take
