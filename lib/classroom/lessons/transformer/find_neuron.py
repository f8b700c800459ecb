"""Exercise `neuron_ablation.find_neuron`: of many candidates, the one that lowers fact 0 most and breaks no other fact.

Hard in it: rises break too, numbers of candidates get lost, and there may be none.
"""

import torch

from classroom.judge.comparison import is_number, show
from classroom.judge.diagnosis import ask
from classroom.judge.endings import can_fall_off
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, find
from classroom.judge.sandbox import run

noise = torch.Generator().manual_seed(76)


def crowd(candidates: int, facts: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Facts, and candidates of which some move much, some little."""
    before = torch.rand(facts, generator=noise)
    size = torch.rand(candidates, 1, generator=noise) ** 3 * 0.4
    after = before + size * torch.randn(candidates, facts, generator=noise)
    after[:, 0] = before[0] * torch.rand(candidates, generator=noise)
    return before, after.clamp(0, 1)


TWO = torch.tensor([0.6, 0.8])
BEFORE = torch.tensor([0.75, 0.5, 0.25])

CASES = [
    (TWO, torch.tensor([[0.1, 0.2], [0.3, 0.79], [0.5, 0.8]])),
    (TWO, torch.tensor([[0.1, 0.2], [0.7, 0.79], [0.5, 0.8], [0.4, 0.81]])),
    # one lets another fact rise, one moves two facts a little, one moves one of them far
    (
        BEFORE,
        torch.tensor([[0.5, 0.5, 0.25], [0.125, 0.5, 0.5], [0.25, 0.46875, 0.28125], [0.0, 0.421875, 0.25]]),
    ),
    (TWO, torch.tensor([[0.2, 0.3], [0.1, 0.4]])),
    (TWO, torch.tensor([[0.7, 0.8], [0.65, 0.79], [0.2, 0.1]])),
    (BEFORE, torch.tensor([[0.125, 0.5, 0.75], [0.25, 0.625, 0.25], [0.375, 0.5, 0.25]]), 0.125),
    (BEFORE, torch.tensor([[0.5, 0.375, 0.125], [0.25, 0.5, 0.46875], [0.0, 0.25, 0.25]]), 0.2),
    (TWO, torch.tensor([[0.6, 0.8], [0.6, 0.8]])),
    (BEFORE, torch.tensor([[0.71, 0.5, 0.25], [0.72, 0.51, 0.27], [0.74, 0.49, 0.24]])),
    (
        torch.tensor([0.5, 0.9, 0.02]),
        torch.tensor([[0.4, 0.9, 0.02], [0.1, 0.86, 0.05], [0.3, 0.9, 0.02]]),
    ),
    (
        torch.tensor([0.5, 0.4, 0.4, 0.4, 0.4]),
        torch.tensor([[0.4, 0.4, 0.4, 0.4, 0.4], [0.1, 0.43, 0.37, 0.43, 0.37]]),
    ),
    # fact 2 falls while fact 1 stands still; and three others that each move a little
    (BEFORE, torch.tensor([[0.25, 0.5, 0.0], [0.5, 0.5, 0.25]])),
    (torch.tensor([0.5, 0.9, 0.9, 0.9]), torch.tensor([[0.1, 0.87, 0.87, 0.87], [0.4, 0.9, 0.9, 0.9]])),
    (torch.tensor([0.5, 0.9, 0.8]), torch.tensor([[0.1, 0.86, 0.83], [0.4, 0.9, 0.8]])),
    (torch.tensor([0.4, 1.0, 1.0]), torch.tensor([[0.3, 1.0, 1.0], [0.1, 0.97, 0.96]])),
    crowd(20, 4),
    (*crowd(40, 7), 0.1),
    (*crowd(12, 6), 0.02),
]
AWKWARD = [
    (torch.tensor([0.5, 0.5]), torch.tensor([[0.25, 0.5], [0.0, 0.5], [0.0, 0.5]])),
    (torch.tensor([0.5, 0.5]), torch.tensor([[0.25001, 0.5], [0.25, 0.5], [0.25003, 0.5]])),
    (torch.tensor([0.5, 0.25]), torch.tensor([[0.0, 0.125]]), 0.125),
    (torch.tensor([1.0, 0.0, 1.0]), torch.tensor([[0.0, 0.0625, 1.0]])),
]


def the_number_is_pythons_own(find_neuron):
    """Numpy's whole numbers look alike, and json and some keys of dictionaries refuse them."""
    found = ask("neuron_ablation.find_neuron", find_neuron, TWO, torch.tensor([[0.1, 0.8], [0.3, 0.8]]))
    if is_number(found) and not isinstance(found, int):
        says = f"The number is a {type(found).__module__}.{type(found).__name__}: int(...) makes a plain Python number of it."
        raise Wrong("find-neuron-not-an-int", says, "", repr(found), "0")


def none_is_for_when_none_fits(function):
    """Where None is given though a candidate fits, it can be shown; what forgets its return is told so elsewhere."""
    every = [*CASES, *AWKWARD]
    outcomes = [run(function, case) for case in every]
    found = [outcome.value for outcome in outcomes]
    kinds = {type(one) for one in found}
    if can_fall_off(function) or any(outcome.error for outcome in outcomes) or kinds != {int, type(None)}:
        return
    mistakes = find("neuron_ablation.find_neuron").mistakes
    if found in [[run(mistake.function, case).value for case in every] for mistake in mistakes]:
        return
    for case, yours in zip(every, found, strict=True):
        before, after, needed = case[0], case[1], find_neuron(*case)
        if yours is None and needed is not None:
            fall, moved = before[0] - after[needed, 0], (after[needed, 1:] - before[1:]).abs().max()
            says = f"It gave None, and candidate {needed} fits: without it fact 0 falls by {fall:.2g}, and the others move by "
            says += f"{moved:.2g} at most. None is for when no candidate fits."
            called = f"find_neuron({show(before)}, {show(after)}, ...)"
            raise Wrong("find-neuron-none-too-soon", says, called, "None", show(needed))


def what_was_found_fits(function):
    """Of a candidate that is the wrong one, one can say what is wrong with it."""
    for before, after, *limit in [*CASES, *AWKWARD]:
        found = run(function, (before, after, *limit)).value
        needed, called = (
            find_neuron(before, after, *limit),
            f"find_neuron({show(before)}, {show(after)}, ...)",
        )
        if needed is None or type(found) is not int or found == needed or not 0 <= found < len(after):
            continue
        moved = (after[found, 1:] - before[1:]).abs()
        says = f"Candidate {found} leaves the others alone, and so does {needed}, which makes fact 0 fall more, or comes first."
        if after[found, 0] >= before[0]:
            says = f"Without candidate {found} fact 0 does not fall at all."
        if moved.max() > (limit or [0.05])[0]:
            says = f"Candidate {found} is out of the race: it moves fact {1 + moved.argmax()} by {moved.max():.2g}, more than the limit."
        raise Wrong("find-neuron-unfit", says, called, show(found), show(needed))


@check(
    "neuron_ablation.find_neuron",
    CASES,
    before=[none_is_for_when_none_fits],
    behaviours=[what_was_found_fits, the_number_is_pythons_own],
    awkward=AWKWARD,
)
def find_neuron(before, after, limit=0.05):
    best = None
    for row, chances in enumerate(after.tolist()):
        others = [abs(now - was) for now, was in zip(chances[1:], before.tolist()[1:], strict=True)]
        fall = before.tolist()[0] - chances[0]
        if fall > 0 and max(others) <= limit and (best is None or fall > best[0]):
            best = fall, row
    return None if best is None else best[1]


MOVED, EACH = "(after[:, 1:] - before[1:])", ".abs() > limit).any(dim=-1)"
LEFT_OUT = "fall.masked_fill(broken, 0)"
BEST = "int(fall.argmax())"

edits(
    "neuron_ablation.find_neuron",
    (
        "find-neuron-broke-the-machine",
        f"fall = {LEFT_OUT}",
        "pass",
        "You broke the machine, not the fact: the candidate with the largest fall takes other facts down with it. Leave out each "
        "that moves another fact by more than the limit.",
    ),
    (
        "find-neuron-signed",
        f"{MOVED}.abs()",
        "(before[1:] - after[:, 1:])",
        "A fact that rises counts as unmoved here. Breaking goes both ways: take the size of the change, abs().",
    ),
    (
        "find-neuron-signed-up",
        ".abs()",
        "",
        "A fact that falls counts as unmoved here. Breaking goes both ways: take the size of the change, abs().",
    ),
    (
        "find-neuron-mean",
        EACH,
        ".abs().mean(dim=-1) > limit)",
        "You held the *mean* movement of the other facts to the limit: one that breaks hides among many that stand still. Each by itself "
        "must stay within it, so take the largest.",
    ),
    (
        "find-neuron-sum",
        EACH,
        ".abs().sum(dim=-1) > limit)",
        "You held the *sum* of all movements to the limit: many little ones then look like a break. Each by itself must stay within it.",
    ),
    (
        "find-neuron-any",
        "any(dim=-1)",
        "all(dim=-1)",
        "A candidate passed because *one* other fact stayed within the limit. All of them must.",
    ),
    (
        "find-neuron-down-the-candidates",
        "any(dim=-1)",
        "any(dim=0)",
        "It gave None, and candidate 1 fits. Is there one yes or no for each candidate: any(dim=-1)?",
    ),
    (
        "find-neuron-last-fact",
        MOVED,
        "(after[:, 1:-1] - before[1:-1])",
        "The last fact was not looked at. The others are all from 1 on, the last one too: after[:, 1:].",
    ),
    (
        "find-neuron-fact-0-too",
        MOVED,
        "(after - before)",
        "Fact 0 was held to the limit as well, and it is the one that should fall. The others begin at 1: after[:, 1:].",
    ),
    (
        "find-neuron-below-the-limit",
        "> limit",
        ">= limit",
        "A fact that moved exactly by the limit was counted as broken. *At most* the limit is <=, and broken is above it.",
    ),
    (
        "find-neuron-ids-lost",
        LEFT_OUT,
        "fall[~broken]",
        "The number is a place among those that were left, not among all candidates: ids lost. Leave nothing out of the list; make "
        "those that do not count 0 where they stand (masked_fill).",
    ),
    (
        "find-neuron-price",
        LEFT_OUT,
        f"fall - {MOVED}.abs().sum(dim=-1)",
        "You weighed the damage against the fall. It is a limit, not a price: first leave out each that moves another fact by more than "
        "the limit; among the rest only the fall counts.",
    ),
    (
        "find-neuron-no-none",
        " if (fall > 0).any() else None",
        "",
        "None was needed, and you gave a number: where no candidate lowers fact 0 and leaves the others alone, argmax still points somewhere.",
    ),
    (
        "find-neuron-rise-will-do",
        [("(broken, 0)", "(broken, -torch.inf)"), ("(fall > 0).any()", "not broken.all()")],
        "Among those that leave the others alone none lowers fact 0, and you gave one all the same. A rise or no change is no find: None.",
    ),
    (
        "find-neuron-falsy",
        f"return {BEST} if (fall > 0).any() else None",
        f"best = {BEST} if (fall > 0).any() else None\n    return best if best else None",
        "Candidate 0 was taken for none: 0 counts as False in an if. Ask `is None`, or ask whether any fall is above 0.",
    ),
    (
        "find-neuron-fall",
        BEST,
        "float(fall.max())",
        "This is how far the fact fell. Which candidate did it is asked: its number, which argmax gives.",
    ),
)
