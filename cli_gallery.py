"""`gondola gallery`: what each embedder knows, and how the next one learns it."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from settings import Settings

_COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeRemainingColumn(),
)


def status(settings: Settings, console: Console) -> None:
    """Print how many references each embedder knows."""
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


def rebuild(settings: Settings, console: Console, model: str) -> None:
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


def rebuild_when_foreign(settings: Settings, console: Console) -> None:
    """Rebuild the gallery when another embedder made it; else do nothing, and load no model."""
    from flows.resources import Resources  # noqa: PLC0415  it costs a second
    from storage import galleries  # noqa: PLC0415  same

    tools = Resources(settings)
    with tools.records.reading() as tx:
        foreign = galleries.known_to_others(tx, tools.embedder_key)
    if foreign:
        console.print(f"The gallery was made by {', '.join(foreign)}; making it anew.")
        rebuild(settings, console, "")
