"""The client believes the server's webhooks and nobody else's."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest

from flows.signing import sign
from gondola.client import BadSignature, verify

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
KEY, OTHER = b"k" * 32, b"o" * 32
BODY = '{"name":"Grütze"}'.encode()


def secret(key: bytes) -> str:
    """As the server shows it."""
    return "whsec_" + base64.b64encode(key).decode()


def signed(*keys: bytes) -> dict[str, str]:
    """The headers of a webhook signed with these."""
    return sign("msg_1", BODY, list(keys), at=AT)


def check(headers: dict[str, str], body: bytes = BODY, key: bytes = KEY, late: float = 0) -> Any:
    """Verify some seconds after it was signed."""
    return verify(body, headers, secret(key), now=AT.timestamp() + late)


def test_a_webhook_of_the_server_is_believed():
    """Names of headers in any case."""
    upper = {name.upper(): value for name, value in signed(KEY).items()}

    assert {"name": "Grütze"} == check(signed(KEY)) == check(upper)


def test_both_secrets_work_during_a_rotation():
    """The server signs with both."""
    assert check(signed(OTHER, KEY)) == check(signed(OTHER, KEY), key=OTHER)


@pytest.mark.parametrize("late", [-301, 301])
def test_an_old_webhook_is_none(late: float):
    """Who recorded it cannot send it again."""
    with pytest.raises(BadSignature):
        check(signed(KEY), late=late)


@pytest.mark.parametrize("missing", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_header_is_no_webhook(missing: str):
    """All three are needed."""
    known = {name.lower(): value for name, value in signed(KEY).items()}
    del known[missing]

    with pytest.raises(BadSignature):
        check(known)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": f"{AT.timestamp() + 1:.0f}"},
        {"webhook-timestamp": "x"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,ü"},
        {"webhook-signature": "v2,AAAA"},
    ],
)
def test_a_changed_header_is_no_webhook(change: dict[str, str]):
    """Every one is signed."""
    known = {name.lower(): value for name, value in signed(KEY).items()}

    with pytest.raises(BadSignature):
        check(known | change)


def test_a_changed_body_or_secret_is_no_webhook():
    """Byte for byte."""
    with pytest.raises(BadSignature):
        check(signed(KEY), body=BODY + b" ")
    with pytest.raises(BadSignature):
        check(signed(KEY), key=OTHER)
