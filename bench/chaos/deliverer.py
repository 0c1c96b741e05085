"""A process that sends webhooks and is replaced as soon as somebody kills it.

`python -m bench.chaos.deliverer FOLDER` prints the id of each child it makes; kill that one. The
child does what a run of deliver-webhooks does, without Prefect, on a schedule of fractions of a
second. Making a child anew takes milliseconds, as everything is imported by then.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from flows import retries
from flows.delivery import attempt
from flows.resources import Resources
from flows.send_due import AT_ONCE, send_due
from settings import Settings

TIMEOUT, LEASE = 0.5, 0.3  # seconds
PAUSE = 0.02  # seconds between two looks for due messages


def settings(folder: str) -> Settings:
    """What the child works with; the two times are no whole seconds, which the type wants."""
    quick: dict[str, float] = {"webhook_timeout_seconds": TIMEOUT, "lease_seconds": LEASE}
    return Settings(data=folder, outbound_allow="127.0.0.0/8", **quick)  # pyright: ignore[reportArgumentType]


def deliver(folder: str) -> None:
    """Send what is due, for ever."""
    retries.RETRY_AFTER = (timedelta(seconds=0.1),) * len(retries.RETRY_AFTER)
    tools = Resources(settings(folder))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            send_due(tools, partial(pool.submit, attempt, tools), seconds=60)
            time.sleep(PAUSE)


def main() -> None:
    """Keep one child alive until our own end."""
    while True:
        child = os.fork()
        if not child:
            deliver(sys.argv[1])
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)


if __name__ == "__main__":
    main()
