"""When a worker counts as gone."""

import os
import socket

import pytest

from flows.dead_workers import PROCESS, is_dead

HOST = socket.gethostname()
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
