"""`gondola token create | list | revoke`: who may ask the API, and what."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from rich.table import Table

from cli_ends import console, failing, read_settings, upgrade

if TYPE_CHECKING:
    from storage.records import Transaction
    from storage.tokens import IssuedToken


@click.group()
def token() -> None:
    """Make, list and revoke tokens of the API."""


@contextmanager
def _transaction() -> Generator["Transaction"]:
    """Open the records for one transaction; what goes wrong is a sentence."""
    from storage.records import Records  # noqa: PLC0415  it costs a second

    settings = read_settings()
    with failing():
        upgrade(settings)
        records = Records(settings.records_url)
        with records.transaction() as tx:
            yield tx
        records.close()


@token.command()
@click.option("--name", default="", help="What it is for, to tell it from others.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(["read", "recognise", "master_data", "admin"]),
    default=["read", "recognise", "master_data"],
    help="What it may be used for; may be repeated. All but admin, unless said.",
)
@click.option("--days", type=click.IntRange(1, 36_500), default=90, show_default=True)
def create(name: str, scopes: tuple[str, ...], days: int) -> None:
    """Make a token; it is shown this once, only its hash is stored."""
    from storage import tokens  # noqa: PLC0415  it costs a second

    with _transaction() as tx:
        life = timedelta(days=days)
        made = tokens.issue(tx, now=datetime.now(UTC), life=life, scopes=scopes, name=name)
    console.print(f"Token, shown only now: [bold]{made.token}[/bold]", soft_wrap=True)
    console.print(f"May {', '.join(scopes)} until {made.expires_at:%Y-%m-%d %H:%M} UTC.")


@token.command("list")
def show() -> None:
    """List tokens with what they may be used for and until when."""
    from storage import tokens  # noqa: PLC0415  it costs a second

    with _transaction() as tx:
        issued = tokens.issued(tx)
    table = Table(box=None)
    for title in ("id", "name", "may", "made", "until", ""):
        table.add_column(title)
    now = datetime.now(UTC)
    for one in issued:
        days = (f"{one.created_at:%Y-%m-%d}", f"{one.expires_at:%Y-%m-%d}")
        table.add_row(one.id, one.name, " ".join(one.scopes), *days, _state(one, now))
    console.print(table if issued else "There is no token yet: `gondola token create`.")


@token.command()
@click.argument("token_id", metavar="ID")
def revoke(token_id: str) -> None:
    """End the token with this ID of the list, for every process at once."""
    from storage import tokens  # noqa: PLC0415  it costs a second

    with _transaction() as tx:
        revoked = tokens.revoke(tx, token_id, now=datetime.now(UTC))
    console.print(f"Token {revoked.id} {revoked.name} no longer works.".replace("  ", " "))


def _state(one: "IssuedToken", now: datetime) -> str:
    if one.revoked_at:
        return f"revoked {one.revoked_at:%Y-%m-%d %H:%M}"
    return "expired" if one.expires_at <= now else ""
