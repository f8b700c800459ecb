"""Ways in which a machine may compute, and a notebook run under one of them.

The last digits of a sum hang on its order, and that on the number of threads, on the instruction set, and on the
versions of the libraries. Instruction sets are chosen by environment variables, which each library reads for itself:
torch's own kernels (ATEN), Intel's MKL, oneDNN, and the OpenBLAS inside numpy.
"""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from jupyter_core.utils import run_sync
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
SECONDS_A_CELL = 900  # without vector instructions everything takes long
NOISE = """
import sys
sys.path.insert(0, {root!r})
from tools.steadiness import noise
noise.install({seed})
sys.path.remove({root!r})
"""


@dataclass(frozen=True)
class Arithmetic:
    """One way to compute."""

    name: str
    environment: dict[str, str] = field(default_factory=dict)
    seed: int | None = None  # of the noise on the weights


def held_to(name: str, aten: str, onednn: str, openblas: str) -> Arithmetic:
    """Arithmetic in which every library is held to an instruction set."""
    mkl = "COMPATIBLE"  # the only one that MKL takes on every maker's processors
    libraries = {"ATEN_CPU_CAPABILITY": aten, "ONEDNN_MAX_CPU_ISA": onednn, "MKL_CBWR": mkl}
    return Arithmetic(name, libraries | {"OPENBLAS_CORETYPE": openblas})


# Threads that wait in a loop for each other take minutes where anything else runs; these sleep.
TWO_THREADS = {"OMP_NUM_THREADS": "2", "OMP_WAIT_POLICY": "PASSIVE"}
KINDS = ("noise", "default", "avx2", "threads")


def ways(kinds: list[str], seeds: int) -> list[Arithmetic]:
    """The ways of these kinds: as many of noise as there are seeds, and one and two threads.

    >>> [way.name for way in ways(["noise", "threads"], seeds=2)]
    ['noise 0', 'noise 1', '1 thread', '2 threads']
    """
    of_kind = {
        "noise": [Arithmetic(f"noise {seed}", seed=seed) for seed in range(seeds)],
        "default": [held_to("default", "default", "SSE41", "Nehalem")],
        "avx2": [held_to("avx2", "avx2", "AVX2", "Haswell")],
        "threads": [Arithmetic("1 thread"), Arithmetic("2 threads", TWO_THREADS)],
    }
    return [way for kind in kinds for way in of_kind[kind]]


def run_under(path: Path, way: Arithmetic) -> nbformat.NotebookNode:
    """The notebook as it comes out under this arithmetic; the file stays as it is. Errors are outputs as others are."""
    notebook = nbformat.read(path, as_version=4)
    with tempfile.TemporaryDirectory() as my:
        ours = {
            "NEXTWORD_MY": my,
            "CI": "true",
            "OMP_NUM_THREADS": "1",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            "TRITON_INTERPRET": "1",  # with a GPU, too: what is stored was made without
        }
        client = NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(path.parent)}},
        )
        with client.setup_kernel(env=os.environ | ours | way.environment):
            if way.seed is not None:
                begin(client, NOISE.format(root=str(ROOT), seed=way.seed))
            for number, cell in enumerate(notebook.cells):
                client.execute_cell(cell, number)
    return notebook


def begin(client: NotebookClient, code: str) -> None:
    """Run code in the kernel before the first cell: unseen, and not counted."""
    reply = run_sync(client.kc.execute_interactive)(code, silent=True, timeout=SECONDS_A_CELL)
    if reply["content"]["status"] != "ok":
        raise RuntimeError(f"the kernel could not be made ready: {reply['content']['evalue']}")
