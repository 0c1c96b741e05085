"""The command line: `gondola --help`."""

import os
import sys
import time
from datetime import datetime
from pathlib import Path

import click

import cli_backup
import cli_capacity
import cli_doctor
import cli_gallery
import cli_health
import cli_history
import cli_master
import cli_tokens
import cli_warehouse
import cli_webhooks
from cli_ends import (
    check_own_reports,
    console,
    end_on_signals,
    fail,
    failing,
    read_settings,
    upgrade,
)
from settings import Settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Gondola looks at photos of shop shelves and says what stands on them.

    Settings are environment variables GONDOLA_*; docs/operations.md lists them.
    """


def _make_ready(settings: Settings) -> None:
    """Bring records and gallery up to date; prints the master key when it is new."""
    from up import ensure_master_key  # noqa: PLC0415  it costs seconds

    if key := ensure_master_key(settings):
        console.print(f"Master key, shown only now: [bold]{key}[/bold]")
    cli_gallery.rebuild_when_foreign(settings)


@main.command()
def up() -> None:
    """Run everything on this machine: Prefect server, API, worker. Ctrl-C stops it."""
    from inference.errors import InferenceError  # noqa: PLC0415  these imports cost seconds
    from storage.errors import StorageError  # noqa: PLC0415
    from up import Platform, StartFailed  # noqa: PLC0415

    settings = read_settings()
    check_own_reports(settings)
    end_on_signals()
    try:
        _make_ready(settings)
        with Platform(settings, console.print) as platform:
            console.print(f"API         {settings.api_url}   (documentation: /docs)")
            console.print(f"Prefect UI  {settings.prefect_ui_url}")
            console.print("Press Ctrl-C to stop.")
            platform.watch()
    except KeyboardInterrupt:
        console.print("Stopped.")
    except (StartFailed, InferenceError, StorageError) as error:
        fail(str(error))


@main.command()
@click.option("--keep", is_flag=True, help="Leave the platform running until Ctrl-C.")
def demo(keep: bool) -> None:
    """Show the whole path on four real photos, with an own data folder."""
    from demo import story  # noqa: PLC0415
    from up import Platform, StartFailed  # noqa: PLC0415

    began, settings = time.monotonic(), story.demo_settings(read_settings())
    end_on_signals()
    with failing():
        _make_ready(settings)
    console.print("Starting Prefect server, API and worker ...")
    try:
        with Platform(settings, console.print) as platform:
            ready = story.tell(settings, console)
            console.print(f"Done in {time.monotonic() - began:.0f} s.")
            if keep:
                console.print("Still running; press Ctrl-C to stop.")
                platform.watch()
    except KeyboardInterrupt:
        console.print("Stopped.")
        return
    except StartFailed as error:
        fail(str(error))
    sys.exit(0 if ready else 1)


@main.command()
def api() -> None:
    """Run one API process (the scaled form; `up` runs it for you)."""
    settings = read_settings()
    check_own_reports(settings)
    options = "-m granian --interface asgi --factory --no-ws --workers 1 --respawn-failed-workers"
    listen = ["--host", settings.host, "--port", str(settings.port), "--log-level", "warning"]
    listen += ["--workers-kill-timeout", "10"]  # seconds: listeners of events would never end
    listen += ["--log-config", str(Path(__file__).parent / "telemetry" / "granian.json")]
    command = [sys.executable, *options.split(), *listen, "api.app:from_environment"]
    os.execv(sys.executable, command)  # noqa: S606  the server takes over this process


@main.command()
def worker() -> None:
    """Run one warm worker (the scaled form; `up` runs it for you)."""
    from flows import server  # noqa: PLC0415
    from up import StartFailed, wait_for_prefect  # noqa: PLC0415

    settings = read_settings()
    check_own_reports(settings)
    os.environ.update(server.client_environment(settings))  # before Prefect reads it
    from flows.gallery import GalleryMismatch  # noqa: PLC0415
    from flows.worker import main as run  # noqa: PLC0415
    from inference.errors import InferenceError  # noqa: PLC0415
    from storage.errors import StorageError  # noqa: PLC0415

    try:
        upgrade(settings)
        wait_for_prefect(settings)
        run()
    except (StartFailed, GalleryMismatch, InferenceError, StorageError) as error:
        fail(str(error))


@main.command()
def prefect() -> None:
    """Run the Prefect server alone, set up as `up` does it (the scaled form)."""
    from flows import server  # noqa: PLC0415

    settings = read_settings()
    os.environ.update(server.server_environment(settings))
    listen = ["--host", settings.prefect_host, "--port", str(settings.prefect_port)]
    command = [sys.executable, "-m", "flows.server", *listen]
    os.execv(sys.executable, command)  # noqa: S606  the server takes over this process


@main.command()
@click.option(
    "--format", "kind", type=click.Choice(["coco", "label-studio", "oos-reasons"]), required=True
)
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Leave out older scenes (UTC).")
@click.option("--uncertain", is_flag=True, help="Crops of what recognition was not sure of.")
def export(kind: str, folder: Path, since: datetime | None, uncertain: bool) -> None:
    """Write into a folder what people confirmed and what was predicted, or why SKUs are missing."""
    import cli_learning  # noqa: PLC0415  it costs a second

    settings = read_settings()
    with failing():
        upgrade(settings)
        cli_learning.export(settings, console, folder, kind=kind, since=since, uncertain=uncertain)


@main.command()
@click.argument("report_id", type=int)
@click.option("--revision", type=int, help="An older one; else the current one.")
def replay(report_id: int, revision: int | None) -> None:
    """Make a report again from what is stored, and compare it byte for byte."""
    import cli_reports  # noqa: PLC0415  it costs a second

    settings = read_settings()
    with failing():
        upgrade(settings)
        same = cli_reports.replay(settings, console, report_id, revision)
    sys.exit(0 if same else 1)


main.add_command(cli_backup.backup)
main.add_command(cli_backup.restore)
main.add_command(cli_capacity.bench)
main.add_command(cli_doctor.doctor)
main.add_command(cli_doctor.stuck)
main.add_command(cli_gallery.gallery)
main.add_command(cli_health.healthy)
main.add_command(cli_history.reprocess)
main.add_command(cli_history.what_if)
main.add_command(cli_master.import_command)
main.add_command(cli_master.export_command)
main.add_command(cli_tokens.token)
main.add_command(cli_warehouse.analytics)
main.add_command(cli_warehouse.sql)
main.add_command(cli_warehouse.warehouse)
main.add_command(cli_webhooks.webhooks)


@main.group()
def sku() -> None:
    """Teach SKUs."""


@sku.command("learn")
@click.option("--dry-run", is_flag=True, help="Only tell what would be learned.")
def learn_skus(dry_run: bool) -> None:
    """Make references of confirmed facings: at most five per SKU, the most different ones."""
    import cli_learning  # noqa: PLC0415  it costs a second

    settings = read_settings()
    with failing():
        upgrade(settings)
        cli_learning.learn(settings, console, dry_run=dry_run)


@main.group()
def model() -> None:
    """Look at model folders."""


@model.command("list")
def list_models() -> None:
    """List the models that come with Gondola."""
    from inference.card import load_card  # noqa: PLC0415

    for folder in sorted(_models().iterdir()):
        card = load_card(folder)
        console.print(f"{folder.name}  {card.task}  {card.licence}  {card.origin}")


@model.command("check")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def check_model(folder: Path) -> None:
    """Verify a model folder: its card, its hashes and its golden answer."""
    from inference.check import check  # noqa: PLC0415

    findings = check(folder)
    for finding in findings:
        console.print(f"[red]{finding}[/red]")
    if findings:
        sys.exit(1)
    console.print(f"{folder.name} is sound.")


def _models() -> Path:
    return Path(__file__).parent / "inference" / "models"


if __name__ == "__main__":
    main()
