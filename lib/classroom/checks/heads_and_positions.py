"""Checks of lesson 06: vectors cut into heads and merged again, shared keys, arrows that turn."""

import cmath
import re

import torch

from classroom.checking import Wrong, check, find
from classroom.comparing import same, show
from classroom.judging import ask
from classroom.running import run

EXERCISES = (
    "attention.split_heads",
    "attention.merge_heads",
    "attention.share_kv",
    "attention.rope",
)

_noise = torch.Generator().manual_seed(6)


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=_noise)


def _numbered(*shape: int) -> torch.Tensor:
    """0, 1, 2, ... so that one sees where each number went."""
    return torch.arange(float(torch.Size(shape).numel())).reshape(shape)


# The lesson's own table: the tens say whose number it is.
WORDS = torch.tensor([[10, 11, 12, 13], [20, 21, 22, 23], [30, 31, 32, 33.0]])


def whole_numbers(split_heads):
    """A length that came from / is a fraction, and torch says so in its own words."""
    error = run(split_heads, (WORDS, 2)).error
    if isinstance(error, TypeError) and re.search("float|slice indices", str(error)):
        says = "/ gives a fraction, // a whole number: x.shape[-1] // n_heads."
        raise Wrong("split-fraction", says, "split_heads([[10, 11, 12, 13], ...], 2)")


@check(
    "attention.split_heads",
    before=[whole_numbers],
    cases=[
        (WORDS, 2),
        (_numbered(2, 8), 2),
        (_numbered(4, 4), 4),
        (_numbered(4, 6), 3),
        (_random(5, 12), 2),
        (_random(3, 6), 1),
        (_random(6, 15), 5),
        (_numbered(2, 3, 6), 3),
        (_random(3, 1, 12), 4),
        (_random(3, 3, 9), 3),
        (_random(2, 6, 8), 4),
        (_random(2, 2, 5, 12), 3),
        (_random(2, 2, 1), 1),
    ],
)
def split_heads(x, n_heads):
    head_dim = x.shape[-1] // n_heads
    heads = [x[..., head * head_dim : (head + 1) * head_dim] for head in range(n_heads)]
    return torch.stack(heads, dim=-3)


@check(
    "attention.merge_heads",
    cases=[
        (torch.stack([WORDS[:, :2], WORDS[:, 2:]]),),
        (_numbered(2, 2, 4),),
        (_numbered(3, 4, 2),),
        (_random(1, 5, 4),),
        (_random(3, 1, 4),),
        (_random(4, 6, 2),),
        (_random(5, 2, 3),),
        (_numbered(2, 3, 4, 2),),
        (_random(2, 1, 6, 3),),
        (_random(3, 3, 3, 3),),
        (_random(2, 5, 1, 4),),
        (_random(2, 3, 4, 5, 2),),
    ],
)
def merge_heads(x):
    return torch.cat(x.unbind(-3), dim=-1)


