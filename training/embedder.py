"""The SKU embedder: a small network that turns one crop into 128 numbers."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.blocks import ConvNormRelu, ReparameterisedConv
from training.shelf_crops import HEIGHT, WIDTH

DIMENSIONS = 128
CHANNELS = (24, 32, 64, 128, 192)  # at strides 2, 4, 8, 16, 32
DEEP = 4  # convolutions at stride 16, where they cost little
PLACED = 48  # channels that keep where on the package they were seen


class SkuEmbedder(nn.Module):
    """A trunk of 3x3 convolutions; what is seen where, and what is seen at all, side by side."""

    def __init__(self) -> None:
        super().__init__()
        c = CHANNELS
        self.trunk = nn.Sequential(
            ReparameterisedConv(3, c[0], 2),
            ReparameterisedConv(c[0], c[1], 2),
            ReparameterisedConv(c[1], c[2], 2),
            ReparameterisedConv(c[2], c[2]),
            ReparameterisedConv(c[2], c[3], 2),
            *(ReparameterisedConv(c[3], c[3]) for _ in range(DEEP)),
            ReparameterisedConv(c[3], c[4], 2),
            ReparameterisedConv(c[4], c[4]),
        )
        self.placed = ConvNormRelu(c[4], PLACED)
        cells = (HEIGHT // 32) * (WIDTH // 32)
        self.project = nn.Linear(PLACED * cells + c[4], DIMENSIONS, bias=False)
        self.norm = nn.BatchNorm1d(DIMENSIONS)

    def forward(self, x: Tensor) -> Tensor:
        """Embed (n, 3, 128, 96) RGB crops, 0..1: (n, 128) of length one."""
        y = self.trunk(x)
        features = torch.cat([self.placed(y).flatten(1), y.mean((2, 3))], 1)
        return functional.normalize(self.norm(self.project(features)), dim=1)
