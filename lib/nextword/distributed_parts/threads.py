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

    def __init__(self, size: int):
        self.changed, self.size = threading.Condition(), size
        self.brought, self.total, self.n_sums, self.n_gone = {}, None, 0, 0

    def add_up(self, rank: int, tensor: Tensor) -> Tensor:
        """The sum of what all brought; a ValueError where that was not of one shape."""
        with self.changed:
            self.brought[rank], number = tensor.detach().clone(), self.n_sums
            if len(self.brought) == self.size:
                self.finish()
            else:
                self.changed.wait_for(lambda: self.n_sums > number or self.n_gone)
            if self.n_sums == number:
                raise RankLost("a rank waits to add up with the others, and one of them does not come")
            return self.total  # it stays until all have brought the next, and so have taken this

    def finish(self) -> None:
        """Whoever comes last adds up."""
        tensors = [self.brought[rank] for rank in range(self.size)]
        if len({tensor.shape for tensor in tensors}) > 1:
            shapes = ", ".join(str(tuple(tensor.shape)) for tensor in tensors)
            raise ValueError(f"the ranks bring tensors of different shapes to be added up: {shapes}")
        self.brought, self.total, self.n_sums = {}, torch.stack(tensors).sum(dim=0), self.n_sums + 1
        self.changed.notify_all()

    def leave(self) -> None:
        """A rank has nothing more to do: whoever waits for it would wait for ever."""
        with self.changed:
            self.n_gone += 1
            self.changed.notify_all()


@dataclass(frozen=True)
class Thread(World):
    """A rank that is a thread."""

    meeting: Meeting | None = None

    def all_reduce(self, tensor: Tensor) -> None:
        """Put the sum over all ranks in the tensor's place, on every rank."""
        if not isinstance(tensor, Tensor):
            kind = type(tensor).__name__
            raise TypeError(f"all_reduce adds up tensors, and {kind} came: torch.tensor(float(n)) makes one")
        with torch.no_grad():
            tensor.copy_(self.meeting.add_up(self.rank, tensor))


def together(size: int, function: Callable[[World], object]) -> list[object]:
    """What a function gives on each rank of a world; the first error of a rank is raised here.

    >>> def double(world):
    ...     mine = torch.tensor(world.rank + 1.0)
    ...     world.all_reduce(mine)
    ...     return mine.item()
    >>> together(3, double)
    [6.0, 6.0, 6.0]
    """
    meeting, given, errors = Meeting(size), [None] * size, []

    def run(rank: int) -> None:
        try:
            given[rank] = function(Thread(rank, size, meeting=meeting))
        except BaseException as error:  # it is raised again below
            errors.append(error)
        meeting.leave()

    threads = [threading.Thread(target=run, args=(rank,), daemon=True) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise min(errors, key=lambda error: isinstance(error, RankLost))  # a cause before its consequence
    return given
