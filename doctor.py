"""Checks of an installation, each with a sentence of what to do; `gondola doctor` prints them."""

import email.utils
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import msgspec
import urllib3
import yaml

import up
from flows.deploy import PREFECT_YAML
from flows.gallery import HANDFUL, GalleryMismatch, refuse_foreign_gallery
from inference.card import EmbedderCard, load_card, model_folder
from inference.check import check as check_model
from inference.errors import InferenceError
from settings import Settings
from storage import condition, references, scenes, slow_clock
from storage.errors import StorageError
from storage.objects import open_objects
from storage.records import Records

SLOW_FSYNC, NO_FSYNC = 50.0, 0.005  # milliseconds; faster than this nothing reaches a disk
CLOCK_SECONDS = 5
BEHIND = timedelta(days=2)  # a clock that is wound every night
LOW_DISK = 5_000_000_000  # bytes


class Finding(msgspec.Struct, frozen=True):
    """What one check saw; `wrong` = nothing works until something is done about it."""

    said: str
    do: str = ""  # empty = all is well
    wrong: bool = False


def records(settings: Settings) -> Finding:
    """Do the records open, are they sound, and of this version?"""
    path = condition.sqlite_file(settings.records_url)
    if path is not None and not path.exists():
        return Finding("there are none yet", "`gondola up` makes them at its first start.")
    if path is not None and (damage := condition.damage(path)):
        return Finding(f"damaged: {damage}", "Stop everything, `gondola restore` a backup.", True)
    ran, newest = condition.schema(settings.records_url)
    if ran != newest:
        return Finding(
            f"schema {ran}, this version has {newest}", "Any start brings it up to date."
        )
    return Finding(f"sound, schema {ran}")


def objects(settings: Settings) -> Finding:
    """Can objects be stored now?"""
    store = open_objects(settings.objects_url)
    try:
        store.check()
    finally:
        store.close()
    return Finding("can be stored")


def disk(settings: Settings) -> Finding:
    """Is there room, and does the disk keep what it is told to keep?"""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free, took = shutil.disk_usage(settings.data_dir).free, _fsync(settings.data_dir)
    said = f"{free / 1e9:.0f} GB free, fsync takes {took:.2f} ms"
    if free < settings.min_free_mb * 1_000_000:
        return Finding(said, "No photo is taken: make room, or lower GONDOLA_MIN_FREE_MB.", True)
    if free < LOW_DISK:
        return Finding(said, "Make room: photos are refused below GONDOLA_MIN_FREE_MB.")
    if took > SLOW_FSYNC:
        return Finding(
            said, "Every answer waits for the disk: take a faster one for the data folder."
        )
    if took < NO_FSYNC:
        return Finding(said, "The disk promises too much: power loss may undo what was accepted.")
    return Finding(said)


def models(settings: Settings) -> Finding:
    """Are all models sound: card, hashes, golden answer?"""
    named = [settings.detector, settings.embedder, settings.text_finder, settings.text_reader]
    found = [problem for name in named if name for problem in check_model(model_folder(name))]
    if found:
        return Finding("; ".join(found), "Bring the folder back, or name another model.", True)
    return Finding(", ".join(filter(None, named)))


def gallery(settings: Settings) -> Finding:
    """Does the embedder know the references?"""
    card = load_card(model_folder(settings.embedder))
    if not isinstance(card, EmbedderCard):
        return Finding(f"{card.id} is no embedder", "Name one in GONDOLA_EMBEDDER.", True)
    if not condition.has_tables(settings.records_url):
        return Finding("no references yet")
    stored = Records(settings.records_url)
    try:
        refuse_foreign_gallery(stored, card.key)
        with stored.reading() as tx:
            missing = references.missing(tx, card.key, HANDFUL + 1)
    except GalleryMismatch as error:
        return Finding("made by another embedder", str(error), True)
    finally:
        stored.close()
    if len(missing) > HANDFUL:  # fewer a worker embeds by itself
        return Finding("many references are new", "The flow rebuild-gallery embeds them.")
    return Finding("up to date")


