"""A training run that can be stopped, continued and lengthened and stays the same run.

The learning rate rises, stays, and falls over the last COOLDOWN steps: a checkpoint taken before
the fall belongs to a run of any length.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from training.muon import Muon

KEPT_EVERY = 100  # steps between checkpoints
LOWEST = 0.02  # share of the learning rate left at the end
FEW = 4  # channels in or out: the first and the last layers, which Muon is not for


@dataclass(frozen=True)
class Budget:
    """How long to train: everything that decides the outcome, apart from the data."""

    seed: int
    steps: int
    cooldown: int  # last steps, over which the learning rate falls
    batch: int
    learning_rate: float
    weight_decay: float
    smoothing: float = 0.998  # of the running mean of the weights, which is what is exported
    warm_up: int = 100  # first steps, over which the learning rate rises
    muon_rate: float | None = None  # learning rate of convolutions; None = all learn by AdamW

    def rate(self, step: int) -> float:
        """Share of the learning rate at a step."""
        rise = min(1.0, (step + 1) / self.warm_up)
        left = min(1.0, (self.steps - step) / self.cooldown)
        return rise * (LOWEST + (1 - LOWEST) * left)


class Run:
    """The state of one training: network, running mean, optimiser, step."""

    def __init__(self, network: nn.Module, budget: Budget, checkpoint: Path) -> None:
        self.network = network.to(memory_format=torch.channels_last)
        self.mean = copy.deepcopy(network).eval()
        self.budget, self.checkpoint = budget, checkpoint
        self.optimisers = _optimisers(network, budget)
        self.step, self.seconds = 0, 0.0
        if checkpoint.exists():
            self._restore()

    def train(self, loss_of: Callable[[int], Tensor]) -> None:
        """Take the remaining steps; `loss_of(step)` computes the loss of a batch.

        A finished run is left as it is: several processes may read its checkpoint.
        """
        if self.step >= self.budget.steps:
            return
        started, recent = time.monotonic() - self.seconds, []
        while self.step < self.budget.steps:
            recent.append(self._one_step(loss_of))
            self.seconds = time.monotonic() - started
            if self.step % KEPT_EVERY == 0:
                mean = sum(recent) / len(recent)
                print(f"step {self.step} loss {mean:.4f} seconds {self.seconds:.0f}", flush=True)
                recent.clear()
                self._keep()
        self._keep()

    def _one_step(self, loss_of: Callable[[int], Tensor]) -> float:
        loss = loss_of(self.step)
        self.network.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 10)
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["initial_lr"] * self.budget.rate(self.step)
            optimiser.step()
        self.step += 1
        self._update_mean()
        return loss.item()

    @torch.no_grad()
    def _update_mean(self) -> None:
        share = min(self.budget.smoothing, (1 + self.step) / (10 + self.step))
        now = self.network.state_dict()
        for name, value in self.mean.state_dict().items():
            if value.dtype.is_floating_point:
                value.mul_(share).add_(now[name], alpha=1 - share)
            else:
                value.copy_(now[name])

    def _keep(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "mean": self.mean.state_dict(),
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "step": self.step,
            "seconds": self.seconds,
        }
        self.checkpoint.parent.mkdir(parents=True, exist_ok=True)
        part = self.checkpoint.with_suffix(".part")
        torch.save(state, part)
        part.replace(self.checkpoint)
        if self.step == self.budget.steps - self.budget.cooldown:
            torch.save(state, self.checkpoint.with_suffix(".before_cooldown.pt"))

    def _restore(self) -> None:
        state = torch.load(self.checkpoint, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.mean.load_state_dict(state["mean"])
        for optimiser, kept in zip(self.optimisers, state["optimisers"], strict=True):
            optimiser.load_state_dict(kept)
        self.step, self.seconds = state["step"], state["seconds"]


def _optimisers(network: nn.Module, budget: Budget) -> list[torch.optim.Optimizer]:
    """AdamW, where norms and biases do not decay; Muon for the convolutions, if asked for."""
    kernels: list[Tensor] = []
    if budget.muon_rate is not None:
        kernels = [p for p in network.parameters() if p.ndim == 4 and min(p.shape[:2]) > FEW]
    by_muon = {id(kernel) for kernel in kernels}
    others = [p for p in network.parameters() if id(p) not in by_muon]
    groups = [
        {"params": [p for p in others if p.ndim > 1], "weight_decay": budget.weight_decay},
        {"params": [p for p in others if p.ndim <= 1], "weight_decay": 0.0},
    ]
    chosen: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(groups, lr=budget.learning_rate, betas=(0.9, 0.99))
    ]
    if kernels:
        chosen.append(Muon(kernels, budget.muon_rate, budget.weight_decay))
    for optimiser in chosen:
        for group in optimiser.param_groups:
            group["initial_lr"] = group["lr"]
    return chosen
