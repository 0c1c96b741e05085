"""What a report type is: a name, the form of its answer and a pure function over named frames.

The function's parameter names are its inputs; `frames.INPUTS` says what each name means. An input
with the default None may be missing, as long as one of those with a default is there. An answer is
a list of rows (`row`, of the function's frame or list) or one object (`shape`, its struct).
"""

import inspect
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

import msgspec
import polars as pl

from flows.reports.frames import INPUTS

Answer = list[msgspec.Struct] | msgspec.Struct


class UnknownInput(Exception):
    """A report asks for a frame that `INPUTS` does not name."""


class MissingColumn(Exception):
    """A frame handed to a report lacks a column that `INPUTS` promises."""


class MissingInput(Exception):
    """Master data that a report needs was never made; the message says what to make."""


class UnknownForm(Exception):
    """A report type has neither `row` nor `shape`, or both."""


@dataclass(frozen=True)
class Report:
    """A report type.

    Args:
        name: as on the wire, `FACING_COUNT`.
        row: struct of one element of the answer, a list; its fields are the wire names.
        shape: struct of the answer, an object; one of `row` and `shape` is given.
        compute: pure function from the named frames to a frame with the row's fields or a list of
            rows, or to the shape itself.

    Raises:
        UnknownInput: when `compute` has a parameter that `INPUTS` does not name.
        UnknownForm: when not exactly one of `row` and `shape` is given.
    """

    name: str
    _: KW_ONLY
    row: type[msgspec.Struct] | None = None
    shape: type[msgspec.Struct] | None = None
    compute: Callable[..., pl.DataFrame | Sequence[msgspec.Struct] | msgspec.Struct]
    inputs: tuple[str, ...] = field(init=False)
    optional: frozenset[str] = field(init=False)  # inputs of which one is enough

    def __post_init__(self) -> None:
        """Read the inputs off the function's parameters."""
        if (self.row is None) == (self.shape is None):
            raise UnknownForm(f"{self.name} needs a row or a shape, and not both.")
        parameters = inspect.signature(self.compute).parameters
        names = tuple(parameters)
        for name in names:
            if name not in INPUTS:
                raise UnknownInput(f"{self.name} asks for {name!r}; known: {', '.join(INPUTS)}.")
        object.__setattr__(self, "inputs", names)
        optional = (name for name in names if parameters[name].default is None)
        object.__setattr__(self, "optional", frozenset(optional))

    def may_lack(self, missing: Collection[str]) -> bool:
        """Whether the answer can be computed although these inputs are missing."""
        there = [name for name in self.inputs if name not in missing]
        enough = not self.optional or not self.optional.isdisjoint(there)
        return enough and self.optional.issuperset(set(self.inputs).difference(there))

    def answer(self, frames: Mapping[str, pl.DataFrame]) -> Answer:
        """Compute the answer as structs.

        Raises:
            MissingColumn: a frame lacks a promised column.
            msgspec.ValidationError: the function's output does not fit `row` or `shape`.
        """
        wanted = [name for name in self.inputs if name in frames or name not in self.optional]
        given = {name: _checked(name, frames[name]) for name in wanted}
        computed = self.compute(**given)
        is_frame = isinstance(computed, pl.DataFrame)
        plain = computed.to_dicts() if is_frame else msgspec.to_builtins(computed)
        form = self.shape or list[self.row or msgspec.Struct]
        return msgspec.convert(plain, form)

    def render(self, frames: Mapping[str, pl.DataFrame]) -> bytes:
        """Compute the answer as JSON, the same bytes for the same frames."""
        return msgspec.json.encode(self.answer(frames))


def _checked(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    missing = [column for column in INPUTS[name].schema if column not in frame.columns]
    if missing:
        raise MissingColumn(f"{name} lacks {', '.join(missing)}.")
    return frame
