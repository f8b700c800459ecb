"""Under rung `distributed`: ranks as threads of one process, to try on a few numbers what processes do on many.

They add up as processes would, in the order of their ranks, and a rank that waits for another in vain is told so.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

import torch

from nextword.base.shapes import Tensor
from nextword.distributed_parts.world import RankLost, World


class Meeting:
    """Where threads bring a tensor each, and take the sum away."""

    def __init__(self, size: int, patience: float):
        self.barrier, self.brought, self.patience = threading.Barrier(size), [None] * size, patience

    def wait(self) -> None:
        try:
            self.barrier.wait(self.patience)
        except threading.BrokenBarrierError:
            raise RankLost("a rank waits to add up with the others, and one of them does not come") from None

    def add_up(self, rank: int, tensor: Tensor) -> Tensor:
        """The sum of what all brought; a ValueError where that was not of one shape."""
        self.brought[rank] = tensor.detach().clone()
        self.wait()
        shapes = {tuple(one.shape) for one in self.brought}
        if len(shapes) > 1:
            self.barrier.abort()
            raise ValueError(f"the ranks add up tensors of different shapes: {sorted(shapes)}")
        total = torch.stack(self.brought).sum(dim=0)
        self.wait()  # nobody brings the next tensor before all have taken this one
        return total


@dataclass(frozen=True)
class Thread(World):
    """A rank that is a thread."""

    meeting: Meeting | None = None

    def all_reduce(self, tensor: Tensor) -> None:
        """Put the sum over all ranks in the tensor's place, on every rank."""
        with torch.no_grad():
            tensor.copy_(self.meeting.add_up(self.rank, tensor))


def together(size: int, function: Callable[[World], object], patience: float = 10.0) -> list[object]:
    """What a function gives on each rank of a world; the first error of a rank is raised here.

    >>> def double(world):
    ...     mine = torch.tensor(world.rank + 1.0)
    ...     world.all_reduce(mine)
    ...     return mine.item()
    >>> together(3, double)
    [6.0, 6.0, 6.0]
    """
    meeting, given, errors = Meeting(size, patience), [None] * size, []

    def run(rank: int) -> None:
        try:
            given[rank] = function(Thread(rank, size, meeting=meeting))
        except BaseException as error:  # it is raised again below
            errors.append(error)
            meeting.barrier.abort()

    threads = [threading.Thread(target=run, args=(rank,), daemon=True) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise min(errors, key=lambda error: isinstance(error, RankLost))  # a cause before its consequence
    return given
