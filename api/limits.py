"""How often a client may ask: 100 of each limited post in a minute and token, guesses of tokens."""

import hashlib
import math
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.errors import TooMany
from storage import rates
from storage.records import Records

GUESSES = 60  # tokens that are none, in a minute from one address

_SECONDS = int(rates.WINDOW.total_seconds())

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]


def limited(policy: str) -> Guard:
    """Make the guard that counts requests of a token under this name.

    The guard raises TooMany for those beyond `GONDOLA_RATE_LIMIT` in any minute, before a body is
    read. It stands behind the guard of tokens, so the header holds a valid one.
    """

    async def guard(
        connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler
    ) -> None:
        state = connection.app.state
        if state.rate_limit:
            token = connection.headers.get("authorization", "").split()[-1]
            bucket = f"{policy}:{hashlib.sha256(token.encode()).hexdigest()}"
            await sync_to_thread(
                _take, state.records, policy, bucket, state.rate_limit, state.clock()
            )

    return guard


def count_guess(records: Records, address: str, now: datetime) -> None:
    """Note a token that is none.

    Raises:
        TooMany: the address sent too many of them.
    """
    _take(records, "tokens", f"tokens:{address}", GUESSES, now)


def _take(records: Records, policy: str, bucket: str, limit: int, now: datetime) -> None:
    with records.reading() as tx:
        taken = rates.look(tx, bucket, limit, now=now)
    if taken.accepted:
        with records.light_transaction() as tx:
            taken = rates.take(tx, bucket, limit, now=now)
    if not taken.accepted:
        wait = max(math.ceil(taken.wait.total_seconds()), 1)
        raise TooMany(policy, limit, _SECONDS, wait)
