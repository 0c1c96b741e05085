"""Post 20 scenes at once and count what comes back: all READY, none twice."""

import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from bench.photos import enlarged_cans
from bench.platform import console, machine, running_platform
from demo.client import API
from demo.receiver import Receiver

SCENES = 20
REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
WAIT_SECONDS = 300


def main() -> None:
    """Run the load and print what came back."""
    with running_platform() as (settings, client), Receiver() as receiver:
        images = [client.upload(path) for path in enlarged_cans(settings.data_dir / "photos")]
        body = {"images": images, "report_types": REPORT_TYPES, "webhook": receiver.url}

        def post(_: int) -> float:
            began = time.monotonic()
            client.post(f"{API}/recognize/", json=body)
            return time.monotonic() - began

        began = time.monotonic()
        with ThreadPoolExecutor(SCENES) as pool:
            accepts = list(pool.map(post, range(SCENES)))
        expected = SCENES * len(REPORT_TYPES)
        arrivals = [receiver.deliveries.get(timeout=WAIT_SECONDS) for _ in range(expected)]
        seconds = max(arrival.at for arrival in arrivals) - began
        time.sleep(5)  # a second delivery of the same report would arrive now
        seen = Counter(
            (a.body["id"], report_type) for a in arrivals for report_type in a.body["reports"]
        )
        failed = sum(isinstance(r, dict) for a in arrivals for r in a.body["reports"].values())
        console.print(f"{SCENES} scenes posted at once, {len(seen)} of {expected} reports arrived")
        console.print(f"arrived twice: {expected - len(seen) + receiver.deliveries.qsize()}")
        console.print(f"in ERROR: {failed}")
        console.print(f"201 after {statistics.median(accepts) * 1000:.0f} ms (median)")
        console.print(f"last webhook after {seconds:.1f} s: {SCENES / seconds * 60:.0f} scenes/min")
        console.print(machine())


if __name__ == "__main__":
    main()
