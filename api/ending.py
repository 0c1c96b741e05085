"""The moment this process is told to end, for those whom the server would wait for.

The server waits for open answers before it runs what the application does at its end; a listener
of events has one for minutes. So we hear of the signal beside the server.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress


def when_told_to_end(do: Callable[[], None]) -> None:
    """Have this done in the running loop at SIGTERM or SIGINT; the server hears of it as well.

    The loop hears of a signal by its wakeup file descriptor, whatever the handler is; so a handler
    of our own takes nothing from the server's. Outside of the main thread there are no signals.

    Source: Python documentation, `signal.set_wakeup_fd`.
    """
    loop = asyncio.get_running_loop()

    def told(*_: object) -> None:
        loop.call_soon_threadsafe(do)

    with suppress(ValueError):
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, told)
            signal.siginterrupt(name, False)
