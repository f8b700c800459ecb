"""What several exercises of this lesson share: cases, and what the axes of a wrong shape are."""

import itertools
import math

import torch

from classroom.judge.comparison import same, show
from classroom.judge.registry import Wrong, find
from classroom.judge.sandbox import run


def numbered(*shape: int) -> torch.Tensor:
    """0, 1, 2, ... so that one sees where each number went."""
    return torch.arange(float(torch.Size(shape).numel())).reshape(shape)


# The lesson's own table: the tens say whose number it is.
WORDS = torch.tensor([[10, 11, 12, 13], [20, 21, 22, 23], [30, 31, 32, 33.0]])

# Lengths of which each, and each product, says which axes it is made of.
TEXTS, HEADS, N_WORDS, NUMBERS, GROUP = 2, 3, 5, 7, 11
AXES = {TEXTS: "texts", HEADS: "heads", N_WORDS: "words", NUMBERS: "numbers", GROUP: "group"}


def name_of_axis(length: int, with_texts: bool) -> str:
    """What an axis of that length is: "words", or "heads × numbers"."""
    there = [one for one in AXES if with_texts or one != TEXTS]
    for n in range(1, len(there) + 1):
        for lengths in itertools.combinations(there, n):
            if math.prod(lengths) == length:
                return " × ".join(AXES[one] for one in lengths)
    return str(length)


def axes_are_the_right_ones(target: str, *tried: tuple):
    """A behaviour: where the shape is wrong, what its axes are, and what they should be."""

    def axes_are_named(function):
        check = find(target)
        for arguments in tried:
            yours, needed = run(function, arguments).value, check.right(*arguments)
            if not isinstance(yours, torch.Tensor) or yours.shape == needed.shape:
                continue
            first = next((case for case in check.cases if _shapes(function, check.right, case)), arguments)
            mine, own = _shapes(function, check.right, first) or (yours.shape, needed.shape)
            with_texts = arguments[0].shape[0] == TEXTS
            said = [", ".join(name_of_axis(n, with_texts) for n in one.shape) for one in (yours, needed)]
            says = f"Its shape is {tuple(mine)}, and {tuple(own)} is needed: its axes are ({said[0]}), and should be ({said[1]})."
            raise Wrong("wrong-kind", says, f"{check.name}(...)", show(yours.shape), show(needed.shape))

    return axes_are_named


def _shapes(function, right, case: tuple) -> tuple | None:
    """Both shapes, where they differ."""
    yours, needed = run(function, case).value, right(*case)
    return (yours.shape, needed.shape) if getattr(yours, "shape", needed.shape) != needed.shape else None


def same_turns(yours, needed) -> bool:
    """Equal up to what float32 loses on the way round."""
    if isinstance(yours, torch.Tensor) and yours.shape == needed.shape:
        return yours.double().allclose(needed.double(), 1e-4, 1e-5)
    return same(yours, needed)
