"""Scenes: photos recognised and reported together, from acceptance to the end."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Update, select, update

from storage import images, quality, reports, scene_events, tables, visits, work
from storage.cause import NOBODY, Cause
from storage.errors import NotFound, UnknownImages
from storage.images import Image
from storage.quality import Quality
from storage.uuid7 import make_uuid7

ACCEPTED, RUNNING, DONE, ERROR = "ACCEPTED", "RUNNING", "DONE", "ERROR"
AT_ONCE = 100  # scenes `recognised` gives
_scenes, _photos = tables.scenes, tables.scene_images
_ADDING, _ADDING_PHOTOS = _scenes.insert().returning(_scenes.c.id), _photos.insert()
_PHOTO = ("position", "status", "problem", "quality")  # what a photo has in its scene alone


class NewScene(msgspec.Struct, frozen=True):
    """What a client asks for with POST /recognize."""

    image_ids: list[int]
    report_types: list[str]
    display_id: int | None = None
    visit_id: int | None = None
    taken_at: datetime | None = None
    webhook: str | None = None
    panorama_stack_height: int | None = None
    panorama_stack_width: int | None = None
    country_code: str | None = None
    retail_chain: str | None = None
    metadata: dict[str, Any] = {}
    agent_cid: str | None = None  # the client's own id of the agent
    agent_name: str | None = None


class Accepted(msgspec.Struct, frozen=True):
    """What the client gets for it."""

    scene_id: int
    scene: str
    visit_id: int
    report_ids: dict[str, int]  # by report type, in the order asked


class Scene(msgspec.Struct, frozen=True):
    """A scene and how far it is."""

    id: int
    scene: str  # UUIDv7 as 32 hex digits
    visit_id: int
    agent_id: int | None
    display_id: int | None
    taken_at: datetime | None
    webhook: str | None
    panorama_stack_height: int | None
    panorama_stack_width: int | None
    country_code: str | None
    retail_chain: str | None
    metadata: dict[str, Any]
    status: str  # ACCEPTED, RUNNING, DONE or ERROR
    facts_revision: int | None
    facts_day: date | None
    facts_at: datetime | None
    detector: str | None
    embedder: str | None
    recognised_with: dict[str, Any] | None  # `gallery`: its version; `thresholds`; `facts`: SHA-256
    flow_run_id: str | None
    timings: dict[str, float]  # milliseconds by stage
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class ScenePhoto(msgspec.Struct, frozen=True):
    """A photo in its scene."""

    image: Image
    position: int  # from 0, in the order given
    status: str  # NOT_READY, READY or ERROR
    problem: str | None
    quality: Quality | None = None  # None before recognition, and in ERROR


def accept(tx: Connection, new: NewScene, *, now: datetime, cause: Cause = NOBODY) -> Accepted:
    """Write everything a scene needs to be done, in the caller's one transaction.

    Raises:
        UnknownImages: names the ids that were never uploaded.
        UnknownVisit: when the named visit does not exist.
    """
    image_ids = list(dict.fromkeys(new.image_ids))
    known = images.known(tx, image_ids)
    if unknown := [image_id for image_id in image_ids if image_id not in known]:
        raise UnknownImages(unknown)
    visit_id = visits.make_or_reuse(tx, new.visit_id, started_at=new.taken_at or now, now=now)
    scene = make_uuid7(now)
    scene_id = _add_scene(tx, new, scene=scene, visit_id=visit_id, now=now)
    _add_photos(tx, scene_id, image_ids)
    report_ids = reports.add(tx, scene_id, new.report_types, now=now)
    work.enqueue(tx, work.RECOGNIZE_SCENE, scene_id, due_at=now, cause=cause)
    return Accepted(scene_id, scene, visit_id, report_ids)


def _add_scene(tx: Connection, new: NewScene, *, scene: str, visit_id: int, now: datetime) -> int:
    agent_id = visits.record_agent(tx, new.agent_cid, new.agent_name, now=now)
    not_columns = {"image_ids", "report_types", "visit_id", "agent_cid", "agent_name"}
    asked = {k: v for k, v in msgspec.structs.asdict(new).items() if k not in not_columns}
    own = {"scene": scene, "visit_id": visit_id, "agent_id": agent_id, "created_at": now}
    row = {**asked, **own, "status": ACCEPTED, "timings": {}}
    return tx.execute(_ADDING, row).scalar_one()


def _add_photos(tx: Connection, scene_id: int, image_ids: Sequence[int]) -> None:
    rows = [
        {"scene_id": scene_id, "image_id": image_id, "position": i, "status": reports.NOT_READY}
        for i, image_id in enumerate(image_ids)
    ]
    if rows:
        tx.execute(_ADDING_PHOTOS, rows)


def get(tx: Connection, scene_id: int) -> Scene:
    """Read a scene by its id; NotFound when there is none."""
    return _one(tx, select(_scenes).filter_by(id=scene_id), scene_id)


def by_scene(tx: Connection, scene: str) -> Scene:
    """Read a scene by its UUID of 32 hex digits; NotFound when there is none."""
    return _one(tx, select(_scenes).filter_by(scene=scene), scene)


def _one(tx: Connection, query: Select[Any], name: object) -> Scene:
    row = tx.execute(query).mappings().first()
    if row is None:
        raise NotFound(f"There is no scene {name}.")
    return Scene(**row)


def recent(tx: Connection, limit: int, *, visit_id: int | None = None) -> list[Scene]:
    """List the newest scenes first, of all visits or of one."""
    query = select(_scenes).order_by(_scenes.c.id.desc()).limit(limit)
    if visit_id is not None:
        query = query.filter_by(visit_id=visit_id)
    return [Scene(**row) for row in tx.execute(query).mappings()]


def recognised(tx: Connection, *, since: datetime | None, after: int) -> list[Scene]:
    """List some scenes that have facts, the oldest first, from the one after an id on."""
    known = (_scenes.c.facts_revision.is_not(None)) & (_scenes.c.id > after)
    if since is not None:
        known &= _scenes.c.created_at >= since
    query = select(_scenes).where(known).order_by(_scenes.c.id).limit(AT_ONCE)
    return [Scene(**row) for row in tx.execute(query).mappings()]


def photos(tx: Connection, scene_id: int) -> list[ScenePhoto]:
    """List the scene's photos in the order given."""
    own = (_photos.c[name].label(f"photo_{name}") for name in _PHOTO)
    query = (
        select(tables.images, *own)
        .join(_photos, _photos.c.image_id == tables.images.c.id)
        .where(_photos.c.scene_id == scene_id)
        .order_by(_photos.c.position)
    )
    return [_scene_photo(dict(row)) for row in tx.execute(query).mappings()]


