"""Is this webhook from our server, and fresh?

Source: Standard Webhooks 1.0.0, section "Signature scheme".
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from gondola.client.errors import BadSignature

TOLERANCE = 300  # seconds the server's clock and ours may differ, travel included


def verify(
    body: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None
) -> Any:
    """Check the signature of a webhook, then parse its JSON.

    Args:
        body: as it arrived, byte for byte.
        headers: of the request, names in any case.
        secret: `whsec_...`, as the server showed it; of several, any may be used during a rotation.
        now: seconds since 1970; else this machine's clock.

    Raises:
        BadSignature: answer 400 or 401 and do nothing else.
    """
    known = {name.lower(): value for name, value in headers.items()}
    try:
        name, stamp, signatures = (
            known[f"webhook-{part}"] for part in ("id", "timestamp", "signature")
        )
        age = abs((time.time() if now is None else now) - int(stamp))
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (KeyError, ValueError, binascii.Error):
        raise BadSignature("A header of the signature, or the secret, is missing or odd.") from None
    if age > TOLERANCE:
        raise BadSignature("The webhook is too old, or a clock is wrong.")
    signed = b".".join((name.encode(), stamp.encode(), body))
    wanted = base64.b64encode(hmac.digest(key, signed, hashlib.sha256))
    given = [one[3:].encode() for one in signatures.split() if one.startswith("v1,")]
    if not any(hmac.compare_digest(wanted, one) for one in given):
        raise BadSignature("The signature is not the server's.")
    return msgspec.json.decode(body)
