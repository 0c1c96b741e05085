"""An export is read by the tools it is made for."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from pycocotools.coco import COCO

from cli import main
from export.command import export
from storage import crops, doubts, images, scenes
from storage.doubts import AMBIGUOUS, Doubt
from tests.api import recognised
from tests.api.conftest import Gondola, jpeg, start


@pytest.fixture(scope="module")
def gondola(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gondola]:
    """One scene: a facing that was named, one confirmed, one in doubt."""
    with start(tmp_path_factory.mktemp("export")) as made:
        sku = recognised.add_sku(made, "Lime")
        scene, _ = recognised.answerable(
            made, {"sku_id": sku, "confidence": 0.98}, {"confidence": 0.7}, {}
        )
        made.post(f"/scenes/{scene}/facings/1/confirm/", json={"sku": sku})
        with made.records.transaction() as tx:
            scene_id = scenes.by_scene(tx, scene).id
            found = [Doubt(1, AMBIGUOUS, sku, 0.6), Doubt(2, AMBIGUOUS, sku, 0.6)]
            doubts.replace(tx, scene_id, 1, found, now=made.clock.now)
        pictures = {1: jpeg(30, 60), 2: jpeg(40, 20)}
        day = made.clock.now.date()
        crops.write(made.objects, day=day, scene=scene, revision=1, jpegs=pictures)
        yield made


def run(gondola: Gondola, folder: Path, **more: Any) -> list[Path]:
    """Export into the folder."""
    return export(gondola.records, gondola.objects, folder, **({"kind": "coco"} | more))[1]


def size(path: Path) -> tuple[int, int]:
    """Width and height of a picture."""
    with Image.open(path) as picture:
        return picture.size


def test_pycocotools_reads_it(gondola: Gondola, tmp_path: Path):
    """Truth, and results that belong to it."""
    truth, said = run(gondola, tmp_path)
    data = COCO(str(truth))
    results = data.loadRes(str(said))

    assert ([1], 3) == (data.getAnnIds(), len(results.getAnnIds()))
    assert ["not identified", "Lime"] == [c["name"] for c in data.loadCats(data.getCatIds())]
    (photo,) = data.loadImgs(data.getImgIds())
    assert (64, 48) == size(tmp_path / photo["file_name"])
    assert (64, 48) == (photo["width"], photo["height"])


def test_uncertain_facings_are_exported_as_crops(gondola: Gondola, tmp_path: Path):
    """The box is the whole crop; those that people settled have their truth."""
    truth, _ = run(gondola, tmp_path, uncertain=True)
    data = COCO(str(truth))
    (confirmed,) = data.loadAnns(data.getAnnIds())

    assert [(30, 60), (40, 20)] == [(i["width"], i["height"]) for i in data.loadImgs([1, 2])]
    assert ([0.0, 0.0, 30.0, 60.0], 1) == (confirmed["bbox"], confirmed["image_id"])


def test_label_studio_gets_tasks_and_a_configuration(gondola: Gondola, tmp_path: Path):
    """One task per photo, whose picture is there."""
    tasks, config = run(gondola, tmp_path / "out", kind="label-studio")
    (task,) = json.loads(tasks.read_bytes())
    picture = task["data"]["image"].removeprefix("/data/local-files/?d=")

    assert (tmp_path / picture).is_file()
    assert '<Label value="Lime"/>' in config.read_text()


def test_older_scenes_can_be_left_out(gondola: Gondola, tmp_path: Path):
    """By the day they were made."""
    now = gondola.clock.now
    counts = [
        len(export(gondola.records, gondola.objects, tmp_path, kind="coco", since=since)[0])
        for since in (now - timedelta(days=1), now + timedelta(days=1))
    ]

    assert [1, 0] == counts


def test_the_same_export_is_the_same_files(gondola: Gondola, tmp_path: Path):
    """Byte for byte, into the same folder."""
    first = [path.read_bytes() for path in run(gondola, tmp_path)]

    assert first == [path.read_bytes() for path in run(gondola, tmp_path)]


def test_photos_are_exported_upright(tmp_path: Path):
    """Boxes are of the upright photo, and not every tool looks at EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera lay on its side
    with start(tmp_path / "data") as gondola:
        image = gondola.upload(jpeg(64, 48, exif=exif)).json()["id"]
        reply = gondola.recognize(images=[image]).json()
        recognised.write_facts(
            gondola,
            reply["id"],
            facings=[recognised.facing(image, 0, None)],
            photos=[recognised.photo(image, 0)],
        )
        (picture,), _ = export(gondola.records, gondola.objects, tmp_path / "out", kind="coco")

    assert ((48, 64), (48, 64)) == (
        size(tmp_path / "out/images" / picture.file_name),
        (picture.width, picture.height),
    )


def test_a_lost_photo_is_left_out(tmp_path: Path):
    """The export goes on."""
    with start(tmp_path / "data") as gondola:
        _, image = recognised.answerable(gondola, {})
        with gondola.records.reading() as tx:
            gondola.objects.delete(images.get(tx, image).key)

        assert [] == export(gondola.records, gondola.objects, tmp_path / "out", kind="coco")[0]


def test_a_folder_that_cannot_be_made_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """No traceback."""
    monkeypatch.setenv("GONDOLA_DATA", str(tmp_path / "data"))
    (tmp_path / "file").touch()
    command = ["export", "--format", "coco", "--out", str(tmp_path / "file/below")]
    ended = CliRunner().invoke(main, command)

    assert (1, SystemExit) == (ended.exit_code, type(ended.exception))
    assert "Not a directory" in ended.output


def test_crops_are_jpegs(gondola: Gondola, tmp_path: Path):
    """As recognition cut them."""
    run(gondola, tmp_path, uncertain=True)
    files = sorted((tmp_path / "images").iterdir())

    assert [jpeg(30, 60), jpeg(40, 20)] == [file.read_bytes() for file in files]
    assert "JPEG" == Image.open(io.BytesIO(files[0].read_bytes())).format
