"""Under rung `distributed`: how long an all-reduce takes between these ranks, and what line that lies on."""

import time
from collections.abc import Sequence

import numpy as np
import torch

from nextword.distributed_parts.world import World


def all_reduce_seconds(world: World, n_bytes: int, n_times: int = 15) -> float:
    """The least time of an all-reduce of n bytes, since other work only adds to it; all ranks have to call it."""
    tensor, seconds = torch.zeros(max(1, n_bytes // 4), device=world.device), []
    for _ in range(n_times + 1):  # the first makes ready, and is not counted
        wait(world)
        began = time.perf_counter()
        world.all_reduce(tensor)
        wait(world, meet=False)
        seconds.append(time.perf_counter() - began)
    return min(seconds[1:])


def wait(world: World, meet: bool = True) -> None:
    """Until this rank's GPU, where there is one, has done its work; and until the others are here, too."""
    if meet:
        world.all_reduce(torch.zeros(1, device=world.device))
    if world.device.type == "cuda":
        torch.cuda.synchronize()


def latency_and_bandwidth(
    n_bytes: Sequence[float], seconds: Sequence[float], size: int
) -> tuple[float, float]:
    """The latency (seconds a round) and bandwidth (bytes a second) with which a ring would take such times.

    A line through the points, each weighed by 1 / its time, so that all are met equally well in proportion.

    >>> latency_and_bandwidth([1e3, 1e6], [2 * (0.001 + 5e2 / 1e9), 2 * (0.001 + 5e5 / 1e9)], size=2)
    (0.001, 1000000000.0)
    """
    rounds = 2 * (size - 1)
    by = np.array(seconds)
    columns = np.stack([np.full(len(by), rounds), rounds * np.array(n_bytes) / size], axis=1) / by[:, None]
    (latency, a_byte), *_ = np.linalg.lstsq(columns, np.ones(len(by)), rcond=None)
    return round(float(latency), 12), round(float(1 / a_byte), 3)
