"""Random histories of requests that come again with their Idempotency-Key, some at the same time.

Two clients send one of three payloads to one of three paths, all under one key, in waves; between
waves the API may be restarted. Whoever comes first decides what the key stands for.
`python -m tests.histories.keys 1000` lives through a thousand.
"""

import random
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from storage import tables
from tests.api.conftest import API, Gondola, jpeg, start

SEED = 1
CREATED, BAD, RUNNING, OTHER = 201, 400, 409, 422
TABLES = {"recognize": tables.scenes, "displays": tables.displays, "uploads": tables.images}
PAYLOADS = ("one", "another", "bad")  # the last is refused, so its key is free again

Scope = tuple[int, str]  # who asks, which path: a key means something else in every other


@dataclass(frozen=True)
class Sent:
    """One request and its answer."""

    scope: Scope
    payload: str
    alone: bool  # nothing else under way
    status: int
    body: bytes


class Clients:
    """Two clients of one API, which can be restarted."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack = folder, stack
        self.restart()
        self._tokens = [self._api.new_token() for _ in range(2)]
        self._image = self._api.image()

    def restart(self) -> None:
        """Stop the API if it runs, and start it on what is stored."""
        self._stack.close()
        self._api: Gondola = self._stack.enter_context(start(self._folder))

    def rows(self) -> int:
        """Scenes, displays and uploads that were made."""
        with self._api.records.reading() as tx:
            counted = (select(func.count()).select_from(table) for table in TABLES.values())
            return sum(tx.scalar(query) or 0 for query in counted)

    def send(self, key: str, scope: Scope, payload: str, *, alone: bool) -> Sent:
        """Ask once."""
        client, path = scope
        headers = {"Authorization": f"Token {self._tokens[client]}", "Idempotency-Key": key}
        url = f"{API}/{path}/"
        got = self._api.http.post(url, headers=headers, **self._sent(path, payload))
        return Sent(scope, payload, alone, got.status_code, got.content)

    def _sent(self, path: str, payload: str) -> dict[str, Any]:
        if path == "uploads":
            data = b"no photo" if payload == "bad" else jpeg(64 + len(payload))
            return {"files": {"datafile": ("shelf.jpg", data, "image/jpeg")}}
        if path == "displays":
            return {"json": {"name": payload, "planogram": 10**9 if payload == "bad" else None}}
        image = 10**9 if payload == "bad" else self._image
        return {"json": {"images": [image], "retail_chain": payload}}


def live(clients: Clients, r: random.Random, key: str, pool: ThreadPoolExecutor) -> list[Sent]:
    """Live through one history; what was sent, wave by wave."""
    scopes = [(r.randrange(2), r.choice(list(TABLES))) for _ in range(r.randint(1, 2))]
    sent: list[Sent] = []
    for _ in range(r.randint(1, 4)):
        if r.random() < 0.02:
            clients.restart()
        many = r.choice((1, 1, 2, 3, 6))
        asked = [(r.choice(scopes), r.choice(PAYLOADS)) for _ in range(many)]
        wave = [pool.submit(clients.send, key, *one, alone=many == 1) for one in asked]
        sent += [one.result() for one in wave]
    again = sorted({(one.payload == "bad", one.scope, one.payload) for one in sent})
    return sent + [clients.send(key, *one, alone=True) for _, *one in again]


def wrong(sent: list[Sent], made: int) -> Iterator[str]:
    """Say what may not be.

    Args:
        sent: of one history.
        made: rows that are there because of it.
    """
    done: dict[Scope, set[tuple[str, bytes]]] = defaultdict(set)
    for one in sent:
        if one.status == CREATED:
            done[one.scope].add((one.payload, one.body))
    for scope, answers in done.items():
        if len(answers) > 1:
            yield f"{scope} was done {len(answers)} times"
    if made != len(done):
        yield f"{made} rows for {len(done)} keys"
    for one in sent:
        refused = BAD if one.payload == "bad" else CREATED
        if one.status not in {refused, OTHER} | (set() if one.alone else {RUNNING}):
            yield f"{one.status} for {one}"
    final: dict[tuple[Scope, str], Sent] = {(one.scope, one.payload): one for one in sent}
    for (scope, payload), one in final.items():
        if done[scope]:
            winner = next(iter(done[scope]))[0]
            if one.status != (CREATED if payload == winner else OTHER):
                yield f"{one.status} for {payload} where {winner} was done"


def run(histories: int, folder: Path) -> tuple[Counter[int], list[str]]:
    """Live through so many, the same every time; the statuses, and all that may not be."""
    r, faults, statuses = random.Random(SEED), list[str](), Counter[int]()  # noqa: S311
    with ExitStack() as stack, ThreadPoolExecutor(6) as pool:
        clients = Clients(folder, stack)
        for number in range(histories):
            before = clients.rows()
            sent = live(clients, r, f"key-{number}", pool)
            statuses.update(one.status for one in sent)
            made = clients.rows() - before
            faults += [f"history {number}: {fault}" for fault in wrong(sent, made)]
    return statuses, faults


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as own:
        counted, found = run(int(sys.argv[1]), Path(own))
    print(*found[:20], dict(counted), sep="\n")
    print(f"{counted.total()} requests, {len(found)} faults")
