"""Where a model comes from: the facts of its training run, for its card."""

from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from training.training_run import Run

ORIGIN = (
    "Trained from random weights on drawn shelves only (package training of this repository);"
    " no photo of a shelf was trained on."
)
SOURCES = [
    "drawn packages, price labels and shelves: this repository, Apache-2.0",
    "label pictures: cut-outs of the Grocery Store Dataset, Klasson et al., WACV 2019, MIT",
    "fonts: Liberation, Open Sans, Roboto, Lato, Lobster, Lobster Two, Bebas Neue, Cantarell,"
    " Oxygen, Comfortaa, Jura, DejaVu; OFL-1.1, Apache-2.0 or Bitstream Vera licence",
]


@dataclass(frozen=True)
class Facts:
    """One finished run; `shelves` is the folder of real photos it is judged on, if any."""

    run: Run
    examples_per_step: int
    shelves: Path | None

    def of_run(self) -> dict[str, object]:
        """What the card says about the run."""
        return {
            **asdict(self.run.budget),
            "examples": self.run.step * self.examples_per_step,
            "seconds": round(self.run.seconds),
            "hardware": "one thread of a shared 2-core x86-64 machine, no GPU",
            "torch": torch.__version__,
            "sources": SOURCES,
        }
