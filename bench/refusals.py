"""Time the refusal of uploads that are no sound JPEG: a 400 with a reason, in milliseconds."""

import io
import statistics
import time

import urllib3
from PIL import Image
from rich.table import Table

from bench.photos import CANS, enlarged
from bench.platform import console, machine, running_platform
from demo.client import API

RUNS = 20


def main() -> None:
    """Upload each bad file some times and print what the server says and how fast."""
    table = Table(title="POST /uploads of bad files (milliseconds)")
    for column in ("file", "bytes", "status", "median", "worst", "reason"):
        table.add_column(column)
    with running_platform() as (settings, client):
        pool = urllib3.PoolManager()
        headers = {"Authorization": f"Token {client.token}"}
        for name, data in _bad_files().items():
            took: list[float] = []
            for _ in range(RUNS):
                began = time.perf_counter()
                reply = pool.request(
                    "POST",
                    f"{settings.api_url}{API}/uploads/",
                    fields={"datafile": ("photo.jpg", data, "image/jpeg")},
                    headers=headers,
                )
                took.append((time.perf_counter() - began) * 1000)
            times = f"{statistics.median(took):.1f}", f"{max(took):.1f}"
            table.add_row(name, str(len(data)), str(reply.status), *times, reply.data.decode())
    console.print(table)
    console.print(f"{RUNS} uploads each on {machine()}")


def _bad_files() -> dict[str, bytes]:
    photo = enlarged(CANS[0], 8.3)
    png = io.BytesIO()
    Image.new("RGB", (400, 300)).save(png, "PNG")
    bomb = io.BytesIO()
    Image.new("L", (20000, 15000)).save(bomb, "JPEG", quality=1)
    return {
        "cut off in the middle": photo[: len(photo) // 2],
        "markers overwritten": photo[:2] + b"\x00" * 500 + photo[502:],
        "PNG": png.getvalue(),
        "empty": b"",
        "300 MP": bomb.getvalue(),
    }


if __name__ == "__main__":
    main()
