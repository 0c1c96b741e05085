"""Draw a realogram on its photo."""

import colorsys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

LEGEND_SHARE = 0.3  # of the photo's width
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
    known = dict.fromkeys(box["sku_id"] for box in boxes if box["sku_id"] is not None)
    numbers = {sku_id: str(number) for number, sku_id in enumerate(known, 1)} | {None: "?"}
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
    picture: Image.Image, boxes: list[dict[str, Any]], numbers: dict[int | None, str]
) -> None:
    canvas = ImageDraw.Draw(picture, "RGBA")
    font = ImageFont.load_default(size=max(18, picture.width // 110))
    for box in boxes:
        left, top = box["x"] - box["w"] / 2, box["y"] - box["h"] / 2
        corners = (left, top, left + box["w"], top + box["h"])
        tint = colour(box["sku_id"])
        canvas.rectangle(corners, outline=tint, width=max(3, picture.width // 600))
        label = numbers[box["sku_id"]]
        canvas.rectangle(canvas.textbbox((left + 4, top + 4), label, font), fill=(*tint, 230))
        canvas.text((left + 4, top + 4), label, fill="white", font=font)


def _draw_lines(picture: Image.Image, lines: list[dict[str, int]]) -> None:
    canvas = ImageDraw.Draw(picture)
    for line in lines:
        ends = (line["x1"], line["y1"], line["x2"], line["y2"])
        canvas.line(ends, fill=(0, 220, 255), width=max(2, picture.width // 900))


def _with_legend(
    picture: Image.Image, boxes: list[dict[str, Any]], numbers: dict[int | None, str]
) -> Image.Image:
    width, line = round(picture.width * LEGEND_SHARE), picture.width // 80
    sheet = Image.new("RGB", (picture.width + width, picture.height), "white")
    sheet.paste(picture)
    canvas, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=round(line * 0.62))
    names = {box["sku_id"]: box["name"] or "not identified" for box in boxes}
    shown = {sku_id: number for sku_id, number in numbers.items() if sku_id in names}
    for row, (sku_id, number) in enumerate(shown.items()):
        x, y = picture.width + line // 2, line // 2 + row * line
        count = sum(box["sku_id"] == sku_id for box in boxes)
        canvas.rectangle((x, y, x + line * 0.7, y + line * 0.7), fill=colour(sku_id))
        text = f"{number}  {count} x {names[sku_id]}"
        canvas.text((x + line, y), text, fill="black", font=font)
    return sheet
