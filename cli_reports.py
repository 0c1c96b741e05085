"""`gondola replay`: a report made again from what is stored."""

from rich.console import Console

from settings import Settings


def replay(settings: Settings, console: Console, report_id: int, revision: int | None) -> bool:
    """Print whether the report comes out the same, and where it first differs."""
    from flows import replay as replaying  # noqa: PLC0415  it costs a second
    from storage.objects import open_objects  # noqa: PLC0415  same
    from storage.records import Records  # noqa: PLC0415  same

    records, objects = Records(settings.records_url), open_objects(settings.objects_url)
    replayed = replaying.replay(records, objects, report_id, revision)
    console.print(replayed.sentence, soft_wrap=True)
    return replayed.same
