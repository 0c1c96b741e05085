"""The embedders, one after another: held-out ones, each without a group, and the one that ships.

`bench.accuracy.skus` lets every group of scenes and products be judged by an embedder that saw no
photo of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.accuracy.photos import LabelledShelf, labelled_shelves
from bench.accuracy.skus.groups import HELD_OUT, Group, groups
from bench.accuracy.skus.products import ProductPhoto, product_photos
from inference.card import CARD
from training.materials import Materials
from training.provenance import Facts
from training.real_crops import real_skus
from training.shipped_embedder import NAME, VERSION, Trained, ship_embedder, write_embedder
from training.train_embedder import train_on_drawn, tune_on_real
from training.training_run import Budget, Run

VIEWS_PER_SKU = 2  # in a batch


@dataclass(frozen=True)
class Recipe:
    """What all embedders have in common.

    Attributes:
        shelves: folder of the labelled photos.
        products: folder of the photos of single products.
        work: folder of the checkpoints.
        materials: fonts; no pictures, which may show what is to be judged.
        drawing: budget of the training on drawn crops.
        tuning: budget of the training on real crops.
    """

    shelves: Path
    products: Path
    work: Path
    materials: Materials
    drawing: Budget
    tuning: Budget


def train_embedders(recipe: Recipe, out: Path, held_out: Path) -> None:
    """Train and export all; held-out ones that are finished are kept."""
    base = train_on_drawn(recipe.work, recipe.materials, recipe.drawing)
    for group in groups():
        folder = held_out / HELD_OUT.format(number=group.number)
        if not (folder / CARD).exists():
            write_embedder(folder, _tuned(recipe, base, folder.name, group))
    shipped = _tuned(recipe, base, NAME, None)
    ship_embedder(out / f"{NAME}-{VERSION}", shipped, held_out)


def _tuned(recipe: Recipe, base: Run, name: str, without: Group | None) -> Trained:
    """Go on from the drawn crops with all real ones but those of a group."""
    shelves, products = labelled_shelves(recipe.shelves), product_photos(recipe.products)
    if without:
        shelves, products = _rest(shelves, products, without)
    real = real_skus(shelves, products)
    checkpoint = recipe.work / f"{name}.pt"
    run = tune_on_real(base.mean, real, recipe.materials, checkpoint, recipe.tuning)
    facts = Facts(
        run,
        recipe.tuning.batch * VIEWS_PER_SKU,
        [base],
        real_photos=[shelf.name for shelf in shelves],
        real_skus=sorted({photo.sku for photo in products}),
    )
    return Trained(facts, real, recipe.materials)


def _rest(
    shelves: Sequence[LabelledShelf], products: Sequence[ProductPhoto], group: Group
) -> tuple[list[LabelledShelf], list[ProductPhoto]]:
    """What belongs to other groups."""
    return (
        [shelf for shelf in shelves if shelf.scene not in group.scenes],
        [photo for photo in products if photo.sku not in group.skus],
    )