@check(
    "attention.share_kv",
    cases=[
        (torch.tensor([[[1.0]], [[2.0]]]), 4),
        (torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]), 4),
        (_numbered(3, 1, 2), 9),
        (_numbered(1, 2, 3), 3),
        (_random(3, 4, 2), 3),
        (_random(2, 3, 2), 6),
        (_random(4, 2, 3), 8),
        (_random(2, 3, 4, 2), 6),
        (_random(2, 2, 2, 2), 4),
        (_random(3, 2, 5, 4), 8),
        (_random(2, 2, 3, 4, 2), 9),
        (_random(1, 3, 6, 4), 9),
    ],
)
def share_kv(kv, n_heads):
    share = n_heads // kv.shape[-3]
    return torch.stack([kv[..., head // share, :, :] for head in range(n_heads)], dim=-3)


# ---- rope ----


def same_turns(yours, needed) -> bool:
    """Equal up to what float32 loses on the way round."""
    if isinstance(yours, torch.Tensor) and yours.shape == needed.shape:
        return yours.double().allclose(needed.double(), 1e-4, 1e-5)
    return same(yours, needed)


def _turned(rope, x, positions, base):
    """The answer of a reader's function, as fractions of ordinary precision; None where its look is wrong."""
    turned = ask("attention.rope", rope, x, torch.tensor(positions), base)
    looks_right = isinstance(turned, torch.Tensor) and turned.shape == x.shape and turned.is_floating_point()
    return turned if looks_right else None


def place_0_turns_nothing(rope):
    """The angle at place 0 is 0."""
    turned = _turned(rope, ARROWS, [0, 0], 100.0)
    if turned is not None and not same_turns(turned, ARROWS):
        says = "At place 0 nothing turns: the angle is 0 there, its cosine 1, its sine 0."
        raise Wrong("rope-place-0", says, "rope([[1, 2, 3, 4], [5, 6, 7, 8]], [0, 0])", show(turned))


def lengths_stay(rope):
    """An arrow that turns gets no longer and no shorter; where others than neighbours were turned, it does."""
    arrows = torch.tensor([[3.0, 4.0, 5.0, 12.0]])
    turned = _turned(rope, arrows, [2], 100.0)
    if turned is None:
        return

    def lengths(x, numbers, axis):
        return x.unflatten(-1, (2, numbers)).norm(dim=axis)

    neighbours, of_halves = lengths(turned, 2, -1), lengths(arrows, 2, -2)
    if same_turns(neighbours, of_halves) or same_turns(lengths(turned, 2, -2), of_halves):
        says = "You paired the first half of the numbers with the second: 0 with 2, 1 with 3. "
        says += "Ours pairs neighbours, 0 with 1 and 2 with 3: x[..., 0::2] and x[..., 1::2]."
        raise Wrong("rope-other-pairs", says, "rope([[3, 4, 5, 12]], [2])", show(turned))
    if not same_turns(neighbours, lengths(arrows, 2, -1)):
        says = "An arrow changed its length. The arrow (3, 4) is 5 long, and so it is after any turn. "
        says += "Look at the two signs, and whether both new numbers are made of the two old ones."
        called, needed = "lengths of rope([[3, 4, 5, 12]], [2])", "arrows of length 5 and 13"
        raise Wrong("rope-length", says, called, show(neighbours), needed)


def only_the_distance_counts(rope):
    """A query at place 5 matches a key at place 2 as well as one at 605 a key at 602."""
    query, key = torch.tensor([[1.0, 2.0, -1.0, 0.5]]), torch.tensor([[0.5, 1.0, 2.0, -1.0]])
    scores = []
    for there in (0, 600):
        turned = _turned(rope, query, [5 + there], 100.0), _turned(rope, key, [2 + there], 100.0)
        if turned[0] is None or turned[1] is None:
            return
        scores.append(float(turned[0][0] @ turned[1][0]))
    if abs(scores[0] - scores[1]) > 1e-2:
        says = "How well two match must depend on the distance between their places alone: "
        says += "twice as far along, twice the angle, always."
        called = "query · key at places 5 and 2, then at 605 and 602"
        raise Wrong("rope-distance", says, called, show(scores), f"{scores[0]:.4g} both times")


def kind_of_number_stays(rope):
    """bfloat16 in, bfloat16 out, and yet the angle is exact: place 1001 is not 1000."""
    for arguments in find("attention.rope").cases:
        if not same_turns(ask("attention.rope", rope, *arguments), rope_by_numbers(*arguments)):
            return  # first things first
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]], dtype=torch.bfloat16)
    turned = _turned(rope, x, [1001], 100.0)
    if turned is None:
        return
    called = "rope(x, [1001]) with x in bfloat16"
    if turned.dtype != x.dtype:
        says = "Numbers came in as bfloat16, which large models use to save memory, and they must go out so: "
        says += ".to(x.dtype) at the end."
        raise Wrong("rope-dtype", says, called, str(turned.dtype), str(x.dtype))
    needed = rope_by_numbers(x.float(), torch.tensor([1001]), 100.0)
    if not turned.float().allclose(needed, 0.02, 0.05):
        says = "The angle itself was rounded to bfloat16, which has 3 digits: 1001 became 1000. "
        says += "Work out the angle and its cosine and sine in float32, and go down to x.dtype after that."
        raise Wrong("rope-rounded-angle", says, called, show(turned), show(needed))


ARROWS = torch.tensor([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])


@check(
    "attention.rope",
    behaviours=[place_0_turns_nothing, lengths_stay, only_the_distance_counts, kind_of_number_stays],
    same=same_turns,
    cases=[
        (torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([0, 1])),
        (torch.tensor([[1.0, 0.0, 1.0, 0.0]]).repeat(3, 1), torch.tensor([0, 1, 2]), 100.0),
        (ARROWS, torch.tensor([0, 1]), 100.0),
        (ARROWS, torch.tensor([5, 6]), 100.0),
        (_random(1, 6), torch.tensor([3]), 27.0),
        (_random(3, 2), torch.tensor([2, 3, 4]), 100.0),
        (_random(4, 8), torch.tensor([7, 0, 3, 2]), 1000.0),
        (_random(2, 3, 4, 6), torch.arange(4), 50.0),
        (_random(3, 3, 3, 6), torch.tensor([1, 2, 3]), 10.0),
        (_random(2, 5, 2, 10), torch.tensor([4, 5]), 100_000.0),
        (_random(2, 4, 4), torch.arange(4)),
    ],
)
def rope_by_numbers(x, positions, base=10_000.0):
    """One arrow at a time, as a complex number; multiplying by another of length 1 turns it."""
    turned, head_dim = x.double().clone(), x.shape[-1]
    for place, position in enumerate(positions.tolist()):
        for pair in range(head_dim // 2):
            by = cmath.exp(1j * position * base ** (-2 * pair / head_dim))
            arrows = turned[..., place, 2 * pair : 2 * pair + 2]
            flat = [complex(*arrow) * by for arrow in arrows.reshape(-1, 2).tolist()]
            arrows.copy_(torch.tensor([[arrow.real, arrow.imag] for arrow in flat]).reshape(arrows.shape))
    return turned.float()
