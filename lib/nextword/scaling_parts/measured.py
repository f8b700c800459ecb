"""Under rung `scaling`: the same costs measured: bytes that are really kept, and operations a second."""

import math
import time
from collections.abc import Callable

import torch

from nextword.transformer import Transformer


def saved_bytes(model: Transformer, run: Callable[[], object]) -> int:
    """The bytes that `run()`, a way forward, really keeps for the way back, the model's own dials left out."""
    own = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()  # many views of one storage are kept once
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        alive = run()  # noqa: F841  while it lives nothing of it is given back, and no address is used twice
    return sum(kept.values())


def speed(work: Callable[[], object], flops: float, at_least: float = 0.2) -> float:
    """Operations a second at which `work()`, which takes so many, is done: the best of what `at_least` seconds hold."""
    best, began = math.inf, time.perf_counter()
    while best == math.inf or time.perf_counter() - began < at_least:
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return flops / best
