"""What several exercises of this lesson share: a table whose two sides differ, and a behaviour."""

import torch

from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong

SQUARE = torch.tensor([[1.0, 2.0, 4.0], [0.0, 3.0, 5.0], [7.0, 1.0, 0.0]])


def keeps_its_kind(target: str, *arguments: torch.Tensor):
    """A behaviour: numbers of half the size, which the real model may be made of, come back as such."""

    def behaviour(function):
        yours = ask(target, function, *(argument.half() for argument in arguments))
        if isinstance(yours, torch.Tensor) and yours.dtype != torch.float16:
            says = f"It was given float16 (numbers kept in 16 bits rather than 32) and gave {str(yours.dtype)[6:]}. A model may be "
            says += (
                "made of either, and stops where two kinds meet. Make new tensors like what came in, such as "
            )
            says += "torch.ones_like(...), or end with .to(...dtype) of what came in."
            raise Wrong("loses-its-kind", says, f"{target.split('.')[-1]}(... of float16)")

    return behaviour
