"""What the exercises of this lesson share: numbers by chance, and when two tensors of 16 or 32 bits are the same."""

import torch

from classroom.judge import comparison
from classroom.judge.shelf_tensors import noises

noise = noises(108)


def near(yours, needed, nan: bool = False) -> bool:
    """Equal up to rounding: float16 rounds to three digits, and two right ways may round differently."""
    if comparison.is_tensor(yours) and comparison.is_tensor(needed) and needed.dtype == torch.float16:
        if yours.shape != needed.shape:
            return False  # another kind of number is told as such
        return yours.double().allclose(needed.double(), 2e-3, 1e-6, equal_nan=nan)
    return comparison.same(yours, needed, nan)


def half(*shape: int) -> torch.Tensor:
    """Numbers by chance, in float16."""
    return noise(*shape).half()
