"""Exercise `attention.rope`: turn neighbouring numbers, as arrows, by the angle of their position. Pairs, signs and axes go wrong."""

import cmath
import inspect

import torch

from classroom.judge.comparison import show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check, find
from classroom.judge.sandbox import run
from classroom.judge.shelf_tensors import noises
from classroom.lessons.heads_and_positions.shared import same_turns

random, more = noises(64), noises(164)

ARROWS = torch.tensor([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
CASES = [
    (torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.tensor([0, 1])),
    (torch.tensor([[1.0, 0.0, 1.0, 0.0]]).repeat(3, 1), torch.tensor([0, 1, 2]), 100.0),
    (ARROWS, torch.tensor([0, 1]), 100.0),
    (ARROWS, torch.tensor([5, 6]), 100.0),
    (random(1, 6), torch.tensor([3]), 27.0),
    (random(3, 2), torch.tensor([2, 3, 4]), 100.0),
    (random(4, 8), torch.tensor([7, 0, 3, 2]), 1000.0),
    (random(2, 3, 4, 6), torch.arange(4), 50.0),
    (random(3, 3, 3, 6), torch.tensor([1, 2, 3]), 10.0),
    (random(2, 5, 2, 10), torch.tensor([4, 5]), 100_000.0),
    (random(2, 4, 4), torch.arange(4)),
]
AWKWARD = [
    (more(1, 2), torch.tensor([0]), 100.0),
    (more(1, 1, 1, 4), torch.tensor([9])),
    (more(2, 3, 5, 8), torch.tensor([3, 3, 0, 60, 2]), 500.0),
]


# ---- how it must behave ----


def turned_by(rope, x, positions):
    """What a reader's function gives, where it looks like an answer at all; else None."""
    turned = ask("attention.rope", rope, x, torch.tensor(positions), 100.0)
    looks_right = isinstance(turned, torch.Tensor) and turned.shape == x.shape and turned.is_floating_point()
    return turned if looks_right else None


def lengths(x, axis=-1):
    """How long the arrows are: of neighbours, or, along axis -2, of a number with one of the other half."""
    return x.unflatten(-1, (-1, 2) if axis == -1 else (2, -1)).norm(dim=axis)


def nothing_is_added(rope):
    """What is added to the vectors, however they are, comes from the zeros too."""
    added, turned = turned_by(rope, 0 * ARROWS, [1, 2]), turned_by(rope, ARROWS, [1, 2])
    if added is None or turned is None or same_turns(added, 0 * ARROWS):
        return
    if same_turns(turned - added, ARROWS):
        says = "Something that depends on the place was added to each vector, as in the transformer of 2017. Here nothing is "
        says += "added: the two numbers of each arrow are turned, right·cos − up·sin and right·sin + up·cos."
        raise Wrong("rope-added", says, "rope([[0, 0, 0, 0], [0, 0, 0, 0]], [1, 2])", show(added))


def place_0_turns_nothing(rope):
    """The angle at place 0 is 0."""
    turned = turned_by(rope, ARROWS, [0, 0])
    if turned is None or same_turns(turned, ARROWS) or not same_turns(lengths(turned), lengths(ARROWS)):
        return  # where lengths changed, it was no turn at all
    says = "At place 0 nothing turns: the angle is 0 there, its cosine 1, its sine 0."
    raise Wrong("rope-place-0", says, "rope([[1, 2, 3, 4], [5, 6, 7, 8]], [0, 0])", show(turned))


def lengths_stay(rope):
    """An arrow that turns gets no longer and no shorter; where others than neighbours were turned, it does."""
    arrows = torch.tensor([[3.0, 4.0, 5.0, 12.0]])
    turned = turned_by(rope, arrows, [2])
    if turned is None:
        return
    of_halves = lengths(arrows, -2)
    if same_turns(lengths(turned), of_halves) or same_turns(lengths(turned, -2), of_halves):
        says = "You paired the first half of the numbers with the second: 0 with 2, 1 with 3. "
        says += "Ours pairs neighbours, 0 with 1 and 2 with 3: x[..., 0::2] and x[..., 1::2]."
        raise Wrong("rope-other-pairs", says, "rope([[3, 4, 5, 12]], [2])", show(turned))
    if same_turns(lengths(turned, -2), lengths(arrows)):
        says = (
            "The first numbers of all arrows stand before all second ones. Put each pair side by side again: "
        )
        says += "torch.stack([..., ...], dim=-1), and then flatten."
        raise Wrong("rope-laid-apart", says, "rope([[3, 4, 5, 12]], [2])", show(turned))
    if not same_turns(lengths(turned), lengths(arrows)):
        says = "An arrow changed its length. The arrow (3, 4) is 5 long, and so it is after any turn. "
        says += "Look at the two signs, and whether both new numbers are made of the two old ones."
        called, needed = "lengths of rope([[3, 4, 5, 12]], [2])", "arrows of length 5 and 13"
        raise Wrong("rope-length", says, called, show(lengths(turned)), needed)


def each_arrow_has_its_speed(rope):
    """From (1, 0), which is turned to (cos, sin), one reads the angle."""
    turned = turned_by(rope, torch.tensor([[1.0, 0.0, 1.0, 0.0]]), [2])
    if turned is None:
        return
    angles = torch.atan2(turned[0, 1::2], turned[0, 0::2])
    first, second = angles.tolist()
    if not same_turns(angles, torch.tensor([2.0, 0.2])):
        says = "An arrow turns by another angle than it should: arrow i by position · base^(−2i / head_dim), so that each further "
        says += "one is slower. attention.angles(positions, x.shape[-1], base) gives them all, in radians."
        if (
            abs(first - 2) < 1e-3 and 0 < second
        ):  # of two arrows, the second turns by position / the root of the base
            base = float(f"{(2 / second) ** 2:.2g}")  # 1e+03 is written 1,000
            says += f" Here base is 100, and yours turns as it would with a base of {base:,g}."
        raise Wrong(
            "rope-speeds", says, "angles of rope([[1, 0, 1, 0]], [2], 100)", show(angles), "2 and 0.2"
        )


def base_left_out_is_ten_thousand(rope):
    """Only a text of several arrows shows the default, and no value tells that it is one."""
    base = inspect.signature(rope).parameters.get("base")
    if base is not None and base.default not in (base.empty, 10_000):
        says = f"base is {base.default:,g} where it is left out, in the line with def; 10,000 is needed."
        raise Wrong("wrong-default", says)


def kind_of_number_stays(rope):
    """bfloat16 in, bfloat16 out, and yet the angle is exact: place 1001 is not 1000."""
    for arguments in find("attention.rope").cases:
        if not same_turns(ask("attention.rope", rope, *arguments), rope_by_numbers(*arguments)):
            return  # first things first
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0]], dtype=torch.bfloat16)
    called = "rope(x, [1001]) with x in bfloat16"
    error = run(rope, (x, torch.tensor([1001]), 100.0)).error
    if isinstance(error, RuntimeError) and "bfloat16" in str(error).lower():
        says = "Right in float32, and it stops with bfloat16, which large models use to save memory: torch makes no complex numbers "
        says += "of it, and mixes no two kinds. Work with x.float(), and end with .to(x.dtype)."
        raise Wrong("rope-stops-in-bfloat16", says, called, f"{type(error).__name__}: {error}"[:200])
    turned = turned_by(rope, x, [1001])
    if turned is None:
        return
    if turned.dtype != x.dtype:
        says = "Numbers came in as bfloat16, which large models use to save memory, and they must go out so: "
        says += ".to(x.dtype) at the end."
        raise Wrong("rope-dtype", says, called, str(turned.dtype), str(x.dtype))
    needed = rope_by_numbers(x.float(), torch.tensor([1001]), 100.0)
    if not turned.float().allclose(needed, 0.02, 0.05):
        says = "The angle itself was rounded to bfloat16, which has 3 digits: 1001 became 1000. "
        says += "Work out the angle and its cosine and sine in float32, and go down to x.dtype after that."
        raise Wrong("rope-rounded-angle", says, called, show(turned), show(needed))


