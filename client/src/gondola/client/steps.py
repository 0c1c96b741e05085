"""What a call consists of: steps, done by either client, decided here once.

A call is a generator that yields steps and gets what came of them. It does no I/O and never
sleeps, so the plain and the async client share it, and tests drive it by hand.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gondola.client.events import Event

T = TypeVar("T")
Progress = Callable[[Event], object]


@dataclass(frozen=True)
class Request:
    """Send this; its answer is a Reply, or Unreachable is raised."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict[str, Any])
    body: bytes | None = None  # JSON
    photo: bytes | None = None  # in a form
    headers: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True)
class Pause:
    """Wait so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Listen:
    """Follow a scene's events; the answer is Heard. A connection that breaks is no error."""

    path: str
    last: int  # number of the last event that was heard; -1 = none
    progress: Progress | None
    quiet: float  # seconds of silence after which the connection is given up
    seconds: float  # after which it is enough


@dataclass(frozen=True)
class Heard:
    """How far a listener came."""

    last: int
    over: bool  # the scene is
    seconds: float  # that it listened
    refused: Reply | None = None


Step = Request | Pause | Listen
Steps = Generator[Step, Any, T]
