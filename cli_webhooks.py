"""`gondola webhooks list | redeliver | enable | secret | rotate`: who is told, and what failed."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from cli_ends import console, failing, read_settings, upgrade

if TYPE_CHECKING:
    from storage.records import Records, Transaction

DEAD_SHOWN = 20
_TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
_CALLS = "ENDPOINT is an id of `gondola webhooks list`; without it, addresses that calls name."


@click.group()
def webhooks() -> None:
    """See who is told of what happens, what failed, and send it again."""


@contextmanager
def _records() -> Generator["Records"]:
    """Open the records; what goes wrong is a sentence."""
    from storage.records import Records  # noqa: PLC0415  it costs a second

    settings = read_settings()
    with failing():
        upgrade(settings)
        records = Records(settings.records_url)
        yield records
        records.close()


@contextmanager
def _transaction() -> Generator["Transaction"]:
    """Open the records for one transaction."""
    with _records() as records, records.transaction() as tx:
        yield tx


@webhooks.command("list")
def show() -> None:
    """List endpoints, and the newest messages that were given up."""
    from storage import endpoints, message_log  # noqa: PLC0415  it costs a second
    from storage.message_log import Count, Wanted  # noqa: PLC0415  same
    from storage.webhook_url import shown  # noqa: PLC0415  same

    with _transaction() as tx:
        _, found = endpoints.page(tx, limit=1000, offset=0)
        counts = message_log.counts(tx)
        count, dead = message_log.page(tx, Wanted(states=["FAILED"]), limit=DEAD_SHOWN, offset=0)
    table = Table(box=None)
    for title in ("id", "address", "events", "waiting", "given up", ""):
        table.add_column(title, overflow="fold")
    for one in found:
        mine = counts.get(one.id, Count())
        numbers = str(mine.open), str(mine.failed)
        state = f"disabled: {one.disabled_because}" if one.disabled_at else ""
        table.add_row(str(one.id), escape(shown(one.url)), " ".join(one.events), *numbers, state)
    mine = counts.get(0, Count())
    table.add_row("", "addresses that calls named", "", str(mine.open), str(mine.failed), "")
    console.print(table)
    console.print(f"Given up: {count}." if count else "Nothing was given up.")
    for message in dead:
        where = f"endpoint {message.endpoint_id}" if message.endpoint_id else shown(message.url)
        what = f"{message.uid}  {message.event}  {where}  {message.problem}"
        console.print(escape(what), soft_wrap=True, highlight=False)


@webhooks.command()
@click.argument("messages", nargs=-1, metavar="[MESSAGE]...")
@click.option("--endpoint", type=int, help="Only to this one; 0 = addresses that calls named.")
@click.option("--since", type=_TIME, help="Only what was made then or later (UTC).")
@click.option("--until", type=_TIME, help="Only what was made earlier (UTC).")
@click.option("--delivered", is_flag=True, help="Also what was delivered.")
def redeliver(
    messages: tuple[str, ...],
    endpoint: int | None,
    since: datetime | None,
    until: datetime | None,
    delivered: bool,
) -> None:
    """Send messages again: those named by their webhook-id, else all that were given up.

    A running platform does so within half a minute. Each keeps its webhook-id.
    """
    from storage import message_log  # noqa: PLC0415  it costs a second
    from storage.message_log import Wanted  # noqa: PLC0415  same
    from storage.work import DONE, FAILED  # noqa: PLC0415  same

    chosen = [FAILED, DONE] if delivered else [FAILED]
    wanted = Wanted(
        uids=messages or None,
        endpoint_id=endpoint,
        states=None if messages else chosen,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
    )
    with _records() as records:
        count = message_log.redeliver(records, wanted, now=datetime.now(UTC))
    console.print(f"{count} messages are sent again.")


@webhooks.command()
@click.argument("endpoint", type=int)
def enable(endpoint: int) -> None:
    """Send to an endpoint again that was disabled; what it missed waits for `redeliver`."""
    from storage import endpoints  # noqa: PLC0415  it costs a second

    with _transaction() as tx:
        endpoints.enable(tx, endpoint)
    console.print(f"Endpoint {endpoint} is enabled.")


@webhooks.command(epilog=_CALLS)
@click.argument("endpoint", type=int, default=0)
def secret(endpoint: int) -> None:
    """Show what webhooks are signed with; after a rotation the former secret, too."""
    from storage import endpoints, webhook_secrets  # noqa: PLC0415  it costs a second

    with _transaction() as tx:
        if endpoint:
            endpoints.get(tx, endpoint)
        found = webhook_secrets.get_or_create(tx, endpoint, now=datetime.now(UTC))
    for one in found:
        click.echo(webhook_secrets.written(one))


@webhooks.command(epilog=_CALLS)
@click.argument("endpoint", type=int, default=0)
@click.option(
    "--hours",
    type=click.IntRange(0, 168),
    default=24,
    show_default=True,
    help="How long the former secret goes on; 0 when it leaked.",
)
def rotate(endpoint: int, hours: int) -> None:
    """Make a new secret and show it."""
    from storage import endpoints, webhook_secrets  # noqa: PLC0415  it costs a second

    with _transaction() as tx:
        if endpoint:
            endpoints.get(tx, endpoint)
        overlap = timedelta(hours=hours)
        made = webhook_secrets.rotate(tx, endpoint, now=datetime.now(UTC), overlap=overlap)
    click.echo(webhook_secrets.written(made))