BEHAVIOURS = [
    nothing_is_added,
    place_0_turns_nothing,
    lengths_stay,
    each_arrow_has_its_speed,
    base_left_out_is_ten_thousand,
    kind_of_number_stays,
]


@check("attention.rope", CASES, BEHAVIOURS, same=same_turns, awkward=AWKWARD, lives=in_a_model)
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


# ---- how it goes wrong ----

PAIRS = "x[..., 0::2], x[..., 1::2]"
FLAT = ".flatten(-2)"
RIGHT, UP = "right * cos - up * sin", "right * sin + up * cos"

edits(
    "attention.rope",
    (
        "rope-halves",
        [(PAIRS, "x.chunk(2, dim=-1)"), ("stack", "cat"), (FLAT, "")],
        "You paired the first half of the numbers with the second. Ours pairs neighbours: 0 with 1, 2 with 3. Both ways are in use, "
        "but dials that were set for the one make the other babble after a few tokens. x[..., 0::2] and x[..., 1::2].",
    ),
    (
        "rope-second-axis",
        PAIRS,
        "x[:, 0::2], x[:, 1::2]",
        "[:, 0::2] takes every other thing of the *second* axis. Those are the numbers only where there are two axes; with heads and texts in "
        "front, the numbers are the last: x[..., 0::2].",
    ),
    (
        "rope-every-other-word",
        PAIRS,
        "x[0::2], x[1::2]",
        "x[0::2] takes every other thing of the *first* axis: every other word, or text. x[..., 0::2] takes every other number.",
    ),
    (
        "rope-first-two",
        PAIRS,
        "x[..., :2], x[..., 2:]",
        "`:2` stops after two numbers, and `2:` takes the rest. `0::2` takes every second number from number 0 on, `1::2` from number 1 on.",
    ),
    (
        "rope-one-colon",
        PAIRS,
        "x[..., 0:2], x[..., 1:2]",
        "`0:2` stops before number 2, and `1:2` is number 1 alone. With two colons, `0::2` takes every second number from number 0 on, "
        "`1::2` from number 1 on.",
    ),
    (
        "rope-both-plus",
        "right * cos - up",
        "right * cos + up",
        "Both lines have a plus, and then an arrow changes its length. One needs a minus: right·cos − up·sin.",
    ),
    (
        "rope-direction",
        [("right * cos - up", "right * cos + up"), (UP, "up * cos - right * sin")],
        "The arrows turn the wrong way, to the right. (1, 0) turned to the left points upwards: right·cos − up·sin, right·sin + up·cos.",
    ),
    (
        "rope-cos-and-sin-exchanged",
        "cos, sin =",
        "sin, cos =",
        "cos and sin are exchanged: at place 0 cos is 1 and sin is 0, and nothing may turn. right·cos − up·sin, right·sin + up·cos.",
    ),
    (
        "rope-stretched",
        [(RIGHT, "right * cos"), (UP, "up * sin")],
        "Each number was only multiplied: the first by cos, the second by sin. In a turn the two numbers mix: right·cos − up·sin.",
    ),
    (
        "rope-new-right",
        [("    turned =", f"    right = {RIGHT}\n    turned ="), (f"[{RIGHT}", "[right")],
        "The second number was made from the *new* first one. Both are made from the two old ones: give the new ones other names. "
        "Do they have some? Then `right` and `up` are windows onto x, not copies: writing x[..., 0::2] changed `right` before the "
        "second line used it. Write into a new tensor, torch.zeros_like(x).",
    ),
    (
        "rope-in-place",
        [
            ("turned = torch.stack([", "x[..., 0::2] = "),
            (", right * sin", "\n    x[..., 1::2] = right * sin"),
            ("], dim=-1)", ""),
            (f"turned{FLAT}", "x"),
        ],
        "`right` and `up` are windows onto x, not copies: writing x[..., 0::2] changed `right` before the second line used it, and "
        "changed the input too. Write into a new tensor, torch.zeros_like(x).",
    ),
    (
        "rope-not-woven",
        [("stack", "cat"), (FLAT, "")],
        "The arrows are turned rightly, but then all their first numbers were put before all second ones. Put each pair side by side "
        "again: torch.stack([..., ...], dim=-1), and then flatten.",
    ),
    (
        "rope-stack-axis",
        ", dim=-1)",
        ")",
        "stack without dim puts the new axis in front of all others. The two numbers of an arrow belong side by side, at the end: "
        "torch.stack([..., ...], dim=-1).",
    ),
    (
        "rope-still-in-pairs",
        FLAT,
        "",
        "The arrows are right and still in pairs, (…, words, arrows, 2): .flatten(-2) makes one row of them.",
    ),
)

BY_NUMBER = """
def rope(x, positions, base=10_000.0):
    angle = attention.angles(positions, x.shape[-1], base).repeat_interleave(2, dim=-1)
    quarter = torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).flatten(-2)
    return x * angle.cos() + quarter * angle.sin()
"""
edits(
    "attention.rope",
    (
        "rope-angle-per-number",
        "repeat_interleave(2, dim=-1)",
        "repeat(1, 2)",
        "The pairs are neighbours, but their angles were laid out by halves: (a, b, a, b) where (a, a, b, b) is needed. "
        "Both numbers of an arrow turn by the same angle.",
    ),
    (
        "rope-partner-of-the-other-half",
        "torch.stack([-x[..., 1::2], x[..., 0::2]], dim=-1).flatten(-2)",
        "torch.cat([-x[..., x.shape[-1] // 2 :], x[..., : x.shape[-1] // 2]], dim=-1)",
        "The angles are those of neighbours, but each number was mixed with one of the other half: 0 with 2, 1 with 3. "
        "Mix neighbours, 0 with 1 and 2 with 3: x[..., 0::2] and x[..., 1::2].",
    ),
    source=BY_NUMBER,
)
