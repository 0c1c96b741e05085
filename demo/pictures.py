"""Draw a realogram on its photo."""

import colorsys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

LEGEND_WIDTH = 620
UNKNOWN = (150, 150, 150)
GOLDEN_ANGLE = 137.508  # degrees; neighbouring ids get far apart hues


def draw(photo: Path, realogram: dict[str, Any], target: Path) -> None:
    """Write the photo with its boxes and a legend of the SKUs beside it.

    Args:
        realogram: the entry of this photo in a REALOGRAM report.
        target: JPEG to write; its folder is made.
    """
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    boxes = sorted(realogram["annotations"], key=lambda box: box["sku_id"] or 0)
    numbers = {sku: n for n, sku in enumerate(dict.fromkeys(b["sku_id"] for b in boxes), 1)}
    _draw_boxes(picture, boxes, numbers)
    _draw_lines(picture, realogram["shelf_annotations"])
    target.parent.mkdir(parents=True, exist_ok=True)
    _with_legend(picture, boxes, numbers).save(target, quality=85)


def colour(sku_id: int | None) -> tuple[int, int, int]:
    """A colour of its own for every SKU, grey for an unknown product."""
    if sku_id is None:
        return UNKNOWN
    hue = sku_id * GOLDEN_ANGLE % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.5, 0.85)
    return round(red * 255), round(green * 255), round(blue * 255)


def _draw_boxes(
    picture: Image.Image, boxes: list[dict[str, Any]], numbers: dict[int | None, int]
) -> None:
    canvas = ImageDraw.Draw(picture, "RGBA")
    font = ImageFont.load_default(size=max(18, picture.width // 110))
    for box in boxes:
        left, top = box["x"] - box["w"] / 2, box["y"] - box["h"] / 2
        corners = (left, top, left + box["w"], top + box["h"])
        tint = colour(box["sku_id"])
        canvas.rectangle(corners, outline=tint, width=max(3, picture.width // 600))
        label = str(numbers[box["sku_id"]]) if box["sku_id"] else "?"
        canvas.rectangle(canvas.textbbox((left + 4, top + 4), label, font), fill=(*tint, 230))
        canvas.text((left + 4, top + 4), label, fill="white", font=font)


def _draw_lines(picture: Image.Image, lines: list[dict[str, int]]) -> None:
    canvas = ImageDraw.Draw(picture)
    for line in lines:
        ends = (line["x1"], line["y1"], line["x2"], line["y2"])
        canvas.line(ends, fill=(0, 220, 255), width=max(2, picture.width // 900))


def _with_legend(
    picture: Image.Image, boxes: list[dict[str, Any]], numbers: dict[int | None, int]
) -> Image.Image:
    sheet = Image.new("RGB", (picture.width + LEGEND_WIDTH, picture.height), "white")
    sheet.paste(picture)
    canvas, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=22)
    names = {box["sku_id"]: box["name"] or "not identified" for box in boxes}
    for row, (sku_id, number) in enumerate(numbers.items()):
        x, y = picture.width + 16, 16 + row * 34
        count = sum(box["sku_id"] == sku_id for box in boxes)
        canvas.rectangle((x, y, x + 26, y + 26), fill=colour(sku_id))
        mark = number if sku_id else "?"
        canvas.text((x + 38, y), f"{mark}  {count} x {names[sku_id]}", fill="black", font=font)
    return sheet
