"""COCO object detection: what people said as ground truth, what recognition said as results.

Source: https://cocodataset.org/#format-data ("Object Detection") and #format-results; read by
`pycocotools`: `COCO("annotations.json").loadRes("predictions.json")`.
"""

from collections.abc import Sequence
from typing import Any

from export.pictures import Label, Picture, Region

DESCRIPTION = (
    "Annotations are what people confirmed, predictions what recognition said. "
    "A facing that nobody confirmed is in the predictions alone."
)


def to_coco(
    pictures: Sequence[Picture], labels: Sequence[Label]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Make the data set and the results."""
    return {
        "info": {"description": DESCRIPTION, "version": "1.0"},
        "licenses": [],
        "images": [_image(picture) for picture in pictures],
        "annotations": _annotations(pictures),
        "categories": [
            {"id": label.sku_id, "name": label.name, "supercategory": "product", "cid": label.cid}
            for label in labels
        ],
    }, [_result(picture, region) for picture in pictures for region in picture.regions]


def _image(picture: Picture) -> dict[str, Any]:
    return {
        "id": picture.id,
        "file_name": f"images/{picture.file_name}",
        "width": picture.width,
        "height": picture.height,
        "upload": picture.image,
        "model": picture.model,
    }


def _annotations(pictures: Sequence[Picture]) -> list[dict[str, Any]]:
    answered = [(p, region) for p in pictures for region in p.regions if region.answered]
    return [
        {
            "id": number,
            **_region(picture, region),
            "category_id": region.sku_id or 0,
            "area": _area(region),
            "iscrowd": 0,
            "predicted_category_id": region.said_sku_id or 0,
        }
        for number, (picture, region) in enumerate(answered, 1)
    ]


def _result(picture: Picture, region: Region) -> dict[str, Any]:
    said = {"category_id": region.said_sku_id or 0, "score": region.score}
    return _region(picture, region) | said


def _region(picture: Picture, region: Region) -> dict[str, Any]:
    x1, y1, x2, y2 = region.box
    box = [round(side, 2) for side in (x1, y1, x2 - x1, y2 - y1)]
    return {"image_id": picture.id, "bbox": box, "scene": region.scene, "facing": region.facing}


def _area(region: Region) -> float:
    x1, y1, x2, y2 = region.box
    return round((x2 - x1) * (y2 - y1), 2)
