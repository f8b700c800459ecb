"""Rung `distributed`: one model that several processes, the ranks, learn together, on one machine or on many.

Each rank reads its share of a batch, and before the dials turn, all ranks average their gradients. So the sum of them
learns as one process with the whole batch would. Three ways do it: by hand; torch's `DistributedDataParallel`, which
averages while the blame is still on its way back; and `fully_shard`, where a rank holds only its rows of everything.
Sources: Li et al. 2020 (DDP, arXiv 2006.15704); Rajbhandari et al. 2019 (ZeRO, arXiv 1910.02054); Zhao et al. 2023
(FSDP, arXiv 2304.11277); for the ring Patarasuk and Yuan 2009 (JPDC 69, "Bandwidth optimal all-reduce").
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from nextword import distributed, training
from nextword.base.shapes import Int, Tensor, Tokens
from nextword.distributed_parts.sharded_optimizer import ShardedOptimizer
from nextword.distributed_parts.world import Refused, World, told_as_lost
from nextword.training import Run, TrainingConfig
from nextword.transformer import Transformer

WAYS = ("by-hand", "ddp", "fsdp")


def share(ids: Int[Tensor, "batch seq_len"], world: World) -> Int[Tensor, "mine seq_len"]:
    """The passages of a batch that are this rank's: a run of its rows, as equal in number as may be.

    >>> batch = torch.arange(5)[:, None]
    >>> share(batch, World(0, 2)).flatten().tolist(), share(batch, World(1, 2)).flatten().tolist()
    ([0, 1, 2], [3, 4])
    """
    return ids.tensor_split(world.size)[world.rank]


def average_gradients(model: nn.Module, world: World, n_passages: int) -> None:
    """Make of each gradient, a mean over the n passages that this rank has read, the mean over those of all ranks.

    Ranks may have read different numbers; whoever has read more counts for more.

    >>> line = nn.Linear(1, 1, bias=False)
    >>> line.weight.grad = torch.tensor([[6.0]])
    >>> average_gradients(line, World(), 4)  # alone: as it was
    >>> line.weight.grad
    tensor([[6.]])
    """
    n_all = torch.tensor(float(n_passages))
    world.all_reduce(n_all)
    for parameter in model.parameters():
        if parameter.grad is not None:
            parameter.grad *= n_passages / n_all
            world.all_reduce(parameter.grad)


@dataclass
class Team:
    """A run as one rank sees it: what it calls to read, and what it does to the gradients after it has read."""

    run: Run  # the same on every rank, or a part of it
    world: World
    read: Callable[[Tokens], Tensor]  # the model, wrapped or not
    average: Callable[[int], None]  # given the number of passages read


def begin(model: Transformer, config: TrainingConfig, world: World, way: str = "by-hand") -> Team:
    """A run at its first step on each rank; all ranks give a model with the same dials.

    A `Refused` says where a batch cannot be shared out so.
    """
    if way not in WAYS:
        raise Refused(f"there is no way {way!r}; there are: {', '.join(WAYS)}")
    refuse_uneven(config, world.size, way)
    run = training.begin(model.to(world.device), config)
    wrap = {"by-hand": distributed.by_hand, "ddp": distributed.ddp, "fsdp": distributed.fsdp}[way]
    return wrap(run, world)


def refuse_uneven(config: TrainingConfig, size: int, way: str) -> None:
    """Raise `Refused` where a batch leaves a rank without passages, or cannot be cut as evenly as a way needs it."""
    n, step = config.batch // config.accumulate, size * config.accumulate
    batch = f"a batch of {config.batch}" + (f", read in {config.accumulate} parts," * (config.accumulate > 1))
    if n < size:
        raise Refused(f"{batch} leaves nothing for some of {size} ranks: take a batch of {step} at least")
    if way != "by-hand" and n % size:
        below = config.batch - config.batch % step
        says = f"{batch} does not divide by {size} ranks, and {way} counts all ranks alike: "
        raise Refused(f"{says}take a batch of {below} or {below + step}")


def by_hand(run: Run, world: World) -> Team:
    """Each rank holds the whole model; gradients are averaged one after the other, once all are there."""
    return Team(run, world, run.model, lambda n: distributed.average_gradients(run.model, world, n))


def ddp(run: Run, world: World) -> Team:
    """The same by torch: gradients travel in buckets of megabytes, the last layer's while the first's are made."""
    on = [world.device] if world.device.type == "cuda" else None
    return Team(run, world, nn.parallel.DistributedDataParallel(run.model, device_ids=on), lambda n: None)


def fsdp(run: Run, world: World) -> Team:
    """Each rank holds its rows of dials, gradients and memories; a layer is put together only while it is used."""
    from torch.distributed.device_mesh import init_device_mesh  # these two take a second
    from torch.distributed.fsdp import fully_shard

    mesh = init_device_mesh(world.device.type, (world.size,))
    for layer in run.model.layers:
        fully_shard(layer, mesh=mesh)
    fully_shard(run.model, mesh=mesh)
    run.optimizer = ShardedOptimizer.of(training.make_optimizer(run.model, run.config))
    return Team(run, world, run.model, lambda n: None)


@told_as_lost()
def turn(team: Team, tokens: Tensor) -> float:
    """One step of all ranks, as `training.turn` makes it alone. Gives the loss of the whole batch before the turn.

    Each rank draws the whole batch, which costs nothing, and reads its share: so no passage is read twice.
    """
    run, world, config, total = team.run, team.world, team.run.config, 0.0
    run.model.zero_grad()
    for _ in range(config.accumulate):
        ids = training.passages(tokens, config.batch // config.accumulate, config.context, run.generator)
        mine = distributed.share(ids, world).to(world.device)
        with training.multiplying_in(config.precision, world.device):
            part = training.loss(team.read(mine[:, :-1]), mine) / config.accumulate
        part.backward()
        total += part.item() * len(mine) / len(ids)
    team.average(len(mine))
    loss = summed(total, world)
    training.refuse_hopeless(run, loss)  # on all ranks, or on none
    with training.multiplying_in(config.precision, world.device):
        run.optimizer.step(training.rate(run.step, config), config.clip)
    run.losses.append(loss)
    return loss


def summed(number: float, world: World) -> float:
    """The sum of a number over all ranks, the same to the last bit on each."""
    total = torch.tensor(number, dtype=torch.float64, device=world.device)
    world.all_reduce(total)
    return total.item()


def whole(run: Run) -> Transformer:
    """The run's model with all its dials, on every rank; all ranks have to call it."""
    state = {name: full(tensor).cpu() for name, tensor in run.model.state_dict().items()}
    model = Transformer(run.model.config)
    model.load_state_dict(state)
    return model


