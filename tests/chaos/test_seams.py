"""Whatever dies at whichever seam, an accepted scene is finished, once; a few of `make chaos`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.chaos import seams
from bench.chaos.seams import ELSEWHERE, Rig
from storage import failpoints
from storage.failpoints import SEAMS, Broken, Failpoint

ROOT = Path(__file__).parents[2]
KILLED = [
    "object named",
    "transaction filled",
    "photo stored",
    "scene committed",
    "work claimed",
    "facts written",
    "report ended",
    "reports made",
    "message sent",
]


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Where lives are lived."""
    with seams.rig(tmp_path_factory.mktemp("chaos")) as made:
        yield made


def test_the_list_of_seams_is_the_seams_of_the_code():
    """Every seam of the list is crossed somewhere in the code, and no other is."""
    files = [path for name in ("api", "flows", "storage") for path in (ROOT / name).rglob("*.py")]
    crossed = {
        s for path in files for s in re.findall(r'failpoints\.hit\("(.+?)"', path.read_text())
    }

    assert set(SEAMS) == crossed
    assert len(SEAMS) >= 25


def test_a_life_crosses_every_seam(rig: Rig):
    """No seam is out of reach of the sweep, but for those that say why."""
    assert set(SEAMS) - set(ELSEWHERE) == set(seams.crossings(rig))


@pytest.mark.parametrize("seam", KILLED)
def test_a_kill_at_a_seam_loses_nothing(rig: Rig, seam: str):
    """After the recovery the scene is finished once, and whole."""
    case = seams.disturb(rig, seam, 1, "kill")

    assert (True, []) == (case.reached, case.violations)


@pytest.mark.parametrize("seam", ["photo recognised", "report body stored"])
def test_an_exception_at_a_seam_loses_nothing(rig: Rig, seam: str):
    """What fails is tried again or ends as ERROR."""
    assert [] == seams.disturb(rig, seam, 1, "raise").violations


def test_a_worker_that_wakes_up_late_spoils_nothing(rig: Rig):
    """Another one finished its scene meanwhile; its own results change nothing."""
    assert [] == seams.disturb(rig, "work claimed", 1, "delay").violations


@pytest.mark.parametrize(
    ("off", "seam", "nth", "broken"),
    [
        ("outbox", "scene answered", 99, "I3"),  # never: every nudge is lost anyway
        ("lease_end", "work claimed", 1, "I3"),
        ("one_transaction", "report ended", 2, "I6"),
    ],
)
def test_without_a_defence_something_is_lost(rig: Rig, off: str, seam: str, nth: int, broken: str):
    """Each defence is needed: taken away, the same kill breaks an invariant."""
    violations = seams.disturb(rig, seam, nth, "kill", off=off).violations

    assert broken in {line.split()[0] for line in violations}


def test_a_failpoint_acts_at_its_crossing_alone():
    """The second crossing of the seam, not the first, not another seam, not the third."""
    with failpoints.armed(Failpoint("photo read", 2, "raise")):
        failpoints.hit("photo read")
        failpoints.hit("photo recognised")
        with pytest.raises(Broken):
            failpoints.hit("photo read")
        failpoints.hit("photo read")


def test_an_unknown_failpoint_is_refused():
    """A typing error does not make a test that tests nothing."""
    with pytest.raises(ValueError, match="no such seam:1:kill"):
        failpoints.from_environment({"FAILPOINT": "no such seam:1:kill"})
