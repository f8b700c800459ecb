"""Whether kernels are interpreted or compiled in this process, and what cannot be done in that mode.

Triton reads TRITON_INTERPRET when it is first imported and whenever a kernel is defined: one mode a process.
"""

import functools
import importlib
import importlib.util
import os
import platform
import sys

import torch

SWITCH = "TRITON_INTERPRET"
ON = ("1", "true", "yes", "on", "y")  # what Triton itself takes for a yes


class KernelsUnavailable(ImportError):
    """Kernels cannot run in this process; the message says in a sentence why, and what to do."""


@functools.cache
def decide() -> bool:
    """Whether this process interprets kernels: as TRITON_INTERPRET says, and without it if torch can use no GPU."""
    if SWITCH not in os.environ and not torch.cuda.is_available():
        os.environ[SWITCH] = "1"
    return os.environ.get(SWITCH, "").lower() in ON


def available() -> bool:
    """Whether kernels can run in this process; `why_not` says what is in the way."""
    return why_not() is None


def why_not() -> str | None:
    """The sentence for a reader whose process cannot run kernels, or None where it can."""
    if "triton" not in sys.modules and importlib.util.find_spec("triton") is None:
        return where_it_is_made_for(platform.system(), platform.machine())
    return None if loaded_mode() in (None, decide()) else in_the_other_mode()


def where_it_is_made_for(system: str, machine: str) -> str:
    """Why Triton is not here, for an operating system and a processor as `platform` names them.

    >>> print(where_it_is_made_for("Darwin", "arm64").partition(":")[0])
    Triton, in which the kernels are written, is made for Linux on x86-64, and this is macOS on arm64
    """
    if (system, machine) == ("Linux", "x86_64"):
        return (
            "Triton, in which the kernels are written, is not installed here: `make lab` or `pip install triton` "
            "installs it. Until then, read the lesson with its stored outputs; nothing else needs it."
        )
    system = {"Darwin": "macOS"}.get(system, system)
    return (
        f"Triton, in which the kernels are written, is made for Linux on x86-64, and this is {system} on {machine}: "
        "read the lesson with its stored outputs, and go on with the next; nothing else needs it."
    )


def in_the_other_mode() -> str:
    """What to do where Triton was imported before this package, and in the other mode."""
    wanted, found = ("interpret", "compile") if decide() else ("compile", "interpret")
    return (
        f"Something imported triton before nextword.kernels (torch.optim does), and set it to {found} kernels where "
        f"this machine should {wanted} them. Restart the kernel of the notebook, and let its first cell be "
        "`from nextword import kernels`."
    )


def loaded_mode() -> bool | None:
    """Whether the Triton of this process interprets; None while it is not imported."""
    language = sys.modules.get("triton.language")
    return None if language is None else type(language.sum).__name__ == "InterpretedFunction"


def load_triton() -> dict:
    """Import Triton in the mode that was decided. Raises KernelsUnavailable with the sentence of `why_not`."""
    if reason := why_not():
        raise KernelsUnavailable(reason)
    modules = {"triton": importlib.import_module("triton"), "tl": importlib.import_module("triton.language")}
    if decide():
        from nextword.kernels import faster  # it imports Triton, so not before this line

        faster.install()
    return modules


def check(*tensors: torch.Tensor) -> None:
    """Refuse with a ValueError what a kernel would answer with nonsense, or not at all, in this mode.

    >>> check(torch.ones(2), torch.ones(3, dtype=torch.float16))
    """
    devices = sorted({str(tensor.device) for tensor in tensors})
    if len(devices) > 1:
        raise ValueError(
            f"the tensors lie on {' and '.join(devices)}: a kernel reads the memory of one device"
        )
    if decide() and any(tensor.dtype == torch.bfloat16 for tensor in tensors):
        raise ValueError(
            "the interpreter computes wrongly with bfloat16, and says nothing: use float32 or float16 here"
        )
    if not decide() and devices == ["cpu"]:
        raise ValueError(
            "these tensors lie on the CPU, and a compiled kernel reads a GPU's memory: move them with .to('cuda'), or "
            f"set {SWITCH}=1 before Python starts, which interprets kernels on the CPU"
        )
