"""Under rung `distributed`: a process's place among those that learn together, and how they meet.

`torchrun` starts the processes, and tells each in its environment who it is. They meet by NCCL where there are GPUs,
one for each process, and by gloo on processors. Source: Li et al. 2020 (PyTorch Distributed, arXiv 2006.15704).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import torch
from torch import distributed

from nextword.base.shapes import Tensor

PATIENCE = 120.0  # seconds that a process waits for the others before it holds them to be lost


class Refused(ValueError):
    """What cannot be begun in this way, and what to do, in one sentence."""


class RankLost(RuntimeError):
    """Another of the processes has ended, or answers no more."""


@dataclass(frozen=True)
class World:
    """One process, its rank, among `size` that learn one model together; alone it is a world of one.

    >>> ones = torch.ones(2)
    >>> World().all_reduce(ones)  # alone: the sum over one rank
    >>> ones
    tensor([1., 1.])
    """

    rank: int = 0  # which of them we are, from 0
    size: int = 1  # how many there are
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))  # where this rank computes
    store: distributed.Store | None = None  # where the ranks met: it outlives any of them

    def all_reduce(self, tensor: Tensor) -> None:
        """Put the sum over all ranks in the tensor's place, on every rank; all have to call it, in the same order."""
        if self.size > 1:
            with told_as_lost():
                distributed.all_reduce(tensor)

    def say(self, sentence: object) -> None:
        """Rank 0 says it, and the others are silent."""
        if self.rank == 0:
            print(sentence, flush=True)

    def is_first(self, what: str) -> bool:
        """Whether no other rank has asked this before; it can be asked when a rank is lost, too."""
        try:
            return self.rank == 0 if self.store is None else self.store.add(what, 1) == 1
        except RuntimeError:  # torchrun itself is gone
            return True


@contextmanager
def join(patience: float = PATIENCE) -> Iterator[World]:
    """Meet the other processes that `torchrun` has started; a world of one where nobody has.

    A `Refused` says where there are more processes on this machine than it can run at once. At its end each waits for
    all, so that none closes the line while another still speaks.
    """
    if not distributed.is_available():
        raise Refused("this torch was built without torch.distributed: install one that has it")
    n_here, on_gpus = int(os.environ.get("LOCAL_WORLD_SIZE", 1)), torch.cuda.is_available()
    refuse_crowd(n_here, torch.cuda.device_count() if on_gpus else n_cores(), "GPU" if on_gpus else "core")
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if on_gpus else torch.device("cpu")
    if on_gpus:
        torch.cuda.set_device(device)
    wait, backend = timedelta(seconds=patience), "cpu:gloo,cuda:nccl" if on_gpus else "gloo"
    store, rank, size = distributed.HashStore(), 0, 1
    with told_as_lost():
        if "RANK" in os.environ:
            store, rank, size = next(distributed.rendezvous("env://", timeout=wait))
        distributed.init_process_group(backend, timeout=wait, store=store, rank=rank, world_size=size)
    here = World(rank, size, device, store)
    try:
        yield here
        here.all_reduce(torch.zeros(1, device=device))
    finally:
        distributed.destroy_process_group()


def n_cores() -> int:
    """How many of this machine's cores the process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def refuse_crowd(n_processes: int, n_places: int, place: str = "core") -> None:
    """Raise `Refused` where there are more processes than cores, or than GPUs: they would wait for each other.

    >>> refuse_crowd(2, 2)
    """
    if n_processes < 1:
        raise Refused(f"{n_processes} processes can learn nothing: start 1 at least")
    if n_processes > n_places:
        there = f"{n_places} {place}" + ("s" if n_places != 1 else "")
        raise Refused(
            f"{n_processes} processes are too many here, where there {'is' if n_places == 1 else 'are'} {there}: "
            f"they would take turns, and each would wait for all; start {n_places} at most"
        )


@contextmanager
def told_as_lost() -> Iterator[None]:
    """In a `with` block, what torch says when another process is gone becomes a `RankLost`."""
    try:
        yield
    except RuntimeError as error:
        if not (isinstance(error, distributed.DistError) or "gloo" in str(error)):
            raise
        raise RankLost(f"another process has ended, or answers no more ({short(error)})") from error


def short(error: Exception) -> str:
    """The last clause of what torch's engine says of itself, without its file names, addresses and traces."""
    first = str(error).strip().splitlines()[0]
    return first.rpartition("] ")[2].partition(" [")[0].rstrip(".") or type(error).__name__
