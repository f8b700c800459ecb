"""Kernels compiled ahead of time, on any machine: what became of them, without a GPU.

The compiler needs to know a GPU and doesn't need to have one. So a laptop can tell how many registers a kernel takes,
whether any had to be spilled to memory, how much shared memory it asks for, and by which instruction its matrices are
multiplied: four things that decide how fast it will be. Compiling happens in a process of its own, for Triton either
compiles or interprets in a process; what came of it is kept in the user's cache until the source changes.
Source: Tillet, Kung and Cox 2019 (Triton); CUDA C++ Programming Guide, "Compute Capabilities" (the limits).
"""

import importlib.util
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from nextword import kernels
from nextword.kernels.compiled_parts import keep, registry, sass
from nextword.kernels.compiled_parts.registry import Entry

SHARED_LIMIT = {"sm_80": 163 * 1024, "sm_90": 227 * 1024, "gfx942": 64 * 1024}  # bytes for one program
TARGETS = tuple(SHARED_LIMIT)
CARDS = {"sm_80": "NVIDIA A100", "sm_90": "NVIDIA H100", "gfx942": "AMD MI300X"}
MATRIX = {
    "HGMMA": "wgmma",
    "HMMA": "mma",
    "v_mfma": "mfma",
}  # an instruction, and what programmers call it
NOTABLE = {
    **sass.NOTABLE,
    "v_mfma": "matrix product of one wavefront (mfma), AMD",
}  # what says most, and what it does
MANY = 8  # so many take long enough to say so
SECONDS = 300  # in which one kernel has to be compiled


class CompileError(RuntimeError):
    """A kernel could not be compiled; the message says which, for what, and what the compiler said."""


@dataclass(frozen=True)
class Tensor:
    """A tensor that a launcher is to be called with: only its form matters to the compiler."""

    shape: tuple[int, ...]
    dtype: str = "bfloat16"


@dataclass(frozen=True)
class Launch:
    """A call of a launcher whose kernels are to be compiled.

    `function` is `nextword.kernels.basics.add`, or `path/to/a_file.py:add` for a function of one's own. `changes` are
    other settings than the launcher's for kernels named: `{"forward_kernel": {"num_warps": 4}}`.
    """

    function: str
    arguments: tuple
    keywords: dict = field(default_factory=dict)
    changes: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Compiled:
    """One kernel, compiled for one target."""

    kernel: str  # its name
    target: str
    constants: dict  # what was fixed when it was compiled: sizes of blocks, flags
    num_warps: int
    num_stages: int  # how many tiles are under way at once
    grid: tuple[int, ...]  # programs
    registers: int  # of one thread
    spills: int  # bytes of memory that one thread needs beside its registers; 0 is what we want
    shared: int  # bytes of shared memory of one program
    instructions: dict[str, int]  # in the whole kernel
    loops: tuple[dict, ...]  # the inner loops with a matrix instruction, see `compiled_parts.sass.Loop`
    texts: dict[str, str] = field(repr=False)  # triton, ttir, ttgir, then ptx and sass, or amdgcn
    triton: str = ""  # the version that compiled it

    @property
    def matrix_instruction(self) -> str:
        """By what its matrices are multiplied: `wgmma`, `mma` or `mfma`; empty where it multiplies none."""
        return next((name for code, name in MATRIX.items() if self.instructions.get(code)), "")

    @property
    def blocks(self) -> dict[str, int]:
        """The sizes of its tiles: the constants whose names begin with BLOCK, features of a head apart."""
        return {
            name: size
            for name, size in self.constants.items()
            if name.startswith("BLOCK") and name != "BLOCK_DIM"
        }

    @property
    def specialised(self) -> bool:
        """Whether warps have different tasks, proved by the instruction that hands registers from one to another."""
        return self.instructions.get("USETMAXREG", 0) > 0

    @property
    def fits(self) -> bool:
        """Whether the card has as much shared memory for one program."""
        return self.shared <= SHARED_LIMIT[self.target]


def compiled(launch: Launch, target: str = "sm_90") -> list[Compiled]:
    """The kernels that a launch runs, compiled for one target, in the order in which they run.

    Raises `kernels.KernelsUnavailable` where Triton is absent, and `CompileError` where the compiler refuses.
    """
    [found] = outcomes([(launch, target)])
    if found["error"]:
        raise CompileError(f"{launch.function} could not be compiled for {target}. {found['error']}")
    return found["kernels"]


