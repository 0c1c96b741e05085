"""`gondola doctor` finds what is wrong, `gondola stuck` what does not move."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import msgspec
import pytest
from alembic import command
from click.testing import CliRunner

import doctor
from cli_doctor import stuck, why
from flows.resources import now
from settings import Settings
from storage import migrate, slow_clock, work
from storage.records import Records
from storage.work import RECOGNIZE_SCENE
from tests.inference import tiny
from tests.storage.rows import accept

NOBODY = "http://127.0.0.1:9/api"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A platform that was started once."""
    ours = Settings(data=str(tmp_path / "data"), prefect_url=NOBODY)
    migrate.upgrade(ours.records_url)
    return ours


class Friendly(BaseHTTPRequestHandler):
    """Answers anything with a page."""

    def do_GET(self) -> None:
        """Say hello."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing else."""


@pytest.fixture
def httpserver_url() -> Iterator[str]:
    """Another program on a port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Friendly) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def records(settings: Settings) -> Iterator[Records]:
    """Its records."""
    made = Records(settings.records_url)
    yield made
    made.close()


def test_what_is_sound_needs_nothing(settings: Settings):
    """No advice for records, objects, gallery, clock and webhooks of a fresh installation."""
    checks = (doctor.records, doctor.objects, doctor.gallery, doctor.clock, doctor.webhooks)

    assert [""] * len(checks) == [doctor.examine(check, settings).do for check in checks]


def test_before_the_first_start_nothing_is_wrong_and_nothing_is_made(tmp_path: Path):
    """Looking makes no records: a restore finds an empty folder."""
    settings = Settings(data=str(tmp_path), prefect_url=NOBODY)
    checks = (doctor.records, doctor.gallery, doctor.clock)

    assert [False] * len(checks) == [doctor.examine(check, settings).wrong for check in checks]
    assert [] == list(tmp_path.iterdir())


def test_another_program_where_prefect_should_be_is_a_finding(tmp_path: Path, httpserver_url: str):
    """It answers 200 and no JSON."""
    settings = Settings(data=str(tmp_path), prefect_url=f"{httpserver_url}/api")

    assert doctor.examine(doctor.prefect, settings).wrong


def test_a_damaged_database_is_found(settings: Settings):
    """A page of the file that is not a page any more."""
    path = settings.data_dir / "records.db"
    data = bytearray(path.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    path.write_bytes(data)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)

    found = doctor.examine(doctor.records, settings)

    assert (True, "damaged") == (found.wrong, found.said.partition(":")[0])


def test_an_older_database_needs_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It is told, and no fault."""
    real = command.upgrade
    monkeypatch.setattr(command, "upgrade", lambda config, _: real(config, "0001"))
    settings = Settings(data=str(tmp_path))
    migrate.upgrade(settings.records_url)

    found = doctor.examine(doctor.records, settings)

    assert ("schema 0001", False) == (found.said.partition(",")[0], found.wrong)


def test_a_full_disk_is_found(settings: Settings):
    """More is to stay free than there is."""
    full = Settings(data=settings.data, min_free_mb=10**9)

    assert doctor.examine(doctor.disk, full).wrong


def test_a_changed_model_is_found(tmp_path: Path):
    """A file that is not the one of its card."""
    folder = tiny.write_folder(tmp_path / "m", tiny.grid_network(), tiny.detector_card())
    with (folder / "model.bin").open("ab") as file:
        file.write(b"x")
    ours = Settings(detector=str(folder), embedder="", text_finder="", text_reader="")

    assert doctor.examine(doctor.models, ours).wrong


def test_a_port_of_another_program_is_found():
    """Somebody listens there and is no API of ours."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        found = doctor.examine(doctor.ports, Settings(port=other.getsockname()[1]))

    assert found.wrong


def test_a_clock_that_was_set_back_is_found(settings: Settings, records: Records):
    """Scenes of the future."""
    with records.transaction() as tx:
        accept(tx, now=now() + timedelta(hours=1))

    assert doctor.examine(doctor.clock, settings).wrong


@pytest.mark.parametrize(("days", "advised"), [(1, False), (3, True)])
def test_photos_that_stay_for_longer_are_found(
    settings: Settings, records: Records, days: int, advised: bool
):
    """The clock went ahead, or nobody was there to let photos go."""
    ours = msgspec.structs.replace(settings, photo_keep_days=90)
    with records.transaction() as tx:
        slow_clock.wind(tx, slow_clock.RETENTION, now=now() - timedelta(days=days))

    assert advised == bool(doctor.examine(doctor.photos, ours).do)


def test_a_database_that_does_not_answer_is_a_finding():
    """A check that breaks ends no other."""
    found = doctor.examine(doctor.records, Settings(records="postgresql+psycopg://127.0.0.1:9/x"))

    assert found.wrong


def test_stuck_lists_what_does_not_move(
    settings: Settings, records: Records, monkeypatch: pytest.MonkeyPatch
):
    """What waits too long, failed and waits, or was given up; not what is fresh or done."""
    monkeypatch.setenv("GONDOLA_DATA", settings.data)
    with records.transaction() as tx:
        for number, minutes in enumerate((10, 0, 5, 5, 5), 1):
            due_at = now() - timedelta(minutes=minutes)
            work.enqueue(tx, RECOGNIZE_SCENE, number, due_at=due_at)
        for number in (3, 4, 5):
            lease = {"owner": "a", "now": now(), "lease": timedelta(minutes=1)}
            held = work.claim(tx, RECOGNIZE_SCENE, number, **lease)
            assert held
            if number == 3:
                work.retry(tx, held, due_at=now() + timedelta(hours=1), problem="no store")
            elif number == 4:
                work.give_up(tx, held.id, problem="no store")
            else:
                work.finish(tx, held.id, now=now())

    said = CliRunner().invoke(stuck, env={"COLUMNS": "200"})

    assert 1 == said.exit_code
    assert {"1", "3", "4"} == {
        line.split()[2] for line in said.output.splitlines() if "scene" in line
    }


def test_stuck_says_how_much_more_there_is(
    settings: Settings, records: Records, monkeypatch: pytest.MonkeyPatch
):
    """Fifty are shown, all are counted."""
    monkeypatch.setenv("GONDOLA_DATA", settings.data)
    with records.transaction() as tx:
        for number in range(53):
            work.enqueue(tx, RECOGNIZE_SCENE, number, due_at=now() - timedelta(hours=1))

    said = CliRunner().invoke(stuck, env={"COLUMNS": "200"})

    assert 50 == sum(" scene " in f" {line} ".replace("│", " ") for line in said.output.split("\n"))
    assert "And 3 more: 53 in all" in said.output


@pytest.mark.parametrize(
    ("state", "lease", "due", "word"),
    [
        ("FAILED", None, 0, "Given up"),
        ("OPEN", 1, 0, "works on it"),
        ("OPEN", None, 1, "tried again"),
        ("OPEN", -1, -2, "died over it"),
        ("OPEN", None, -2, "No worker"),
    ],
)
def test_why_is_a_sentence(state: str, lease: int | None, due: int, word: str):
    """Each way of not moving has its own."""
    at = now()
    one = work.Work(
        id=1,
        flow=RECOGNIZE_SCENE,
        subject_id=1,
        revision=1,
        tries=1,
        state=state,
        due_at=at + timedelta(minutes=due),
        lease_until=None if lease is None else at + timedelta(minutes=lease),
        owner="a",
        problem=None,
        finished_at=None,
    )

    assert word in why(one, at)
