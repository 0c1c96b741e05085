"""A running platform for benchmarks, with its own data folder and the small catalogue."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

import up
from demo import catalogue
from demo.client import Client
from settings import Settings

MASTER_KEY = "bench-master-key"

console = Console(highlight=False)


@contextmanager
def running_platform(data: str = "data/bench") -> Iterator[tuple[Settings, Client]]:
    """Start the platform on free ports with data in `data/bench`; stop it at the end."""
    settings = Settings(
        data=data,
        port=up.free_port(),
        prefect_port=up.free_port(),
        master_key=MASTER_KEY,
        outbound_allow="127.0.0.0/8",
        rate_limit=0,
    )
    up.ensure_master_key(settings)
    with up.Platform(settings, console.print):
        client = Client(settings.api_url)
        client.login(MASTER_KEY)
        catalogue.load(client, lambda: None)
        yield settings, client


def machine() -> str:
    """The processor and the number of cores, for the line under a table."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{models[0]}, {len(models)} cores"
