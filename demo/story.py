"""The story of the demo, from an empty folder to pictures with boxes."""

import queue
import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

import up
from demo import catalogue, plan
from demo.client import API, Client
from demo.pictures import draw
from demo.receiver import Delivery, Receiver
from demo.tables import table
from settings import Settings

PHOTOS = Path(__file__).parents[1] / "tests/data/shelves"
SCENES = {
    "cans": ["jp_20250529_034303-359.jpg", "jp_20250529_034321-360.jpg"],
    "biscuits": ["no_IMG_20180105_175641.jpg", "no_IMG_20180105_175637.jpg"],
}
REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
PLANNED_TYPES = ["PLANOGRAM_COMPLIANCE", "MHL_COMPLIANCE", "PRICE_TAGS", "PANORAMA"]
WAIT_SECONDS = 120


@dataclass
class Scene:
    """One scene the demo asked for."""

    title: str
    photos: dict[int, Path]  # image id -> file
    scene_id: int
    scene: str
    asked_at: float
    report_types: list[str]
    arrived: set[str] = field(default_factory=set)

    @property
    def is_complete(self) -> bool:
        """Whether all of its reports arrived."""
        return self.arrived.issuperset(self.report_types)


@dataclass
class Demo:
    """A client of the platform, and where it prints."""

    client: Client
    settings: Settings
    console: Console

    def load_catalogue(self) -> None:
        """Make the SKUs of the small catalogue."""
        with _progress(self.console) as progress:
            task = progress.add_task("Loading the catalogue", total=None)
            count = catalogue.load(self.client, lambda: progress.advance(task))
        self._say(f"Catalogue: {count} SKUs, one packshot each (cut from the shelves themselves)")

    def upload(self) -> dict[str, dict[int, Path]]:
        """Upload the photos; returns image id -> file for each scene."""
        uploads = {
            title: {self.client.upload(PHOTOS / name): PHOTOS / name for name in names}
            for title, names in SCENES.items()
        }
        self._say(f"Uploaded {sum(map(len, uploads.values()))} photos")
        return uploads

    def recognise(
        self, title: str, photos: dict[int, Path], report_types: list[str], **more: Any
    ) -> Scene:
        """Ask for reports of a scene.

        Args:
            more: other fields of `POST /recognize/`.
        """
        agent = {"agent_id": "demo", "agent_name": "Demo agent"}
        body = {"images": list(photos), "report_types": report_types, "metadata": agent, **more}
        asked_at = time.monotonic()
        reply = self.client.post(f"{API}/recognize/", json=body)
        milliseconds = (time.monotonic() - asked_at) * 1000
        self._say(f"POST /recognize ({title}) -> {reply['reports']} in {milliseconds:.0f} ms")
        return Scene(title, photos, reply["id"], reply["scene"], asked_at, report_types)

    def show_reports(self, scenes: list[Scene], deliveries: "queue.Queue[Delivery]") -> bool:
        """Print each report as its webhook arrives; False when one failed or stayed away."""
        by_id, ready = {scene.scene_id: scene for scene in scenes}, True
        with _progress(self.console) as progress:
            tasks = {
                s.scene_id: progress.add_task(s.title, total=len(s.report_types)) for s in scenes
            }
            while not all(scene.is_complete for scene in scenes):
                try:
                    delivery = deliveries.get(timeout=WAIT_SECONDS)
                except queue.Empty:
                    self._say(f"[red]No webhook within {WAIT_SECONDS} s; see the logs.[/red]")
                    return False
                scene = by_id[delivery.body["id"]]
                ready &= self._show(scene, delivery)
                progress.update(tasks[scene.scene_id], completed=len(scene.arrived))
        return ready

    def _show(self, scene: Scene, delivery: Delivery) -> bool:
        """Print what one webhook brought."""
        ((report_type, answer),) = delivery.body["reports"].items()
        scene.arrived.add(report_type)
        if "error" in answer:
            self._say(f"[red]{scene.title}: {report_type} failed: {answer['error']}[/red]")
            return False
        self._say(table(f"{scene.title}: {report_type}", report_type, answer, self.names))
        self._say(f"  webhook {delivery.at - scene.asked_at:.2f} s after POST /recognize\n")
        if report_type == "REALOGRAM":
            self._draw(scene, answer)
        if report_type == "PANORAMA" and answer["image_url"]:
            self._keep_panorama(scene, answer["image_url"])
        return True

    def make_plan(self, scene: Scene) -> int:
        """Make a scene the planogram of a display and say what was changed in it; the display."""
        made = plan.make(self.client, scene.scene, self.names)
        self._say(f"Planogram of a new display: {scene.title} as it stands, but with")
        for change in made.changes:
            self._say(f"  - {change}")
        return made.display

    @cached_property
    def names(self) -> dict[int, str]:
        """Names of the SKUs, by id."""
        skus = self.client.get(f"{API}/sku/?limit={catalogue.PAGE}")["results"]
        return {sku["id"]: sku["name"] for sku in skus}

    def _draw(self, scene: Scene, realogram: list[dict[str, Any]]) -> None:
        for entry in realogram:
            photo = scene.photos[entry["image"]]
            target = self.settings.data_dir / "pictures" / photo.name
            draw(photo, entry, target)
            self._say(f"  picture with boxes: {target}")

    def _keep_panorama(self, scene: Scene, url: str) -> None:
        target = self.settings.data_dir / "pictures" / f"panorama-{scene.scene_id}.jpg"
        self.client.download(url, target)
        self._say(f"  picture of all photos: {target}")

    def show_links(self, scenes: list[Scene]) -> None:
        """Print where to look."""
        login = self.settings.api_url.replace("://", f"://demo:{self.client.token}@")
        self.console.rule("Look around")
        for scene in scenes:
            path = f"/scenes/{scene.scene}"
            facts = self.client.get(path, headers={"Accept": "application/json"})
            self._say(f"{scene.title}: scene page  {login}{path}")
            self._say(f"{scene.title}: Prefect run {facts['flow_run_url']}")
        self._say(f"API documentation: {self.settings.api_url}/docs")
        self._say(f"Prefect UI:        {self.settings.prefect_ui_url}")

    def _say(self, what: Any) -> None:
        self.console.print(what, soft_wrap=isinstance(what, str))


def tell(settings: Settings, console: Console) -> bool:
    """Show the whole path against a running platform; True when every report was READY."""
    client = Client(settings.api_url)
    client.login(settings.master_key)
    demo = Demo(client, settings, console)
    demo.load_catalogue()
    uploads = demo.upload()
    with Receiver() as receiver:
        to: dict[str, Any] = {"webhook": receiver.url}
        scenes = [demo.recognise(t, photos, REPORT_TYPES, **to) for t, photos in uploads.items()]
        ready = demo.show_reports(scenes, receiver.deliveries)
        if ready:
            to["display"] = demo.make_plan(scenes[0])
            title = f"{scenes[0].title} against the plan"
            again = demo.recognise(title, scenes[0].photos, PLANNED_TYPES, **to)
            ready = demo.show_reports([again], receiver.deliveries)
            scenes.append(again)
    demo.show_links(scenes)
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
    changes["outbound_allow"] = "127.0.0.0/8"  # its webhooks go to this machine
    if up.taken(settings.host, settings.port):
        changes["port"] = up.free_port()
    if up.taken(settings.prefect_host, settings.prefect_port):
        changes["prefect_port"] = up.free_port()
    return msgspec.structs.replace(settings, **changes)


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
