"""The picture sheet: the surest wrong names, beside what the pictures really show."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.accuracy.skus.answers import Answers
from bench.accuracy.skus.items import Items

COLUMNS, FACINGS, PRODUCTS = 3, 18, 9  # confusions in a row, of each kind
WIDTH, HEIGHT, GAP, LINE = 200, 190, 8, 20  # of one picture, pixels
BLOCK = (3 * (WIDTH + GAP) + 2 * GAP, HEIGHT + 4 * LINE + GAP)  # one confusion
HEAD = 44
PAPER, INK, WRONG, RIGHT = (255, 255, 255), (25, 25, 25), (200, 20, 20), (20, 130, 40)


@dataclass(frozen=True)
class Confusion:
    """A SKU taken for another: where to look, and how sure the embedder was."""

    asked: int  # items
    wrong: int
    right: int
    sure: float


def confusions(answers: Answers, most: int) -> list[Confusion]:
    """The wrong answers, the surest first, one for each pair of SKUs."""
    found: dict[tuple[int, int], Confusion] = {}
    for row in np.argsort(-answers.sure, kind="stable")[: len(answers.sku)]:
        if answers.right[row]:
            continue
        pair = int(answers.sku[row]), int(answers.candidates[row, 0])
        wrong, right = answers.pictures[row].tolist()
        one = Confusion(int(answers.asked[row]), wrong, right, float(answers.sure[row]))
        found.setdefault(pair, one)
        if len(found) == most:
            break
    return list(found.values())


def write_sheet(
    facings: tuple[Items, Answers], products: tuple[Items, Answers], target: Path
) -> None:
    """Draw the worst confusions of facings and of product photos into one JPEG."""
    bands = [
        *_bands("Facings: shelf to shelf, one reference facing per SKU", *facings, FACINGS),
        *_bands("Products: unseen SKUs, one reference photo per SKU", *products, PRODUCTS),
    ]
    sheet = Image.new("RGB", (COLUMNS * BLOCK[0], sum(band.height for band in bands)), PAPER)
    top = 0
    for band in bands:
        sheet.paste(band, (0, top))
        top += band.height
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, quality=80, optimize=True)


def _bands(title: str, items: Items, answers: Answers, most: int) -> list[Image.Image]:
    head = Image.new("RGB", (COLUMNS * BLOCK[0], HEAD), PAPER)
    text = f"{title}; the surest wrong answers: asked for, taken for, should have been"
    ImageDraw.Draw(head).text((GAP, 10), text, INK, ImageFont.load_default(size=22))
    blocks = [_block(items, confusion) for confusion in confusions(answers, most)]
    rows = [blocks[at : at + COLUMNS] for at in range(0, len(blocks), COLUMNS)]
    return [head, *map(_beside, rows)]


def _beside(blocks: Sequence[Image.Image]) -> Image.Image:
    row = Image.new("RGB", (COLUMNS * BLOCK[0], BLOCK[1]), PAPER)
    for column, block in enumerate(blocks):
        row.paste(block, (column * BLOCK[0], 0))
    return row


def _block(items: Items, confusion: Confusion) -> Image.Image:
    block = Image.new("RGB", BLOCK, PAPER)
    canvas, font = ImageDraw.Draw(block), ImageFont.load_default(size=14)
    three = ((confusion.asked, INK), (confusion.wrong, WRONG), (confusion.right, RIGHT))
    for column, (item, ink) in enumerate(three):
        picture = _picture(items, item)
        left = GAP + column * (WIDTH + GAP)
        block.paste(picture, (left + (WIDTH - picture.width) // 2, HEIGHT - picture.height))
        canvas.rectangle((left, HEIGHT + 2, left + WIDTH, HEIGHT + 4), ink)
    names = [items.names[items.skus[item]] for item in (confusion.asked, confusion.wrong)]
    for line, (words, ink) in enumerate(
        ((f"is {names[0]}", RIGHT), (f"taken for {names[1]} ({confusion.sure:.2f})", WRONG))
    ):
        canvas.text((GAP, HEIGHT + 8 + line * LINE), words, ink, font)
    return block


def _picture(items: Items, item: int) -> Image.Image:
    """The item, as large as it fits; never enlarged more than twice."""
    with Image.open(items.photos[item]) as photo:
        crop = photo.convert("RGB").crop(tuple(items.boxes[item].tolist()))
    scale = min(WIDTH / crop.width, HEIGHT / crop.height, 2)
    size = max(1, round(crop.width * scale)), max(1, round(crop.height * scale))
    return crop.resize(size, Image.Resampling.LANCZOS)
