"""Records that were damaged or killed in the middle refuse clearly; they never lie."""

import hashlib
import random
import subprocess
import sys
from pathlib import Path
from shutil import copyfile

import pytest

from storage import reports
from storage.errors import RecordsUnavailable
from storage.records import Records
from storage.report_bodies import Body
from tests.storage.rows import LINEAGE, NOW, accept

ROOT = Path(__file__).parents[2]
FLIPS, KILLS = 200, 20
BODY = b'{"rows": [' + b", ".join(b'{"sku_id": %d}' % n for n in range(400)) + b"]}"
_UPGRADE_AND_KILL = """
import os, random, shutil, signal, sys, time
from contextlib import closing
from alembic import command
from storage import condition, migrate
folder, kills, roll = sys.argv[1], int(sys.argv[2]), random.Random(5)
real = command.upgrade

def forked(url, head):
    child = os.fork()
    if child == 0:
        command.upgrade = lambda config, _: real(config, head)
        migrate.upgrade(url)
        os._exit(0)
    return child

os.waitpid(forked(f"sqlite:///{folder}/old.db", "0001"), 0)
for number in range(kills):
    url = f"sqlite:///{shutil.copyfile(f'{folder}/old.db', f'{folder}/{number}.db')}"
    child = forked(url, "head")
    time.sleep(roll.uniform(0, 0.4))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    child = os.fork()
    if child == 0:
        ran, newest = condition.schema(url)
        migrate.upgrade(url)
        upgraded = condition.schema(url)[0] == newest
        print(ran in ("0001", newest), ran == newest, upgraded, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_a_migration_that_is_killed_happened_or_did_not(tmp_path: Path):
    """Killed at any moment, the database has the old schema or the new one, and goes on."""
    done = subprocess.run(
        [sys.executable, "-c", _UPGRADE_AND_KILL, str(tmp_path), str(KILLS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    said = [line.split() for line in done.stdout.splitlines()]

    assert KILLS == len(said)
    assert {("True", "True")} == {(whole, upgraded) for whole, _, upgraded in said}
    assert "False" in {finished for _, finished, _ in said}  # some were killed before the end


@pytest.fixture
def damaged(tmp_path: Path, sqlite_template: Path) -> Path:
    """A database with two reports."""
    path = tmp_path / "records.db"
    copyfile(sqlite_template, path)
    records = Records(f"sqlite:///{path}")
    with records.transaction() as tx:
        for _ in range(2):
            (report_id,) = accept(tx).report_ids.values()
            body = Body(BODY, None, _sha256(BODY))
            reports.set_ready(tx, report_id, 1, body, lineage=LINEAGE, now=NOW)
    with records.transaction() as tx:
        pass
    records.close()
    return path


def test_a_flipped_byte_is_never_another_report(damaged: Path, tmp_path: Path):
    """Of 200 flips in the file each report is what it was, or there is an error."""
    roll, sound = random.Random(11), damaged.read_bytes()  # noqa: S311  no secret
    outcomes = [_read(_flipped(sound, roll, tmp_path)) for _ in range(FLIPS)]

    assert outcomes.count("wrong") == 0
    assert outcomes.count("error") > 0


def test_without_its_hash_a_flipped_byte_is_another_report(
    damaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """SQLite does not notice: the hash of the body is what does."""
    monkeypatch.setattr(reports, "check_body", _unchecked)
    roll, sound = random.Random(11), damaged.read_bytes()  # noqa: S311  no secret

    assert "wrong" in {_read(_flipped(sound, roll, tmp_path)) for _ in range(FLIPS)}


def _unchecked(data: bytes | None, _: Body) -> bytes | None:
    return data


def _flipped(sound: bytes, roll: random.Random, folder: Path) -> Path:
    data = bytearray(sound)
    within = sound.index(BODY[:50]) if roll.random() < 0.2 else roll.randrange(len(data))
    data[min(within + roll.randrange(100, 2000), len(data) - 1)] ^= 1 << roll.randrange(8)
    path = folder / "flipped.db"
    for beside in ("", "-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    path.write_bytes(data)
    return path


def _read(path: Path) -> str:
    """Read both reports as the API does."""
    records = Records(f"sqlite:///{path}")
    try:
        with records.reading() as tx:
            found = [reports.get(tx, report_id).body for report_id in (1, 2)]
    except Exception:  # also a row that is none any more: whatever it is, it is loud
        return "error"
    finally:
        records.close()
    return "right" if found == [BODY, BODY] else "wrong"


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_damaged_file_is_said_to_be_damaged(damaged: Path):
    """Whoever opens it hears a sentence that a store is wrong, which the API tells as 503."""
    data = bytearray(damaged.read_bytes())
    data[100:4096] = bytes(3996)
    damaged.write_bytes(data)
    records = Records(f"sqlite:///{damaged}")

    with pytest.raises(RecordsUnavailable, match="The database"), records.reading() as tx:
        reports.get(tx, 1)
    records.close()
