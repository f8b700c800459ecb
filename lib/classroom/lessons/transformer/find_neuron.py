"""Exercise `neuron_ablation.find_neuron`: its cases, its right answer found otherwise, and how people get it wrong."""

import torch

from classroom.judge.comparison import is_number
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.transformer.shared import _noise

BEFORE = torch.tensor([0.75, 0.5, 0.25])


def _crowd(candidates: int, facts: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Facts, and candidates of which some move much, some little."""
    before = torch.rand(facts, generator=_noise)
    size = torch.rand(candidates, 1, generator=_noise) ** 3 * 0.4
    after = before + size * torch.randn(candidates, facts, generator=_noise)
    after[:, 0] = before[0] * torch.rand(candidates, generator=_noise)
    return before, after.clamp(0, 1)


def the_number_is_pythons_own(find_neuron):
    """Numpy's whole numbers look alike, and json and some keys of dictionaries refuse them."""
    found = ask(
        "neuron_ablation.find_neuron",
        find_neuron,
        torch.tensor([0.6, 0.8]),
        torch.tensor([[0.1, 0.8], [0.3, 0.8]]),
    )
    if is_number(found) and not isinstance(found, int):
        says = f"The number is a {type(found).__module__}.{type(found).__name__}: int(...) makes a plain Python number of it."
        raise Wrong("find-neuron-not-an-int", says, "", repr(found), "0")


@check(
    "neuron_ablation.find_neuron",
    behaviours=[the_number_is_pythons_own],
    cases=[
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.1, 0.2], [0.3, 0.79], [0.5, 0.8]])),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.1, 0.2], [0.7, 0.79], [0.5, 0.8], [0.4, 0.81]])),
        # one lets another fact rise, one moves two facts a little, one moves one of them far
        (
            BEFORE,
            torch.tensor(
                [[0.5, 0.5, 0.25], [0.125, 0.5, 0.5], [0.25, 0.46875, 0.28125], [0.0, 0.421875, 0.25]]
            ),
        ),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.2, 0.3], [0.1, 0.4]])),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.7, 0.8], [0.65, 0.79], [0.2, 0.1]])),
        (BEFORE, torch.tensor([[0.125, 0.5, 0.75], [0.25, 0.625, 0.25], [0.375, 0.5, 0.25]]), 0.125),
        (BEFORE, torch.tensor([[0.5, 0.375, 0.125], [0.25, 0.5, 0.46875], [0.0, 0.25, 0.25]]), 0.2),
        (torch.tensor([0.6, 0.8]), torch.tensor([[0.6, 0.8], [0.6, 0.8]])),
        (BEFORE, torch.tensor([[0.71, 0.5, 0.25], [0.72, 0.51, 0.27], [0.74, 0.49, 0.24]])),
        (
            torch.tensor([0.5, 0.9, 0.02]),
            torch.tensor([[0.4, 0.9, 0.02], [0.1, 0.86, 0.05], [0.3, 0.9, 0.02]]),
        ),
        (
            torch.tensor([0.5, 0.4, 0.4, 0.4, 0.4]),
            torch.tensor([[0.4, 0.4, 0.4, 0.4, 0.4], [0.1, 0.43, 0.37, 0.43, 0.37]]),
        ),
        (*_crowd(20, 4),),
        (*_crowd(40, 7), 0.1),
        (*_crowd(12, 6), 0.02),
    ],
    awkward=[
        (torch.tensor([0.5, 0.5]), torch.tensor([[0.25, 0.5], [0.0, 0.5], [0.0, 0.5]])),
        (torch.tensor([0.5, 0.5]), torch.tensor([[0.25001, 0.5], [0.25, 0.5], [0.25003, 0.5]])),
        (torch.tensor([0.5, 0.25]), torch.tensor([[0.0, 0.125]]), 0.125),
        (torch.tensor([1.0, 0.0, 1.0]), torch.tensor([[0.0, 0.0625, 1.0]])),
    ],
)
def find_neuron(before, after, limit=0.05):
    best = None
    for row, chances in enumerate(after.tolist()):
        others = [abs(now - was) for now, was in zip(chances[1:], before.tolist()[1:], strict=True)]
        fall = before.tolist()[0] - chances[0]
        if fall > 0 and max(others) <= limit and (best is None or fall > best[0]):
            best = fall, row
    return None if best is None else best[1]


