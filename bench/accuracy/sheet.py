"""The picture sheet: the worst photos with every error drawn, and their figures."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bench.accuracy.figures import ap50
from bench.accuracy.judging import Verdict
from bench.accuracy.photos import PRICE_TAG, PRODUCT

PHOTOS = 10
WIDTH, ROW, GUTTER, LINE = 2200, 700, 16, 32  # pixels; a row of photos is about ROW high
STRIPE = 14  # pixels from one stripe of the hatching to the next
MOST_BYTES = 3_000_000
PAPER, INK = (255, 255, 255), (25, 25, 25)

Ranked = tuple[int, Verdict]  # 1 = the worst


@dataclass(frozen=True)
class Ink:
    """How one outcome is drawn and called."""

    colour: tuple[int, int, int]
    width: int
    words: str


HIT = Ink((70, 235, 70), 3, "product found")
MISS = Ink((255, 30, 30), 5, "product missed")
FALSE = Ink((255, 150, 0), 5, "no product: false alarm")
TAG_HIT = Ink((110, 215, 255), 3, "price tag found")
TAG_MISS = Ink((40, 80, 255), 4, "price tag missed")
TAG_FALSE = Ink((190, 60, 255), 4, "no price tag: false alarm")
IGNORED = Ink((150, 150, 150), 1, "not labelled: nothing counts")
LEGEND = (HIT, MISS, FALSE, TAG_HIT, TAG_MISS, TAG_FALSE, IGNORED)


def worst(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The photos with the lowest product AP50, the worst first."""
    return sorted(verdicts, key=ap50)[:PHOTOS]


def write_sheet(verdicts: Sequence[Verdict], target: Path) -> None:
    """Draw the worst photos into one JPEG."""
    bands = [_legend(), *(_band(row) for row in _rows(list(enumerate(worst(verdicts), 1))))]
    sheet = Image.new("RGB", (WIDTH, sum(band.height for band in bands)), PAPER)
    top = 0
    for band in bands:
        sheet.paste(band, (0, top))
        top += band.height
    target.parent.mkdir(parents=True, exist_ok=True)
    for quality in (85, 75, 65):
        sheet.save(target, quality=quality, optimize=True)
        if target.stat().st_size <= MOST_BYTES:
            return


def _rows(ranked: list[Ranked]) -> list[list[Ranked]]:
    """Break the photos into rows that fill the width, all about as high as a row shall be."""
    ways = product((False, True), repeat=len(ranked) - 1)
    broken = [_broken(ranked, breaks) for breaks in ways]
    return min(broken, key=lambda rows: sum(np.log(_height(row) / ROW) ** 2 for row in rows))


def _broken(ranked: list[Ranked], breaks: tuple[bool, ...]) -> list[list[Ranked]]:
    rows = [[ranked[0]]]
    for one, new_row in zip(ranked[1:], breaks, strict=True):
        rows += [[]] if new_row else []
        rows[-1].append(one)
    return rows


def _height(row: list[Ranked]) -> float:
    """Of photos that side by side are as wide as the sheet."""
    return (WIDTH - GUTTER * (len(row) + 1)) / sum(_aspect(verdict) for _, verdict in row)


def _aspect(verdict: Verdict) -> float:
    return verdict.photo.width / verdict.photo.height


def _band(row: list[Ranked]) -> Image.Image:
    """Photos of equal height side by side, captions above."""
    height = min(_height(row), 1.5 * ROW)
    font = ImageFont.load_default(size=24)
    widths = [round(height * _aspect(verdict)) for _, verdict in row]
    captions = [_caption(*each, width, font) for each, width in zip(row, widths, strict=True)]
    top = LINE * max(map(len, captions)) + GUTTER
    band = Image.new("RGB", (WIDTH, top + round(height) + GUTTER), PAPER)
    left = GUTTER
    for (_, verdict), width, lines in zip(row, widths, captions, strict=True):
        canvas = ImageDraw.Draw(band)
        for number, line in enumerate(reversed(lines), 1):
            canvas.text((left, top - LINE * number - 6), line, INK, font)
        band.paste(_picture(verdict, (width, round(height))), (left, top))
        left += width + GUTTER
    return band


