"""Free loopback ports for the servers that tests start, and waiting until they answer."""

import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

_START_SECONDS = 60


def free_ports(count: int) -> list[int]:
    """Find ports nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def listens(port: int) -> bool:
    """Say whether a server takes connections on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_until(answers: Callable[[], bool], log: Path) -> None:
    """Return when the server answers; TimeoutError with its log when it does not in a minute."""
    end = time.monotonic() + _START_SECONDS
    while not answers():
        if time.monotonic() > end:
            raise TimeoutError(f"The server does not answer. {log.read_text()}")
        time.sleep(0.05)
