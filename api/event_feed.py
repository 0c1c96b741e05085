"""What happens to scenes, for any number of listeners: one look at the records for all of them.

Workers write events as rows; every API process asks for new ones a few times a second, and only
while somebody listens. A listener holds no connection to the database and no thread.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from storage import scene_events
from storage.records import Records
from storage.scene_events import ACCEPTED, DONE, Ending, SceneEvent
from storage.scenes import Scene

log = logging.getLogger("gondola.api")

LOOK_SECONDS = 0.25  # between two looks at the records
QUIET_SECONDS = 15.0  # after so much silence a listener is told that we are still here


@dataclass
class _Watched:
    """A scene somebody listens to: what is known of it, event n at place n."""

    events: list[SceneEvent]
    listeners: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        return self.events[-1].kind == DONE

    def add(self, events: list[SceneEvent], ending: Ending | None) -> None:
        """Take what is new, and wake who waits for it."""
        if not (events or ending):
            return
        self.events += events
        if ending:
            self.events.append(_done(len(self.events), ending))
        self.news.set()
        self.news = asyncio.Event()


class Feed:
    """Follows scenes for the listeners of one process."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._watched: dict[int, _Watched] = {}
        self._looking: asyncio.Task[None] | None = None
        self._ending = False

    async def follow(self, scene: Scene, last: int) -> AsyncGenerator[SceneEvent | None, None]:
        """Tell what happened after number `last`, then what happens, until the scene is over.

        None is told after every quarter of a minute in which nothing happened. It ends before,
        too, when this process is told to: who comes again is heard by another.
        """
        watched = self._watched.setdefault(scene.id, _Watched([_accepted(scene)]))
        watched.listeners += 1
        if self._looking is None:
            nobodys = Context()  # it looks for all, its log lines are of no request
            self._looking = asyncio.create_task(self._look_again_and_again(), context=nobodys)
        try:
            while not (self._ending or (watched.over and last >= watched.events[-1].number)):
                news = watched.news
                for event in watched.events[last + 1 :]:
                    yield event
                    last = event.number
                if not (watched.over or self._ending) and not await _happens(news):
                    yield None
        finally:
            watched.listeners -= 1

    def end(self) -> None:
        """Let every listener go: this process is told to end."""
        self._ending = True
        for watched in self._watched.values():
            watched.news.set()

    async def close(self) -> None:
        """Look no more."""
        if self._looking:
            self._looking.cancel()

    async def _look_again_and_again(self) -> None:
        while self._forget_the_unheard():
            try:
                await self._look()
            except Exception as error:  # whatever it is, the listeners go on waiting
                log.warning("events_unread", extra={"error": str(error)})
            await asyncio.sleep(LOOK_SECONDS)
        self._looking = None

    def _forget_the_unheard(self) -> int:
        """Count the scenes that still have listeners."""
        self._watched = {n: one for n, one in self._watched.items() if one.listeners}
        return len(self._watched)

    async def _look(self) -> None:
        known = {n: one.events[-1].number for n, one in self._watched.items() if not one.over}
        happened, endings = await asyncio.to_thread(self._read, known)
        for scene_id in known:
            self._watched[scene_id].add(happened.get(scene_id, []), endings.get(scene_id))

    def _read(self, known: dict[int, int]) -> tuple[dict[int, list[SceneEvent]], dict[int, Ending]]:
        """Read both in one state of the records: an ending comes with all that was before it."""
        with self._records.reading() as tx:
            return scene_events.after(tx, known), scene_events.endings(tx, list(known))


async def _happens(news: asyncio.Event) -> bool:
    """Wait for news, but not for long."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(news.wait(), QUIET_SECONDS)
    return news.is_set()


def _accepted(scene: Scene) -> SceneEvent:
    return SceneEvent(0, ACCEPTED, scene.created_at, {})


def _done(number: int, ending: Ending) -> SceneEvent:
    data: dict[str, Any] = {"status": ending.status, "problem": ending.problem}
    return SceneEvent(number, DONE, ending.finished_at, data)
