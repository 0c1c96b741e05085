"""GET /scenes/{scene}/events: what happens to a scene, as it happens.

Source: HTML standard, section 9.2, "Server-sent events".
"""

import re
import time
from asyncio import to_thread
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter
from litestar.response import ServerSentEvent
from litestar.response.sse import ServerSentEventMessage

from api.event_feed import Feed
from api.given import Given
from api.scenes import SceneName
from api.wire import timestamp
from storage import scene_events, scenes
from storage.records import Records
from storage.scene_events import SceneEvent
from storage.scenes import Scene

AGAIN_MILLISECONDS = 1000  # after which a listener whose connection ended comes again
LONGEST_SECONDS = 300.0  # of one connection; who comes again shows a token that is valid then
_NUMBER = re.compile(r"[0-9]{1,6}")

LastEventId = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID", description="The `id` of the last event that was heard; else all."
    ),
]


@get(
    "/scenes/{scene:str}/events",
    media_type="text/event-stream",
    operation_id="followScene",
    summary="Follow a scene",
    tags=["Scenes"],
    responses={
        204: ResponseSpec(None, description="The scene is over, and its end was heard."),
    },
)
async def follow_scene(
    scene: SceneName,
    records: Given[Records],
    feed: Given[Feed],
    last_event_id: LastEventId = None,
) -> Response[Any]:
    """Tell what happened to a scene and what happens, as server-sent events.

    `accepted`, `started`, one `photo` each, `together` when there are several photos, one `report`
    each, `done`; the connection ends after that. A listener that comes back with `Last-Event-ID`
    hears what it missed.
    """
    number = _NUMBER.fullmatch(last_event_id or "")
    last = int(number[0]) if number else -1
    found, heard_all = await to_thread(_find, records, scene, last)
    if heard_all:  # a browser would come again and again
        return Response(None, status_code=204)
    return ServerSentEvent(_messages(feed.follow(found, last)))


def _find(records: Records, scene: str, last: int) -> tuple[Scene, bool]:
    """Find the scene, and tell whether nothing follows event number `last`."""
    with records.reading() as tx:
        found = scenes.by_scene(tx, scene)
        before_the_end = len(scene_events.after(tx, {found.id: 0}).get(found.id, []))
    return found, found.finished_at is not None and last > before_the_end


async def _messages(
    story: AsyncGenerator[SceneEvent | None, None],
) -> AsyncGenerator[ServerSentEventMessage, None]:
    until = time.monotonic() + LONGEST_SECONDS
    yield ServerSentEventMessage(data=None, retry=AGAIN_MILLISECONDS)
    async for event in story:
        yield _message(event) if event else ServerSentEventMessage(data=None, comment="still here")
        if time.monotonic() > until:
            return


def _message(event: SceneEvent) -> ServerSentEventMessage:
    data = msgspec.json.encode({**event.data, "at": timestamp(event.at)})
    return ServerSentEventMessage(data=data, event=event.kind, id=event.number)
