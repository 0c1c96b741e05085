"""Which addresses a webhook may go to."""

from yarl import URL

from api.errors import FieldWrong

MAX_LENGTH = 2048


def check_url(field: str, text: str | None) -> str | None:
    """Take an http(s) address with a host; empty counts as none.

    Parsed with the library that will connect to it, so both read the same host.

    Raises:
        FieldWrong: names the field.
    """
    if not text:
        return None
    if len(text) > MAX_LENGTH or not _is_web_address(text):
        raise FieldWrong(field, "Enter a valid URL, http:// or https:// with a host.")
    return text


def _is_web_address(text: str) -> bool:
    try:
        url = URL(text)
        port = url.port
    except (ValueError, IndexError):  # yarl has the second for `http://[::]:8e@`
        return False
    printable = text.isprintable() and " " not in text
    return printable and url.scheme in ("http", "https") and bool(url.host) and bool(port)
