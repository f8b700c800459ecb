"""What several exercises of this lesson share: cases, and what is asked of every filter."""

import math

import torch

from classroom.judge.comparison import show
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong
from classroom.judge.shelf_tensors import noises

ROW = torch.tensor([2.0, 0.5, 1.0])
ROWS = torch.tensor([[1.0, 2.0], [5.0, 1.0], [0.0, -3.0]])
SQUARE = torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.5, -1.0], [4.0, 0.0, 1.0]])
REMOVED = torch.tensor([1.0, -math.inf, 2.0])
DEEP = 3 * noises(2)(2, 3, 5)
WIDE = 2 * noises(3)(4, 50)


def removes_by_minus_infinity(target, function, setting):
    """A removed token has the one logit that means impossible, and the library asks for it."""
    logits = torch.tensor([0.5, 0.41, 0.09]).log()
    kept = ask(target, function, logits, setting)
    if isinstance(kept, torch.Tensor) and kept.shape == logits.shape and -math.inf < kept[2] < -1000:
        says = "A very low number is not yet impossible, and other filters look for -inf. Use -math.inf."
        id = f"{target[9:].replace('_', '-')}-very-low"
        raise Wrong(id, says, f"...([-0.69, -0.89, -2.41], {setting})", show(kept))
