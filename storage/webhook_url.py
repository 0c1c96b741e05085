"""What of a webhook's address people and logs may see, and which messages wait for each other."""

from urllib.parse import urlsplit


def shown(url: str) -> str:
    """Write the address without what may be a secret: login, query and fragment."""
    parts = _split(url)
    if parts is None:
        return "?"
    scheme, host, path, has_more = parts
    return f"{scheme}://{host}{path}{'?...' if has_more else ''}"


def lane_of(url: str) -> str:
    """Name the receiver: host and port."""
    parts = _split(url)
    return parts[1] if parts else ""


def _split(url: str) -> tuple[str, str, str, bool] | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    return parts.scheme.lower(), host, parts.path, bool(parts.query or parts.fragment)
