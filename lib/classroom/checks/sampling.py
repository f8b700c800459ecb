"""Checks of lesson 02: logits to probabilities, filters, and a draw."""

import itertools
import math

import torch

from classroom.checking import Wrong, check, check_by_behaviour
from classroom.comparing import kind, same, show
from classroom.judging import ask

EXERCISES = (
    "sampling.softmax",
    "sampling.with_temperature",
    "sampling.top_k",
    "sampling.draw",
    "sampling.top_p",
)

_noise = torch.Generator().manual_seed(2)
ROW = torch.tensor([2.0, 0.5, 1.0])
ROWS = torch.tensor([[1.0, 2.0], [5.0, 1.0], [0.0, -3.0]])
SQUARE = torch.tensor([[0.0, 1.0, 3.0], [2.0, 0.5, -1.0], [4.0, 0.0, 1.0]])
DEEP = torch.randn(2, 3, 5, generator=_noise) * 3
WIDE = torch.randn(4, 50, generator=_noise) * 2
FAR_APART = torch.tensor([[1000.0, 999.0], [0.0, 1.0]])
LARGE = torch.tensor([1000.0, 999.0, 0.0])
VERY_LOW = torch.tensor([-1000.0, -1001.0])
REMOVED = torch.tensor([1.0, -math.inf, 2.0])


@check(
    "sampling.softmax",
    cases=[
        (ROW,),
        (ROWS,),
        (SQUARE,),
        (LARGE,),
        (FAR_APART,),
        (VERY_LOW,),
        (REMOVED,),
        (torch.tensor([7.0]),),
        (DEEP,),
        (WIDE,),
    ],
)
def softmax(logits):
    return torch.softmax(logits.double(), dim=-1).float()


def same_chances(yours, needed) -> bool:
    """Equal once softmaxed: logits that are all shifted alike mean the same."""
    both = isinstance(yours, torch.Tensor) and isinstance(needed, torch.Tensor)
    if not both or yours.shape != needed.shape or not yours.is_floating_point():
        return False
    return same(torch.softmax(yours, dim=-1), torch.softmax(needed, dim=-1))


def zero_leaves_the_best(with_temperature):
    """At temperature 0 the likeliest token of a row has probability 1, by however little it leads."""
    logits = torch.tensor([1.0, 1.01, 0.0])
    cold = ask("sampling.with_temperature", with_temperature, logits, 0.0)
    if not isinstance(cold, torch.Tensor) or cold.shape != logits.shape or not cold.is_floating_point():
        return  # that is said otherwise
    called, chances = "with_temperature([1.0, 1.01, 0.0], 0.0)", torch.softmax(cold, dim=-1)
    shown = (called, f"{show(cold)}: chances {show(chances)}", "chances [0, 1, 0]")
    if cold[1] == -math.inf:
        says = "At temperature 0 the best was removed and the others stayed: the comparison is upside down."
        raise Wrong("temperature-zero-best-removed", says, *shown)
    if not same(chances, torch.tensor([0.0, 1.0, 0.0])):
        says = "At temperature 0 others can still be drawn, which only a logit of -inf rules out. "
        says += "(A small number in place of 0 does not, where two are nearly alike.)"
        raise Wrong("temperature-zero-others", says, *shown)


@check(
    "sampling.with_temperature",
    behaviours=[zero_leaves_the_best],
    cases=[
        (ROW, 2.0),
        (ROW, 0.5),
        (ROWS, 1.0),
        (ROW, 0.0),
        (ROWS, 0.0),
        (REMOVED, 0.7),
        (DEEP, 1.3),
        (WIDE, 0.25),
        (-ROW, 3),
    ],
    same=same_chances,
)
def with_temperature(logits, temperature):
    if temperature == 0:
        best = logits == logits.amax(dim=-1, keepdim=True)
        return torch.where(best, 0.0, -math.inf)
    return torch.stack([row.double() * (1 / temperature) for row in logits.unbind()]).float()


def top_k_removes(top_k):
    removes_by_minus_infinity("sampling.top_k", top_k, 2)


def top_p_removes(top_p):
    removes_by_minus_infinity("sampling.top_p", top_p, 0.9)


