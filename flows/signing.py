"""The headers by which a receiver knows that a webhook is ours and has not been changed.

Source: Standard Webhooks 1.0.0, sections "Webhook headers" and "Signature scheme".
"""

from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook


def sign(uid: str, body: bytes, secrets: Sequence[bytes], *, at: datetime) -> dict[str, str]:
    """Make the headers of one attempt.

    Args:
        uid: of the message, the same for every attempt.
        body: the bytes that are sent, UTF-8.
        secrets: one signature of each, the newest first.
        at: time of the attempt, UTC: the library takes any other zone for UTC.
    """
    signatures = [Webhook(secret).sign(uid, at, body.decode()) for secret in secrets]
    return {
        "webhook-id": uid,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
