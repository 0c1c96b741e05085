"""Write down how work ended, also where the records are away at that moment.

A full disk or a database that starts again takes seconds. Who gave up at once would hold the work
until its lease has run out, and a message that was sent would then be sent again.
"""

import time
from collections.abc import Callable

from flows import leaving
from flows.resources import Resources
from storage.errors import RecordsUnavailable
from storage.records import Transaction

PAUSE = 1.0  # seconds between two tries


def write_down(tools: Resources, how: Callable[[Transaction], None]) -> None:
    """Call `how` within a transaction, again and again while the records are away.

    It ends after the time of a lease, when the work may be somebody else's, and when this process
    is told to stop.

    Args:
        tools: the records, and how long a lease is.
        how: writes what may be written twice: a commit whose answer is lost is done again.

    Raises:
        RecordsUnavailable: they stayed away.
    """
    until = time.monotonic() + tools.lease.total_seconds()
    while True:
        try:
            with tools.records.transaction() as tx:
                return how(tx)
        except RecordsUnavailable:
            if leaving.asked.wait(PAUSE) or time.monotonic() >= until:
                raise
