"""Our Prefect server: its environment, its clients' environment, and its start.

`python -m flows.server --host 127.0.0.1 --port 4200` is `prefect server start` with Prefect's
SQLite file, when it has one, behind one connection; docs/adr/0001-prefect-database.md says why.
"""

import os
import runpy
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import URL
from sqlalchemy.dialects import plugins
from sqlalchemy.engine import CreateEnginePlugin

from settings import Settings

PLUGIN = "one_connection"
DATABASE = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
_PLUGIN_URL = f"?plugin={PLUGIN}"
_QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
}


def server_environment(settings: Settings) -> dict[str, str]:
    """What the Prefect server needs to know.

    Batches make the 40 events of a scene a handful of transactions. Finished runs go after a week;
    scenes, reports and webhook attempts stay in the records.
    """
    home = settings.data_dir / "prefect"
    services = "PREFECT_SERVER_SERVICES"
    return {
        **_QUIET,
        "PREFECT_HOME": str(home),
        DATABASE: settings.prefect_database or f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_SERVER_API_HOST": settings.prefect_host,
        "PREFECT_SERVER_API_PORT": str(settings.prefect_port),
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home / "ui"),  # packages may be read-only
        "PREFECT_SERVER_UI_API_URL": "/api",  # of whatever host and port the page came from
        f"{services}_TASK_RUN_RECORDER_BATCH_SIZE": "100",
        f"{services}_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
        f"{services}_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
        f"{services}_EVENT_PERSISTER_BATCH_SIZE": "200",
        f"{services}_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
        f"{services}_EVENT_PERSISTER_FLUSH_INTERVAL": "2",
        f"{services}_TRIGGERS_READ_BATCH_SIZE": "100",
        f"{services}_SCHEDULER_MIN_SCHEDULED_TIME": "PT3M",  # a few sweeps ahead, not an hour's
        f"{services}_DB_VACUUM_ENABLED": "events,flow_runs",
        f"{services}_DB_VACUUM_RETENTION_PERIOD": str(7 * 86400),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P1D",
    }


def client_environment(settings: Settings) -> dict[str, str]:
    """What a process needs before it imports Prefect: the worker, `flows.deploy`.

    Only warnings and errors go to Prefect's log pages: a line costs 18 ms of CPU. The gallery is
    searched by one thread per photo: on busy cores two BLAS threads took ten times as long as one.
    """
    return {
        **_QUIET,
        "OPENBLAS_NUM_THREADS": "1",
        "PREFECT_HOME": str(settings.data_dir / "prefect"),
        "PREFECT_API_URL": settings.prefect_api_url,
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_CLIENT_MAX_RETRIES": "8",
        "PREFECT_WORKER_QUERY_SECONDS": "5",  # scheduled runs send no event until they are late
    }


class OneConnection(CreateEnginePlugin):
    """An SQLAlchemy plugin that gives an engine one connection, for which callers queue.

    Prefect opens transactions that read before they write. With several connections to one SQLite
    file such a transaction fails as soon as another one commits in between, and twenty at once wait
    for each other until the busy timeout of a minute. With one they take turns.

    Source: https://docs.sqlalchemy.org/en/21/core/connections.html#sqlalchemy.engine.CreateEnginePlugin
    """

    def update_url(self, url: URL) -> URL:
        """Take the plugin's name out of the URL."""
        return url.difference_update_query(["plugin"])

    def handle_pool_kwargs(self, pool_cls: type[Any], pool_args: dict[str, Any]) -> None:
        """Set the pool's size."""
        pool_args.update(pool_size=1, max_overflow=0)


def main() -> None:
    """Run `prefect server start` with this process's arguments."""
    if pages := os.environ.get("PREFECT_SERVER_UI_STATIC_DIRECTORY"):
        Path(pages).mkdir(parents=True, exist_ok=True)
    if os.environ.get(DATABASE, "").startswith("sqlite"):
        plugins.register(PLUGIN, "flows.server", OneConnection.__name__)
        os.environ[DATABASE] += _PLUGIN_URL
    sys.argv[1:1] = ["server", "start"]
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
