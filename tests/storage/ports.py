"""Free loopback ports for the servers that tests start."""

import socket
import time
from contextlib import ExitStack


def free_ports(count: int) -> list[int]:
    """Find ports nobody listens on, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def wait_for_port(port: int, seconds: float) -> None:
    """Return when something listens; TimeoutError when nothing does in time."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > end:
                raise TimeoutError(f"Nothing listens on port {port}.") from None
            time.sleep(0.05)
        else:
            return
