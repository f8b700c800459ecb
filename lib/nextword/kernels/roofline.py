"""Rung `kernels.roofline`: how fast a computation can be on a card, told without the card.

A card has two ceilings: so many operations a second, and so many bytes a second. Which one a computation meets
depends on its operations for each byte (its arithmetic intensity), and that is the roofline. For a compiled kernel of
attention `predict` goes further: it counts the instructions of the inner loop, and asks which unit of the card is
busiest. That is a model; `benchmarks/results/compiled.md` compares it with published figures.
Sources: Williams, Waterman and Patterson 2009 (roofline, doi 10.1145/1498765.1498785); NVIDIA's A100 and H100 Tensor
Core GPU Architecture whitepapers and data sheets (the numbers of the cards, SXM).
"""

import time
from dataclasses import dataclass

import torch

from nextword.kernels.roofline_parts import tiles, units
from nextword.kernels.roofline_parts.tiles import Shape

SUSTAINED = (
    0.81  # of the boost clock under load: torch's largest matmul reached 798 of 989 TFLOP/s on an H200
)
START = 2_000  # clocks until a program's first tiles have come: two trips to memory
LAUNCH = 4e-6  # seconds until a kernel begins


@dataclass(frozen=True)
class Machine:
    """The two ceilings of a machine."""

    name: str
    flops: float  # operations a second
    bandwidth: float  # bytes a second between processor and memory


@dataclass(frozen=True)
class Card(Machine):
    """A GPU, with what one of its multiprocessors does in a clock."""

    processors: int
    clock: float  # Hz: the boost clock, at which the data sheet counts `flops`
    matrix_operations: int  # of bfloat16 numbers, dense; multiplying and adding are two
    float32_lanes: int  # results
    shared: int  # bytes of shared memory
    registers: int = 65_536  # of 32 bits


A100 = Card("A100 SXM 80 GB", 312e12, 2.039e12, 108, 1.41e9, 2048, 64, 164 * 1024)
H100 = Card("H100 SXM", 989.4e12, 3.35e12, 132, 1.83e9, 4096, 128, 228 * 1024)
CARDS = {"sm_80": A100, "sm_90": H100}  # by what we compile for


@dataclass(frozen=True)
class Attainable:
    """What a roofline allows."""

    flops: float  # operations a second
    seconds: float
    limit: str  # "arithmetic" or "memory"


def roofline(flops: float, n_bytes: float, machine: Machine) -> Attainable:
    """The least time for so many operations and bytes, and which of the two ceilings makes it so long.

    >>> roofline(flops=1e12, n_bytes=1e12, machine=H100).limit  # one operation a byte: 295 would be in balance
    'memory'
    """
    arithmetic, memory = flops / machine.flops, n_bytes / machine.bandwidth
    seconds = max(arithmetic, memory)
    return Attainable(flops / seconds, seconds, "arithmetic" if arithmetic >= memory else "memory")


def ridge(machine: Machine) -> float:
    """Operations for each byte from which on arithmetic is the limit, and no longer memory.

    >>> round(ridge(H100)), round(ridge(A100))
    (295, 153)
    """
    return machine.flops / machine.bandwidth


