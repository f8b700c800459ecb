"""A driver for a GPU that is not there: Triton compiles for it, and nothing is launched.

Triton asks its driver which GPU it has, and compiles for that one. Ours names the target that is wanted; a launch
`kernel[grid](...)` becomes Triton's own warm-up, which specialises and compiles exactly as a launch would and stops
there. So what is compiled is what the library's own launchers choose: their blocks, warps and stages.
To be imported only in a process of its own, see `child`.
"""

import contextlib
import types
from collections.abc import Iterator
from unittest import mock

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.runtime import Autotuner, driver
from triton.runtime.jit import KernelInterface

TARGETS = {
    "sm_80": GPUTarget("cuda", 80, 32),
    "sm_90": GPUTarget("cuda", 90, 32),
    "gfx942": GPUTarget("hip", "gfx942", 64),
}
PROCESSORS = {"sm_80": 108, "sm_90": 132, "gfx942": 304}  # streaming multiprocessors or compute units


class Absent:
    """As much of a driver as compiling asks for; each target is a device of its own."""

    def __init__(self, target: str):
        self.target = target

    def get_current_target(self) -> GPUTarget:
        return TARGETS[self.target]

    def get_current_device(self) -> int:
        return list(TARGETS).index(self.target)

    def get_current_stream(self, device: int) -> int:
        return 0

    def get_active_torch_device(self) -> torch.device:
        return torch.device("cpu")


@contextlib.contextmanager
def gathering(target: str, changes: dict[str, dict]) -> Iterator[list]:
    """In a `with` block each launch of a kernel is compiled for the target, and gathered instead of run.

    `changes` holds other settings than the launcher's, for kernels by name.
    """
    gathered = []

    def compile_only(kernel, grid):
        other = changes.get(kernel.__name__, {})
        return lambda *args, **options: gathered.extend(warm_up(kernel, grid, args, options | other))

    driver.set_active(Absent(target))
    capability, properties = answers(target)
    amd = "6.0" if TARGETS[target].backend == "hip" else None  # by this torch itself tells AMD from NVIDIA
    with (
        mock.patch.object(KernelInterface, "__getitem__", compile_only),
        mock.patch.object(torch.cuda, "get_device_capability", capability),
        mock.patch.object(torch.cuda, "get_device_properties", properties),
        mock.patch.object(torch.version, "hip", amd),
    ):
        yield gathered


def answers(target: str) -> tuple:
    """What torch says of the card of a target: its compute capability, and its properties."""
    major = TARGETS[target].arch // 10 if TARGETS[target].backend == "cuda" else 9
    properties = types.SimpleNamespace(multi_processor_count=PROCESSORS[target], major=major, minor=0)
    return (lambda device=None: (major, 0)), (lambda device=None: properties)


def warm_up(kernel, grid, args: tuple, options: dict) -> list[tuple]:
    """A kernel compiled for the arguments of a launch, with its grid; once for each configuration of an autotuner."""
    if isinstance(kernel, Autotuner):
        tried = [options | config.all_kwargs() for config in kernel.configs]
        return [made for each in tried for made in warm_up(kernel.fn, grid, args, each)]
    made = kernel.run(*args, grid=grid, warmup=True, **options)
    return [(made, grid(constants(made)) if callable(grid) else grid)]


def constants(made) -> dict:
    """The compile-time constants of a compiled kernel, by name: its block sizes, flags and shapes."""
    fn = made.src.fn
    named = {fn.arg_names[place[0]]: value for place, value in made.src.constants.items()}
    return {parameter.name: named.get(parameter.name) for parameter in fn.params if parameter.is_constexpr}


def version() -> str:
    """Triton's version."""
    return triton.__version__
