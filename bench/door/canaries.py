"""Fifty secrets, pushed through the whole platform, and looked for wherever somebody may read.

Through: uploads, uploads by URL, scenes with webhooks, endpoints, errors. Looked for: in logs, the
dump of the records, everything Prefect stores, metrics, and the bodies of errors. The addresses of
webhooks and the secrets they are signed with are of course in the records, and nowhere else.
"""

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import urllib3

import up
from bench.door import photos
from bench.door.server import MASTER_KEY
from demo.client import API, Client
from demo.receiver import Receiver
from settings import Settings
from storage import tokens
from storage.records import Records

WAIT_SECONDS = 180
_ERROR = 400


@dataclass
class Canaries:
    """The secrets, and what was read while they were pushed through.

    Attributes:
        nowhere: secrets nobody may find.
        records_alone: secrets that are used again, so the records hold them.
        bodies: of errors and metrics.
    """

    nowhere: list[str] = field(default_factory=lambda: [MASTER_KEY])
    records_alone: list[str] = field(default_factory=list[str])
    bodies: list[bytes] = field(default_factory=list[bytes])

    def new(self, kind: str) -> str:
        """Make a secret nobody may find."""
        self.nowhere.append(f"CANARY-{kind}-{len(self.nowhere)}")
        return self.nowhere[-1]

    def new_address(self, kind: str) -> str:
        """Make a secret of an address that is used again."""
        self.records_alone.append(f"CANARY-{kind}-{len(self.records_alone)}")
        return self.records_alone[-1]


def hits() -> tuple[int, dict[str, int]]:
    """Push secrets through a platform of its own; how many, and in which place how many show."""
    canaries = Canaries()
    with tempfile.TemporaryDirectory(prefix="gondola-canaries-") as folder:
        settings = Settings(
            data=folder,
            port=up.free_port(),
            prefect_port=up.free_port(),
            master_key=MASTER_KEY,
            outbound_allow="127.0.0.0/8",
        )
        up.ensure_master_key(settings)
        with up.Platform(settings, lambda _: None), Receiver() as receiver:
            _push(Client(settings.api_url), settings, receiver, canaries)
        everything = [*canaries.nowhere, *canaries.records_alone]
        places = {
            "logs": (_files(Path(folder) / "logs"), everything),
            "prefect": (_database(Path(folder) / "prefect/prefect.db"), everything),
            "errors and metrics": (canaries.bodies, everything),
            "records": (_database(Path(folder) / "records.db"), canaries.nowhere),
            "objects": (_files(Path(folder) / "objects"), everything),
        }
        found = {name: _count(texts, secrets) for name, (texts, secrets) in places.items()}
    return len(everything), found


def _push(client: Client, settings: Settings, receiver: Receiver, canaries: Canaries) -> None:
    client.login(MASTER_KEY)
    canaries.nowhere += [client.token, *_more_tokens(client)]
    images = [
        client.post(f"{API}/uploads/", fields={"datafile": ("a.jpg", photo, "image/jpeg")})["id"]
        for photo in photos.private_photos(10, canaries.new("GPS"))
    ]
    for image in images[:5]:
        address = receiver.url.replace("//", f"//{canaries.new_address('LOGIN')}:x@")
        body = {
            "images": [image],
            "report_types": ["FACING_COUNT"],
            "webhook": f"{address}?key={canaries.new_address('QUERY')}",
        }
        client.post(
            f"{API}/recognize/", json=body, headers={"Idempotency-Key": canaries.new("KEY")}
        )
    canaries.records_alone.append(_endpoint(client, settings, receiver))
    _make_errors(client, canaries)
    _wait(client, reports=5)
    canaries.bodies.append(_ask(client, "GET", "/metrics", client.token)[1])


def _more_tokens(client: Client) -> list[str]:
    """Issue tokens and use each once."""
    issued: list[str] = []
    for _ in range(20):
        other = Client(client.base_url)
        other.login(MASTER_KEY)
        other.get(f"{API}/reports/")
        issued.append(other.token)
    return issued


def _endpoint(client: Client, settings: Settings, receiver: Receiver) -> str:
    """Register an endpoint for webhooks as an operator; its secret."""
    records = Records(settings.records_url)
    with records.transaction() as tx:
        token = tokens.issue(
            tx, now=datetime.now(UTC), life=timedelta(days=1), scopes=tokens.SCOPES
        )
    records.close()
    operator = Client(client.base_url, token.token)
    made = operator.post("/webhooks/", json={"url": receiver.url})
    return str(made["secret"])


def _make_errors(client: Client, canaries: Canaries) -> None:
    """Send secrets where they do not belong; keep the answers."""
    for _ in range(5):
        wrong = canaries.new("GUESS")
        canaries.bodies.append(_ask(client, "GET", f"{API}/reports/", wrong)[1])
        login, query = canaries.new("FETCHLOGIN"), canaries.new("FETCHQUERY")
        for url in (f"http://{login}:x@127.0.0.1:1/", f"http://127.0.0.1:1/?key={query}"):
            path = f"{API}/uploads/uploads_by_url"
            canaries.bodies.append(_ask(client, "POST", path, client.token, {"url": url})[1])
        path = f"{API}/uploads/999999/?key={canaries.new('PATHQUERY')}"
        canaries.bodies.append(_ask(client, "GET", path, client.token)[1])


def _ask(
    client: Client, method: str, path: str, token: str, body: object = None
) -> tuple[int, bytes]:
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    reply = urllib3.request(method, client.base_url + path, headers=headers, json=body)
    return reply.status, reply.data


def _wait(client: Client, *, reports: int) -> None:
    """Wait until the reports are made and their webhooks had time to be sent."""
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        found = client.get(f"{API}/reports/")["results"]
        if len(found) == reports and all(one["status"] != "NOT_READY" for one in found):
            time.sleep(5)
            return
        time.sleep(0.5)
    raise TimeoutError("The reports are not ready.")


def _files(folder: Path) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in folder.rglob("*") if path.is_file())


def _database(path: Path) -> list[bytes]:
    """Every statement that would make the database anew."""
    database = sqlite3.connect(path)
    text = "\n".join(database.iterdump())
    database.close()
    return [text.encode("utf-8", "surrogatepass")]


def _count(texts: Iterator[bytes] | list[bytes], secrets: list[str]) -> int:
    whole = b"\0".join(texts)
    return sum(secret.encode() in whole for secret in secrets)
