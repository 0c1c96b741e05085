"""The story of the demo, from an empty folder to pictures with boxes."""

import queue
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

import up
from demo import catalogue
from demo.client import API, Client
from demo.pictures import draw
from demo.receiver import Delivery, Receiver
from demo.tables import table
from settings import Settings

PHOTOS = Path(__file__).parents[1] / "tests/data/shelves"
SCENES = {
    "cans": ["cans_1.jpg", "cans_2.jpg"],
    "biscuits": ["biscuits_1.jpg", "biscuits_2.jpg"],
}
REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
WAIT_SECONDS = 120


@dataclass
class Scene:
    """One scene the demo asked for."""

    title: str
    photos: dict[int, Path]  # image id -> file
    scene_id: int
    scene: str
    asked_at: float
    waiting_for: set[str] = field(default_factory=lambda: set(REPORT_TYPES))


def tell(settings: Settings, console: Console) -> bool:
    """Show the whole path against a running platform; True when every report was READY."""
    client = Client(settings.api_url)
    client.login(settings.master_key)
    _load_catalogue(client, console)
    uploads = _upload(client, console)
    with Receiver() as receiver:
        scenes = _recognise(client, uploads, receiver.url, console)
        ready = _show_reports(client, scenes, receiver.deliveries, settings, console)
    _show_links(client, scenes, settings, console)
    return ready


def demo_settings(settings: Settings) -> Settings:
    """The demo's own data folder and master key; free ports when the usual ones are taken."""
    data = Path(settings.data) / "demo"
    data.mkdir(parents=True, exist_ok=True)
    key = data / "master.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(32))
    changes: dict[str, Any] = {"data": str(data), "master_key": key.read_text()}
    if up.taken(settings.host, settings.port):
        changes["port"] = up.free_port()
    if up.taken(settings.prefect_host, settings.prefect_port):
        changes["prefect_port"] = up.free_port()
    return msgspec.structs.replace(settings, **changes)


def _load_catalogue(client: Client, console: Console) -> None:
    with _progress(console) as progress:
        task = progress.add_task("Loading the catalogue", total=None)
        count = catalogue.load(client, lambda: progress.advance(task))
        progress.update(task, total=count)
    console.print(f"Catalogue: {count} SKUs, one packshot each (cut from the shelves themselves)")


def _upload(client: Client, console: Console) -> dict[str, dict[int, Path]]:
    uploads = {
        title: {client.upload(PHOTOS / name): PHOTOS / name for name in names}
        for title, names in SCENES.items()
    }
    console.print(f"Uploaded {sum(map(len, uploads.values()))} photos")
    return uploads


def _recognise(
    client: Client, uploads: dict[str, dict[int, Path]], webhook: str, console: Console
) -> list[Scene]:
    scenes: list[Scene] = []
    for title, photos in uploads.items():
        body = {
            "images": list(photos),
            "report_types": REPORT_TYPES,
            "webhook": webhook,
            "metadata": {"agent_id": "demo", "agent_name": "Demo agent"},
        }
        asked_at = time.monotonic()
        reply = client.post(f"{API}/recognize/", json=body)
        milliseconds = (time.monotonic() - asked_at) * 1000
        console.print(f"POST /recognize [{title}] -> {reply['reports']} in {milliseconds:.0f} ms")
        scenes.append(Scene(title, photos, reply["id"], reply["scene"], asked_at))
    return scenes


def _show_reports(
    client: Client,
    scenes: list[Scene],
    deliveries: "queue.Queue[Delivery]",
    settings: Settings,
    console: Console,
) -> bool:
    names = {s["id"]: s["name"] for s in client.get(f"{API}/sku/?limit=1000")["results"]}
    by_id, ready = {scene.scene_id: scene for scene in scenes}, True
    with _progress(console) as progress:
        tasks = {s.scene_id: progress.add_task(s.title, total=len(REPORT_TYPES)) for s in scenes}
        while any(scene.waiting_for for scene in scenes):
            delivery = deliveries.get(timeout=WAIT_SECONDS)
            scene = by_id[delivery.body["id"]]
            for report_type, answer in delivery.body["reports"].items():
                ready &= _show_report(
                    scene, report_type, answer, delivery, names, settings, console
                )
                progress.advance(tasks[scene.scene_id])
    return ready


def _show_report(  # noqa: PLR0913, PLR0917  one report and everything it is shown with
    scene: Scene,
    report_type: str,
    answer: Any,
    delivery: Delivery,
    names: dict[int, str],
    settings: Settings,
    console: Console,
) -> bool:
    scene.waiting_for.discard(report_type)
    seconds = delivery.at - scene.asked_at
    if isinstance(answer, dict):  # an ERROR has an object where a report has rows
        console.print(f"[red]{scene.title}: {report_type} failed: {answer['error']}[/red]")
        return False
    console.print(table(f"{report_type}", answer, names))
    console.print(f"  {scene.title}: webhook {seconds:.2f} s after POST /recognize\n")
    if report_type == "REALOGRAM":
        for entry in answer:
            photo = scene.photos[entry["image"]]
            target = settings.data_dir / "pictures" / photo.name
            draw(photo, entry, target)
            console.print(f"  picture with boxes: {target}")
    return True


def _show_links(client: Client, scenes: list[Scene], settings: Settings, console: Console) -> None:
    login = settings.api_url.replace("://", f"://demo:{client.token}@")
    console.rule("Look around")
    for scene in scenes:
        facts = client.get(f"/scenes/{scene.scene}", headers={"Accept": "application/json"})
        console.print(f"{scene.title}: scene page  {login}/scenes/{scene.scene}", soft_wrap=True)
        console.print(f"{scene.title}: Prefect run {facts['flow_run_url']}", soft_wrap=True)
    console.print(f"API documentation: {settings.api_url}/docs", soft_wrap=True)
    console.print(f"Prefect UI:        {settings.prefect_ui_url}", soft_wrap=True)


def _progress(console: Console) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
