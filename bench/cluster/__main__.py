"""The same scenes with 1, 2 and 3 workers: throughput grows until the cores are used, none twice.

Every worker has one scene at a time and one inference thread, on PostgreSQL and S3 as on machines
of their own. All scenes of a round are posted first; the time runs until no work is open.

    python -m bench.cluster --scenes 40     five minutes on 2 idle cores
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.chaos.clients_log import History
from bench.chaos.invariants import check
from bench.cluster import clients
from bench.cluster.machines import Cluster
from bench.platform import console, machine
from cli_ends import end_on_signals
from demo import catalogue
from storage import work
from storage.objects import open_objects
from storage.records import Records

RESULTS = Path(__file__).parents[1] / "results/cluster.json"
WARM_UP = 3  # scenes of each worker
MOST = 3  # workers


def main() -> None:
    """Run the rounds, print the table and write the figures."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--scenes", type=int, default=40, help="of each round")
    scenes = options.parse_args().scenes
    end_on_signals()
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        chosen = {"worker_scenes": 1, "worker_threads": 1, "rate_limit": 0, "max_open_scenes": 0}
        with Cluster(Path(folder), apis=1, workers=1, **chosen) as cluster:
            told = _rounds(cluster, scenes)
    _print(told)
    RESULTS.write_text(json.dumps(told, indent=1) + "\n")


def _rounds(cluster: Cluster, scenes: int) -> dict[str, Any]:
    client, records = cluster.client(), Records(cluster.settings.records_url)
    catalogue.load(client, lambda: None)
    bodies = clients.prepare(client, "")
    rates, accepted = dict[str, float](), list[dict[str, Any]]()
    for workers in range(1, MOST + 1):
        cluster.add_workers(workers - len(cluster.workers))
        for count in (WARM_UP * workers, scenes):
            console.print(f"{workers} workers, {count} scenes")
            began = time.monotonic()
            for number in range(count):
                key = f"{workers}-{count}-{number}"
                body = bodies[number % len(bodies)]
                accepted.append(clients.insist(cluster.urls, client.token, body, key))
            _wait_for_end(records)
        rates[str(workers)] = round(scenes / (time.monotonic() - began) * 60, 1)
    objects = open_objects(cluster.settings.objects_url)
    verdict = check(records, objects, History(asked=len(accepted), accepted=accepted))
    objects.close()
    records.close()
    return {
        "scenes_per_minute": rates,
        "scenes": scenes,
        "scenes_lost": verdict.scenes_lost,
        "reports_twice": verdict.reports_twice,
        "violations": verdict.violations,
        "machine": machine(),
        "load_before": round(os.getloadavg()[2], 1),
    }


def _wait_for_end(records: Records) -> None:
    while True:
        with records.reading() as tx:
            if not work.backlog(tx):
                return
        time.sleep(0.1)


def _print(told: dict[str, Any]) -> None:
    table = Table(title=f"{told['scenes']} scenes of two photos, posted at once")
    for column in ("workers", "scenes a minute"):
        table.add_column(column, justify="right")
    for workers, rate in told["scenes_per_minute"].items():
        table.add_row(workers, f"{rate}")
    console.print(table)
    console.print(f"lost {told['scenes_lost']}, reports twice {told['reports_twice']}")
    console.print(*told["violations"], sep="\n")
    console.print(told["machine"])


if __name__ == "__main__":
    main()
