"""`gondola export`: photos or crops with their boxes, in the format of another tool."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from export.coco import to_coco
from export.gather import Gatherer
from export.label_studio import to_config, to_tasks
from export.pictures import Label, Picture, make_labels
from storage import master_frames
from storage.objects import ObjectStore
from storage.records import Records

Write = Callable[[Path, list[Picture], list[Label]], list[Path]]


def export(  # noqa: PLR0913 (keyword-only)
    records: Records,
    objects: ObjectStore,
    folder: Path,
    *,
    kind: str,
    since: datetime | None = None,
    uncertain: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> tuple[list[Picture], list[Path]]:
    """Write pictures into `folder/images` and what is on them beside it.

    Doing it again writes the same files again.

    Args:
        kind: coco or label-studio.
        since: leave out scenes that were made before.
        uncertain: crops of what recognition was not sure of, in place of whole photos.
        advance: called after every picture.

    Returns:
        the pictures, and the files that describe them.
    """
    gatherer = Gatherer(records, objects, folder / "images")
    pictures: list[Picture] = []
    for picture in gatherer.crops(since) if uncertain else gatherer.photos(since):
        pictures.append(picture)
        advance()
    with records.reading() as tx:
        skus = master_frames.skus(tx).select("sku_id", "name", "cid").rows()
    return pictures, _WRITERS[kind](folder, pictures, make_labels(skus))


def _write_coco(folder: Path, pictures: list[Picture], labels: list[Label]) -> list[Path]:
    truth, said = to_coco(pictures, labels)
    return [
        _write(folder / "annotations.json", msgspec.json.encode(truth)),
        _write(folder / "predictions.json", msgspec.json.encode(said)),
    ]


def _write_label_studio(folder: Path, pictures: list[Picture], labels: list[Label]) -> list[Path]:
    tasks = to_tasks(pictures, labels, folder.resolve().name)
    return [
        _write(folder / "tasks.json", msgspec.json.encode(tasks)),
        _write(folder / "labels.xml", to_config(labels).encode()),
    ]


def _write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


_WRITERS: dict[str, Write] = {"coco": _write_coco, "label-studio": _write_label_studio}
