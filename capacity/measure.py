"""Run the platform with this machine's settings and keep it busy for a while."""

import os
import shutil
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import msgspec

import up
from demo import catalogue
from demo.client import API, Client
from settings import Settings

REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM", "PRICE_TAGS"]
WARM_UP = 2  # scenes of each client before it counts
WAIT = 20  # seconds of one request; then it is asked again
MASTER_KEY = "capacity-master-key"
MB = 1_000_000


@dataclass(frozen=True)
class Measured:
    """What was seen.

    Attributes:
        seconds: of each scene, from its POST until all of its reports were ready, ascending.
        slots: scenes that were under way at any moment.
        window: seconds of the measurement.
        worker_mb, api_mb, prefect_mb: most memory of each, 10^6 bytes; of the API with its server.
        cpu_seconds: of worker, API and Prefect, for one scene.
        photo_mb, other_mb: on disk for one scene: its photos; facts, pictures, records and reports.
    """

    seconds: list[float]
    slots: int
    window: float
    worker_mb: float
    api_mb: float
    prefect_mb: float
    cpu_seconds: tuple[float, float, float]
    photo_mb: float
    other_mb: float


def measure(
    settings: Settings, photos: list[Path], seconds: float, say: Callable[[str], None]
) -> Measured:
    """Start a platform of its own beside whatever runs here, load it, stop it, forget its data.

    Args:
        settings: models, slots and threads are taken from them.
        photos: of one scene.
        seconds: how long it is kept busy.
        say: is told what happens.
    """
    with _own(settings) as ours, up.Platform(ours, say) as platform:
        client = Client(ours.api_url)
        client.login(MASTER_KEY)
        catalogue.load(client, lambda: None)
        images = [client.upload(path) for path in photos]
        say(f"{ours.worker_scenes} scenes at a time, of {len(photos)} photos, for {seconds:.0f} s")
        _busy(ours, client.token, images, WARM_UP, 0)
        disk, spent, began = _bytes(ours.data_dir), _cpu(platform), time.monotonic()
        taken = _busy(ours, client.token, images, 1, began + seconds)
        window = time.monotonic() - began
        cpu = [
            (after - before) / len(taken)
            for after, before in zip(_cpu(platform), spent, strict=True)
        ]
        prefect, api, worker = (_peak_mb(part) for part in platform.parts)
        return Measured(
            seconds=sorted(taken),
            slots=ours.worker_scenes,
            window=window,
            worker_mb=worker,
            api_mb=api,
            prefect_mb=prefect,
            cpu_seconds=(cpu[2], cpu[1], cpu[0]),
            photo_mb=sum(path.stat().st_size for path in photos) / MB,
            other_mb=(_bytes(ours.data_dir) - disk) / MB / len(taken),
        )


@contextmanager
def _own(settings: Settings) -> Generator[Settings]:
    """Settings of a platform that touches nothing of the other one."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix="capacity-", dir=settings.data_dir))
    ours = msgspec.structs.replace(
        settings,
        data=str(folder),
        records="",
        objects="",
        host="127.0.0.1",
        port=up.free_port(),
        public_url="",
        prefect_host="127.0.0.1",
        prefect_port=up.free_port(),
        prefect_url="",
        prefect_database="",
        master_key=MASTER_KEY,
        rate_limit=0,
        max_open_scenes=0,
    )
    try:
        up.ensure_master_key(ours)
        yield ours
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _busy(
    settings: Settings, token: str, images: list[int], at_least: int, until: float
) -> list[float]:
    """One client per slot posts scene after scene until that time; the seconds each took."""

    def go_on(_: int) -> list[float]:
        client, taken = Client(settings.api_url, token), list[float]()
        while len(taken) < at_least or time.monotonic() < until:
            began = time.monotonic()
            _scene(client, images)
            taken.append(time.monotonic() - began)
        return taken

    slots = settings.worker_scenes
    with ThreadPoolExecutor(slots) as pool:
        return [one for taken in pool.map(go_on, range(slots)) for one in taken]


def _scene(client: Client, images: list[int]) -> None:
    """Post a scene and wait until its reports are ready."""
    body = {"images": images, "report_types": REPORT_TYPES}
    reply = client.post(f"{API}/recognize/?wait={WAIT}", json=body)
    if "results" in reply:
        return
    for report_id in reply["reports"].values():
        while client.get(f"{API}/reports/{report_id}/")["status"] == "NOT_READY":
            time.sleep(0.2)


def _bytes(folder: Path) -> int:
    """Bytes of the files in a folder, logs and Prefect's own left out."""
    kept = [path for path in folder.rglob("*") if path.is_file()]
    other = {folder / "logs", folder / "prefect", folder / "model-cache"}
    return sum(path.stat().st_size for path in kept if not other & set(path.parents))


def _processes(part: up.Part) -> list[Path]:
    """The process of a part and those it started, in /proc."""
    assert part.process  # noqa: S101  it was started
    group = part.process.pid
    found = (path for path in Path("/proc").iterdir() if path.name.isdigit())
    return [path for path in found if _group(path) == group]


def _group(process: Path) -> int:
    """The process group; 0 when the process is gone.

    Source: proc_pid_stat(5); the name before it may hold anything, in parentheses.
    """
    try:
        return int(process.joinpath("stat").read_text().rpartition(")")[2].split()[2])
    except OSError:
        return 0


def _cpu(platform: up.Platform) -> list[float]:
    """CPU seconds so far of Prefect, API and worker."""
    return [sum(map(_cpu_of, _processes(part))) for part in platform.parts]


def _cpu_of(process: Path) -> float:
    """User and system time. Source: proc_pid_stat(5), fields 14 and 15."""
    try:
        fields = process.joinpath("stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak_mb(part: up.Part) -> float:
    """The most memory a part and its children ever had. Source: proc_pid_status(5), VmHWM."""
    peaks = 0.0
    for process in _processes(part):
        lines = process.joinpath("status").read_text().splitlines()
        peaks += sum(int(line.split()[1]) * 1024 / MB for line in lines if line.startswith("VmHWM"))
    return peaks
