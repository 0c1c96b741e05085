"""`gondola token create | list | revoke`: who may ask the API, and what."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from settings import Settings
from storage import tokens
from storage.records import Records
from storage.tokens import IssuedToken


def create(
    settings: Settings, console: Console, *, name: str, scopes: Sequence[str], days: int
) -> None:
    """Make a token and print it, this once."""
    life = timedelta(days=days)
    with Records(settings.records_url).transaction() as tx:
        token = tokens.issue(tx, now=datetime.now(UTC), life=life, scopes=scopes, name=name)
    console.print(f"Token, shown only now: [bold]{token.token}[/bold]", soft_wrap=True)
    console.print(f"May {', '.join(scopes)} until {token.expires_at:%Y-%m-%d %H:%M} UTC.")


def show(settings: Settings, console: Console) -> None:
    """Print every token, the newest first."""
    with Records(settings.records_url).reading() as tx:
        issued = tokens.issued(tx)
    table = Table(box=None)
    for title in ("id", "name", "may", "made", "until", ""):
        table.add_column(title)
    now = datetime.now(UTC)
    for token in issued:
        days = (f"{token.created_at:%Y-%m-%d}", f"{token.expires_at:%Y-%m-%d}")
        table.add_row(token.id, token.name, " ".join(token.scopes), *days, _state(token, now))
    console.print(table if issued else "There is no token yet: `gondola token create`.")


def revoke(settings: Settings, console: Console, token_id: str) -> None:
    """End a token."""
    with Records(settings.records_url).transaction() as tx:
        token = tokens.revoke(tx, token_id, now=datetime.now(UTC))
    console.print(f"Token {token.id} {token.name} no longer works.".replace("  ", " "))


def _state(token: IssuedToken, now: datetime) -> str:
    if token.revoked_at:
        return f"revoked {token.revoked_at:%Y-%m-%d %H:%M}"
    return "expired" if token.expires_at <= now else ""
