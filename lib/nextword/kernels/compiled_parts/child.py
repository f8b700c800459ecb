"""The process that compiles: `python -m nextword.kernels.compiled_parts.child JOBS FOLDER`.

JOBS is a file of JSON with one job a line: a launcher, its arguments and a target. The result of the job on line n goes
to FOLDER/n.json. Triton decides once in a process whether it interprets kernels or compiles them, and this one
compiles (`compiled.run` starts it with TRITON_INTERPRET=0), whatever the process that asked does.
"""

import importlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import torch

from nextword import kernels
from nextword.kernels.compiled_parts import offline


def main(jobs: str, folder: str) -> None:
    """Compile job after job; what is done is written at once, for the compiler may crash on the next one."""
    kernels.check = lambda *_, **__: None  # it refuses tensors that are on no GPU, and nothing is run here
    for number, line in enumerate(Path(jobs).read_text(encoding="utf-8").splitlines()):
        job = json.loads(line)
        if job is not None:
            written = Path(folder, f"{number}.json")
            written.with_suffix(".part").write_text(json.dumps(work(job)), encoding="utf-8")
            written.with_suffix(".part").rename(written)


def work(job: dict) -> dict:
    """What became of one job: the kernels that its launcher launched, or the error."""
    start = seconds()
    try:
        with offline.gathering(job["target"], job["changes"]) as gathered:
            launcher(job["function"])(
                *map(value, job["arguments"]),
                **{name: value(argument) for name, argument in job["keywords"].items()},
            )
        rows = [report(made, grid, job["target"]) for made, grid in gathered]
    except Exception as error:  # whatever a reader's kernel may raise is told to the reader
        return {
            "kernels": [],
            "error": f"{type(error).__name__}: {error}",
            "seconds": seconds() - start,
        }
    return {"kernels": rows, "error": "", "seconds": seconds() - start}


def seconds() -> float:
    """Processor seconds so far, those of NVIDIA's assembler too, which is a process of its own."""
    return sum(os.times()[:4])


def launcher(name: str):
    """The function `nextword.kernels.basics.add`, or `path/to/file.py:add`."""
    if ":" in name:
        path, _, function = name.rpartition(":")
        spec = importlib.util.spec_from_file_location("kernels_of_a_file", path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return getattr(module, function)
    module, _, function = name.rpartition(".")
    return getattr(importlib.import_module(module), function)


def value(argument):
    """An argument from its description: a tensor as {"shape": ..., "dtype": ...}; anything else is itself."""
    if not isinstance(argument, dict):
        return argument
    dtype = getattr(torch, argument["dtype"])
    return torch.zeros(argument["shape"], dtype=dtype, requires_grad=argument.get("requires_grad", False))


def report(made, grid, target: str) -> dict:
    """All that is told of one compiled kernel, as JSON."""
    about = made.metadata
    row = {
        "kernel": made.src.fn.__name__,
        "target": target,
        "constants": {name: plain(value) for name, value in offline.constants(made).items()},
        "num_warps": about.num_warps,
        "num_stages": about.num_stages,
        "grid": [int(n) for n in grid],
        "shared": about.shared,
        "triton": offline.version(),
    }
    return row | (nvidia(made) if "cubin" in made.asm else amd(made))


def plain(value):
    """A constant as JSON can keep it."""
    return value if isinstance(value, bool | int | float | str | None) else str(value)


def nvidia(made) -> dict:
    """Registers, spills and shared memory, counted by NVIDIA's own tools, which come with Triton; and all texts."""
    from triton import knobs

    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder, "kernel.cubin")
        binary.write_bytes(made.asm["cubin"])
        usage = told([knobs.nvidia.cuobjdump.path, "--dump-resource-usage", str(binary)])
        code = told([knobs.nvidia.nvdisasm.path, "-c", str(binary)])
    sizes = {name: int(n) for name, n in re.findall(r"(REG|STACK|SHARED|LOCAL):(\d+)", usage)}
    return {
        "registers": sizes["REG"],
        "spills": sizes["STACK"] + sizes["LOCAL"],
        "static_shared": sizes["SHARED"],
        "texts": texts(made, ("ttir", "ttgir", "ptx")) | {"sass": code},
    }


def amd(made) -> dict:
    """The same for AMD, whose assembly states it."""
    code = made.asm["amdgcn"]
    size = {name: int(n) for name, n in re.findall(r"^\s+\.(\w+):\s+(\d+)", code, re.MULTILINE)}
    return {
        "registers": size["vgpr_count"],
        "spills": size["private_segment_fixed_size"],
        "static_shared": 0,
        "texts": texts(made, ("ttir", "ttgir", "amdgcn")),
    }


def texts(made, stages: tuple[str, ...]) -> dict[str, str]:
    """The kernel as it was written, then as each stage of the compiler left it."""
    return {"triton": made.src.fn.src} | {stage: str(made.asm[stage]) for stage in stages}


def told(command: list[str]) -> str:
    """What a tool prints; an OSError with a sentence where there is no such tool."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError as error:
        name = os.path.basename(command[0])
        raise OSError(f"{name} is not here: it comes with Triton's own wheels for Linux") from error


if __name__ == "__main__":
    main(*sys.argv[1:])
