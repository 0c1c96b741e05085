"""One real API process, without Prefect, to break in several ways."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.chaos import life
from demo.client import Client
from settings import Settings
from tests.flows.plant import wait_for
from up import answers, environment, free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Server:
    """A running API.

    Attributes:
        process: what `gondola api` became.
        pid: of its child that serves.
        client: has a token.
    """

    settings: Settings
    process: subprocess.Popen[bytes]
    pid: int
    client: Client


@contextmanager
def serving(folder: Path, **more: str) -> Iterator[Server]:
    """Run the API on a data folder of its own; `more` goes to its environment."""
    ours = Settings(
        data=str(folder / "data"),
        port=free_port(),
        master_key=life.MASTER_KEY,
        prefect_url="http://127.0.0.1:9/api",
        rate_limit=0,
    )
    command = [sys.executable, "-m", "cli", "api"]
    process = subprocess.Popen(command, env=environment(ours) | more, cwd=ROOT)
    try:
        wait_for(lambda: answers(f"{ours.api_url}/readyz"))
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        client = Client(ours.api_url)
        client.login(life.MASTER_KEY)
        yield Server(ours, process, int(children[-1]), client)
    finally:
        process.terminate()
        process.wait(30)


def photo(folder: Path, number: int) -> Path:
    """A JPEG of its own."""
    path = folder / f"{number}.jpg"
    path.write_bytes(life.photo(number))
    return path