def measure_here(n: int = 1024, megabytes: int = 64, rounds: int = 5) -> Machine:
    """This machine's ceilings, measured: a float32 product n x n x n, and a copy larger than caches."""
    a, b = torch.rand(n, n), torch.rand(n, n)
    source = torch.rand(megabytes * 2**20 // 4)
    target = torch.empty_like(source)
    product = _fastest(lambda: torch.mm(a, b), rounds)
    copy = _fastest(lambda: target.copy_(source), rounds)
    return Machine("this machine", 2 * n**3 / product, 2 * source.nbytes / copy)


def _fastest(work, rounds: int) -> float:
    work()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


@dataclass(frozen=True)
class Prediction:
    """A kernel's time in seconds by the model, between two bounds."""

    seconds: float
    least: float  # if all units worked at once
    most: float  # if tensor cores and the other units took turns
    limit: str  # the busiest unit, or "memory"
    units: dict[
        str, float
    ]  # clocks for which each unit is busy with a turn of the loop, on one multiprocessor
    resident: int  # programs at once on a multiprocessor
    parties: int  # how many of its programs or groups of warps go their own way


def predict(made, card: Card, shape: Shape, *, gathers: str = "keys") -> Prediction:
    """The time of a call of a compiled kernel of attention, `made` for the card's target.

    Each program has a tile of queries and goes through tiles of keys, a turn of the inner loop each; one that
    `gathers="queries"` has a tile of keys. What a turn takes comes from its instructions; how many turns there are and
    how programs fill the card, from the shape. Warps that meet at a barrier in the loop are one party; while one
    party multiplies, another may do the rest.
    """
    if not made.loops:
        raise ValueError(f"{made.kernel} has no inner loop with a matrix instruction to reckon with")
    blocks = made.constants["BLOCK_QUERIES"], made.constants["BLOCK_KEYS"]
    turns = tiles.along_keys(shape, *blocks) if gathers == "keys" else tiles.along_queries(shape, *blocks)
    heads = shape.batch * (shape.n_heads if gathers == "keys" else shape.kv_heads)
    n_warps, loops = working_warps(made, 4 * blocks[0] * blocks[1] * shape.head_dim), by_cost(made)
    full, masked = (units.busy(loop, n_warps, card) for loop in (loops[0], loops[-1]))
    at_once = resident(made, card)
    tied = (
        "BAR" in loops[0]["instructions"] and not made.specialised
    )  # where tasks differ, each group has its own
    parties = at_once if tied else max(1, round(at_once * n_warps / 4))
    before = START + outside(made) * n_warps / units.SCHEDULERS

    def seconds(clocks) -> float:
        """The whole call, where a turn of the loop takes so many clocks of a multiprocessor."""
        times = [at_once * (n * clocks(full) + m * clocks(masked)) + before for n, m in turns]
        queue = [time for time in sorted(times, reverse=True) for _ in range(heads)]
        arithmetic = tiles.makespan(queue, card.processors * at_once) / (SUSTAINED * card.clock)
        return LAUNCH + max(arithmetic, shape.bytes / card.bandwidth)

    likely = seconds(lambda busy: units.overlapped(*by_turns(busy), parties))
    memory = likely <= LAUNCH + shape.bytes / card.bandwidth
    return Prediction(
        seconds=likely,
        least=seconds(lambda busy: max(busy.values())),
        most=seconds(lambda busy: sum(by_turns(busy))),
        limit="memory" if memory else max(full, key=full.get),
        units=full,
        resident=at_once,
        parties=parties,
    )


def by_cost(made) -> list[dict]:
    """The inner loops, the one with the fewest instructions for its products first: it is the one without a mask."""
    return sorted(made.loops, key=lambda loop: sum(loop["instructions"].values()) / loop["matrix_operations"])


def working_warps(made, operations: int) -> float:
    """How many warps share a tile: all, unless some have other tasks; then as many as its `operations` ask for."""
    return operations / by_cost(made)[0]["matrix_operations"] if made.specialised else made.num_warps


def resident(made, card: Card) -> int:
    """How many programs of a kernel a multiprocessor holds at once, by registers and by shared memory."""
    by_registers = card.registers // (made.registers * made.num_warps * units.WARP)
    by_shared = card.shared // (made.shared + 1024)  # the system takes 1 KB for each
    return max(1, min(by_registers, by_shared))


def by_turns(busy: dict[str, float]) -> tuple[float, float]:
    """Clocks of the two halves of a turn: the products, which shared memory feeds, and what is between them."""
    fed = ("tensor", "shared")
    return max(busy[unit] for unit in fed), max(clocks for unit, clocks in busy.items() if unit not in fed)


def outside(made) -> int:
    """Instructions of one warp outside the inner loops."""
    inside = sum(sum(loop["instructions"].values()) for loop in made.loops)
    return max(0, sum(made.instructions.values()) - inside)
