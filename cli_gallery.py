"""`gondola gallery`: what each embedder knows, and how the next one learns it."""

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli_ends import console, failing, read_settings, upgrade
from settings import Settings

_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeRemainingColumn(),
)


@click.group()
def gallery() -> None:
    """Look at what the embedders know, and make the next one's gallery."""


@gallery.command()
def status() -> None:
    """Tell how many references each embedder knows."""
    settings = read_settings()
    with failing():
        upgrade(settings)
        _show(settings)


@gallery.command()
@click.argument("embedder", default="")
def rebuild(embedder: str) -> None:
    """Embed the references that EMBEDDER does not know yet; may be stopped and run again.

    EMBEDDER is a name under inference/models or a folder, else the one in service.
    """
    settings = read_settings()
    with failing():
        upgrade(settings)
        _rebuild(settings, embedder)


def rebuild_when_foreign(settings: Settings) -> None:
    """Rebuild the gallery when another embedder made it; else do nothing, and load no model."""
    from flows.resources import Resources  # noqa: PLC0415  it costs a second
    from storage import galleries  # noqa: PLC0415  same

    tools = Resources(settings)
    with tools.records.reading() as tx:
        foreign = galleries.known_to_others(tx, tools.embedder_key)
    if foreign:
        console.print(f"The gallery was made by {', '.join(foreign)}; making it anew.")
        _rebuild(settings, "")


def _show(settings: Settings) -> None:
    from flows.resources import Resources  # noqa: PLC0415  it costs a second
    from storage import galleries, references  # noqa: PLC0415  same

    tools = Resources(settings)
    with tools.records.reading() as tx:
        total, states = references.count(tx), galleries.states(tx)
    ours = tools.embedder_key
    table = Table(title=f"{total} references", title_justify="left", box=None)
    for title in ("embedder", "embedded", "failed", "missing", ""):
        table.add_column(title, justify="left" if title in ("embedder", "") else "right")
    known = {state.embedder: (state.embedded, state.failed) for state in states}
    for key, (embedded, failed) in ({ours: (0, 0)} | known).items():
        counts = (embedded, failed, total - embedded - failed)
        table.add_row(key, *map(str, counts), "in service" if key == ours else "")
    console.print(table)


def _rebuild(settings: Settings, model: str) -> None:
    """Embed what the embedder does not know yet, with a bar of progress."""
    from flows.embed_references import embed_missing  # noqa: PLC0415  it costs a second
    from flows.resources import Resources  # noqa: PLC0415  same

    tools = Resources(settings)
    embedder = tools.embedder(model or settings.embedder)
    with Progress(*_COLUMNS, console=console) as progress:
        bar = progress.add_task(f"Embedding for {embedder.card.key}", total=None)

        def tell(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        embed_missing(tools.records, tools.objects, embedder, threads=tools.threads, tell=tell)
