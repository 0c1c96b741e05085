"""Reports within the request that asks for them: `POST /recognize?wait=10`.

Who waits holds no thread and no connection to the database; one look at the records is for all.
"""

import asyncio
from contextlib import aclosing, suppress
from typing import Annotated

from litestar.params import QueryParameter

from api.event_feed import Feed
from api.reports import OneReport, to_wire
from flows.reports import on_wire
from storage import reports, scenes
from storage.objects import ObjectStore
from storage.records import Records
from storage.scene_events import DONE
from storage.scenes import Scene

LONGEST = 30  # seconds a client may wait

Wait = Annotated[
    float, QueryParameter(ge=0, description="Seconds to wait for the reports, 30 at most.")
]


class Waiting:
    """Waits for scenes, and tells their reports."""

    def __init__(self, records: Records, objects: ObjectStore, feed: Feed) -> None:
        self._records, self._objects, self._feed = records, objects, feed

    async def results(self, scene_id: int, seconds: float) -> dict[str, OneReport] | None:
        """Tell the reports by type when the scene is over in time, else None."""
        scene = await asyncio.to_thread(self._scene, scene_id)
        if not await self._is_over(scene, min(seconds, LONGEST)):
            return None
        return await asyncio.to_thread(self._reports, scene_id)

    async def _is_over(self, scene: Scene, seconds: float) -> bool:
        over = False
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), aclosing(self._feed.follow(scene, 0)) as happens:
                async for event in happens:
                    over = event is not None and event.kind == DONE
        return over

    def _scene(self, scene_id: int) -> Scene:
        with self._records.reading() as tx:
            return scenes.get(tx, scene_id)

    def _reports(self, scene_id: int) -> dict[str, OneReport]:
        with self._records.reading() as tx:
            photos = scenes.photos(tx, scene_id)
            ids = [report.id for report in reports.of_scene(tx, scene_id)]
            stored = [reports.get(tx, report_id) for report_id in ids]
        made = [reports.with_body(report, self._objects) for report in stored]
        return {on_wire(report.report_type): to_wire(report, photos) for report in made}
