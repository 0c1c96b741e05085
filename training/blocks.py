"""Convolution blocks that both networks are built from."""

import torch
from torch import Tensor, nn
from torch.nn import functional

# torch 2.13 on CPU corrupts the heap in the backward pass of a 1x1, stride 2 convolution over few
# channels in channels_last. Blocks that see the bare photo therefore have no 1x1 branch.
FEWEST_CHANNELS_FOR_1X1 = 8


class ReparameterisedConv(nn.Module):
    """3x3, 1x1 and identity branches while training, one 3x3 convolution afterwards.

    Source: Ding et al., "RepVGG: Making VGG-style ConvNets Great Again", 2021, section 3.3.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.inputs, self.outputs, self.stride = inputs, outputs, stride
        self.wide = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.wide_norm = nn.BatchNorm2d(outputs)
        pointed = inputs >= FEWEST_CHANNELS_FOR_1X1
        self.point = nn.Conv2d(inputs, outputs, 1, stride, bias=False) if pointed else None
        self.point_norm = nn.BatchNorm2d(outputs) if pointed else None
        same = inputs == outputs and stride == 1
        self.identity_norm = nn.BatchNorm2d(inputs) if same else None
        self.fused: nn.Conv2d | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self.fused is not None:
            return functional.relu(self.fused(x))
        y = self.wide_norm(self.wide(x))
        if self.point is not None:
            y = y + self.point_norm(self.point(x))
        if self.identity_norm is not None:
            y = y + self.identity_norm(x)
        return functional.relu(y, inplace=True)

    @torch.no_grad()
    def fuse(self) -> None:
        """Fold the branches and their norms into one convolution; inference only from here."""
        weight, bias = _folded(self.wide.weight, self.wide_norm)
        if self.point is not None:
            extra, shift = _folded(self.point.weight, self.point_norm)
            weight, bias = weight + functional.pad(extra, [1, 1, 1, 1]), bias + shift
        if self.identity_norm is not None:
            unit = torch.zeros_like(self.wide.weight)
            unit[range(self.inputs), range(self.inputs), 1, 1] = 1
            extra, shift = _folded(unit, self.identity_norm)
            weight, bias = weight + extra, bias + shift
        self.fused = nn.Conv2d(self.inputs, self.outputs, 3, self.stride, 1)
        self.fused.weight.data, self.fused.bias.data = weight, bias
        for branch in ("wide", "wide_norm", "point", "point_norm", "identity_norm"):
            setattr(self, branch, None)


class ConvNormRelu(nn.Sequential):
    """A 1x1 convolution with norm and ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(True)
        )


def fuse(network: nn.Module) -> nn.Module:
    """Fuse every block of a network in place and switch it to inference."""
    for block in network.modules():
        if isinstance(block, ReparameterisedConv) and block.fused is None:
            block.fuse()
    return network.eval()


def parameter_count(network: nn.Module) -> int:
    """Count the parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def _folded(weight: Tensor, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Weight and bias of a convolution with its batch norm folded in."""
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    return weight * scale.view(-1, 1, 1, 1), norm.bias - norm.running_mean * scale
