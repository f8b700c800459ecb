"""Kernels: programs for a GPU, written in Triton, that a laptop without one interprets.

Importing this package decides once whether kernels are interpreted here or compiled, and imports no Triton yet:
`from nextword.kernels import tl, triton` does, in the right mode. Each module of kernels begins so, and a notebook too.
Source: Tillet, Kung and Cox 2019, "Triton: an intermediate language and compiler for tiled neural network
computations" (MAPL 2019).
"""

from nextword.kernels import mode
from nextword.kernels.mode import KernelsUnavailable, available, check, why_not

interpreted = mode.decide()

__all__ = ["KernelsUnavailable", "available", "check", "interpreted", "tl", "triton", "why_not"]


def __getattr__(name: str):
    """`triton` and `tl` (triton.language), imported when they are first asked for."""
    if name not in ("triton", "tl"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals().update(mode.load_triton())
    return globals()[name]