def _scene_photo(row: dict[str, Any]) -> ScenePhoto:
    own = {name: row.pop(f"photo_{name}") for name in _PHOTO}
    own["quality"] = quality.load(own["quality"])
    return ScenePhoto(image=Image(**row), **own)


def start(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    *,
    detector: str,
    embedder: str,
    flow_run_id: str | None,
    now: datetime,
) -> None:
    """Note that recognition runs, and with which models; a scene that has ended stays as it is."""
    models = {"detector": detector, "embedder": embedder, "flow_run_id": flow_run_id}
    values = {"status": RUNNING, **models, "started_at": now}
    tx.execute(_unended(scene_id).values(values))
    used = {"detector": detector, "embedder": embedder}
    scene_events.add(tx, scene_id, scene_events.STARTED, data=used, now=now)


def set_photo(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    image_id: int,
    *,
    status: str,
    problem: str | None,
    quality: Quality | None = None,
) -> None:
    """Note how one photo went, in place of what was noted before."""
    photo = (_photos.c.scene_id == scene_id) & (_photos.c.image_id == image_id)
    values = {"status": status, "problem": problem, "quality": msgspec.to_builtins(quality)}
    tx.execute(update(_photos).where(photo).values(values))


def set_facts(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    *,
    revision: int,
    day: date,
    now: datetime,
    recognised_with: dict[str, Any] | None = None,
) -> None:
    """Point the scene at its facts; call it when they are written."""
    facts = {"facts_revision": revision, "facts_day": day, "facts_at": now}
    _set(tx, scene_id, **facts, recognised_with=recognised_with)


def finish(  # noqa: PLR0913 (keyword-only)
    tx: Connection,
    scene_id: int,
    *,
    status: str,
    problem: str | None,
    timings: dict[str, float],
    now: datetime,
) -> None:
    """Note the end, DONE or ERROR, and the milliseconds of each stage; a scene ends once."""
    values = {"status": status, "problem": problem, "timings": timings, "finished_at": now}
    tx.execute(_unended(scene_id).values(values))


def _unended(scene_id: int) -> Update:
    return update(_scenes).where(_scenes.c.id == scene_id, _scenes.c.finished_at.is_(None))


def _set(tx: Connection, scene_id: int, **values: Any) -> None:
    tx.execute(update(_scenes).where(_scenes.c.id == scene_id).values(values))
