"""What a call consists of: steps, done by either client, decided here once.

A call is a generator that yields steps and gets what came of them. It does no I/O and never
sleeps, so the plain and the async client share it, and tests drive it by hand.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

from gondola.client.errors import Unreachable
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


class Walk(Generic[T]):
    """Goes from step to step; who does them tells what came of each, and gets the outcome."""

    outcome: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self._answer: Reply | Heard | None = None
        self._problem: Unreachable | None = None

    def __iter__(self) -> Self:
        """Begin."""
        return self

    def __next__(self) -> Step:
        """What is to be done next."""
        answer, problem = self._answer, self._problem
        self._answer = self._problem = None
        try:
            return self._steps.throw(problem) if problem else self._steps.send(answer)
        except StopIteration as end:
            self.outcome = end.value
            raise

    def came(self, answer: Reply | Heard | None) -> None:
        """Tell what came back; nothing comes of a pause."""
        self._answer = answer

    def failed(self, problem: Unreachable) -> None:
        """Tell that nothing came back."""
        self._problem = problem