def outcomes(jobs: Sequence[tuple[Launch, str]]) -> list[dict]:
    """For each launch and target `{"kernels": [Compiled, ...], "error": ""}`; a refusal stops none of the others.

    What was compiled before is taken from the cache; all the rest is compiled in one process.
    """
    for _, target in jobs:
        if target not in TARGETS:
            raise ValueError(f"{target} is no target that we compile for; there are: {', '.join(TARGETS)}")
    if (reason := absent()) is not None:
        raise kernels.KernelsUnavailable(reason)
    names = [keep.key(described(*job)) for job in jobs]
    found = {name: kept for name in names if (kept := keep.load(name)) is not None}
    missing = {name: job for name, job in zip(names, jobs, strict=True) if name not in found}
    if len(missing) >= MANY:
        print(f"Compiling {len(missing)} launches, once: a second or two each", file=sys.stderr, flush=True)
    for name, outcome in zip(missing, run([described(*job) for job in missing.values()]), strict=True):
        found[name] = outcome
        if not outcome["error"]:
            keep.save(name, outcome)
    return [found[name] | {"kernels": [as_compiled(row) for row in found[name]["kernels"]]} for name in names]


def of_the_course(
    targets: Sequence[str] = TARGETS, named: str = ""
) -> list[tuple[Entry, str, list[Compiled], str]]:
    """The course's kernels: each entry of the registry whose name holds `named`, with target, kernels and error."""
    pairs = [
        (entry, target)
        for entry in registry.entries()
        if named in entry.name
        for target in entry.targets
        if target in targets
    ]
    found = outcomes([(launch(entry), target) for entry, target in pairs])
    return [(*pair, one["kernels"], one["error"]) for pair, one in zip(pairs, found, strict=True)]


def launch(entry: Entry) -> Launch:
    """The call that an entry of the registry describes."""

    def described(argument):
        return Tensor(*argument) if isinstance(argument, tuple) else argument

    keywords = {name: described(argument) for name, argument in entry.keywords}
    return Launch(f"nextword.kernels.{entry.function}", tuple(map(described, entry.arguments)), keywords)


def absent() -> str | None:
    """The sentence for a machine without Triton; None where it is. Here it may be loaded in either mode."""
    if importlib.util.find_spec("triton") is not None:
        return None
    return kernels.mode.where_it_is_made_for(platform.system(), platform.machine())


def described(launch: Launch, target: str) -> dict:
    """A job for the process that compiles, as JSON can hold it."""

    def plain(argument):
        if isinstance(argument, Tensor):
            return {"shape": list(argument.shape), "dtype": argument.dtype}
        return argument

    return {
        "function": launch.function,
        "arguments": [plain(argument) for argument in launch.arguments],
        "keywords": {name: plain(argument) for name, argument in launch.keywords.items()},
        "changes": launch.changes,
        "target": target,
    }


def as_compiled(row: dict) -> Compiled:
    """A row of the process that compiles as what we hand out, its machine code counted."""
    texts = row["texts"]
    if "sass" in texts:
        counts, loops = sass.counts(texts["sass"]), sass.loops(texts["sass"])
    else:
        counts, loops = sass.amd_counts(texts["amdgcn"]), []
    read = {"grid": tuple(row["grid"]), "instructions": counts, "loops": tuple(map(asdict, loops))}
    names = Compiled.__dataclass_fields__
    return Compiled(**{name: value for name, value in row.items() if name in names} | read)


def run(jobs: list[dict]) -> list[dict]:
    """Each job's outcome, from one process, or from more where a kernel makes the compiler itself crash."""
    outcomes: list[dict | None] = [None] * len(jobs)
    while None in outcomes:
        waiting = [job if outcome is None else None for job, outcome in zip(jobs, outcomes, strict=True)]
        done, said = keep.children(waiting, SECONDS)
        for number, outcome in done.items():
            outcomes[number] = outcome
        if None in outcomes and said is not None:  # it is the first that was not done, unless nothing can be
            failed = {"kernels": [], "error": said, "seconds": 0.0}
            outcomes[outcomes.index(None)] = failed
            if not done and said.startswith(keep.ENDED):
                return [outcome or failed for outcome in outcomes]
    return outcomes
