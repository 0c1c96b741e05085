"""POST /recognize: photos become a scene, with one report per type to wait for."""

from asyncio import to_thread
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Response, post
from litestar.background_tasks import BackgroundTask
from litestar.params import JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType, field
from msgspec.structs import replace

from api.auth import RECOGNISING
from api.cause import cause
from api.errors import FieldWrong
from api.given import Given
from api.idempotency import Once
from api.limits import limited
from api.nudge import Nudge
from api.reports import OneReport
from api.uploads import Limits
from api.waiting import Wait, Waiting
from api.webhook_url import check_url
from api.wire import Id, Moment, Text, to_utc
from flows import reports as report_types
from storage import failpoints, master_frames, scenes, work
from storage.records import Transaction
from storage.scenes import Accepted, NewScene
from telemetry import json_log

MAX_IMAGES = 500  # photos of one scene

Images = Annotated[list[Id], Meta(min_length=1, max_length=MAX_IMAGES)]
Display = Id | Annotated[list[Id], Meta(max_length=1)]  # documented as a list, sent as a number
Names = Annotated[list[Text], Meta(max_length=100)]
Stack = Annotated[int, Meta(ge=1, le=MAX_IMAGES)]


class Recognize(Struct, frozen=True):
    """What to recognise, and which reports to make of it."""

    images: Annotated[Images, Meta(description="Upload ids, in the order of the photos.")]
    display: Annotated[Display | None, Meta(description="The display they show.")] = None
    report_types: Annotated[
        Names | None, Meta(description="Reports to make; else all whose master data exists.")
    ] = None
    visit: Annotated[Id | None, Meta(description="Their visit; else a new one.")] = None
    taken_at: Annotated[Moment | None, Meta(description="When they were taken.")] = field(
        name="datetime", default=None
    )
    webhook: Annotated[str | None, Meta(description="Where each report is posted.")] = None
    panorama_stack_height: Annotated[Stack | None, Meta(description="Photos in a column.")] = None
    panorama_stack_width: Annotated[Stack | None, Meta(description="Photos in a row.")] = None
    counry_code: Annotated[Text | None, Meta(description="ISO 3166, as documented.")] = None
    country_code: Annotated[Text | None, Meta(description="ISO 3166, as clients spell it.")] = None
    retail_chain: Annotated[Text | None, Meta(description="The chain of the shop.")] = None
    metadata: Annotated[
        dict[str, Any] | None, Meta(description="Anything; `agent_id`, `agent_name` are read.")
    ] = None


class Recognized(Struct, frozen=True):
    """The scene that was made, and the id of each report to come."""

    id: int
    images: list[int]
    display: int | None
    reports: dict[str, int]
    scene: str
    results: dict[str, OneReport] | UnsetType = UNSET  # `wait`: the reports by type, when ready


@post(
    "/recognize",
    opt=RECOGNISING | limited("recognize"),
    operation_id="recognize",
    summary="Recognise photos",
    tags=["Recognition"],
)
async def recognize(  # noqa: PLR0913, PLR0917 - Litestar passes them by name
    data: JSONBody[Recognize],
    once: Given[Once],
    nudge: Given[Nudge],
    limits: Given[Limits],
    waiting: Given[Waiting],
    now: Given[datetime],
    wait: Wait = 0,
) -> Response[Recognized]:
    """Make a scene of uploaded photos and start its recognition.

    The reports are ready a moment later: poll `GET /reports/{id}`, or name a `webhook`. With
    `wait=10` the answer comes when they are ready, 10 seconds later at most; `results` has them
    then, each as `GET /reports/{id}` tells it.
    """
    reply = await to_thread(_accept, data, once, nudge, limits, now)
    return await _with_results(reply, waiting, wait) if wait else reply