def numbers_held(run: Run) -> int:
    """How many numbers this rank holds: dials, and what the optimizer remembers of each."""
    tensors = [*run.model.parameters(), *run.optimizer.memory.values()]
    return sum(getattr(tensor, "to_local", lambda own=tensor: own)().numel() for tensor in tensors)


def full(tensor: Tensor) -> Tensor:
    """A tensor with the rows of all ranks."""
    return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor


def ring_bytes(n_bytes: float, size: int) -> float:
    """How many bytes each rank sends in a ring all-reduce of n bytes: less than twice n, however many ranks there are.

    In a ring each rank sends to the next only. The n bytes are cut into as many pieces as there are ranks: in size - 1
    rounds sums are gathered, in as many they are handed on, and in each round a rank sends one piece.

    >>> ring_bytes(1000, 2), ring_bytes(1000, 4)
    (1000.0, 1500.0)
    """
    return 2 * (size - 1) / size * n_bytes


def ring_seconds(n_bytes: float, size: int, latency: float, bandwidth: float) -> float:
    """How long a ring all-reduce takes: 2 (size - 1) rounds of a latency (seconds) and a piece (by bytes a second).

    >>> ring_seconds(4e6, 4, latency=0.001, bandwidth=1e9)
    0.012
    """
    return 2 * (size - 1) * (latency + n_bytes / size / bandwidth)


def step_seconds(alone: float, n_bytes: float, size: int, latency: float, bandwidth: float) -> float:
    """How long a step takes on so many ranks that takes `alone` seconds on one: the work is shared, the ring is added.

    >>> step_seconds(1.0, 4e6, 4, latency=0.001, bandwidth=1e9)
    0.262
    """
    return alone / size + ring_seconds(n_bytes, size, latency, bandwidth)
