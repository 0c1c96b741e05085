"""What can be wrong with a request, before any storage is asked.

RequestError
├── Malformed
├── WrongMediaType
├── FieldWrong
├── NotAuthenticated
├── NotPermitted
├── TooMany
├── ForeignPage
└── LinkExpired
"""

from typing import Self

from msgspec import ValidationError


class RequestError(Exception):
    """The request cannot be answered."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or str(type(self).__doc__))


class Malformed(RequestError):
    """Malformed request."""


class WrongMediaType(RequestError):
    """The body is of a kind this endpoint does not read."""

    def __init__(self, media_type: str) -> None:
        super().__init__(f'Unsupported media type "{media_type}" in request.')


class FieldWrong(RequestError):
    """One field of the request is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)

    @classmethod
    def of(cls, error: ValidationError) -> Self:
        """Name the field that msgspec names: `Expected ... - at `$.images[0]``."""
        message, _, path = str(error).partition(" - at `$.")
        return cls(path.rstrip("`").partition("[")[0], f"{message}.")


class NotAuthenticated(RequestError):
    """Authentication credentials were not provided."""

    def __init__(self, message: str = "", *, challenge: str = "Token") -> None:
        self.challenge = challenge  # the scheme for WWW-Authenticate
        super().__init__(message)


class NotPermitted(RequestError):
    """You do not have permission to perform this action."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"{type(self).__doc__} It takes a token of scope {scope}.")


class TooMany(RequestError):
    """Request was throttled."""

    def __init__(self, policy: str, limit: int, window: int, wait: int) -> None:
        self.policy, self.limit, self.window, self.wait = policy, limit, window, wait
        super().__init__(f"Request was throttled. Expected available in {wait} seconds.")


class ForeignPage(RequestError):
    """A page of another site may not change anything here."""


class LinkExpired(RequestError):
    """The link is not signed by this server, or it is too old; ask for a new one."""