def _caption(rank: int, verdict: Verdict, width: int, font: ImageFont.FreeTypeFont) -> list[str]:
    """Name and figures in as many lines as the width asks for."""
    used, tags = verdict.used(PRODUCT), verdict.used(PRICE_TAG)
    found, false = int(used.hits[0].sum()), int((~used.hits[0] & ~used.ignored[0]).sum())
    phrases = [
        f"{verdict.photo.domain};",
        f"AP50 {ap50(verdict):.2f};",
        f"{found} of {used.positives} products found,",
        f"{false} false alarms;",
        f"{int(tags.hits[0].sum())} of {tags.positives} price tags found",
    ]
    lines = [f"{rank}. {verdict.photo.path.stem}:"]
    for phrase in phrases:
        longer = f"{lines[-1]} {phrase}"
        lines = [*lines[:-1], longer] if font.getlength(longer) <= width else [*lines, phrase]
    return lines


def _picture(verdict: Verdict, size: tuple[int, int]) -> Image.Image:
    with Image.open(verdict.photo.path) as photo:
        picture = photo.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    picture = Image.blend(picture, picture.convert("L").convert("RGB"), 0.55)
    _draw(picture, verdict)
    return picture


def _draw(picture: Image.Image, verdict: Verdict) -> None:
    photo, scale = verdict.photo, picture.width / verdict.photo.width
    for box in photo.boxes[photo.ignored & (photo.labels == PRODUCT)]:
        _hatch(picture, box * scale)
    canvas = ImageDraw.Draw(picture)
    for label, hit, miss, false in (
        (PRICE_TAG, TAG_HIT, TAG_MISS, TAG_FALSE),
        (PRODUCT, HIT, MISS, FALSE),
    ):
        used = verdict.used(label)
        boxes, right = verdict.look.boxes[used.found], used.hits[0]
        labelled = np.flatnonzero((photo.labels == label) & ~photo.ignored)
        missed = photo.boxes[np.setdiff1d(labelled, used.truth)]
        for ink, some in (
            (hit, boxes[right]),
            (false, boxes[~right & ~used.ignored[0]]),
            (miss, missed),
        ):
            for box in some:
                canvas.rectangle([*map(float, box * scale)], outline=ink.colour, width=ink.width)


def _hatch(picture: Image.Image, box: np.ndarray) -> None:
    """Grey diagonal stripes over a region."""
    x1, y1, x2, y2 = (int(value) for value in box)
    if x2 <= x1 or y2 <= y1:
        return
    region = np.asarray(picture.crop((x1, y1, x2, y2)), np.float32)
    y, x = np.mgrid[: region.shape[0], : region.shape[1]]
    strength = np.where((x + y) % STRIPE < STRIPE // 3, 0.75, 0.3)[:, :, None]
    mixed = region * (1 - strength) + strength * np.array(IGNORED.colour, np.float32)
    picture.paste(Image.fromarray(mixed.astype(np.uint8)), (x1, y1))


def _legend() -> Image.Image:
    band = Image.new("RGB", (WIDTH, 130), PAPER)
    canvas = ImageDraw.Draw(band)
    canvas.text(
        (GUTTER, 14),
        f"The {PHOTOS} photos with the lowest AP50 of products, the worst first; "
        "no detector saw the scene it judges here",
        INK,
        ImageFont.load_default(size=34),
    )
    font, left = ImageFont.load_default(size=24), GUTTER
    for ink in LEGEND:
        swatch = left, 76, left + 46, 108
        canvas.rectangle(swatch, (90, 90, 90), ink.colour, ink.width)
        if ink is IGNORED:
            _hatch(band, np.array(swatch))
        canvas.text((left + 56, 78), ink.words, INK, font)
        left += 56 + int(canvas.textlength(ink.words, font)) + 34
    return band
