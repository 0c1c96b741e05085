"""The shelf detector: an anchor-free network with one head at stride 8."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.accuracy.photos import LABELS
from training.blocks import ConvNormRelu, ReparameterisedConv

STRIDE = 8
CHANNELS = (16, 32, 64, 128, 192)  # at strides 2, 4, 8, 16, 32
DEPTHS = (1, 2, 4, 4)  # blocks at strides 4, 8, 16, 32
NECK = 64
RARE = -4.0  # first logit of every cell: most cells are background


class ShelfDetector(nn.Module):
    """Plain 3x3 convolutions, context pooled at stride 32, one path back up to stride 8.

    Distances are predicted as logarithms: they survive 8-bit quantisation with an error relative
    to the size of the product.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = ReparameterisedConv(3, CHANNELS[0], 2)
        stages = [_stage(CHANNELS[i], CHANNELS[i + 1], depth) for i, depth in enumerate(DEPTHS)]
        self.to4, self.to8, self.to16, self.to32 = stages
        self.context = ConvNormRelu(CHANNELS[4] * 3, CHANNELS[4])
        self.side32 = ConvNormRelu(CHANNELS[4], NECK)
        self.side16 = ConvNormRelu(CHANNELS[3], NECK)
        self.side8 = ConvNormRelu(CHANNELS[2], NECK)
        self.merge16 = ReparameterisedConv(NECK, NECK)
        self.merge8 = ReparameterisedConv(NECK, NECK)
        self.class_tower = ReparameterisedConv(NECK, NECK)
        self.distance_tower = ReparameterisedConv(NECK, NECK)
        self.classes = nn.Conv2d(NECK, len(LABELS), 1)
        self.distances = nn.Conv2d(NECK, 4, 1)
        _start_quietly(self.classes, RARE)
        _start_quietly(self.distances, 1.0)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Detect.

        Args:
            x: (n, 3, h, w) RGB, 0..1, h and w multiples of 32.

        Returns:
            cls: (n, 2, h / 8, w / 8) logits.
            reg: (n, 4, h / 8, w / 8) log of left, top, right, bottom distance / stride, from the
                cell's centre at (index + 0.5) * stride.
        """
        x8 = self.to8(self.to4(self.stem(x)))
        x16 = self.to16(x8)
        x32 = _with_context(self.to32(x16), self.context)
        y16 = self.merge16(_doubled(self.side32(x32)) + self.side16(x16))
        y8 = self.merge8(_doubled(y16) + self.side8(x8))
        distances = self.distances(self.distance_tower(y8)).clamp(-6, 6)
        return self.classes(self.class_tower(y8)), distances


def _stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    blocks = [ReparameterisedConv(outputs, outputs) for _ in range(depth - 1)]
    return nn.Sequential(ReparameterisedConv(inputs, outputs, 2), *blocks)


def _with_context(x: Tensor, mix: nn.Module) -> Tensor:
    """Let every cell see the strongest answers up to 8 cells away."""
    near = functional.max_pool2d(x, 5, 1, 2)
    far = functional.max_pool2d(functional.max_pool2d(near, 5, 1, 2), 5, 1, 2)
    return mix(torch.cat([x, near, far], 1))


def _doubled(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


def _start_quietly(convolution: nn.Conv2d, bias: float) -> None:
    nn.init.constant_(convolution.bias, bias)
    nn.init.normal_(convolution.weight, std=0.01)
