"""Is the process alive, and can it take work? Both answer without a token."""

import logging
from asyncio import to_thread
from collections.abc import Awaitable
from typing import Any

from litestar import Response, get
from msgspec import Struct

from api.given import Given
from api.nudge import Nudge
from api.uploads import Limits, check_disk
from storage import work
from storage.errors import StorageError
from storage.objects import ObjectStore
from storage.records import Records

log = logging.getLogger("gondola.api")


class Alive(Struct, frozen=True):
    """The process answers."""

    status: str = "ok"


class Check(Struct, frozen=True):
    """One thing the API leans on; `problem` says what is wrong with it."""

    ok: bool
    needed: bool  # without it no request is taken
    problem: str | None = None


class Readiness(Struct, frozen=True):
    """Whether requests are taken now."""

    ready: bool
    backlog: int | None  # pieces of work waiting or running
    checks: dict[str, Check]


@get("/healthz", operation_id="getHealth", summary="Is it alive?", tags=["Health"])
async def healthz() -> Alive:
    """Answer without touching anything."""
    return Alive()


@get(
    "/readyz",
    operation_id="getReadiness",
    summary="Can it take work?",
    tags=["Health"],
)
async def readyz(
    records: Given[Records],
    objects: Given[ObjectStore],
    nudge: Given[Nudge],
    limits: Given[Limits],
) -> Response[Readiness]:
    """Check records, object store, disk, queue and Prefect; 503 when no photo could be taken now.

    With a full queue no scene is taken, everything else is. Without Prefect requests are taken all
    the same: their rows wait for it.
    """
    stored, backlog = await _try(to_thread(_count_backlog, records), needed=True)
    objects_check, _ = await _try(to_thread(objects.check), needed=True)
    disk, _ = await _try(to_thread(check_disk, objects, limits), needed=True)
    queue, _ = await _try(to_thread(_check_queue, records, limits), needed=False)
    prefect, _ = await _try(nudge.check(), needed=False)
    checks = {
        "records": stored,
        "objects": objects_check,
        "disk": disk,
        "queue": queue,
        "prefect": prefect,
    }
    ready = all(check.ok for check in checks.values() if check.needed)
    return Response(Readiness(ready, backlog, checks), status_code=200 if ready else 503)


def _count_backlog(records: Records) -> int:
    """Count the open work while holding the right to write."""
    with records.transaction() as tx:
        return work.backlog(tx)


def _check_queue(records: Records, limits: Limits) -> None:
    with records.reading() as tx:
        work.check_room(tx, work.RECOGNIZE_SCENE, limits.max_open_scenes)


async def _try(attempt: Awaitable[Any], *, needed: bool) -> tuple[Check, Any]:
    """Await the attempt: how it went, and what it returned."""
    try:
        return Check(True, needed), await attempt
    except Exception as error:
        log.warning("not_ready", extra={"error": repr(error)})
        return Check(False, needed, _told(error)), None


def _told(error: Exception) -> str:
    """Name the fault to strangers: the kind alone, since details may name hosts."""
    return str(type(error).__doc__ if isinstance(error, StorageError) else type(error).__name__)
