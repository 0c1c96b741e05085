"""The rules of the house, as tests."""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from flows import reports
from flows.reports.frames import INPUTS
from inference.card import load_card
from settings import Settings
from storage import facts

ROOT = Path(__file__).parents[1]
PACKAGES = ["api", "flows", "inference", "master_files", "outbound", "storage", "telemetry"]
PACKAGES += ["demo", "export"]
FILE_LIMIT = 250
LONGER_FILES = {  # path -> the reason why it may be longer
    "storage/migrations/versions/0001_first_tables.py": "all tables of the first release",
}

# One door per outside thing: library -> the only files that may import it.
DOORS = {
    "sqlalchemy": ["storage/", "flows/server.py"],  # there: how Prefect opens its own file
    "alembic": ["storage/"],
    "minio": ["storage/s3.py"],
    "duckdb": ["storage/facts.py", "storage/warehouse.py"],
    "openvino": ["inference/runtime.py"],
    "zxingcpp": ["inference/barcodes.py"],
    "opentelemetry": ["telemetry/traces.py"],
    "aiohttp": ["outbound/door.py", "api/nudge.py", "api/app.py"],
    "settings": ["api/app.py", "flows/resources.py", "flows/server.py", "flows/deploy.py", "demo/"],
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every source file of the packages, parsed."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def imported(tree: ast.Module) -> set[str]:
    """Top-level names of the modules a file imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def test_every_outside_thing_has_one_door():
    """A library that touches the outside is imported by its door only."""
    strays = [
        f"{path} imports {library}"
        for path, tree in sources()
        for library in imported(tree) & DOORS.keys()
        if not any(path.startswith(door) for door in DOORS[library])
    ]

    assert [] == strays


def test_files_stay_small():
    """A file over the limit has a reason, or is two ideas."""
    long = [
        f"{path}: {len((ROOT / path).read_text().splitlines())} lines"
        for path, _ in sources()
        if path not in LONGER_FILES and len((ROOT / path).read_text().splitlines()) > FILE_LIMIT
    ]

    assert [] == long


def test_public_things_have_docstrings():
    """What others may call says what it does."""
    bare = [
        f"{path}: {node.name}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
        and node in tree.body
    ]

    assert [] == bare


@pytest.mark.parametrize("name", sorted(Settings.__struct_fields__))
def test_every_setting_is_documented(name: str):
    """docs/operations.md names every variable."""
    assert f"`GONDOLA_{name.upper()}`" in (ROOT / "docs/operations.md").read_text()


@pytest.mark.parametrize("name", reports.NAMES)
def test_every_report_type_is_documented(name: str):
    """docs/reports.md has a section for every report type."""
    assert f"\n## {name}\n" in (ROOT / "docs/reports.md").read_text()


def test_every_deployment_is_documented():
    """docs/operations.md has every deployment of prefect.yaml."""
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    documented = set(re.findall(r"`([a-z-]+/warm)`", (ROOT / "docs/operations.md").read_text()))

    assert {d["entrypoint"] and f"{_flow_name(d)}/{d['name']}" for d in deployments} == documented


def _flow_name(deployment: dict[str, str]) -> str:
    """The flow of an entrypoint `flows/x_y.py:x_y` is `x-y`."""
    return deployment["entrypoint"].split(":")[1].replace("_", "-")


@pytest.mark.parametrize("name", sorted(facts.TABLES.keys() - {facts.EMBEDDINGS}))
def test_facts_are_what_reports_are_promised(name: str):
    """The columns storage writes are the columns the report contract names."""
    assert facts.TABLES[name].items() <= INPUTS[name].schema.items()


def test_requirements_name_no_registry():
    """Pinned requirements hold hashes, never the host they came from."""
    hosts = [
        path.name
        for path in (ROOT / "requirements").iterdir()
        if re.search(r"https?://|--index-url|--find-links|file:", path.read_text())
    ]

    assert [] == hosts


def test_the_documented_card_is_a_card(tmp_path: Path):
    """The example of docs/operations.md loads as it stands, with real hashes filled in."""
    text = (ROOT / "docs/operations.md").read_text()
    card = text.split("```toml\n")[1].split("```")[0]
    (tmp_path / "model.onnx").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    (tmp_path / "model.toml").write_text(card.replace('"..."', f'"{digest}"'))

    assert "my-detector-1.0.0" == load_card(tmp_path, verify=True).id
