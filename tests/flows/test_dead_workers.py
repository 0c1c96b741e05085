"""When a worker counts as gone."""

import os
import socket
from pathlib import Path

import pytest

from flows.dead_workers import HOST, PROCESS, free_leases, is_dead, is_gone
from flows.resources import Resources, now
from storage import migrate, work

GONE = 2**22 + 1  # above the largest process id of Linux


@pytest.mark.parametrize(
    ("worker", "online", "dead"),
    [
        ("elsewhere:1:abc:scenes", True, False),
        ("elsewhere:1:abc:scenes", False, True),
        (f"{HOST}:{GONE}:abc:scenes", True, True),
        (f"{HOST}:{os.getppid()}:abc:scenes", True, False),
        (f"{HOST}:{os.getpid()}:of-an-earlier-boot:scenes", True, True),
        (f"{PROCESS}:scenes", True, False),
    ],
    ids=[
        "alive elsewhere",
        "silent elsewhere",
        "gone here",
        "alive here",
        "our pid before us",
        "us",
    ],
)
def test_a_worker_is_dead_when(worker: str, online: bool, dead: bool):
    """Silent for the server, or a process of this host that no longer exists."""
    assert dead == is_dead(worker, {worker} if online else set())


def test_a_cloned_machine_is_another_host():
    """Name, view of processes and process id may be the same: the start of its kernel is not."""
    seen = "".join(filter(str.isdigit, Path("/proc/self/ns/pid").readlink().name))

    assert not is_gone(f"{socket.gethostname()}.{seen}:{GONE}:abc")
    assert not is_gone(f"{socket.gethostname()}.{seen}.another-boot:{GONE}:abc")


def test_leases_of_the_dead_of_this_host_end_at_once(tools: Resources):
    """Nobody waits for a lease whose owner is gone; that of a living or distant owner stays."""
    migrate.upgrade(tools.settings.records_url)
    owners = [f"{HOST}:{GONE}:abc", f"{HOST}:{os.getppid()}:abc", "elsewhere:1:abc", PROCESS]
    with tools.records.transaction() as tx:
        for number, owner in enumerate(owners):
            work.enqueue(tx, work.RECOGNIZE_SCENE, number, due_at=now())
            lease = {"owner": owner, "now": now(), "lease": tools.lease}
            work.claim(tx, work.RECOGNIZE_SCENE, number, **lease)

    free_leases(tools.records)

    with tools.records.reading() as tx:
        assert [0] == [one.subject_id for one in work.due(tx, now=now(), limit=9)]
        assert sorted(owners[1:]) == work.owners(tx)
