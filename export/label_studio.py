"""Label Studio: tasks to import, with predictions, and with annotations where people confirmed.

Source: https://labelstud.io/guide/task_format ("Basic Label Studio JSON format"),
/guide/predictions and /tags/rectanglelabels: x, y, width and height are per cent of the picture.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from export.pictures import Label, Picture, Region

FROM, TO = "sku", "image"  # names of the tags in the labelling configuration


def to_tasks(
    pictures: Sequence[Picture], labels: Sequence[Label], folder: str
) -> list[dict[str, Any]]:
    """Make a task of every picture.

    Args:
        folder: of the export, below Label Studio's document root.
    """
    names = {label.sku_id: label.name for label in labels}
    return [_task(picture, names, folder) for picture in pictures]


def to_config(labels: Sequence[Label]) -> str:
    """Make the labelling configuration that the tasks belong to."""
    values = "\n".join(f"    <Label value={quoteattr(label.name)}/>" for label in labels)
    return f"""<View>
  <Image name="{TO}" value="${TO}" zoom="true"/>
  <Filter name="filter" toName="{FROM}" minlength="0"/>
  <RectangleLabels name="{FROM}" toName="{TO}">
{values}
  </RectangleLabels>
</View>
"""


def _task(picture: Picture, names: dict[int, str], folder: str) -> dict[str, Any]:
    address = f"/data/local-files/?d={quote(folder)}/images/{picture.file_name}"
    said = [_rectangle(picture, r, names[r.said_sku_id or 0], r.score) for r in picture.regions]
    told = [_rectangle(picture, r, names[r.sku_id or 0]) for r in picture.regions if r.answered]
    scores = [region.score for region in picture.regions]  # the lowest: the least sure are first
    prediction = {"model_version": picture.model, "score": min(scores, default=0.0), "result": said}
    return {
        "data": {TO: address, "upload": picture.image},
        "predictions": [prediction],
        "annotations": [{"result": told, "ground_truth": True}] if told else [],
    }


def _rectangle(
    picture: Picture, region: Region, name: str, score: float | None = None
) -> dict[str, Any]:
    x1, y1, x2, y2 = region.box
    across, down = 100 / picture.width, 100 / picture.height
    sides = (x1 * across, y1 * down, (x2 - x1) * across, (y2 - y1) * down)
    value = dict(zip(("x", "y", "width", "height"), (round(s, 4) for s in sides), strict=True))
    return {
        "id": f"{region.scene}-{region.facing}",
        "type": "rectanglelabels",
        "from_name": FROM,
        "to_name": TO,
        "original_width": picture.width,
        "original_height": picture.height,
        "image_rotation": 0,
        "value": {**value, "rotation": 0, "rectanglelabels": [name]},
        **({} if score is None else {"score": score}),
    }