def removes_by_minus_infinity(target, function, setting):
    """A removed token has the one logit that means impossible, and the library asks for it."""
    logits = torch.tensor([0.5, 0.41, 0.09]).log()
    kept = ask(target, function, logits, setting)
    if isinstance(kept, torch.Tensor) and kept.shape == logits.shape and -math.inf < kept[2] < -1000:
        says = "A very low number is not yet impossible, and other filters look for -inf. Use -math.inf."
        raise Wrong(
            f"{target[9:].replace('_', '-')}-very-low",
            says,
            f"...([-0.69, -0.89, -2.41], {setting})",
            show(kept),
        )


@check(
    "sampling.top_k",
    behaviours=[top_k_removes],
    cases=[
        (ROW, 2),
        (ROW, 1),
        (ROW, 3),
        (ROW, 10),
        (ROWS, 1),
        (ROWS, 10),
        (SQUARE, 2),
        (-ROW, 2),
        (REMOVED, 1),
        (DEEP, 3),
        (WIDE, 7),
    ],
)
def top_k(logits, k):
    flat = logits.reshape(-1, logits.shape[-1])
    kept = torch.full_like(flat, -math.inf)
    for row, out in zip(flat, kept, strict=True):
        for i in sorted(range(len(row)), key=lambda i: -float(row[i]))[:k]:
            out[i] = row[i]
    return kept.reshape(logits.shape)


EXAMPLE = torch.tensor([0.5, 0.41, 0.09]).log()
UNSORTED = torch.tensor([0.09, 0.5, 0.01, 0.4]).log()
FLAT = torch.tensor([0.26, 0.24, 0.255, 0.245]).log()


@check(
    "sampling.top_p",
    behaviours=[top_p_removes],
    cases=[
        (EXAMPLE, 0.9),
        (EXAMPLE, 0.3),
        (EXAMPLE, 0.95),
        (UNSORTED, 0.8),
        (torch.stack([EXAMPLE, EXAMPLE.flip(0)]), 0.4),
        (torch.stack([UNSORTED, FLAT]), 0.65),
        (FLAT, 1e-6),
        (3 + UNSORTED, 0.8),
        (REMOVED, 0.9),
        (DEEP, 0.7),
        (WIDE, 0.9),
        (EXAMPLE, 1.0),
    ],
)
def top_p(logits, p):
    flat = logits.reshape(-1, logits.shape[-1])
    kept = torch.full_like(flat, -math.inf)
    for row, out in zip(flat, kept, strict=True):
        chances = torch.softmax(row.double(), dim=-1).tolist()
        order = sorted(range(len(row)), key=lambda i: -chances[i])
        reached = list(itertools.accumulate(chances[i] for i in order))
        n = next((n for n, total in enumerate(reached, 1) if total >= p), len(order)) if p < 1 else len(order)
        for i in order[:n]:
            out[i] = row[i]
    return kept.reshape(logits.shape)


# ---- draw: there is no single right answer, so what is judged is how it behaves ----

CHANCES = torch.tensor([0.5, 0.3, 0.2])
MANY = CHANCES.repeat(4000, 1)


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _draw(function, probabilities, seed: int = 0) -> torch.Tensor:
    """One call, with what can be wrong about the look of its answer said first."""
    ids = ask("sampling.draw", function, probabilities, seeded(seed))
    shown = f"draw({tuple(probabilities.shape)} probabilities, generator)"
    if not isinstance(ids, torch.Tensor):
        says = f"It gave {kind(ids)}. What is needed is a tensor of token ids, one for each row."
        raise Wrong("draw-not-a-tensor", says, shown)
    if ids.dtype != torch.int64:
        raise Wrong("draw-not-ids", f"It gave {ids.dtype}. A token id is a whole number: torch.int64.", shown)
    if ids.shape != probabilities.shape[:-1]:
        got, need = tuple(ids.shape), tuple(probabilities.shape[:-1])
        raise Wrong("draw-shape", f"Its shape is {got}, and {need} is needed: one id for each row.", shown)
    return ids


def draws_the_certain(draw):
    """A probability of 1 leaves no choice; one of 0 is never drawn."""
    certain = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    for seed in range(5):
        ids = _draw(draw, certain, seed)
        if ids.tolist() == [1, 0, 2]:
            continue
        shifted = (ids - torch.tensor([1, 0, 2])).tolist()
        says = "A token that is certain must be drawn, and one with probability 0 never."
        if shifted in ([1, 1, 1], [-1, -1, -1]):
            says = "Off by one: the pin lies in the segment beside. Count the segments that end at or before the pin."
            raise Wrong("draw-off-by-one", says, f"draw({certain.tolist()})", str(ids.tolist()), "[1, 0, 2]")
        if ids.tolist() == [2, 3, 1]:
            says = "You counted the segments that end after the pin. Count those that end at or before it: ends <= pin."
            raise Wrong(
                "draw-counts-after", says, f"draw({certain.tolist()})", str(ids.tolist()), "[1, 0, 2]"
            )
        raise Wrong("draw-impossible", says, f"draw({certain.tolist()})", str(ids.tolist()), "[1, 0, 2]")


