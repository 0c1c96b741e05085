"""Signatures by which receivers know our webhooks: judged by two libraries and by hand."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook
from svix.webhooks import Webhook as SvixWebhook

from flows.resources import Resources
from flows.signing import sign
from storage import migrate, webhook_secrets
from storage.webhook_secrets import written
from tests.storage.rows import NOW

SECRET, OTHER = b"0123456789abcdef0123456789abcdef", b"another secret of thirty-two by."
UID = "msg_" + "0a" * 16
BODIES = 1000

Headers = dict[str, str]
Judge = Callable[[bytes, bytes, Headers], bool]


def by_library(secret: bytes, body: bytes, headers: Headers) -> bool:
    """What `standardwebhooks` says."""
    return _accepts(lambda: Webhook(written(secret)).verify(body, headers, json_parse=False))


def by_svix(secret: bytes, body: bytes, headers: Headers) -> bool:
    """What `svix` says."""
    return _accepts(lambda: SvixWebhook(written(secret)).verify(body, headers))


def by_hand(secret: bytes, body: bytes, headers: Headers) -> bool:
    """What the specification says, without either."""
    try:
        sent = int(headers["webhook-timestamp"])
        signed = b".".join([headers["webhook-id"].encode(), str(sent).encode(), body])
        told = headers["webhook-signature"].split(" ")
    except (KeyError, ValueError):
        return False
    right = hmac.new(secret, signed, hashlib.sha256).digest()
    mine = f"v1,{base64.b64encode(right).decode()}"
    fresh = abs(datetime.now(UTC).timestamp() - sent) <= 300
    return fresh and any(hmac.compare_digest(mine, one) for one in told)


JUDGES: list[Judge] = [by_library, by_svix, by_hand]


def _accepts(verify: Callable[[], object]) -> bool:
    try:
        verify()
    except Exception:  # the libraries raise whatever a broken header leads to
        return False
    return True


def body(rng: random.Random) -> bytes:
    """JSON of any size up to 20 kB, in any script; now and then nothing at all."""
    kind = rng.randrange(4)
    alphabet = ['aZ 0"\\/', "äßžш漢字\u200b", "🛒🧃\U0010ffff", "\x7f\u2028\ufeff"][kind]
    text = "".join(rng.choices(alphabet, k=rng.choice([0, 1, 60, 5000])))
    return b"" if rng.random() < 0.05 else json.dumps([text], ensure_ascii=False).encode()


@pytest.fixture(autouse=True)
def _migrated(request: pytest.FixtureRequest) -> None:
    """Tables, where a test stores secrets."""
    if "tools" in request.fixturenames:
        migrate.upgrade(request.getfixturevalue("tools").settings.records_url)


@pytest.mark.parametrize("judge", JUDGES)
def test_what_we_sign_is_accepted(judge: Judge):
    """A thousand bodies of a thousand."""
    rng, now = random.Random(7), datetime.now(UTC)  # noqa: S311  a seed
    bodies = [body(rng) for _ in range(BODIES)] + [b'"' + b"x" * 20_000 + b'"']

    accepted = [judge(SECRET, one, sign(UID, one, [SECRET], at=now)) for one in bodies]

    assert [True] * (BODIES + 1) == accepted


def _flip(text: str, rng: random.Random) -> str:
    """Another character at one place; base64 may carry unused bits in its last digit."""
    place = rng.randrange(len(text) - 3)
    other = "B" if text[place] != "B" else "C"
    return text[:place] + other + text[place + 1 :]


TAMPERED: dict[str, Callable[[bytes, Headers, random.Random], tuple[bytes, Headers]]] = {
    "byte changed": lambda b, h, r: (bytes([b[0] ^ 1 << r.randrange(5)]) + b[1:], h),
    "byte added": lambda b, h, _: (b + b" ", h),
    "byte removed": lambda b, h, _: (b[:-1], h),
    "body empty": lambda _, h, __: (b"", h),
    "other id": lambda b, h, r: (b, h | {"webhook-id": _flip(h["webhook-id"], r)}),
    "other time": lambda b, h, r: (
        b,
        h | {"webhook-timestamp": str(int(h["webhook-timestamp"]) + r.randrange(1, 60))},
    ),
    "too old": lambda b, h, r: (b, _signed_at(b, -r.randrange(301, 10**6))),
    "too new": lambda b, h, r: (b, _signed_at(b, r.randrange(310, 10**6))),
    "other signature": lambda b, h, r: (
        b,
        h | {"webhook-signature": "v1," + _flip(h["webhook-signature"][3:], r)},
    ),
    "other secret": lambda b, h, _: (b, sign(UID, b, [OTHER], at=datetime.now(UTC))),
    "other version": lambda b, h, _: (
        b,
        h | {"webhook-signature": h["webhook-signature"].replace("v1,", "v2,")},
    ),
    "header missing": lambda b, h, r: (b, _without(r.choice(sorted(h)), h)),
}


def _without(name: str, headers: Headers) -> Headers:
    return {key: value for key, value in headers.items() if key != name}


def _signed_at(body: bytes, seconds: int) -> Headers:
    return sign(UID, body, [SECRET], at=datetime.now(UTC) + timedelta(seconds=seconds))


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("tamper", TAMPERED)
def test_what_was_changed_is_refused(judge: Judge, tamper: str):
    """A hundred of a hundred, of each kind."""
    rng = random.Random(tamper)  # noqa: S311  a seed
    accepted = 0
    for number in range(100):
        sent = json.dumps({"id": number, "text": "ш🛒"}).encode()
        headers = sign(UID, sent, [SECRET], at=datetime.now(UTC))
        accepted += judge(SECRET, *TAMPERED[tamper](sent, headers, rng))

    assert 0 == accepted


def test_the_timestamp_is_the_attempts_own():
    """Whole seconds; the id stays."""
    one, two = (sign(UID, b"{}", [SECRET], at=NOW + timedelta(seconds=n)) for n in (0, 5))

    assert (UID, UID) == (one["webhook-id"], two["webhook-id"])
    assert 5 == int(two["webhook-timestamp"]) - int(one["webhook-timestamp"])
    assert str(int(NOW.timestamp())) == one["webhook-timestamp"]
    assert one["webhook-signature"] != two["webhook-signature"]


@pytest.mark.parametrize("judge", JUDGES)
def test_receivers_change_over_when_they_like(judge: Judge, tools: Resources):
    """While a rotation overlaps the former secret and the new one verify; later only the new."""
    now = datetime.now(UTC)
    with tools.records.transaction() as tx:
        (former,) = webhook_secrets.get_or_create(tx, 1, now=now)
        new = webhook_secrets.rotate(tx, 1, now=now, overlap=timedelta(hours=24))
        during = webhook_secrets.find(tx, 1, now=now + timedelta(hours=23, minutes=59))
        after = webhook_secrets.find(tx, 1, now=now + timedelta(hours=24))

    def accepts(secret: bytes, with_secrets: list[bytes]) -> bool:
        return judge(secret, b"{}", sign(UID, b"{}", with_secrets, at=now))

    assert (True, True) == (accepts(former, during), accepts(new, during))
    assert (False, True) == (accepts(former, after), accepts(new, after))


def test_a_secret_is_made_once_and_for_one_endpoint(tools: Resources):
    """Whoever asks first; another endpoint has another; 32 random bytes."""
    with tools.records.transaction() as tx:
        found = [webhook_secrets.get_or_create(tx, n, now=NOW) for n in (0, 0, 1)]

    assert found[0] == found[1]
    assert found[0] != found[2]
    assert [32] * 3 == [len(one) for (one,) in found]


def test_rotating_twice_keeps_what_still_overlaps(tools: Resources):
    """Three secrets, the newest first; one that leaked takes all former ones with it."""
    with tools.records.transaction() as tx:
        (first,) = webhook_secrets.get_or_create(tx, 1, now=NOW)
        second = webhook_secrets.rotate(tx, 1, now=NOW)
        third = webhook_secrets.rotate(tx, 1, now=NOW)
        assert [third, second, first] == webhook_secrets.find(tx, 1, now=NOW)
        fourth = webhook_secrets.rotate(tx, 1, now=NOW, overlap=timedelta())
        found: Any = webhook_secrets.find(tx, 1, now=NOW)

    assert [fourth] == found
