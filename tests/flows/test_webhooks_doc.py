"""What docs/webhooks.md tells receivers to do works."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows import retries
from flows.signing import sign
from storage.endpoints import EVENTS
from storage.webhook_secrets import OVERLAP, written

TEXT = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
VERIFIERS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
SECRET, BODY = b"s" * 32, '{"text": "ш"}'.encode()


@pytest.mark.parametrize("code", VERIFIERS)
def test_the_documented_code_tells_genuine_from_forged(code: str):
    """With one signature and with two; not with another body, secret or a broken header."""
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  the page's own example
    is_genuine = names["is_genuine"]
    now = datetime.now(UTC)
    headers = sign("msg_1", BODY, [b"t" * 32, SECRET], at=now)

    assert is_genuine(written(SECRET), headers, BODY)
    assert is_genuine(written(b"t" * 32), headers, BODY)
    assert not is_genuine(written(b"u" * 32), headers, BODY)
    assert not is_genuine(written(SECRET), headers, BODY + b" ")
    assert not is_genuine(written(SECRET), headers | {"webhook-signature": "v1"}, BODY)
    assert not is_genuine(written(SECRET), headers | {"webhook-id": "msg_2"}, BODY)


def test_there_is_a_way_with_and_without_the_library():
    """Two examples."""
    assert 2 == len(VERIFIERS)


@pytest.mark.parametrize(("event", "when"), EVENTS.items())
def test_every_event_is_documented(event: str, when: str):
    """In the words of the code."""
    assert f"| `{event}` | {when} |" in TEXT


def test_the_schedule_is_the_documented_one():
    """Waits, attempts, overlap."""
    assert "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, each wait +-20 %" in TEXT
    assert [5, 300, 1800, *(3600 * h for h in (2, 5, 10, 14, 20, 24))] == [
        int(wait.total_seconds()) for wait in retries.RETRY_AFTER
    ]
    assert (0.2, 24) == (retries.JITTER, OVERLAP.total_seconds() / 3600)
