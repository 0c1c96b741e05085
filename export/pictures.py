"""What an export is made of: pictures with regions, whatever the format."""

from msgspec import Struct


class Region(Struct, frozen=True):
    """A facing on a picture; x1 y1 x2 y2 in its pixels."""

    box: tuple[float, float, float, float]
    scene: str
    facing: int
    said_sku_id: int | None  # what recognition said; None = not identified
    said_confidence: float | None  # 0-1, that the first candidate is right
    answered: bool  # a person said what it is
    sku_id: int | None  # what the person said; None = none of the known SKUs

    @property
    def score(self) -> float:
        """How sure recognition is of its label, 0-1: that it is the SKU, or that it is not."""
        likely = self.said_confidence or 0.0
        return round(likely if self.said_sku_id is not None else 1 - likely, 4)


class Picture(Struct, frozen=True):
    """A photo, or the crop of one facing, upright."""

    id: int  # from 1, in this export
    file_name: str
    width: int
    height: int
    image: int  # the upload
    model: str  # detector and embedder of the predictions
    regions: list[Region]


class Label(Struct, frozen=True):
    """What a region can show; `sku_id` 0 = not identified, or none of the known SKUs."""

    sku_id: int
    name: str  # no two are alike
    cid: str


UNIDENTIFIED = Label(0, "not identified", "")


def make_labels(skus: list[tuple[int, str, str]]) -> list[Label]:
    """Make a label of every SKU, given as id, name and the client's code; by id.

    Names that occur twice get the code behind them, and the id where that is not enough.
    """
    labels = [UNIDENTIFIED]
    for spelling in ("{1}", "{1} ({2})", "{1} ({2}, {0})"):
        names = [spelling.format(*sku) for sku in skus]
        taken = [UNIDENTIFIED.name, *(label.name for label in labels)]
        clear = [n not in taken and names.count(n) == 1 for n in names]
        pairs = zip(skus, names, clear, strict=True)
        labels += [Label(sku[0], name, sku[2]) for sku, name, ok in pairs if ok]
        skus = [sku for sku, ok in zip(skus, clear, strict=True) if not ok]
    return sorted(labels, key=lambda label: label.sku_id)
