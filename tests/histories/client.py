"""Random histories of a client, and a dictionary that says what the platform must answer.

Upload, recognise, poll, compute anew, change master data, remove it, ask twice, restart: whatever
the order, every answer is the one the dictionary has. `python -m tests.histories.client 500 30`
lives through 500 histories of 30 steps; one that fails is made as short as it can be.
"""

import sys
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bench.chaos import life
from tests.histories.inside import Inside, inside

PHOTOS = 8  # different ones
TYPES = ["FACING_COUNT", "SHARE_OF_SPACE", "REALOGRAM", "OSA"]
READY, ERROR, NOT_READY = "READY", "ERROR", "NOT_READY"
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
NOWHERE = 10**9  # an id that nobody has

FILES = [b"", b"no photo", life.photo(0)[:500], b"\x89PNG\r\n\x1a\n" + bytes(50)]

images, reports = Bundle("images"), Bundle("reports")
displays, lists = Bundle("displays"), Bundle("lists")


@dataclass
class Expected:
    """What a report must be.

    Attributes:
        report_type: as it was asked for.
        scene: id of its scene.
        display: that the scene names; None = none.
        scene_told: whether the scene has a webhook.
        told: whether the current revision has one.
        revision: the current one.
        status: of that revision.
        bodies: the data of each revision that was seen READY.
    """

    report_type: str
    scene: int
    display: int | None
    scene_told: bool
    told: bool
    revision: int = 1
    status: str = NOT_READY
    bodies: dict[int, Any] = field(default_factory=dict[int, Any])


