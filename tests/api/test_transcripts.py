"""The exchanges of the v1.5 API's documentation, played as they stand in transcripts/."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from flows import reports
from tests.outbound.receiver import running

from .conftest import MASTER_KEY, Gondola, jpeg, start
from .recognised import finish

FILES = sorted(Path(__file__).with_name("transcripts").glob("*.http"))
KINDS = {
    "str": r'"[^"]+"',
    "int": r"-?\d+",
    "number": r"-?\d+(\.\d+)?",
    "bool": "true|false",
    "null": "null",
    "url": r'"https?://[^"]+"',
    "time": r'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z"',
    "spaced time": r'"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00"',
    "hex": '"[0-9a-f]{32}"',
    "any": ".*",
}
MORE = "..."


@dataclass
class Exchange:
    """A request and what comes back."""

    title: str
    method: str
    path: str
    status: int
    answer: Any
    headers: dict[str, str] = field(default_factory=dict[str, str])
    sent: dict[str, Any] = field(default_factory=dict[str, Any])  # for the client

    @classmethod
    def read(cls, text: str) -> "Exchange":
        """Read it; names in braces are filled in already."""
        asked, _, told = text.partition("\n= ")
        title, request, *lines = asked.splitlines()
        status, _, answer = told.partition("\n")
        found = cls(title, *request.split(" ", 1), int(status), json.loads(answer))
        for line in lines:
            found._add(line)
        return found

    def _add(self, line: str) -> None:
        kind, _, rest = line.partition(" ")
        if kind == "-H":
            name, _, value = rest.partition(":")
            self.headers[name] = value.strip()
        elif kind in ("-F", "-d"):
            name, _, value = rest.partition("=")
            photo = ("shelf.jpg", jpeg(), "image/jpeg")
            part = photo if value == "@photo" else (None, value)
            where = self.sent.setdefault("files" if kind == "-F" else "data", {})
            where[name] = part if kind == "-F" else value
        else:
            self.headers.setdefault("Content-Type", "application/json")
            self.sent["content"] = line


class Player:
    """Plays one file; what an answer gave is used by the next requests."""

    def __init__(self, gondola: Gondola, names: dict[str, str]) -> None:
        self._gondola, self._names = gondola, names

    def play(self, block: str) -> None:
        """Play an exchange, or let a scene be recognised."""
        text = re.sub(r"\{([a-z_]+)\}", lambda m: self._names.get(m[1], m[0]), block)
        if text.startswith("! finish "):
            _, _, scene, bodies = text.split(" ", 3)
            made = {name: json.dumps(body).encode() for name, body in json.loads(bodies).items()}
            finish(self._gondola, int(scene), made)
            return
        self._exchange(Exchange.read(text))

    def _exchange(self, one: Exchange) -> None:
        http = self._gondola.http
        headers = {"Authorization": f"Token {self._gondola.token}"} | one.headers
        sent = {name: value for name, value in headers.items() if value}
        path, options = one.path, {"follow_redirects": False}
        reply = http.request(one.method, path, headers=sent, **options, **one.sent)

        assert one.status == reply.status_code, f"{one.title}: {reply.text}"
        self._compare(one.answer, reply.json(), one.title)

    def _compare(self, wanted: Any, found: Any, where: str) -> None:
        if isinstance(wanted, dict) and isinstance(found, dict):
            self._compare_keys(list(wanted), list(found), where)
            for name in wanted.keys() - {MORE}:
                self._compare(wanted[name], found[name], f"{where} / {name}")
        elif isinstance(wanted, list) and isinstance(found, list):
            assert len(wanted) == len(found), where
            for number, (one, other) in enumerate(zip(wanted, found, strict=True)):
                self._compare(one, other, f"{where} / {number}")
        elif kinds := re.fullmatch(r"<([^:>]+)(?::(\w+))?>", str(wanted)):
            pattern = "|".join(f"({KINDS[kind]})" for kind in kinds[1].split("|"))
            assert re.fullmatch(pattern, json.dumps(found)), f"{where}: {found}"
            self._names[kinds[2]] = str(found)
        else:
            assert wanted == found, where

    def _compare_keys(self, wanted: list[str], found: list[str], where: str) -> None:
        shown = [*found[: len(wanted) - 1], MORE] if MORE in wanted else found
        assert wanted == shown, where


@pytest.fixture
def player(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Player]:
    """An API of its own for each file, and a photo to fetch from this machine."""
    first = request.param.read_text().splitlines()[0]
    own = json.loads(first.removeprefix("! with ")) if first.startswith("! with ") else {}
    with start(tmp_path, outbound_allow="127.0.0.0/8", **own) as gondola, running() as server:
        server.body = jpeg()
        yield Player(gondola, {"master_key": MASTER_KEY, "photo_url": f"{server.url}/200"})
    reports.use(None)


@pytest.mark.parametrize(
    ("player", "file"), [(f, f) for f in FILES], indirect=["player"], ids=lambda f: f.stem
)
def test_the_api_answers_as_documented(player: Player, file: Path):
    """Every exchange of the file, in order: status, kinds, keys and their order."""
    blocks = file.read_text().strip().split("\n\n")

    for block in blocks:
        if not block.startswith("! with "):
            player.play(block)


def test_every_point_of_the_checklist_is_played():
    """The thirteen points in which clients and documentation differ."""
    titles = re.findall(
        r"^# .*checklist (.*?) [A-Z]", "\n".join(map(Path.read_text, FILES)), re.M | re.I
    )
    points = {int(number) for title in titles for number in re.findall(r"\d+", title)}

    assert set(range(1, 14)) == points
