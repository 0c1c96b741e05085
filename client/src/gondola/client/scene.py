"""A scene one waits for."""

from dataclasses import dataclass
from typing import Any

import msgspec

from gondola.client.binding import call
from gondola.client.errors import TookTooLong, refusal
from gondola.client.reports import Report, Reports
from gondola.client.sending import send
from gondola.client.steps import Heard, Listen, Pause, Progress, Request, Steps

AGAIN = 1.0  # seconds after which a connection that ended is opened again
QUIET = 40.0  # seconds of silence after which a connection is taken for dead


@dataclass(frozen=True)
class SceneCalls:
    """What was made of photos, and its reports to come.

    Attributes:
        id, scene: number and name of the scene.
        report_ids: by report type.
    """

    client: Any
    id: int
    scene: str
    images: list[int]
    report_ids: dict[str, int]

    @property
    def plain(self) -> bool:
        """Whether its calls are plain or awaited, as the client's."""
        return self.client.plain

    @call
    def wait(self, *, seconds: float = 300, progress: Progress | None = None) -> Steps[Reports]:
        """Wait until the scene is over, then read its reports.

        Args:
            seconds: the longest to wait, about.
            progress: called with each event as it happens; `print` shows them in words.

        Raises:
            TookTooLong: the scene goes on; `wait` may be called again.
        """
        yield from _follow(self.scene, seconds, progress)
        reports: list[Report] = []
        for report_id in self.report_ids.values():
            reply = yield from send(Request("GET", f"/api/v1.5/reports/{report_id}/"))
            reports.append(msgspec.json.decode(reply.body, type=Report))
        return Reports(reports)


def _follow(scene: str, seconds: float, progress: Progress | None) -> Steps[None]:
    """Listen until the end; a connection that ends early is opened again where it was."""
    last, left = -1, seconds
    while left > 0:
        listen = Listen(f"/scenes/{scene}/events", last, progress, min(QUIET, left), left)
        heard: Heard = yield listen
        if heard.refused and heard.refused.status < 500 and heard.refused.status != 429:  # noqa: PLR2004
            raise refusal(heard.refused.status, heard.refused.body)
        if heard.over:
            return
        last, left = heard.last, left - heard.seconds - AGAIN
        yield Pause(AGAIN)
    raise TookTooLong(f"The scene {scene} is not over after {seconds:.0f} seconds.")
