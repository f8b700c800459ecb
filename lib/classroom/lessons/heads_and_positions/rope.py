"""Exercise `attention.rope`: its cases, its right answer found otherwise, and how people get it wrong."""

import cmath
import math

import torch

from classroom.judge.comparison import same, show
from classroom.judge.diagnosis import ask
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check, find, mistake
from classroom.lessons.heads_and_positions.shared import _random, more
from nextword import attention


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
    lives=in_a_model,
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
    awkward=[
        (more(1, 2), torch.tensor([0]), 100.0),
        (more(1, 1, 1, 4), torch.tensor([9])),
        (more(2, 3, 5, 8), torch.tensor([3, 3, 0, 60, 2]), 500.0),
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


def _turn(x, angle):
    """Neighbouring pairs, turned to the left."""
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = angle.cos(), angle.sin()
    return torch.stack([right * cos - up * sin, right * sin + up * cos], dim=-1).flatten(-2)


def _angles(x, positions, base):
    return attention.angles(positions, x.shape[-1], base)


@mistake(
    "attention.rope",
    "rope-halves",
    "You paired the first half of the numbers with the second. Ours pairs neighbours: 0 with 1, 2 with 3. Both ways are in use, "
    "but dials that were set for the one make the other babble after a few tokens. x[..., 0::2] and x[..., 1::2].",
)
def _(x, positions, base=10_000.0):
    first, second = x.chunk(2, dim=-1)
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


@mistake(
    "attention.rope",
    "rope-not-woven",
    "The arrows are turned rightly, but then all their first numbers were put before all second ones. Put each pair side by side "
    "again: torch.stack([..., ...], dim=-1), and then flatten.",
)
def _(x, positions, base=10_000.0):
    turned = _turn(x, _angles(x, positions, base))
    return torch.cat([turned[..., 0::2], turned[..., 1::2]], dim=-1)


@mistake(
    "attention.rope",
    "rope-stack-axis",
    "stack without dim puts the new axis in front of all others. The two numbers of an arrow belong side by side, at the end: "
    "torch.stack([..., ...], dim=-1).",
)
def _(x, positions, base=10_000.0):
    turned = _turn(x, _angles(x, positions, base))
    return torch.stack([turned[..., 0::2], turned[..., 1::2]]).flatten(-2)


@mistake(
    "attention.rope",
    "rope-cat-flattened",
    "cat made one row of all first and all second numbers, and flatten then ran the words together. torch.stack([..., ...], dim=-1) "
    "makes an axis of its own for the two numbers of an arrow, and that is what flatten takes away again.",
)
def _(x, positions, base=10_000.0):
    turned = _turn(x, _angles(x, positions, base))
    return torch.cat([turned[..., 0::2], turned[..., 1::2]], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-second-axis",
    "[:, 0::2] takes every other thing of the *second* axis. Those are the numbers only where there are two axes; with heads and texts in "
    "front, the numbers are the last: x[..., 0::2].",
)
def _(x, positions, base=10_000.0):
    angle = _angles(x, positions, base)
    right, up = x[:, 0::2], x[:, 1::2]
    return torch.stack(
        [right * angle.cos() - up * angle.sin(), right * angle.sin() + up * angle.cos()], -1
    ).flatten(-2)


@mistake(
    "attention.rope",
    "rope-halves-woven",
    "You paired the first half of the numbers with the second: 0 with 2, 1 with 3. Ours pairs neighbours, 0 with 1. Both ways are in "
    "use, but dials that were set for the one make the other babble after a few tokens. x[..., 0::2] and x[..., 1::2].",
)
def _(x, positions, base=10_000.0):
    woven = torch.stack(x.chunk(2, dim=-1), dim=-1).flatten(-2)
    return _turn(woven, _angles(x, positions, base))


@mistake(
    "attention.rope",
    "rope-direction",
    "The arrows turn the wrong way, to the right. (1, 0) turned to the left points upwards: right·cos − up·sin, right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, -_angles(x, positions, base))


@mistake(
    "attention.rope",
    "rope-both-plus",
    "Both lines have a plus, and then an arrow changes its length. One needs a minus: right·cos − up·sin.",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.stack([right * cos + up * sin, right * sin + up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-both-minus",
    "Both lines have a minus, and then an arrow changes its length. The second needs a plus: right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.stack([right * cos - up * sin, right * sin - up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-mirrored",
    "At place 0 every arrow is upside down: this is a mirror, not a turn. The lines are right·cos − up·sin and right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    return torch.stack([right * cos + up * sin, right * sin - up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-new-right",
    "The second number was made from the *new* first one. Both are made from the two old ones: give the new ones other names. "
    "Do they have some? Then `right` and `up` are windows onto x, not copies: writing x[..., 0::2] changed `right` before the "
    "second line used it. Write into a new tensor, torch.zeros_like(x).",
)
def _(x, positions, base=10_000.0):
    right, up = x[..., 0::2], x[..., 1::2]
    cos, sin = _angles(x, positions, base).cos(), _angles(x, positions, base).sin()
    right = right * cos - up * sin
    return torch.stack([right, right * sin + up * cos], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-cos-and-sin-exchanged",
    "cos and sin are exchanged: at place 0 cos is 1 and sin is 0, and nothing may turn. right·cos − up·sin, right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, math.pi / 2 - _angles(x, positions, base))


@mistake(
    "attention.rope",
    "rope-two-names-exchanged",
    "The two new numbers stand in each other's place: first right·cos − up·sin, then right·sin + up·cos.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base)).unflatten(-1, (-1, 2)).flip(-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-stretched",
    "Each number was only multiplied: the first by cos, the second by sin. In a turn the two numbers mix: right·cos − up·sin.",
)
def _(x, positions, base=10_000.0):
    angle = _angles(x, positions, base)
    return torch.stack([x[..., 0::2] * angle.cos(), x[..., 1::2] * angle.sin()], dim=-1).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-angle",
    "All arrows turn by one angle. Only the first turns by 1 at each place; each further one is slower: attention.angles gives an "
    "angle for each place *and* each pair.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base)[:, :1])


@mistake(
    "attention.rope",
    "rope-first-arrow-only",
    "Only the first arrow turns. All do, the others more slowly.",
)
def _(x, positions, base=10_000.0):
    return torch.cat([_turn(x[..., :2], _angles(x, positions, base)[:, :1]), x[..., 2:]], dim=-1)


@mistake(
    "attention.rope",
    "rope-from-one",
    "The places are counted from 1. No score changes by that, since only the distance counts; but take `positions` as they are: "
    "they begin at 0, where nothing turns, and go on where a cache ends.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions + 1, base))


@mistake(
    "attention.rope",
    "rope-own-positions",
    "`positions` is not used: the places were counted from 0. With a cache a new token comes by itself, and its place is not 0.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, torch.arange(x.shape[-2]), base))


@mistake(
    "attention.rope",
    "rope-only-the-first-position",
    "Only the first of `positions` is used, and the others were counted on from there. They need not follow each other: use each.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions[0] + torch.arange(len(positions)), base))


@mistake(
    "attention.rope",
    "rope-base-forgotten",
    "`base` is not used: the arrows turn as for 10,000. The real model's base is 100,000: hand it on, "
    "attention.angles(positions, x.shape[-1], base).",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, 10_000.0))


@mistake(
    "attention.rope",
    "rope-exponent-halved",
    "The arrows beyond the first turn too fast: pair i turns by base ** (-2 * i / head_dim), and the 2 is missing.",
)
def _(x, positions, base=10_000.0):
    pairs = x.shape[-1] // 2
    return _turn(x, positions[:, None] * base ** (-torch.arange(pairs) / x.shape[-1]))


@mistake(
    "attention.rope",
    "rope-exponent-doubled",
    "The arrows beyond the first turn too slowly: pair i turns by base ** (-2 * i / head_dim), and head_dim is x.shape[-1], all the "
    "numbers, not the number of pairs.",
)
def _(x, positions, base=10_000.0):
    pairs = x.shape[-1] // 2
    return _turn(x, positions[:, None] * base ** (-2 * torch.arange(pairs) / pairs))


@mistake(
    "attention.rope",
    "rope-pairs-for-head-dim",
    "attention.angles wants the length of a head's vectors, x.shape[-1], and makes half as many angles of it. You gave it the half.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, attention.angles(positions, x.shape[-1] // 2, base))


@mistake(
    "attention.rope",
    "rope-words-for-head-dim",
    "attention.angles wants the length of a head's vectors, x.shape[-1]. You gave it the number of words.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, attention.angles(positions, x.shape[-2], base))


@mistake(
    "attention.rope",
    "rope-faster",
    "Each arrow turns faster than the one before, and it should be slower: base to a *negative* power.",
)
def _(x, positions, base=10_000.0):
    pairs = x.shape[-1] // 2
    return _turn(x, positions[:, None] * base ** (2 * torch.arange(pairs) / x.shape[-1]))


@mistake(
    "attention.rope",
    "rope-reversed",
    "The last arrow turns fastest, and it should be the first: the angles stand in reverse.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base).flip(-1))


@mistake(
    "attention.rope",
    "rope-degrees",
    "The angle was taken for degrees. It is in radians, as torch's cos and sin want it: no deg2rad, no pi.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, torch.deg2rad(_angles(x, positions, base)))


@mistake(
    "attention.rope",
    "rope-angle-per-number",
    "The pairs are neighbours, but their angles were laid out by halves: (a, b, a, b) where (a, a, b, b) is needed. "
    "Both numbers of an arrow turn by the same angle.",
)
def _(x, positions, base=10_000.0):
    angle = _angles(x, positions, base)
    angle, other = torch.cat([angle, angle], dim=-1), x.unflatten(-1, (-1, 2)).flip(-1)
    other = (other * torch.tensor([-1.0, 1.0])).flatten(-2)
    return x * angle.cos() + other * angle.sin()


@mistake(
    "attention.rope",
    "rope-by-head",
    "The angles went along the axis of heads. Words are the second axis from the end, (…, heads, words, numbers), and (words, pairs) "
    "fits there as it is.",
)
def _(x, positions, base=10_000.0):
    return _turn(x, _angles(x, positions, base)[:, None, :])


def _turned_wrongly(right, up, cos, sin):
    return torch.stack([right * cos - up * sin, right * sin + up * cos], dim=-1)


def _cos_and_sin(x, positions, base):
    angle = _angles(x, positions, base)
    return angle.cos(), angle.sin()


@mistake(
    "attention.rope",
    "rope-in-place",
    "`right` and `up` are windows onto x, not copies: writing x[..., 0::2] changed `right` before the second line used it, and "
    "changed the input too. Write into a new tensor, torch.zeros_like(x).",
)
def _(x, positions, base=10_000.0):
    right, up, (cos, sin) = x[..., 0::2], x[..., 1::2], _cos_and_sin(x, positions, base)
    x[..., 0::2] = right * cos - up * sin
    x[..., 1::2] = right * sin + up * cos
    return x


@mistake(
    "attention.rope",
    "rope-every-other-word",
    "x[0::2] takes every other thing of the *first* axis: every other word, or text. x[..., 0::2] takes every other number.",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[0::2], x[1::2], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-first-two",
    "`:2` stops after two numbers, and `2:` takes the rest. `0::2` takes every second number from number 0 on, `1::2` from number 1 on.",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., :2], x[..., 2:], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-first-two-of-the-second-axis",
    "`:2` stops after two numbers, and `2:` takes the rest. `0::2` takes every second number from number 0 on, `1::2` from number 1 on. "
    "And the numbers are the last axis, whatever stands in front: x[..., 0::2].",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[:, :2], x[:, 2:], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-number",
    "Only the first arrow of each word was taken: [..., 0] is one number, [..., 0::2] every second.",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., 0], x[..., 1], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-number-kept",
    "Only the first arrow of each word was taken: [..., 0:1] is one number, [..., 0::2] every second.",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., 0:1], x[..., 1:2], *_cos_and_sin(x, positions, base)).flatten(-2)


@mistake(
    "attention.rope",
    "rope-one-number-in-pairs",
    "Only the first arrow of each word was taken: [..., 0] is one number, [..., 0::2] every second. (After the stack, .flatten(-2) "
    "makes one row of the arrows.)",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., 0], x[..., 1], *_cos_and_sin(x, positions, base))


@mistake(
    "attention.rope",
    "rope-still-in-pairs",
    "The arrows are right and still in pairs, (…, words, arrows, 2): .flatten(-2) makes one row of them.",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base))


@mistake(
    "attention.rope",
    "rope-all-flat",
    "flatten() without -2 lays everything flat, all words in one row. Only an arrow's two numbers join the others: .flatten(-2).",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base)).flatten()


@mistake(
    "attention.rope",
    "rope-flattened-from-the-left",
    "flatten(1) counts from the left: with heads or texts in front, the words run together too. The last two axes are .flatten(-2).",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base)).flatten(1)


@mistake(
    "attention.rope",
    "rope-two-answers",
    "These are the new right and the new up, one by one. Lay them side by side: torch.stack([..., ...], dim=-1).flatten(-2).",
)
def _(x, positions, base=10_000.0):
    return _turned_wrongly(x[..., 0::2], x[..., 1::2], *_cos_and_sin(x, positions, base)).unbind(-1)
