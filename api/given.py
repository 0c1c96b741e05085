"""What `create_app` hands to handlers, by parameter name."""

from typing import Annotated, TypeAlias, TypeVar

from litestar.di import Dependency
from litestar.params import SkipValidationMarker

T = TypeVar("T")

Given: TypeAlias = Annotated[T, Dependency(kind="named"), SkipValidationMarker()]
"""Mark a handler's parameter as handed over by `create_app`, not sent by the client."""
