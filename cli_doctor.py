"""`gondola doctor`: is the installation sound? `gondola stuck`: what does not move, and why?"""

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
from rich.markup import escape
from rich.table import Table

from cli_ends import console, failing, read_settings, upgrade

if TYPE_CHECKING:
    from storage.work import Work

SHOWN = 50


@click.command()
def doctor() -> None:
    """Check models, gallery, stores, disk, clock, ports and Prefect, and say what to do.

    Ends with 1 when something is wrong, with 0 when there is advice at most.
    """
    from doctor import CHECKS, examine  # noqa: PLC0415  it costs seconds

    settings, wrong = read_settings(), False
    for check in CHECKS:
        found = examine(check, settings)
        wrong |= found.wrong
        mark = "[red]wrong [/red]" if found.wrong else "[yellow]advice[/yellow]"
        mark = mark if found.do else "[green]ok    [/green]"
        said = f"{mark} {check.__name__:9} {escape(found.said)}"
        console.print(said, soft_wrap=True)
        if found.do:
            console.print(f"       {'':9} {escape(found.do)}", soft_wrap=True)
    sys.exit(1 if wrong else 0)


@click.command()
@click.option("--minutes", default=2.0, show_default=True, help="Due for longer than this.")
def stuck(minutes: float) -> None:
    """List what has not moved: since when, and why. Ends with 1 when there is something."""
    from storage import stuck as found  # noqa: PLC0415  it costs a second
    from storage.records import Records  # noqa: PLC0415  same

    settings, now = read_settings(), datetime.now(UTC)
    with failing():
        upgrade(settings)
        records = Records(settings.records_url)
        with records.reading() as tx:
            after = timedelta(minutes=minutes)
            count, work = found.stuck(tx, now=now, after=after, limit=SHOWN)
        records.close()
    if not work:
        console.print("Nothing is stuck.")
        return
    table = Table("what", "due since (UTC)", "tries", "why")
    for one in work:
        table.add_row(_what(one), f"{one.due_at:%F %T}", str(one.tries), escape(why(one, now)))
    console.print(table)
    if count > len(work):
        console.print(f"And {count - len(work)} more: {count} in all, the longest due are shown.")
    sys.exit(1)


def _what(one: "Work") -> str:
    subjects = {"recognize-scene": "scene", "compute-reports": "report"}
    return f"{subjects.get(one.flow, 'message')} {one.subject_id}"


def why(one: "Work", now: datetime) -> str:
    """Say in a sentence why a piece of work has not ended."""
    problem = f" Last problem: {one.problem}" if one.problem else ""
    if one.state == "FAILED":
        return f"Given up after {one.tries} tries.{problem}"
    if one.lease_until and one.lease_until > now:
        return f"{one.owner} works on it.{problem}"
    if one.due_at > now:
        return f"It failed and is tried again at {one.due_at:%T}.{problem}"
    if one.lease_until:
        return f"{one.owner} died over it; the sweep hands it on.{problem}"
    return f"No worker has taken it: does one run, and Prefect? See `gondola doctor`.{problem}"