async def _with_results(
    reply: Response[Any], waiting: Waiting, seconds: float
) -> Response[Recognized]:
    """Start the scene now, and answer when it is over or the time is."""
    if reply.background:
        await reply.background()
    made = msgspec.json.decode(reply.content, type=Recognized)
    results = await waiting.results(made.id, seconds)
    return Response(made if results is None else replace(made, results=results))


def _accept(
    data: Recognize, once: Once, nudge: Nudge, limits: Limits, now: datetime
) -> Response[Recognized]:
    new = _to_scene(data)

    def accept(tx: Transaction) -> tuple[Recognized, BackgroundTask]:
        work.check_room(tx, work.RECOGNIZE_SCENE, limits.max_open_scenes)
        accepted = scenes.accept(tx, _with_types(tx, new), now=now, cause=cause())
        json_log.note(scene=accepted.scene)
        failpoints.hit("scene written")
        return _to_wire(accepted, data, new), _start(nudge, accepted.scene_id)

    reply = once.do(data, accept)
    failpoints.hit("scene committed")
    return reply


def _start(nudge: Nudge, scene_id: int) -> BackgroundTask:
    name = f"{work.RECOGNIZE_SCENE}-{scene_id}-1"
    return BackgroundTask(
        nudge.send, work.RECOGNIZE_SCENE, parameters={"scene_id": scene_id}, key=name
    )


def _to_wire(accepted: Accepted, data: Recognize, new: NewScene) -> Recognized:
    return Recognized(
        id=accepted.scene_id,
        images=data.images,
        display=new.display_id,
        reports={report_types.on_wire(n): one for n, one in accepted.report_ids.items()},
        scene=accepted.scene,
    )


def _to_scene(data: Recognize) -> NewScene:
    """Check what a type cannot say.

    Raises:
        FieldWrong: names the field.
    """
    metadata = data.metadata or {}
    return NewScene(
        image_ids=data.images,
        report_types=_canonical(data.report_types or []),
        display_id=_only(data.display),
        visit_id=data.visit,
        taken_at=None if data.taken_at is None else to_utc("datetime", data.taken_at),
        webhook=check_url("webhook", data.webhook),
        panorama_stack_height=data.panorama_stack_height,
        panorama_stack_width=data.panorama_stack_width,
        country_code=_country(data),
        retail_chain=data.retail_chain,
        metadata=metadata,
        agent_cid=_text_in(metadata, "agent_id"),
        agent_name=_text_in(metadata, "agent_name"),
    )


def _with_types(tx: Transaction, new: NewScene) -> NewScene:
    """Ask for every report that can be made when the client named none."""
    there = master_frames.existing(tx, new.display_id)
    wanted = new.report_types or report_types.possible(there)
    return replace(new, report_types=wanted)


def _canonical(names: list[str]) -> list[str]:
    known = {name: report_types.canonical(name) for name in names}
    if unknown := [name for name, canonical in known.items() if canonical is None]:
        choices = ", ".join(report.name for report in report_types.known())
        sentence = f"Unknown report types: {', '.join(unknown)}. Known: {choices}."
        raise FieldWrong("report_types", sentence)
    return list(dict.fromkeys(name for name in known.values() if name is not None))


def _only(display: int | list[int] | None) -> int | None:
    if isinstance(display, list):
        return display[0] if display else None
    return display


def _country(data: Recognize) -> str | None:
    """Take either spelling: two letters, ISO 3166."""
    name = "country_code" if data.country_code else "counry_code"
    code = data.country_code or data.counry_code
    if not code:
        return None
    if not (len(code) == 2 and code.isascii() and code.isalpha()):  # noqa: PLR2004 - alpha-2
        raise FieldWrong(name, "Send two letters as in ISO 3166, for example DE.")
    return code.upper()


def _text_in(metadata: dict[str, Any], name: str) -> str | None:
    """Take an optional text out of the metadata; a number becomes its digits."""
    value = metadata.get(name)
    if value is None or (isinstance(value, str) and not value):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FieldWrong("metadata", f"{name} must be a string.")
    return str(value)
