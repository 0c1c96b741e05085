"""Photos in, reports and webhooks out."""

import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from demo.client import API, CallFailed, Client
from demo.receiver import Receiver
from demo.story import SCENES
from settings import Settings

REPORT_TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM"]
WAIT_SECONDS = 120


def recognise(client: Client, images: list[int], receiver: Receiver) -> dict[str, Any]:
    """Ask for all reports of a scene."""
    body = {"images": images, "report_types": REPORT_TYPES, "webhook": receiver.url}
    return client.post(f"{API}/recognize/", json=body)


def collect(receiver: Receiver, scenes: int) -> Counter[tuple[int, str]]:
    """Wait for every report of so many scenes; how often each arrived."""
    seen: Counter[tuple[int, str]] = Counter()
    while len(seen) < scenes * len(REPORT_TYPES):
        body = receiver.deliveries.get(timeout=WAIT_SECONDS).body
        seen.update((body["id"], report_type) for report_type in body["reports"])
    return seen


def scene_facts(client: Client, scene: str) -> dict[str, Any]:
    """The scene as JSON, when it is finished."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        facts = client.get(f"/scenes/{scene}", headers={"Accept": "application/json"})
        if facts["status"] in {"DONE", "ERROR"}:
            return facts
        time.sleep(0.1)
    raise AssertionError(f"scene {scene} did not finish")


def test_photos_become_reports_and_webhooks(client: Client, receiver: Receiver, photos: Path):
    """Two photos give three READY reports, and each is posted once with the body of the report."""
    images = [client.upload(photos / name) for name in SCENES["cans"]]
    reply = recognise(client, images, receiver)
    bodies = [receiver.deliveries.get(timeout=WAIT_SECONDS).body for _ in REPORT_TYPES]
    posted = {name: rows for body in bodies for name, rows in body["reports"].items()}
    read = {
        name: client.get(f"{API}/reports/{report_id}/")
        for name, report_id in reply["reports"].items()
    }

    assert {"READY"} == {report["status"] for report in read.values()}
    assert posted == {name: report["json"] for name, report in read.items()}
    assert images == [photo["image"] for photo in posted["REALOGRAM"]]
    assert sum(len(photo["annotations"]) for photo in posted["REALOGRAM"]) > 50
    assert any(box["sku_id"] for p in posted["REALOGRAM"] for box in p["annotations"])


def test_twenty_scenes_at_once_are_all_ready_and_none_twice(
    client: Client, receiver: Receiver, photos: Path
):
    """Twenty scenes posted in one burst give sixty reports, each delivered exactly once."""
    image = client.upload(photos / SCENES["biscuits"][1])
    replies = [recognise(client, [image], receiver) for _ in range(20)]
    seen = collect(receiver, 20)
    statuses = {
        client.get(f"{API}/reports/{report_id}/")["status"]
        for reply in replies
        for report_id in reply["reports"].values()
    }

    assert {"READY"} == statuses
    assert {1} == set(seen.values())
    assert receiver.deliveries.empty()


def test_an_unreadable_stored_photo_does_not_stop_the_scene(
    client: Client, receiver: Receiver, photos: Path, settings: Settings, tmp_path: Path
):
    """The other photo is still reported, and the scene and each report say what is wrong."""
    broken = tmp_path / "broken.jpg"
    with Image.open(photos / SCENES["biscuits"][0]) as photo:
        photo.rotate(180).save(broken)
    images = [client.upload(broken), client.upload(photos / SCENES["biscuits"][0])]
    digest = client.get(f"{API}/uploads/{images[0]}/")
    stored = _stored_file(settings, digest["url"])
    stored.write_bytes(stored.read_bytes()[:5000])
    reply = recognise(client, images, receiver)
    collect(receiver, 1)
    report = client.get(f"{API}/reports/{reply['reports']['FACING_COUNT']}/")
    facts = scene_facts(client, reply["scene"])

    assert "READY" == report["status"]
    assert (1, 2) == (report["photos"]["used"], report["photos"]["total"])
    assert images[0] == report["photos"]["problems"][0]["image"]
    assert ["ERROR", "READY"] == [photo["status"] for photo in facts["photos"]]


def _stored_file(settings: Settings, url: str) -> Path:
    """The file of an uploaded photo in the folder store."""
    name = url.split("?", maxsplit=1)[0].rsplit("/", 1)[1]
    return next((settings.data_dir / "objects").rglob(name))


def test_a_png_is_refused_with_a_reason(client: Client, tmp_path: Path):
    """A picture that is no JPEG gets a 400 that says what it is."""
    png = tmp_path / "shelf.png"
    Image.new("RGB", (40, 40)).save(png)

    with pytest.raises(CallFailed, match=r"400.*PNG"):
        client.upload(png)


@pytest.mark.skipif(shutil.which("chromium") is None, reason="install chromium to see the page")
def test_the_scene_page_shows_in_a_browser(
    client: Client, receiver: Receiver, photos: Path, tmp_path: Path
):
    """Headless Chromium renders the page with photo, boxes and tables."""
    images = [client.upload(photos / names[0]) for names in SCENES.values()]
    reply = recognise(client, images, receiver)
    collect(receiver, 1)
    scene_facts(client, reply["scene"])
    address = client.base_url.replace("://", f"://page:{client.token}@")
    url, shot = f"{address}/scenes/{reply['scene']}", tmp_path / "scene.png"
    _chromium(f"--screenshot={shot}", "--window-size=1400,2400", url, home=tmp_path)
    page = _chromium("--dump-dom", url, home=tmp_path)

    assert page.count("<rect") + page.count("<polygon") > 50
    with Image.open(shot) as picture:
        assert len(picture.convert("RGB").resize((200, 300)).getcolors(60000) or []) > 1000


def _chromium(*arguments: str, home: Path) -> str:
    options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run"
    quiet = "--disable-background-networking --disable-component-update --disable-sync"
    profile = f"--user-data-dir={home / 'chromium'}"
    command = ["chromium", *options.split(), *quiet.split(), profile, "--virtual-time-budget=5000"]
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, timeout=120, check=True
    )
    return done.stdout
