"""Time a 2-photo scene of 8 MP photos, from POST /recognize to the last webhook.

Peer in the same run: the bare pipeline (decode, detect, identify, rows) on the same two photos in
one process, photos in parallel as the worker does it. The difference is what the platform costs.
Limits: the whole under 3 s (goal 1.2 s), the difference under 0.8 s (goal 0.4 s), on 2 cores.
"""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rich.table import Table

from bench.platform import PHOTOS, console, machine, running_platform
from demo.client import API, Client
from demo.receiver import Receiver
from flows.resources import Resources
from settings import Settings

WARM_UP, RUNS = 3, 15
REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
NAMES = ["cans_1.jpg", "cans_2.jpg"]
LIMIT, GOAL = 3.0, 1.2  # seconds
OVERHEAD_LIMIT, OVERHEAD_GOAL = 0.8, 0.4  # seconds


def main() -> None:
    """Run the benchmark and print the table."""
    with running_platform() as (settings, client):
        images = [client.upload(PHOTOS / name) for name in NAMES]
        with Receiver() as receiver:
            for _ in range(WARM_UP):
                _one_scene(client, receiver, images)
            scenes = [_one_scene(client, receiver, images) for _ in range(RUNS)]
        bare = _bare_pipeline(settings)
    _print(scenes, bare)


def _one_scene(client: Client, receiver: Receiver, images: list[int]) -> dict[str, float]:
    """Post one scene and wait for its webhooks; milliseconds per stage and in all."""
    began = time.monotonic()
    body = {"images": images, "report_types": REPORT_TYPES, "webhook": receiver.url}
    reply = client.post(f"{API}/recognize/", json=body)
    accepted = time.monotonic()
    arrivals = [receiver.deliveries.get(timeout=60) for _ in REPORT_TYPES]
    facts: dict[str, Any] = client.get(
        f"/scenes/{reply['scene']}", headers={"Accept": "application/json"}
    )
    while facts["status"] not in {"DONE", "ERROR"}:
        time.sleep(0.05)
        facts = client.get(f"/scenes/{reply['scene']}", headers={"Accept": "application/json"})
    total = (max(arrival.at for arrival in arrivals) - began) * 1000
    return {"accept": (accepted - began) * 1000, **facts["timings"], "total": total}


def _bare_pipeline(settings: Settings) -> list[float]:
    """Milliseconds of recognising both photos in parallel in this process, per run."""
    resources = Resources(settings)
    gallery = resources.gallery()
    photos = [(PHOTOS / name).read_bytes() for name in NAMES]

    def recognise(photo: bytes) -> None:
        resources.recogniser.photo(photo, gallery)

    runs: list[float] = []
    with ThreadPoolExecutor(len(photos)) as pool:
        for _ in range(WARM_UP + RUNS):
            began = time.monotonic()
            list(pool.map(recognise, photos))
            runs.append((time.monotonic() - began) * 1000)
    return runs[WARM_UP:]


def _print(scenes: list[dict[str, float]], bare: list[float]) -> None:
    table = Table(title="2-photo scene, 8 MP photos, warm (milliseconds, median and worst)")
    for column in ("stage", "median", "worst"):
        table.add_column(column, justify="left" if column == "stage" else "right")
    for stage in scenes[0]:
        values = [scene.get(stage, 0.0) for scene in scenes]
        table.add_row(stage, f"{statistics.median(values):.0f}", f"{max(values):.0f}")
    table.add_row("bare pipeline", f"{statistics.median(bare):.0f}", f"{max(bare):.0f}")
    console.print(table)
    total = statistics.median(scene["total"] for scene in scenes) / 1000
    overhead = total - statistics.median(bare) / 1000
    console.print(f"total {total:.2f} s (limit {LIMIT}, goal {GOAL})")
    console.print(
        f"platform cost {overhead:.2f} s (limit {OVERHEAD_LIMIT}, goal {OVERHEAD_GOAL}); "
        f"total / bare = {total / (statistics.median(bare) / 1000):.1f}"
    )
    console.print(f"{RUNS} runs on {machine()}")


if __name__ == "__main__":
    main()
