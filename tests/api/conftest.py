"""One API for the tests of a file: real records and objects, a list in place of Prefect."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from PIL import Image

from api.app import create_app
from settings import Settings
from storage.objects import ObjectStore, open_objects
from storage.records import Records

MASTER_KEY = "a-master-key"
API = "/api/v1.5"


class NudgeList(list[tuple[str, dict[str, Any], str]]):
    """Remembers what would have been started."""

    problem: Exception | None = None

    async def send(self, flow: str, *, parameters: dict[str, Any], key: str) -> None:
        self.append((flow, parameters, key))

    async def check(self) -> None:
        if self.problem:
            raise self.problem

    async def close(self) -> None:
        pass


@dataclass
class Clock:
    """A clock that tests may set."""

    now: datetime = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Gondola:
    """The API under test and what it stands on."""

    http: TestClient[Any]
    records: Records
    objects: ObjectStore
    nudges: NudgeList
    clock: Clock
    settings: Settings
    token: str = ""

    def new_token(self) -> str:
        """Get a token with the master key."""
        headers = {"Authorization": f"Token {MASTER_KEY}"}
        return self.http.post("/api/auth/v1.0/get_token/", headers=headers).json()["token"]

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Ask with a token."""
        headers = {"Authorization": f"Token {self.token}"} | more.pop("headers", {})
        return self.http.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Any) -> Any:
        """GET with a token."""
        return self.call("GET", path, **more)

    def post(self, path: str, **more: Any) -> Any:
        """POST with a token."""
        return self.call("POST", path, **more)

    def upload(self, data: bytes | None = None, *, part: str = "datafile") -> Any:
        """Upload a photo."""
        photo = jpeg() if data is None else data
        return self.post(f"{API}/uploads/", files={part: ("shelf.jpg", photo, "image/jpeg")})

    def image(self) -> int:
        """Upload a photo; its id."""
        return self.upload().json()["id"]

    def recognize(self, **body: Any) -> Any:
        """Make a scene; of one new photo unless the body says other images."""
        if "images" not in body:
            body["images"] = [self.image()]
        return self.post(f"{API}/recognize/", json=body)


def jpeg(width: int = 64, height: int = 48, colour: Any = (120, 30, 60), **save: Any) -> bytes:
    """Make a real JPEG."""
    file = io.BytesIO()
    Image.new(save.pop("mode", "RGB"), (width, height), colour).save(file, "JPEG", **save)
    return file.getvalue()


@pytest.fixture(scope="module")
def module_gondola(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """An API that the tests of one file share."""
    with start(tmp_path_factory.mktemp("api")) as gondola:
        yield gondola


@pytest.fixture
def gondola(module_gondola: Gondola) -> Gondola:
    """The shared API, with a list of nudges that is empty."""
    module_gondola.nudges.clear()
    module_gondola.nudges.problem = None
    return module_gondola


@contextmanager
def start(folder: Path, **more: Any) -> Iterator[Gondola]:
    """Start an API on a folder of its own."""
    free: dict[str, Any] = {"rate_limit": 0}  # the clock stands still
    settings = Settings(data=str(folder), master_key=MASTER_KEY, **(free | more))
    nudges, clock = NudgeList(), Clock()
    app = create_app(settings, nudge=nudges, clock=clock)
    with TestClient(app) as http:
        objects = open_objects(settings.objects_url)
        gondola = Gondola(http, app.state.records, objects, nudges, clock, settings)
        gondola.token = gondola.new_token()
        yield gondola
