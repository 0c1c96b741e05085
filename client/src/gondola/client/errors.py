"""What can go wrong, with the server's own sentence.

GondolaError
├── Unreachable          no answer came
├── TookTooLong          the scene is not over yet
├── ReportFailed         the report is ERROR, or was not asked for
├── BadSignature         a webhook is not from the server, or too old
└── Refused              the server answered with an error
    ├── InvalidRequest       400, 413, 415, 422: `fields` says which field and why
    ├── NotAuthenticated     401
    ├── NotPermitted         403
    ├── NotFound             404
    ├── Conflict             409
    ├── TooManyRequests      429, still after the retries
    └── ServerFailed         5xx, still after the retries
"""

from typing import Any

import msgspec


class GondolaError(Exception):
    """Anything below."""


class Unreachable(GondolaError):
    """No answer came."""


class TookTooLong(GondolaError):
    """The scene is not over yet; `wait` may be called again."""


class ReportFailed(GondolaError):
    """The report is ERROR, or was not asked for."""


class BadSignature(GondolaError):
    """The webhook is not from the server, or too old."""


class Refused(GondolaError):
    """The server answered with an error; the text is its sentence.

    Attributes:
        status: HTTP status.
        fields: what is wrong with which field of the request.
        request_id: by which the server's log knows the request.
    """

    def __init__(
        self, status: int, sentence: str, fields: dict[str, list[str]], request_id: str = ""
    ) -> None:
        super().__init__(f"{status}: {sentence}")
        self.status, self.sentence, self.fields = status, sentence, fields
        self.request_id = request_id


class InvalidRequest(Refused):
    """The request is wrong; sending it again does not help."""


class NotAuthenticated(Refused):
    """There is no valid token."""


class NotPermitted(Refused):
    """The token's scopes do not cover this."""


class NotFound(Refused):
    """There is no such thing."""


class Conflict(Refused):
    """Something else needs it, or the same request is being worked on."""


class TooManyRequests(Refused):
    """The limit was reached, and still was after the retries."""


class ServerFailed(Refused):
    """The server failed, and still did after the retries."""


_BY_STATUS = {
    401: NotAuthenticated,
    403: NotPermitted,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
}
_SERVER = 500


def refusal(status: int, body: bytes, request_id: str = "") -> Refused:
    """Make the error of an answer, in either of the server's two forms."""
    told = _read(body)
    fields = told.get("errors") or {k: v for k, v in told.items() if isinstance(v, list)}
    listed = "; ".join(f"{name}: {' '.join(map(str, said))}" for name, said in fields.items())
    sentence = told.get("detail") or listed or "The server gave no reason."
    default = ServerFailed if status >= _SERVER else InvalidRequest
    return _BY_STATUS.get(status, default)(status, str(sentence), fields, request_id)


def _read(body: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}
    return told if isinstance(told, dict) else {}
