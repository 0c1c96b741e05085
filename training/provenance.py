"""Where a model comes from: the facts of its training run, for its card."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import torch

from training.training_run import Run

DRAWN_ORIGIN = (
    "Trained from random weights on drawn shelves only (package training of this repository);"
    " no photo of a shelf was trained on."
)
TUNED_ORIGIN = (
    "Trained from random weights on drawn shelves, then on labelled photos of shelves"
    " (package training of this repository; the photos are named under training.real_photos)."
)
EMBEDDER_ORIGIN = (
    "Trained from random weights on drawn packages, then on labelled photos of shelves and products"
    " (package training of this repository; they are named under training.real_photos and"
    " training.real_skus)."
)
DRAWN_SOURCES = (
    "drawn packages, price labels and shelves: this repository, Apache-2.0",
    "fonts: Liberation, Open Sans, Roboto, Lato, Lobster, Lobster Two, Bebas Neue, Cantarell,"
    " Oxygen, Comfortaa, Jura, DejaVu; OFL-1.1, Apache-2.0 or Bitstream Vera licence",
)
LABEL_PICTURES = (
    "label pictures: cut-outs of the Grocery Store Dataset, Klasson et al., WACV 2019, MIT"
)
PRODUCT_SOURCE = "photos of products: Grocery Store Dataset, Klasson et al., WACV 2019, MIT"
PHOTO_SOURCES = (
    "photos cc0_*: Supermarket shelves, Humans in the Loop, CC0 1.0",
    "photos no_*: price-tag-reader, Innovation Garage, MIT",
    "photos jp_*: shelf-price-detection-3wzwq v1, workspace object-detection-y9n6q on Roboflow"
    " Universe, CC BY 4.0 as declared by its uploader",
    "labels of the photos: this repository, CC0 1.0",
)


@dataclass(frozen=True)
class Facts:
    """One finished run.

    Attributes:
        run: the last of its stages.
        before: budgets and seconds of the stages before it, oldest first.
        examples_per_step: crops that one step looks at.
        real_photos: file names of the photos of shelves that were learnt from.
        real_skus: products whose photos were learnt from; None = it draws labels with pictures
            of products and learns from no photo of one.
    """

    run: Run
    examples_per_step: int
    before: Sequence[Run] = ()
    real_photos: Sequence[str] = ()
    real_skus: Sequence[str] | None = None

    def of_run(self) -> dict[str, object]:
        """What the card says about the run."""
        more = LABEL_PICTURES if self.real_skus is None else PRODUCT_SOURCE
        sources = [*DRAWN_SOURCES, more, *(PHOTO_SOURCES if self.real_photos else ())]
        skus = {} if self.real_skus is None else {"real_skus": list(self.real_skus)}
        return {
            **asdict(self.run.budget),
            "examples": self.run.step * self.examples_per_step,
            "seconds": round(self.run.seconds),
            "hardware": "a shared 2-core x86-64 machine, no GPU",
            "torch": torch.__version__,
            "sources": sources,
            "real_photos": list(self.real_photos),
            **skus,
            **{f"stage_{n}": _stage(run) for n, run in enumerate(self.before, 1)},
        }


def _stage(run: Run) -> dict[str, object]:
    return {**asdict(run.budget), "seconds": round(run.seconds)}
