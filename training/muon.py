"""Muon: momentum whose matrix is made orthogonal before the step.

The detector learns faster than by AdamW: training/README.md. torch has it for matrices alone; here
a convolution's weight, (out, in, 3, 3), is taken as the matrix (out, in * 9).

Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
"""

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

MOMENTUM = 0.95
ITERATIONS = 5
QUINTIC = (3.4445, -4.7750, 2.0315)  # drives all singular values towards 1


class Muon(torch.optim.Optimizer):
    """Steps of the length of the learning rate, whatever the size of the gradient."""

    def __init__(
        self, parameters: Iterable[Tensor], learning_rate: float, weight_decay: float
    ) -> None:
        super().__init__(parameters, {"lr": learning_rate, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:
        """Take one step with the gradients there are."""
        for group in self.param_groups:
            for weight in group["params"]:
                gradient, state = weight.grad, self.state[weight]
                momentum = state.setdefault("momentum", torch.zeros_like(weight))
                momentum.lerp_(gradient, 1 - MOMENTUM)
                wanted = orthogonal(gradient.lerp(momentum, MOMENTUM).flatten(1))
                stretch = max(1.0, wanted.shape[0] / wanted.shape[1]) ** 0.5
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(wanted.view(weight.shape), alpha=-group["lr"] * stretch)


def orthogonal(matrix: Tensor) -> Tensor:
    """Bring all singular values of a matrix near 1, by Newton-Schulz iteration."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    a, b, c = QUINTIC
    for _ in range(ITERATIONS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x
