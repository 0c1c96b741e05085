"""Training the SKU embedder on drawn crops."""

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.embedder import DIMENSIONS, SkuEmbedder
from training.materials import Materials
from training.packages import Package, package_library
from training.shelf_crops import packshot, shelf_crop
from training.training_run import Budget, Run

DRAWING = Budget(
    seed=0,
    steps=1300,
    cooldown=400,
    batch=48,
    learning_rate=2e-3,
    weight_decay=0.02,
    smoothing=0.995,
    muon_rate=0.02,
)
LIBRARY_SEED, BRANDS = 4242, 400
SIBLINGS = 0.5  # share of a batch that comes in pairs of one brand: the look-alikes
PACKSHOTS = 0.25  # share of second views that are bare packshots
MARGIN, MARGIN_RISE = 0.15, 300  # cosine demanded beyond the best wrong SKU, reached after steps
SHARPNESS, PAIR_SHARPNESS = 24.0, 20.0


class EmbedderWithProxies(nn.Module):
    """The embedder and one learned direction per training SKU; the proxies are not shipped."""

    def __init__(self, skus: int) -> None:
        super().__init__()
        self.embedder = SkuEmbedder()
        self.proxies = nn.Parameter(functional.normalize(torch.randn(skus, DIMENSIONS), dim=1))

    def forward(self, x: Tensor) -> Tensor:
        """Embed crops, see SkuEmbedder."""
        return self.embedder(x)


def train_embedder(work: Path, materials: Materials, budget: Budget = DRAWING) -> Run:
    """Train; continues from the checkpoint in `work`, if any."""
    cv2.setNumThreads(1)
    torch.manual_seed(budget.seed)
    library = package_library(LIBRARY_SEED, BRANDS, materials)
    network = EmbedderWithProxies(len(library))
    run = Run(network, budget, work / "embedder.pt")
    network.train()
    run.train(lambda step: _loss(network, *_batch(library, budget, step), step))
    return run


def _batch(library: list[Package], budget: Budget, step: int) -> tuple[np.ndarray, np.ndarray]:
    """Two views of each of `budget.batch` SKUs, alternating, and the SKUs."""
    rng = np.random.default_rng([budget.seed, step])
    skus = _choose_skus(rng, library, budget.batch)
    views = []
    for sku in skus:
        views.append(shelf_crop(rng, library[sku], library))
        bare = rng.random() < PACKSHOTS
        views.append(packshot(library[sku]) if bare else shelf_crop(rng, library[sku], library))
    return np.stack(views), np.repeat(skus, 2)


def _choose_skus(rng: np.random.Generator, library: list[Package], number: int) -> np.ndarray:
    """Choose different SKUs, some of them beside their neighbour in the library."""
    chosen: list[int] = []
    for sku in rng.permutation(len(library)):
        chosen.append(int(sku))
        sibling = (int(sku) + 1) % len(library)
        if rng.random() < SIBLINGS and library[sibling].brand == library[sku].brand:
            chosen.append(sibling)
        if len(set(chosen)) >= number:
            break
    return np.array(list(dict.fromkeys(chosen))[:number])


def _loss(network: EmbedderWithProxies, views: np.ndarray, skus: np.ndarray, step: int) -> Tensor:
    """Tell each view's SKU among all, and each view's partner within the batch.

    Source: Wang et al., "CosFace", 2018, equation 4; van den Oord et al., "Representation
    Learning with Contrastive Predictive Coding", 2018, equation 4.
    """
    pixels = torch.from_numpy(views).permute(0, 3, 1, 2).float().div(255)
    with torch.autocast("cpu", torch.bfloat16):
        embeddings = network(pixels.contiguous(memory_format=torch.channels_last))
    embeddings, wanted = embeddings.float(), torch.from_numpy(skus)
    cosines = embeddings @ functional.normalize(network.proxies, dim=1).t()
    handicap = functional.one_hot(wanted, len(network.proxies))
    handicap = handicap * (MARGIN * min(1.0, step / MARGIN_RISE))
    among_all = functional.cross_entropy((cosines - handicap) * SHARPNESS, wanted)
    pairs = embeddings[0::2] @ embeddings[1::2].t() * PAIR_SHARPNESS
    partner = torch.arange(len(pairs))
    both_ways = functional.cross_entropy(pairs, partner) + functional.cross_entropy(
        pairs.t(), partner
    )
    return among_all + both_ways / 2