def prefect(settings: Settings) -> Finding:
    """Does Prefect answer, with our version, our deployments and a worker?"""
    api = settings.prefect_api_url
    if not up.answers(f"{api}/health"):
        return Finding(
            f"no answer at {api}", "Scenes are accepted and wait: `gondola up` starts it."
        )
    theirs = urllib3.request("GET", f"{api}/admin/version", timeout=2.0).json()
    if theirs != version("prefect"):
        do = "Take the same version for the server and for Gondola."
        return Finding(f"{theirs}, ours is {version('prefect')}", do)
    there = urllib3.request("POST", f"{api}/deployments/filter", json={}, timeout=5.0).json()
    wanted = len(yaml.safe_load(PREFECT_YAML.read_text())["deployments"])
    if sum(one["name"] == "warm" for one in there) < wanted:
        return Finding("deployments are missing", "A worker registers them when it starts.")
    if not up.worker_is_online(settings):
        return Finding("no worker is online", "Start one: `gondola worker`; see its log.")
    return Finding(f"{theirs}, a worker is online")


def ports(settings: Settings) -> Finding:
    """Is the API's port ours, or free?"""
    at = f"{settings.host}:{settings.port}"
    if up.answers(f"http://{at}/healthz"):
        return Finding(f"the API answers at {at}")
    if up.taken(settings.host, settings.port):
        return Finding(f"another program has {at}", "Choose another GONDOLA_PORT.", True)
    return Finding(f"{at} is free, the API does not run")


def clock(settings: Settings) -> Finding:
    """Do the clocks of this machine, of Prefect and of the records agree?"""
    newest = _newest_scene(settings) if condition.has_tables(settings.records_url) else None
    if newest and (newest - datetime.now(UTC)).total_seconds() > CLOCK_SECONDS:
        return Finding(f"the newest scene is of {newest:%F %T}", "Set the clock (NTP).", True)
    try:
        reply = urllib3.request("GET", f"{settings.prefect_api_url}/health", timeout=2.0)
        theirs = email.utils.parsedate_to_datetime(reply.headers["Date"])
    except (urllib3.exceptions.HTTPError, KeyError, ValueError):
        return Finding(f"{datetime.now(UTC):%F %T} UTC, nobody to compare with")
    apart = abs((datetime.now(UTC) - theirs).total_seconds())
    if apart > CLOCK_SECONDS:
        return Finding(f"{apart:.0f} s from Prefect's", "Set both clocks (NTP).")
    return Finding(f"{datetime.now(UTC):%F %T} UTC, as Prefect's")


def _newest_scene(settings: Settings) -> datetime | None:
    stored = Records(settings.records_url)
    try:
        with stored.reading() as tx:
            return max((scene.created_at for scene in scenes.recent(tx, 1)), default=None)
    finally:
        stored.close()


def photos(settings: Settings) -> Finding:
    """Do photos go when they should?"""
    days = settings.photo_keep_days
    if not days:
        return Finding("are kept for ever")
    shown = _shown(settings)
    if shown and datetime.now(UTC) - shown > BEHIND:
        said = f"go {days} days after the last use, counted as if it were {shown:%F}"
        do = "Set the clock if it is ahead (NTP); what was switched off catches up alone."
        return Finding(said, do)
    return Finding(f"go {days} days after the last use")


def _shown(settings: Settings) -> datetime | None:
    at, url = None, settings.records_url
    if condition.has_tables(url) and len(set(condition.schema(url))) == 1:
        stored = Records(url)
        with stored.reading() as tx:
            at = slow_clock.shows(tx, slow_clock.RETENTION)
        stored.close()
    return at


def webhooks(settings: Settings) -> Finding:
    """Where may webhooks go?"""
    if settings.outbound_allow:
        return Finding(f"to the public internet and {settings.outbound_allow}")
    return Finding("to the public internet; GONDOLA_OUTBOUND_ALLOW opens networks of your own")


def _fsync(folder: Path) -> float:
    return condition.fsync_milliseconds(folder)


_SAID = (StorageError, InferenceError, OSError, urllib3.exceptions.HTTPError)  # with a sentence
Check = Callable[[Settings], Finding]
CHECKS: tuple[Check, ...] = (
    records,
    objects,
    disk,
    models,
    gallery,
    prefect,
    ports,
    clock,
    photos,
    webhooks,
)


def examine(check: Check, settings: Settings) -> Finding:
    """Run a check; one that breaks has found something."""
    try:
        return check(settings)
    except _SAID as error:
        said = str(error)
    except Exception as error:  # as another program's answer where Prefect's should be
        said = f"{type(error).__name__}: {error}"
    return Finding(said, "See docs/operations.md, what happens when something fails.", True)