class Client(RuleBasedStateMachine):
    """One client, alone on the platform; each of its calls is checked at once."""

    platform: ClassVar[Inside]
    steps: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        """Nothing is known."""
        self.reports: dict[int, Expected] = {}
        self.displays: dict[int, dict[str, Any]] = {}
        self.told: set[int] = set()  # scenes of which anybody is ever told
        self.restarted = False

    def call(self, method: str, path: str, status: int, **more: Any) -> Any:
        """Ask, see that the status is this one, and read the answer."""
        self.steps[f"{method} {path.partition('/')[0]} {status}"] += 1
        reply = self.platform.call(method, path, **more)
        assert status == reply.status_code, (method, path, more, reply.status_code, reply.text)
        return reply.json()

    def post(self, path: str, status: int, *, twice: bool, **more: Any) -> Any:
        """POST, and again with the same key when it is to be `twice`: the answer is the same."""
        key = uuid.uuid4().hex if twice else None
        first = self.call("POST", path, status, key=key, **more)
        if twice:
            assert first == self.call("POST", path, status, key=key, **more)
        return first

    @rule(target=images, number=st.integers(0, PHOTOS - 1), twice=st.booleans())
    def upload(self, number: int, twice: bool) -> int:
        """A photo, which may have been uploaded before."""
        file = {"datafile": ("shelf.jpg", life.photo(number), "image/jpeg")}
        made = self.post("uploads/", 201, twice=twice, files=file)
        assert (number in self.platform.uploaded) == made["duplicate"]
        assert (128, 96) == (made["width"], made["height"])
        self.platform.uploaded.add(number)
        read = self.call("GET", f"uploads/{made['id']}", 200)
        assert made["created_date"] == read["created_date"]
        return made["id"]

    @rule(data=st.sampled_from(FILES))
    def upload_other(self, data: bytes) -> None:
        """A file that is no photo."""
        file = {"datafile": ("shelf.jpg", data, "image/jpeg")}
        assert ["datafile"] == list(self.call("POST", "uploads/", 400, files=file))

    @rule(target=lists, name=NAMES, twice=st.booleans())
    def add_list(self, name: str, twice: bool) -> int:
        """A must-have list without records."""
        return self.post("mhl/", 201, twice=twice, json={"name": name})["id"]

    @rule(target=displays, of=lists | st.none(), twice=st.booleans())
    def add_display(self, of: int | None, twice: bool) -> int:
        """A display with a list or none."""
        made = self.post("displays/", 201, twice=twice, json={"name": "End", "musthavelist": of})
        self.displays[made["id"]] = made
        return made["id"]

    @rule(display=displays, of=lists | st.none())
    def give_list(self, display: int, of: int | None) -> None:
        """Another list, or none any more; what was removed cannot be changed."""
        known = display in self.displays
        body = {"musthavelist": of}
        told = self.call("PATCH", f"displays/{display}/", 200 if known else 404, json=body)
        if known:
            self.displays[display] |= body
            assert self.displays[display] == told

    @rule(display=displays)
    def remove_display(self, display: int) -> None:
        """Only while no scene names it, and once."""
        used = any(one.display == display for one in self.reports.values())
        status = 404 if display not in self.displays else 409 if used else 200
        self.call("DELETE", f"displays/{display}/", status)
        if status == 200:
            del self.displays[display]
        self.call("GET", f"displays/{display}/", 200 if display in self.displays else 404)

    @rule(
        target=reports,
        photos=st.lists(images, min_size=1, max_size=3, unique=True),
        types=st.lists(st.sampled_from(TYPES), min_size=1, max_size=4, unique=True),
        display=displays | st.none(),
        hooked=st.booleans(),
        twice=st.booleans(),
    )
    def recognize(
        self, photos: list[int], types: list[str], display: int | None, hooked: bool, twice: bool
    ) -> Any:
        """A scene, with a webhook or none."""
        body: dict[str, Any] = {"images": photos, "report_types": types, "display": display}
        if hooked:
            body["webhook"] = self.platform.hook
        made = self.post("recognize/", 201, twice=twice, json=body)
        assert (photos, display) == (made["images"], made["display"])
        assert types == list(made["reports"])
        if hooked:
            self.told.add(made["id"])
        for report_type, report in made["reports"].items():
            assert report not in self.reports
            self.reports[report] = Expected(report_type, made["id"], display, hooked, hooked)
        return multiple(*made["reports"].values())

    @rule(photos=st.lists(images, max_size=2, unique=True))
    def recognize_unknown(self, photos: list[int]) -> None:
        """A photo that was never uploaded: no scene."""
        body = {"images": [*photos, NOWHERE]}
        assert ["images"] == list(self.call("POST", "recognize/", 400, json=body))

    @rule(report=reports)
    def poll(self, report: int) -> None:
        """The report is what it must be."""
        self.check(report)

    def check(self, report: int) -> None:
        """Read a report; its data stays once it was seen."""
        one = self.reports[report]
        told = self.call("GET", f"reports/{report}/", 200)
        assert (report, one.report_type) == (told["id"], told["report_type"])
        assert one.status == told["status"], told
        assert ("json" in told) == (one.status == READY)
        assert ("error" in told) == (one.status == ERROR)
        if one.status == READY:
            assert told["json"] == one.bodies.setdefault(one.revision, told["json"])
            if one.report_type != "OSA":  # computed anew from the same facts
                assert all(told["json"] == body for body in one.bodies.values())

    @rule(report=reports)
    def read_older(self, report: int) -> None:
        """Every revision that was seen READY is still there."""
        for revision, body in self.reports[report].bodies.items():
            told = self.call("GET", f"reports/{report}/?revision={revision}", 200)
            assert (READY, body) == (told["status"], told["json"])

    @rule(
        some=st.lists(reports, min_size=1, max_size=3, unique=True),
        hooked=st.booleans(),
        twice=st.booleans(),
    )
    def force_update(self, some: list[int], hooked: bool, twice: bool) -> None:
        """Reports become NOT_READY again, once for each request."""
        body: dict[str, Any] = {"reports": some}
        if hooked:
            body["webhook"] = self.platform.hook
        assert {"reports": some} == self.post("reports/force_update/", 200, twice=twice, json=body)
        for one in (self.reports[report] for report in some):
            one.revision, one.status = one.revision + 1, NOT_READY
            one.told = hooked or one.scene_told
            self.told |= {one.scene} if hooked else set()

    @rule(some=st.lists(reports, max_size=2, unique=True))
    def force_unknown(self, some: list[int]) -> None:
        """With one that does not exist none is computed anew."""
        body = {"reports": [*some, NOWHERE]}
        assert ["reports"] == list(self.call("POST", "reports/force_update/", 400, json=body))

    @precondition(lambda self: any(one.status == NOT_READY for one in self.reports.values()))
    @rule()
    def work(self) -> None:
        """Whatever waits is done, and told to whom it concerns."""
        before, due = Counter(self.platform.told), Counter[int]()
        self.platform.work()
        for one in self.reports.values():
            if one.status == NOT_READY:
                listed = self.displays.get(one.display or 0, {}).get("musthavelist")
                one.status = ERROR if one.report_type == "OSA" and listed is None else READY
                due[one.scene] += one.told
        told = self.platform.told - before
        assert due <= told, "a webhook is missing"
        assert told.keys() & {one.scene for one in self.reports.values()} <= self.told

    @rule()
    def list_reports(self) -> None:
        """Newest first, as they are now."""
        told = self.call("GET", "reports/?limit=100", 200)["results"]
        mine = {one["id"]: one["status"] for one in told if one["id"] in self.reports}
        newest = sorted(self.reports, reverse=True)[:100]
        assert [(n, self.reports[n].status) for n in newest] == list(mine.items())

    @precondition(lambda self: not self.restarted)
    @rule()
    def restart(self) -> None:
        """Nothing is forgotten."""
        self.platform.restart()
        self.restarted = True

    def teardown(self) -> None:
        """At the end everything is done, and all of it is as it must be."""
        if getattr(self, "reports", None):
            self.work()
            for report in self.reports:
                self.check(report)


def run(histories: int, steps: int, without: str = "") -> Counter[str]:
    """Live so many histories, the same every time; what was asked, by path and status.

    Args:
        without: a defence of `bench.chaos.switches` to do without.

    Raises:
        AssertionError: an answer is not what it must be; notes tell the shortest history.
    """
    life.take_away(without)
    phases = [Phase.generate] if without else [Phase.generate, Phase.shrink]
    with inside() as platform:
        Client.platform = platform
        run_state_machine_as_test(
            Client,
            settings=settings(
                max_examples=histories,
                stateful_step_count=steps,
                derandomize=True,
                database=None,
                phases=phases,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    return Client.steps


if __name__ == "__main__":
    asked = run(*map(int, sys.argv[1:3]), *sys.argv[3:])
    for what, count in sorted(asked.items()):
        print(f"{count:7} {what}")
    print(f"{sys.argv[1]} histories, {asked.total()} requests, 0 other answers than expected")
