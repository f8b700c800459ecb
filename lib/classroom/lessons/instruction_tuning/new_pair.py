"""`lora.new_pair`: a pair that changes nothing yet, and can learn. How it behaves is judged: it is left to chance."""

import math

import torch

from classroom.judge.comparison import kind
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check_by_behaviour

CALL = "new_pair(n_out=30, n_in=400, rank=5, generator)"


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def make(new_pair, n_out: int, n_in: int, rank: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    """One call, with what can be wrong about the look of its answer said first."""
    pair = ask("lora.new_pair", new_pair, n_out, n_in, rank, seeded(seed))
    call = f"new_pair({n_out}, {n_in}, {rank}, generator)"
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise Wrong(
            "pair-no-pair", f"It gave {kind(pair)}. What is needed is two matrices: return a, b.", call
        )
    if not all(isinstance(one, torch.Tensor) and one.dtype == torch.float32 for one in pair):
        raise Wrong("pair-no-tensors", "Both have to be tensors of float32, as torch.randn makes them.", call)
    shapes, needed = [tuple(one.shape) for one in pair], [(rank, n_in), (n_out, rank)]
    if shapes == needed:
        return tuple(pair)
    shown = call, f"a {shapes[0]}, b {shapes[1]}", f"a {needed[0]}, b {needed[1]}"
    if shapes == needed[::-1]:
        raise Wrong(
            "pair-other-order", "The two come in the other order: a, which reads x, and then b.", *shown
        )
    if shapes == [one[::-1] for one in needed]:
        says = "Both lie on their side. In torch a matrix that reads n_in numbers and gives rank of them has the "
        raise Wrong("pair-on-its-side", f"{says}shape (rank, n_in).", *shown)
    says = "a reads n_in numbers and gives rank; b reads rank and gives n_out. A matrix has a row for each it gives."
    raise Wrong("pair-shapes", says, *shown)


def changes_nothing_yet(new_pair):
    """Their product is 0, and one of them is not."""
    for n_out, n_in, rank in ((3, 4, 2), (30, 400, 5), (1, 1, 1)):
        a, b = make(new_pair, n_out, n_in, rank)
        call = f"new_pair({n_out}, {n_in}, {rank}, generator)"
        if not a.isfinite().all() or not b.isfinite().all():
            raise Wrong(
                "pair-no-numbers",
                "There is a nan or an inf in it: torch.empty holds whatever lay there.",
                call,
            )
        if not a.any() and not b.any():
            says = "Both are 0, and would stay so: the gradient of each is multiplied by the other. Draw a by chance."
            raise Wrong("pair-both-zero", says, call)
        if a.any() and b.any():
            says = "Neither of them is 0, so the model is another before it has learned anything. Let b be 0."
            raise Wrong("pair-neither-zero", says, call)
        if b.any():
            says = "a is 0 and b by chance. Such a pair changes nothing and can learn, too, but here it is the other "
            raise Wrong("pair-exchanged", f"{says}way round, as in the paper: a by chance, b 0.", call)


def is_drawn_as_it_should_be(new_pair):
    """Mean 0, std 1 / sqrt(n_in), and no bounds."""
    few = make(new_pair, 3, 4, 2)[0]
    if 1 < len(few.unique()) < few.numel():
        says = "Some numbers of a are the same: draw one for each place."
        raise Wrong("pair-all-alike", says, "new_pair(3, 4, 2, generator)")
    a = torch.cat([make(new_pair, 30, 400, 5, seed)[0].flatten() for seed in range(5)])  # 10,000 numbers
    std, mean = float(a.std()), float(a.mean())
    shown = f"std {std:.3g}, mean {mean:.2g}", f"std {1 / math.sqrt(400):.3g}, mean 0"
    if abs(mean) > 0.1 * std:
        says = "The numbers of a are not drawn about 0. torch.randn draws about 0, torch.rand from 0 to 1."
        raise Wrong("pair-not-about-zero", says, CALL, *shown)
    if abs(std - 1) < 0.05:
        says = "The numbers of a have std 1: what 400 of them make of x is 20 times too large. Divide by math.sqrt(n_in)."
        raise Wrong("pair-not-scaled", says, CALL, *shown)
    if abs(std - 1 / 400) < 0.0002:
        raise Wrong(
            "pair-no-root", "It was divided by n_in. The root is missing: math.sqrt(n_in).", CALL, *shown
        )
    for name, n in (("rank", 5), ("n_out", 30)):
        if abs(std - 1 / math.sqrt(n)) < 0.03 / math.sqrt(n):
            says = f"It was divided by the root of {name}. What a adds up is n_in numbers: divide by math.sqrt(n_in)."
            raise Wrong("pair-other-root", says, CALL, *shown)
    few = torch.cat([make(new_pair, 3, 16, 500, seed)[0].flatten() for seed in range(3)])
    if abs(std * math.sqrt(400) - 1) > 0.04 or abs(few.std() * math.sqrt(16) - 1) > 0.04:
        raise Wrong(
            "pair-other-size", "The numbers of a have another size: std 1 / sqrt(n_in).", CALL, *shown
        )
    if (a.abs() < std).float().mean() > 0.72 or (a.abs() < std).float().mean() < 0.65:
        says = "The size is right, but they are not drawn from the bell curve: torch.randn."
        raise Wrong("pair-no-bell", says, CALL)


def follows_its_generator(new_pair):
    """The same seed gives the same pair, another seed another."""
    torch.manual_seed(1)
    first = make(new_pair, 3, 4, 2, seed=5)[0]
    torch.manual_seed(2)
    again, other = make(new_pair, 3, 4, 2, seed=5)[0], make(new_pair, 3, 4, 2, seed=6)[0]
    call = "new_pair(3, 4, 2, generator of seed 5), twice"
    if not torch.equal(first, again):
        says = "The same seed gave another pair: draw with generator=generator, or no run can be repeated."
        raise Wrong("pair-ignores-generator", says, call)
    if torch.equal(first, other):
        raise Wrong(
            "pair-no-chance", "Another seed gave the same pair: it is seeded inside, or all alike.", call
        )


check_by_behaviour("lora.new_pair", changes_nothing_yet, is_drawn_as_it_should_be, follows_its_generator)