def _rows(before, after):
    """For each candidate: how far fact 0 falls, and how far each other fact moves."""
    falls = (before[0] - after[:, 0]).tolist()
    return falls, (after[:, 1:] - before[1:]).tolist()


def _deepest(falls, allowed):
    """The allowed row that falls most, or None."""
    rows = [row for row in range(len(falls)) if allowed[row]]
    return max(rows, key=falls.__getitem__) if rows else None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-broke-the-machine",
    "You broke the machine, not the fact: the candidate with the largest fall takes other facts down with it. Leave out each "
    "that moves another fact by more than the limit.",
)
def _(before, after, limit=0.05):
    falls, _ = _rows(before, after)
    return _deepest(falls, [fall > 0 for fall in falls])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-signed",
    "A fact that rises counts as unmoved here. Breaking goes both ways: take the size of the change, abs().",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(falls, [fall > 0 and min(row) >= -limit for fall, row in zip(falls, moved, strict=True)])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-signed-up",
    "A fact that falls counts as unmoved here. Breaking goes both ways: take the size of the change, abs().",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(falls, [fall > 0 and max(row) <= limit for fall, row in zip(falls, moved, strict=True)])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-mean",
    "You held the *mean* movement of the other facts to the limit: one that breaks hides among many that stand still. Each by itself "
    "must stay within it, so take the largest.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    means = [sum(map(abs, row)) / len(row) for row in moved]
    return _deepest(falls, [fall > 0 and mean <= limit for fall, mean in zip(falls, means, strict=True)])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-sum",
    "You held the *sum* of all movements to the limit: many little ones then look like a break. Each by itself must stay within it.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    sums = [sum(map(abs, row)) for row in moved]
    return _deepest(falls, [fall > 0 and total <= limit for fall, total in zip(falls, sums, strict=True)])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-mean-signed",
    "Up and down cancelled each other out: one fact rose, another fell, and their mean is 0. Take sizes, abs(), and the largest.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    means = [abs(sum(row) / len(row)) for row in moved]
    return _deepest(falls, [fall > 0 and mean <= limit for fall, mean in zip(falls, means, strict=True)])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-any",
    "A candidate passed because *one* other fact stayed within the limit. All of them must.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    quiet = [min(map(abs, row)) <= limit for row in moved]
    return _deepest(falls, [fall > 0 and q for fall, q in zip(falls, quiet, strict=True)])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-one-other",
    "Only fact 1 was looked at. The others are all from 1 on: after[:, 1:].",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(
        falls, [fall > 0 and abs(row[0]) <= limit for fall, row in zip(falls, moved, strict=True)]
    )


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-ids-lost",
    "The number is a place among those that were left, not among all candidates: ids lost. Leave nothing out of the list; make "
    "those that do not count 0 where they stand (masked_fill).",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    left = [fall for fall, row in zip(falls, moved, strict=True) if max(map(abs, row)) <= limit]
    return left.index(max(left)) if left and max(left) > 0 else None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-smallest",
    "You took the smallest fall. The one without which fact 0 falls *most* is wanted.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    rows = [r for r, row in enumerate(moved) if falls[r] > 0 and max(map(abs, row)) <= limit]
    return min(rows, key=falls.__getitem__) if rows else None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-rise",
    "You found the one that makes fact 0 likelier. A fall is before minus after.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    rises = [-fall for fall in falls]
    allowed = [rise > 0 and max(map(abs, row)) <= limit for rise, row in zip(rises, moved, strict=True)]
    return _deepest(rises, allowed)


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-change",
    "You took the largest *change* of fact 0, up or down. Only a fall says that something is gone.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    sizes = [abs(fall) for fall in falls]
    allowed = [size > 0 and max(map(abs, row)) <= limit for size, row in zip(sizes, moved, strict=True)]
    return _deepest(sizes, allowed)


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-no-none",
    "None was needed, and you gave a number: where no candidate lowers fact 0 and leaves the others alone, argmax still points somewhere.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    kept = [fall if max(map(abs, row)) <= limit else 0.0 for fall, row in zip(falls, moved, strict=True)]
    return kept.index(max(kept))


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-rise-will-do",
    "Among those that leave the others alone none lowers fact 0, and you gave one all the same. A rise or no change is no find: None.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(falls, [max(map(abs, row)) <= limit for row in moved])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-falsy",
    "Candidate 0 was taken for none: 0 counts as False in an if. Ask `is None`, or ask whether any fall is above 0.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    return _deepest(falls, allowed) or None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-below-the-limit",
    "A fact that moved exactly by the limit was counted as broken. *At most* the limit is <=, and broken is above it.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) < limit for fall, row in zip(falls, moved, strict=True)]
    return _deepest(falls, allowed)


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-limit-fixed",
    "The limit is always 0.05 here, whatever was asked for. Use the argument.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= 0.05 for fall, row in zip(falls, moved, strict=True)]
    return _deepest(falls, allowed)


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-fact-0-too",
    "Fact 0 was held to the limit as well, and it is the one that should fall. The others begin at 1: after[:, 1:].",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [
        0 < fall <= limit and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)
    ]
    return _deepest(falls, allowed)


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-relative",
    "You compared shares: a fact that goes from .02 to .05 more than doubles, and moved by .03. The limit is on the difference itself.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    was = before[1:].tolist()
    shares = [max(abs(m) / w for m, w in zip(row, was, strict=True)) for row in moved]
    return _deepest(falls, [fall > 0 and share <= limit for fall, share in zip(falls, shares, strict=True)])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-first",
    "You took the first that leaves the others alone. Of all of those the one with the largest fall is wanted.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    for number, (fall, row) in enumerate(zip(falls, moved, strict=True)):
        if fall > 0 and max(map(abs, row)) <= limit:
            return number
    return None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-quietest",
    "You took the one that moves the others least. That they stay within the limit is enough; of those, the largest fall wins.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    sizes = [max(map(abs, row)) for row in moved]
    rows = [row for row in range(len(falls)) if falls[row] > 0 and sizes[row] <= limit]
    return min(rows, key=sizes.__getitem__) if rows else None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-trade",
    "You weighed the fall against the damage. The limit decides first who is in the race; among those only the fall counts.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    scores = [fall - max(map(abs, row)) for fall, row in zip(falls, moved, strict=True)]
    rows = [row for row in range(len(falls)) if falls[row] > 0 and max(map(abs, moved[row])) <= limit]
    best = max(range(len(scores)), key=scores.__getitem__)
    return best if rows else None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-price",
    "You weighed the damage against the fall. It is a limit, not a price: first leave out each that moves another fact by more than "
    "the limit; among the rest only the fall counts.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    scores = [fall - sum(map(abs, row)) for fall, row in zip(falls, moved, strict=True)]
    return _deepest(scores, [score > 0 for score in scores])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-price-of-largest",
    "You weighed the damage against the fall. It is a limit, not a price: first leave out each that moves another fact by more "
    "than the limit; among the rest only the fall counts.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    scores = [fall - max(map(abs, row)) for fall, row in zip(falls, moved, strict=True)]
    return _deepest(scores, [score > 0 for score in scores])


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-down-the-candidates",
    "It gave None, and candidate 1 fits. Is there one yes or no for each candidate: any(dim=-1)?",
)
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    broken = ((after[:, 1:] - before[1:]).abs() > limit).any(dim=0)
    fall = fall.masked_fill(broken, 0)
    return int(fall.argmax()) if (fall > 0).any() else None


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-fall",
    "This is how far the fact fell. Which candidate did it is asked: its number, which argmax gives.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    best = _deepest(falls, allowed)
    return None if best is None else falls[best]


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-minus-one",
    "Where there is none you gave -1. To Python that is the last candidate; None says that there is none.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    best = _deepest(falls, allowed)
    return -1 if best is None else best


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-nothing-left",
    "Where no candidate is left there is nothing to choose from, and max() stops. Ask first whether any is left.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    rows = [r for r, row in enumerate(moved) if falls[r] > 0 and max(map(abs, row)) <= limit]
    return max(rows, key=falls.__getitem__)


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-last",
    "You took the last that leaves the others alone: each new one takes the place of the one before. Compare its fall with the best so far.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    found = None
    for number, (fall, row) in enumerate(zip(falls, moved, strict=True)):
        if fall > 0 and max(map(abs, row)) <= limit:
            found = number
    return found


@mistake(
    "neuron_ablation.find_neuron",
    "find-neuron-far-enough",
    "Fact 0 had to fall by more than the limit. The limit is for the others; any fall of fact 0 will do.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(
        falls, [fall > limit and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    )
