"""Names of scenes: UUIDs in the order of time."""

import secrets
from datetime import datetime


def make_uuid7(now: datetime) -> str:
    """Make a UUIDv7: 48 bits of milliseconds, then random bits, as 32 hex digits.

    Source: RFC 9562, section 5.7
    """
    milliseconds = int(now.timestamp() * 1000)
    version, variant = 7 << 76, 0b10 << 62
    random = secrets.randbits(12) << 64 | secrets.randbits(62)
    return f"{milliseconds << 80 | version | variant | random:032x}"
