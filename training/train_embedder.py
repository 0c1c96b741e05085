"""Training the SKU embedder: long on drawn crops, then briefly on real ones among them."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from training.embedder import DIMENSIONS, SkuEmbedder
from training.materials import Materials
from training.packages import package_library
from training.real_crops import RealSkus, plain_crop
from training.shelf_crops import stretched
from training.sku_views import DrawnSkus, PhotographedSkus, SkuSource, mixed
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
TUNING = Budget(
    seed=0,
    steps=500,
    cooldown=400,
    batch=48,
    learning_rate=2e-3,
    weight_decay=0.02,
    smoothing=0.98,
    warm_up=20,
    muon_rate=0.012,
)
LIBRARY_SEED, BRANDS = 4242, 400
TUNING_BRANDS = 100  # the first of them
DRAWN_SHARE = 0.4  # of the SKUs of a batch while tuning: so that nothing learnt is lost
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


def train_on_drawn(work: Path, materials: Materials, budget: Budget = DRAWING) -> Run:
    """Train from random weights; continues from the checkpoint in `work`, if any."""
    torch.manual_seed(budget.seed)
    library = package_library(LIBRARY_SEED, BRANDS, materials)
    run = Run(EmbedderWithProxies(len(library)), budget, work / "embedder.pt")
    _train(run, [DrawnSkus(library)], [budget.batch], MARGIN_RISE)
    return run


def tune_on_real(
    base: EmbedderWithProxies,
    real: RealSkus,
    materials: Materials,
    checkpoint: Path,
    budget: Budget = TUNING,
) -> Run:
    """Go on with crops of real SKUs, some drawn ones among them."""
    torch.manual_seed(budget.seed)
    library = package_library(LIBRARY_SEED, TUNING_BRANDS, materials)
    network = EmbedderWithProxies(len(library) + len(real))
    network.embedder.load_state_dict(base.embedder.state_dict())
    network.proxies.data[: len(library)] = base.proxies.data[: len(library)]
    network.proxies.data[len(library) :] = _typical(base.embedder, real)
    run = Run(network, budget, checkpoint)
    drawn = round(budget.batch * DRAWN_SHARE)
    sources = [DrawnSkus(library), PhotographedSkus(real)]
    _train(run, sources, [drawn, budget.batch - drawn], 0)
    return run


@torch.no_grad()
def _typical(embedder: SkuEmbedder, real: RealSkus) -> Tensor:
    """(SKUs, DIMENSIONS) the direction of what the embedder makes of each SKU's pictures."""
    means = []
    for pictures in real.values():
        crops = np.stack([stretched(plain_crop(picture)) for picture in pictures])
        means.append(embedder.eval()(_pixels(crops)).mean(0))
    return functional.normalize(torch.stack(means), dim=1)


def _train(run: Run, sources: Sequence[SkuSource], counts: Sequence[int], rise: int) -> None:
    """Take the remaining steps; the views of a step depend on seed and step alone."""
    cv2.setNumThreads(1)

    def loss_of(step: int) -> Tensor:
        rng = np.random.default_rng([run.budget.seed, step])
        margin = MARGIN * min(1.0, step / rise) if rise else MARGIN
        return _loss(run.network, *mixed(rng, sources, counts), margin)

    run.network.train()
    run.train(loss_of)


def _pixels(views: np.ndarray) -> Tensor:
    """(n, h, w, 3) uint8 to what the network takes."""
    pixels = torch.from_numpy(views).permute(0, 3, 1, 2).float().div(255)
    return pixels.contiguous(memory_format=torch.channels_last)


def _loss(
    network: EmbedderWithProxies, views: np.ndarray, skus: np.ndarray, margin: float
) -> Tensor:
    """Tell each view's SKU among all, and each view's partner within the batch.

    Source: Wang et al., "CosFace", 2018, equation 4; van den Oord et al., "Representation
    Learning with Contrastive Predictive Coding", 2018, equation 4.
    """
    with torch.autocast("cpu", torch.bfloat16):
        embeddings = network(_pixels(views))
    embeddings, wanted = embeddings.float(), torch.from_numpy(skus)
    cosines = embeddings @ functional.normalize(network.proxies, dim=1).t()
    handicap = functional.one_hot(wanted, len(network.proxies)) * margin
    among_all = functional.cross_entropy((cosines - handicap) * SHARPNESS, wanted)
    pairs = embeddings[0::2] @ embeddings[1::2].t() * PAIR_SHARPNESS
    partner = torch.arange(len(pairs))
    both_ways = functional.cross_entropy(pairs, partner) + functional.cross_entropy(
        pairs.t(), partner
    )
    return among_all + both_ways / 2
