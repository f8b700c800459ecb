"""Rung `kernels.roofline`: how fast a computation can be on a card, told without the card.

A card has two ceilings: so many operations a second, and so many bytes a second. Which one a computation meets depends
on its operations for each byte (its arithmetic intensity), and that is the roofline. For a compiled kernel of attention
`predict` goes further: it counts the instructions of the inner loop, and asks which unit of the card is busiest. It is a
model, with an error of a fifth or so where it was compared with published figures (`benchmarks/compiled.py`).
Sources: Williams, Waterman and Patterson 2009 (roofline, doi 10.1145/1498765.1498785); NVIDIA's data sheets and
whitepapers of the A100 (SXM, 80 GB) and the H100 (SXM): the numbers of the cards.
"""

import time
from dataclasses import dataclass

import torch

from nextword.kernels.roofline_parts import tiles, units
from nextword.kernels.roofline_parts.tiles import Shape

SUSTAINED = 0.81  # of the boost clock while tensor cores are busy: an H200 measured 798 of 989 TFLOP/s in torch's matmul
START = 2_000  # clocks until a program's first tiles are there: two trips to memory
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
    clock: float  # Hz, boost, at which the data sheet counts `flops`
    matrix_operations: int  # multiplications and additions of bfloat16 numbers, dense
    float32_lanes: int  # results
    shared: int  # bytes of shared memory
    registers: int = 65_536
    target: str = "sm_90"


A100 = Card("A100 SXM 80 GB", 312e12, 2.039e12, 108, 1.41e9, 2048, 64, 164 * 1024, target="sm_80")
H100 = Card("H100 SXM", 989.4e12, 3.35e12, 132, 1.83e9, 4096, 128, 228 * 1024)
CARDS = {card.target: card for card in (A100, H100)}


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
    """Operations for each byte from which on arithmetic is the limit, and not memory.

    >>> round(ridge(H100))
    295
    """
    return machine.flops / machine.bandwidth


def measure_here(n: int = 1024, megabytes: int = 64, rounds: int = 5) -> Machine:
    """The two ceilings of this machine's processor, measured: a float32 product n x n x n, and a copy that misses the caches."""
    a, b = torch.rand(n, n), torch.rand(n, n)
    source = torch.rand(megabytes * 2**20 // 4)
    target = torch.empty_like(source)
    product = _best(lambda: torch.mm(a, b), rounds)
    copy = _best(lambda: target.copy_(source), rounds)
    return Machine("this machine", 2 * n**3 / product, 2 * source.nbytes / copy)


def _best(work, rounds: int) -> float:
    work()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


@dataclass(frozen=True)
class Prediction:
    """A call's time by the model, in seconds; the truth lies between `least` and `most` where the model holds."""

    seconds: float
    least: float  # if everything overlapped with everything else
    most: float  # if tensor cores and the other units took turns
    tflops: float  # needed operations a second, in 10^12
    limit: str  # the busiest unit, or "memory"
    units: dict[str, float]  # clocks that each unit is busy with a tile, on one multiprocessor
    resident: int  # programs at once on a multiprocessor


def resident(made, card: Card) -> int:
    """How many programs of a kernel a multiprocessor holds at once, by registers and by shared memory."""
    by_registers = card.registers // (made.registers * made.num_warps * units.WARP)
    by_shared = card.shared // (made.shared + 1024)  # 1 KB of each is the system's
    return max(1, min(by_registers, by_shared))


def predict(made, card: Card, shape: Shape, block_queries: int, block_keys: int) -> Prediction:
    """The time of a call of a compiled forward kernel, `made` for the card's target.

    Each program has one tile of queries and goes through tiles of keys, a turn of the inner loop each. What a turn takes
    comes from its instructions; how many turns there are and how programs fill the card, from the shape.
    """
    if not made.loops:
        raise ValueError(f"{made.kernel} has no inner loop with a matrix instruction to reckon with")
    work = 4 * block_queries * block_keys * shape.head_dim  # of one tile
    loops = sorted(
        made.loops, key=lambda loop: sum(loop["instructions"].values()) / loop["matrix_operations"]
    )
    at_once = resident(made, card)
    busy = [
        {unit: clocks for unit, clocks in units.busy(loop, work / loop["matrix_operations"], card).items()}
        for loop in loops
    ]
    independent = customers(made, loops[0], work, at_once)
    full, masked = busy[0], busy[-1]
    per_head = tiles.turns(shape, block_queries, block_keys)
    before = START + outside(made) * work / loops[0]["matrix_operations"] / units.SCHEDULERS

    def seconds(of_a_turn) -> float:
        """All programs on the card, where a turn takes so many clocks of a whole multiprocessor."""
        a, b = of_a_turn(full), of_a_turn(masked)
        times = [at_once * (n * a + m * b) + before for n, m in reversed(per_head)]
        order = [time for time in times for _ in range(shape.batch * shape.n_heads)]
        clocks = tiles.makespan(order, card.processors * at_once)
        return LAUNCH + max(clocks / (SUSTAINED * card.clock), shape.bytes / card.bandwidth)

    least = seconds(lambda busy: max(busy.values()))
    most = seconds(lambda busy: busy["tensor"] + others(busy))
    likely = seconds(lambda busy: units.overlapped(busy["tensor"], others(busy), independent))
    memory = shape.bytes / card.bandwidth >= likely - LAUNCH
    limit = "memory" if memory else max(full, key=full.get)
    return Prediction(likely, least, most, shape.flops / likely / 1e12, limit, full, at_once)


def customers(made, loop: dict, work: float, at_once: int) -> int:
    """How many parties on a multiprocessor go their own way, so that one multiplies while another does the rest.

    A barrier in the loop ties all warps of a program together; without one each group of four warps is its own party.
    """
    if "BAR" in loop["instructions"]:
        return at_once
    return max(1, round(at_once * work / loop["matrix_operations"] / 4))


def others(busy: dict[str, float]) -> float:
    """Clocks of the busiest unit beside the tensor cores."""
    return max(clocks for unit, clocks in busy.items() if unit != "tensor")


def outside(made) -> int:
    """Instructions of one warp outside the inner loops."""
    inside = sum(sum(loop["instructions"].values()) for loop in made.loops)
    return max(0, sum(made.instructions.values()) - inside)
