"""Sums, powers and angles in float32, for numbers that come in 16 bits.

A bfloat16 keeps two to three digits, and a float16 ends at 65,504: such numbers are good enough to be kept, and too
coarse to be added up in. Source: Micikevicius et al. 2018 (mixed precision, arXiv 1710.03740).
"""

import functools
from collections.abc import Callable

import torch

SIXTEEN_BITS = (torch.float16, torch.bfloat16)


def in_float32(function: Callable) -> Callable:
    """The same function, but if its first tensor has 16 bits, it works in float32 and rounds once, at the end.

    >>> halves = torch.tensor([300.0, 400.0], dtype=torch.float16)
    >>> in_float32(lambda x: (x * x).sum().sqrt())(halves)  # 300 * 300 is more than a float16 can hold
    tensor(500., dtype=torch.float16)
    """

    @functools.wraps(function)
    def raised(*arguments, **named):
        kind = (arguments[0] if arguments else next(iter(named.values()))).dtype
        if kind not in SIXTEEN_BITS:
            return function(*arguments, **named)
        named = {name: widened(one) for name, one in named.items()}
        return function(*map(widened, arguments), **named).to(kind)

    return raised


def widened(one):
    """A tensor of 16 bits in float32; anything else as it came."""
    return one.float() if isinstance(one, torch.Tensor) and one.dtype in SIXTEEN_BITS else one
