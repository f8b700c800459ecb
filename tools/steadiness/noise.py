"""A little noise on every weight that is loaded or drawn, as another machine's rounding would bring it.

It is put into a notebook's kernel before the first cell, and hangs on torch and numpy: the library knows nothing of it.
The noise follows from the seed and the weights: models that are drawn alike stay alike, as they do on any machine.
The weights that are met: those a model is given (`load_state_dict`; not a run's that is taken up again), those it
draws (`normal_` and `uniform_` of a parameter), and tables of numbers that numpy reads from a file (GloVe's vectors).
"""

import functools
import sys
import zlib

import numpy
import torch

AMOUNT = 1e-6  # of each weight: about eight times the rounding of a float32


class Noise:
    """One seed's noise: each weight is multiplied by 1 + AMOUNT * (a normal draw)."""

    def __init__(self, seed: int):
        self.seed = seed

    @torch.no_grad()
    def on(self, weights: torch.Tensor) -> torch.Tensor:
        """A copy with noise, laid out in memory as the original; what holds no fractions is returned as it is."""
        if not weights.is_floating_point() or weights.is_meta:
            return weights
        values = weights.detach().cpu().flatten()  # in the order of their places, however they are laid out
        digest = zlib.crc32(values.view(torch.uint8).numpy())
        chance = numpy.random.default_rng(
            [self.seed, len(values), digest]
        )  # the notebook's own is not touched
        noise = torch.from_numpy(chance.standard_normal(len(values), dtype="float32")).mul_(AMOUNT).add_(1)
        return torch.empty_like(weights).copy_(weights * noise.view(weights.shape).to(weights))

    def on_state(self, state: dict) -> dict:
        """A model's weights with noise; two names for one tensor stay two names for one tensor."""
        met = {}
        for weights in state.values():
            if isinstance(weights, torch.Tensor) and id(weights) not in met:
                met[id(weights)] = self.on(weights)
        return {name: met.get(id(weights), weights) for name, weights in state.items()}


def install(seed: int) -> None:
    """From now on, this process loads and draws weights with noise."""
    noise = Noise(seed)
    load_state, load_array = torch.nn.Module.load_state_dict, numpy.load

    @functools.wraps(load_state)
    def load_state_dict(self, state_dict, *arguments, **options):
        is_own = (
            sys._getframe(1).f_globals.get("__name__") == "nextword.checkpoint"
        )  # drawn here, and met then
        return load_state(self, state_dict if is_own else noise.on_state(state_dict), *arguments, **options)

    @functools.wraps(load_array)
    def load(*arguments, **options):
        loaded = load_array(*arguments, **options)
        if isinstance(loaded, numpy.ndarray) and loaded.dtype.kind == "f":
            return noise.on(torch.tensor(loaded)).numpy()
        return loaded

    torch.nn.Module.load_state_dict, numpy.load = load_state_dict, load
    for name in ("normal_", "uniform_"):
        setattr(torch.Tensor, name, drawing(getattr(torch.Tensor, name), noise))


def drawing(draw, noise: Noise):
    """A tensor's method that fills it by chance, with noise where the tensor is a parameter."""

    @functools.wraps(draw)
    def drawn(self, *arguments, **options):
        draw(self, *arguments, **options)
        if isinstance(self, torch.nn.Parameter) and not self.is_meta:
            with torch.no_grad():
                self.copy_(noise.on(self.detach()))
        return self

    return drawn
