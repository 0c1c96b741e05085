"""One call, two clients: a method written as steps is plain on one and awaited on the other.

`@call` runs the steps, `@listing` walks through the pages of a list.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import update_wrapper
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    Protocol,
    TypeVar,
    overload,
)

from gondola.client.paging import Listing, next_page
from gondola.client.steps import Steps

if TYPE_CHECKING:  # they are made of calls
    from gondola.client.http import AsyncScene, Scene

P = ParamSpec("P")
T = TypeVar("T")


class Plain(Protocol):
    """Runs steps at once."""

    def run(self, steps: Steps[T]) -> T:
        """Do the steps."""
        ...


class Awaited(Protocol):
    """Runs steps when awaited."""

    async def run(self, steps: Steps[T]) -> T:
        """Do the steps."""
        ...


class call(Generic[P, T]):
    """Make steps a method."""

    def __init__(self, steps: Callable[Concatenate[Any, P], Steps[T]]) -> None:
        self._steps = steps
        update_wrapper(self, steps)  # pyright: ignore[reportArgumentType]

    @overload
    def __get__(self, owner: None, kind: Any = None) -> "call[P, T]": ...
    @overload
    def __get__(self, owner: Plain, kind: Any = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, owner: Awaited, kind: Any = None) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, owner: Any, kind: Any = None) -> Any:
        if owner is None:
            return self

        def method(*given: P.args, **named: P.kwargs) -> Any:
            return owner.run(self._steps(owner, *given, **named))

        return update_wrapper(method, self._steps)


class opening(Generic[P]):
    """Make steps that make a scene a method that gives the scene."""

    def __init__(self, steps: Callable[Concatenate[Any, P], Steps[Any]]) -> None:
        self._steps = steps
        update_wrapper(self, steps)  # pyright: ignore[reportArgumentType]

    @overload
    def __get__(self, owner: None, kind: Any = None) -> "opening[P]": ...
    @overload
    def __get__(self, owner: Plain, kind: Any = None) -> Callable[P, "Scene"]: ...
    @overload
    def __get__(self, owner: Awaited, kind: Any = None) -> Callable[P, Awaitable["AsyncScene"]]: ...
    def __get__(self, owner: Any, kind: Any = None) -> Any:
        if owner is None:
            return self

        def steps(*given: P.args, **named: P.kwargs) -> Steps[Any]:
            made = yield from self._steps(owner, *given, **named)
            return owner.scene_type(owner, made.id, made.scene, made.images, made.reports)

        def method(*given: P.args, **named: P.kwargs) -> Any:
            return owner.run(steps(*given, **named))

        return update_wrapper(method, self._steps)


class listing(Generic[P, T]):
    """Make a list that comes in pages a method that iterates over its rows."""

    def __init__(self, asked: Callable[Concatenate[Any, P], Listing[T]]) -> None:
        self._asked = asked
        update_wrapper(self, asked)  # pyright: ignore[reportArgumentType]

    @overload
    def __get__(self, owner: None, kind: Any = None) -> "listing[P, T]": ...
    @overload
    def __get__(self, owner: Plain, kind: Any = None) -> Callable[P, Iterator[T]]: ...
    @overload
    def __get__(self, owner: Awaited, kind: Any = None) -> Callable[P, AsyncIterator[T]]: ...
    def __get__(self, owner: Any, kind: Any = None) -> Any:
        if owner is None:
            return self
        walk = _plain if owner.plain else _awaited

        def method(*given: P.args, **named: P.kwargs) -> Any:
            return walk(owner, self._asked(owner, *given, **named))

        return update_wrapper(method, self._asked)


def _plain(owner: Plain, asked: Listing[T]) -> Iterator[T]:
    rest: Listing[T] | None = asked
    while rest:
        rows, rest = owner.run(next_page(rest))
        yield from rows


async def _awaited(owner: Awaited, asked: Listing[T]) -> AsyncIterator[T]:
    rest: Listing[T] | None = asked
    while rest:
        rows, rest = await owner.run(next_page(rest))
        for row in rows:
            yield row