def follows_its_generator(draw):
    """The same seed gives the same draws, another seed others, and nothing else matters."""
    state = torch.get_rng_state()
    torch.manual_seed(1)
    first = _draw(draw, MANY, seed=3)
    torch.manual_seed(2)
    again, other = _draw(draw, MANY, seed=3), _draw(draw, MANY, seed=4)
    torch.set_rng_state(state)
    if not torch.equal(first, again):
        says = "The same seed gave two different stories: take your random number from the generator that is given."
        raise Wrong(
            "draw-ignores-generator", says, "draw(probabilities, torch.Generator().manual_seed(3)), twice"
        )
    if (first == first[0]).all() and (other == other[0]).all() and first[0] == other[0]:
        says = "It never varies: always the likeliest is taken. That is greedy; a draw lets chance decide."
        raise Wrong("draw-never-varies", says, "draw(probabilities, generator), 4,000 rows")
    if torch.equal(first, other):
        says = "Another seed gives the same draws: the generator was made anew or seeded inside."
        raise Wrong("draw-seeded-inside", says, "draw(probabilities, generator) with seeds 3 and 4")
    if (first == first[0]).all():
        says = "All rows were given one and the same pin. Each row needs a random number of its own."
        raise Wrong(
            "draw-one-pin",
            says,
            "draw(probabilities, generator), 4,000 equal rows",
            f"{int(first[0])} each time",
        )


def draws_in_proportion(draw):
    """Over many rows, each token comes as often as its probability says."""
    ids = _draw(draw, MANY, seed=5)
    if ids.min() < 0 or ids.max() > 2:
        raise Wrong(
            "draw-impossible", "An id lies outside the vocabulary.", "draw([.5, .3, .2])", str(int(ids.max()))
        )
    shares = torch.bincount(ids, minlength=3) / len(ids)
    if torch.allclose(shares, CHANCES, atol=0.04):
        return
    rivals = {
        "draw-uniform": (
            torch.full((3,), 1 / 3),
            "Every token comes equally often: the probabilities are not used.",
        ),
        "draw-softmax-again": (
            torch.softmax(CHANCES, dim=-1),
            "These are the shares of softmax(probabilities): they were probabilities already, so no softmax here.",
        ),
        "draw-log-again": (
            CHANCES.log() / CHANCES.log().sum(),
            "The unlikely ones come too often: draw needs probabilities, not their logs.",
        ),
        "draw-not-accumulated": (
            torch.tensor([0.5, 0.0, 0.5]),
            "The pin was compared with each probability by itself. Segments lie end to end: add them up (cumsum) first.",
        ),
    }
    shown = [
        "draw([0.5, 0.3, 0.2]), 4,000 times",
        str([round(s, 2) for s in shares.tolist()]),
        "[0.5, 0.3, 0.2]",
    ]
    for id, (expected, says) in rivals.items():
        if torch.allclose(shares, expected, atol=0.04):
            raise Wrong(id, says, *shown)
    says = "Tokens do not come as often as their probabilities say. Is the pin uniform, and are the segments end to end?"
    raise Wrong("draw-frequencies", says, *shown)


def stays_inside(draw):
    """Probabilities that sum to a little less than 1 still give an id of the vocabulary."""
    short = torch.tensor([0.3, 0.3, 0.3]).repeat(500, 1)
    ids = _draw(draw, short, seed=6)
    if ids.min() < 0 or ids.max() > 2:
        says = "A pin beyond the last segment gave an id that does not exist. Sums round: the last token catches the rest."
        raise Wrong(
            "draw-past-the-end", says, "draw([0.3, 0.3, 0.3]), 500 times", str(int(ids.max())), "0, 1 or 2"
        )


def gives_ids(draw):
    """One row gives one id; any further axes are kept."""
    _draw(draw, MANY[:3])
    _draw(draw, CHANCES)
    _draw(draw, CHANCES.repeat(2, 4, 1))


check_by_behaviour(
    "sampling.draw",
    gives_ids,
    draws_the_certain,
    follows_its_generator,
    draws_in_proportion,
    stays_inside,
)
