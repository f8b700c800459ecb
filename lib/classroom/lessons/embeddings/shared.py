"""What several exercises of this lesson share: cases, right answers found otherwise, behaviours."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import same, show
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, find
from classroom.judge.sandbox import run

noise = shelf.noises(4)

ROWS = torch.tensor([[3.0, 4.0], [0.0, 2.0], [-6.0, 8.0]])
SQUARE = torch.tensor([[1.0, 2.0, 2.0], [0.0, 3.0, 4.0], [-2.0, 1.0, 2.0]])
WITH_ZEROS = torch.tensor([[1.0, 1.0, 2.0], [0.0, 0.0, 0.0]])
SHORT = torch.tensor([[3.0, 4.0], [0.03, -0.04], [0.0004, 0.0003]])
MANY, DEEP, CROWD = noise(7, 4), noise(2, 3, 4), noise(30, 5)


def normalised(vectors):
    """What `unit` gives, as torch has it."""
    return torch.nn.functional.normalize(vectors, dim=-1)


def cosines(vectors, vector):
    """What `cosine` gives, as torch has it."""
    return torch.nn.functional.cosine_similarity(vectors, vector.expand_as(vectors), dim=-1)


def takes_any_shape(target: str, right, *others: torch.Tensor):
    """A behaviour: what is right for a table is right for one vector, and for a stack of tables."""

    def behaviour(function):
        check = find(target)
        for case in check.cases[: check.n_plain]:
            yours = run(function, case)
            if yours.changed_input or not yours.equals(run(right, case), same):
                return  # more is to be mended before shapes
        for vectors, what in ((MANY[2], "a vector by itself"), (DEEP, "a stack of tables")):
            call, needed = f"{target.split('.')[-1]}({show(vectors)}, ...)", right(vectors, *others)
            says = f"Right for a table, but not for {what}, which the library takes, too. "
            says += "dim=-1 and @ do for all of them what a loop over rows, or dim=1, does for a table only."
            try:
                yours = ask(target, function, vectors, *others)
            except Wrong as wrong:
                raise Wrong("table-only", says, wrong.call, wrong.yours, show(needed)) from None
            if not same(yours, needed):
                raise Wrong("table-only", says, call, show(yours), show(needed))

    return behaviour


def of_any_length(target: str, *others: torch.Tensor):
    """A behaviour: a short arrow points as plainly as a long one; only one of length 0 points nowhere."""

    def behaviour(function):
        check = find(target)
        needed, found = check.right(SHORT, *others), ask(target, function, SHORT, *others)
        if (
            same(found, needed)
            or getattr(found, "shape", None) != needed.shape
            or not same(found[0], needed[0])
        ):
            return
        if not same(found.sign(), needed.sign()) or not (found.abs() <= needed.abs() + 1e-4).all():
            return
        says = "Short rows came out too short: their length has a floor under it, or something added to it. "
        says += "However short a row is, it gets length 1; only a length of exactly 0 needs care."
        called = f"{target.split('.')[-1]}({', '.join(show(one) for one in (SHORT, *others))})"
        raise Wrong(f"{check.name}-floor", says, called, show(found), show(needed))

    return behaviour


def gives_row_numbers(target: str, *arguments):
    """A behaviour: rows are told by whole numbers, with which one can look them up."""

    def behaviour(function):
        found = ask(target, function, *arguments)
        if isinstance(found, list) and any(isinstance(row, float) for row in found):
            says = "These are fractions. A row number is whole, 2 and not 2.0: else no row can be looked up by it."
            raise Wrong("rows-not-whole", says, "", str(found), str([int(row) for row in found]))

    return behaviour
