"""Idempotency-Key: a POST that comes again, as its answer was lost, is not done again.

The answer is kept in the transaction that does the work, so there is no moment in which the work
is done and the answer unknown. While one works on a request, the same request again is 409.
"""

import hashlib
import uuid
from asyncio import to_thread
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.background_tasks import BackgroundTask
from litestar.params import HeaderParameter
from msgspec import Struct

from api.given import Given
from storage import replies
from storage.records import Records, Transaction

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="The same key and body again: the same answer for two days, nothing is made.",
    ),
]
Work = Callable[[Transaction], tuple[Struct, BackgroundTask | None]]


class Once:
    """Does what a request asks for at most once; without a key it simply does it.

    Args:
        request: hash of who asks what under which key, 64 hex digits; "" = there is no key.
    """

    def __init__(self, records: Records, request: str, now: datetime) -> None:
        self._records, self._request, self._now = records, request, now
        self._owner = uuid.uuid4().hex if request else ""

    def do(self, sent: Struct | bytes, work: Work) -> Response[Any]:
        """Answer with what the work makes, or with what was answered before.

        Args:
            sent: the body, so that the key is not used for another one.
            work: writes, and gives the answer and what to start once it is on its way.

        Raises:
            StillRunning, OtherPayload: as in `storage.replies.claim`.
        """
        with self._giving_back(sent) as answered:
            if answered is not None:
                return told(answered)
            with self._records.transaction() as tx:
                body, start = work(tx)
                encoded = self.keep(tx, body)
        return told(encoded, start)

    @asynccontextmanager
    async def claimed(self, sent: Struct | bytes) -> AsyncGenerator[bytes | None]:
        """Claim the request while something is fetched for it; `keep` the answer inside.

        Gives what was answered before; None = it is to be done.
        """
        if not self._request:
            yield None
            return
        answered = await to_thread(self._claim, sent)
        try:
            yield answered
        except BaseException:
            await to_thread(self._give_back)
            raise

    def keep(self, tx: Transaction, body: Struct) -> bytes:
        """Remember the answer; belongs into the transaction that does the work."""
        encoded = msgspec.json.encode(body)
        if self._request:
            replies.keep(tx, self._request, encoded, owner=self._owner)
        return encoded

    @contextmanager
    def _giving_back(self, sent: Struct | bytes) -> Generator[bytes | None]:
        answered = self._claim(sent)
        try:
            yield answered
        except BaseException:
            self._give_back()
            raise

    def _claim(self, sent: Struct | bytes) -> bytes | None:
        if not self._request:
            return None
        payload = _hash(sent if isinstance(sent, bytes) else msgspec.json.encode(sent))
        with self._records.light_transaction() as tx:
            return replies.claim(tx, self._request, payload, owner=self._owner, now=self._now)

    def _give_back(self) -> None:
        if self._request:
            with self._records.light_transaction() as tx:
                replies.give_back(tx, self._request, owner=self._owner)


def told(body: bytes, start: BackgroundTask | None = None) -> Response[Any]:
    """Answer with JSON that is written already."""
    return Response(body, media_type=MediaType.JSON, background=start)


async def provide_once(
    request: Request[Any, Any, Any],
    records: Given[Records],
    now: Given[datetime],
    idempotency_key: IdempotencyKey = None,
) -> Once:
    """Make the `Once` of a request: by its token, path and key."""
    if not idempotency_key:
        return Once(records, "", now)
    token = request.headers["authorization"].rsplit(maxsplit=1)[-1]
    who = "\0".join((token, request.url.path.rstrip("/"), idempotency_key))
    return Once(records, _hash(who.encode("utf-8", "surrogatepass")), now)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
