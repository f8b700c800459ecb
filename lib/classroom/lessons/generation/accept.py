"""Exercise `speculative.accept`: how many guesses stay, each by its own chance and only up to the first that does not."""

import torch

from classroom.judge.comparison import kind
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.generation.shared import certain, texts_are_written, uniform
from nextword import sampling

TARGET = torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.2, 0.2], [0.1, 0.1, 0.8]])
DRAFT = torch.tensor([[0.4, 0.4, 0.2], [0.3, 0.4, 0.3], [0.4, 0.4, 0.2]])


def pins(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def tokens(*ids: int) -> torch.Tensor:
    return torch.tensor(ids, dtype=torch.int64)


def drawn(n: int, vocab: int, seed: int) -> tuple:
    """A case by chance: guesses that were drawn from the draft."""
    target, draft = uniform(n, vocab, seed), uniform(n, vocab, seed + 1)
    chance = torch.Generator().manual_seed(seed)
    guessed = sampling.draw(draft, chance)
    return target, draft, guessed, torch.rand(n, generator=chance, dtype=torch.float64)


def a_number_comes_back(function):
    """A number, not a list or a mask: said first."""
    case = (TARGET, DRAFT, tokens(1, 0, 2), pins(0.9, 0.9, 0.9))
    yours = ask("speculative.accept", function, *case)
    if isinstance(yours, bool) or not isinstance(yours, int):
        says = f"It gives {kind(yours)}. What is needed is how many guesses stay, a plain whole number."
        raise Wrong("accept-not-a-number", says, "accept(target, draft, guessed, pins)")


@check(
    "speculative.accept",
    before=[a_number_comes_back],
    lives=texts_are_written,
    cases=[
        (TARGET[:1], DRAFT[:1], tokens(0), pins(0.4)),  # ratio .5: kept
        (TARGET[:1], DRAFT[:1], tokens(0), pins(0.6)),  # and refused
        (TARGET[:1], DRAFT[:1], tokens(1), pins(0.95)),  # ratio 1.25: kept whatever the pin
        (TARGET[:1], DRAFT[:1], tokens(1), pins(0.5)),
        (TARGET, DRAFT, tokens(1, 0, 2), pins(0.9, 0.9, 0.9)),
        (TARGET, DRAFT, tokens(1, 0, 2), pins(0.3, 0.5, 0.9)),
        (TARGET, DRAFT, tokens(1, 0, 2), pins(0.3, 0.7, 0.9)),
        (TARGET, DRAFT, tokens(1, 1, 2), pins(0.9, 0.7, 0.1)),  # the second is refused, and with it the third
        (TARGET, DRAFT, tokens(0, 0, 2), pins(0.7, 0.1, 0.1)),
        (torch.tensor([[0.4, 0.35, 0.25]]), torch.tensor([[0.9, 0.05, 0.05]]), tokens(0), pins(0.3)),
        (TARGET, DRAFT, tokens(0, 1, 0), pins(0.45, 0.3, 0.2)),
        (TARGET, DRAFT, tokens(0, 1, 0), pins(0.45, 0.3, 0.3)),
    ],
    awkward=[
        (certain(0, 1, 2), certain(0, 1, 0), tokens(0, 1, 0), pins(0.5, 0.5, 0.0)),
        (certain(0, 1), certain(0, 1), tokens(0, 1), pins(0.999, 0.999)),
        (TARGET[:0], DRAFT[:0], tokens(), pins()),
        (TARGET, TARGET, tokens(0, 2, 1), pins(0.99, 0.99, 0.99)),
        *(
            drawn(n, vocab, seed)
            for seed, (n, vocab) in enumerate([(4, 2), (6, 5), (1, 30), (8, 3), (5, 5)] * 4)
        ),
    ],
)
def accept(target, draft, guessed, pins):
    """By the product of both sides: no division, and the places where a pin lies above."""
    each = torch.arange(len(guessed))
    refused = pins * draft[each, guessed].double() >= target[each, guessed].double()
    places = refused.nonzero().flatten().tolist()
    return places[0] if places else len(guessed)


def before_the_first(refused) -> int:
    """How many guesses stand before the first that is refused."""
    return int((~refused).cumprod(dim=0).sum())


def ratio(target, draft, guessed):
    each = torch.arange(len(guessed))
    return target[each, guessed] / draft[each, guessed]


@mistake(
    "speculative.accept",
    "accept-pin-turned",
    "The pin is compared the wrong way: a guess is kept where its pin lies *below* target / draft, and so the likelier "
    "ones are refused here.",
    where=r"\bpins\b.*\bpins\b",  # in its first line, and where it is compared
)
def _(target, draft, guessed, pins):
    return before_the_first(pins < ratio(target, draft, guessed))


@mistake(
    "speculative.accept",
    "accept-half",
    "The chance is held against one half. It is a chance: hold it against this guess's pin, pins[place].",
    where=r"\.5|1 ?/ ?2",
)
def _(target, draft, guessed, pins):
    return before_the_first(ratio(target, draft, guessed) <= 0.5)


CHANCE = "target[place, token] / draft[place, token]"

edits(
    "speculative.accept",
    (
        "accept-turned",
        CHANCE,
        "draft[place, token] / target[place, token]",
        "The fraction is turned round: draft / target. Then what the draft says too often is always kept, and what it says "
        "too seldom is refused. The chance is target / draft.",
    ),
    (
        "accept-all",
        f"pins[place] >= {CHANCE}",
        "False",
        "Every guess is kept. Then the text is the draft's, and the target might as well not have read it.",
    ),
    (
        "accept-no-ratio",
        " / draft[place, token]",
        "",
        "A guess is kept with the target's chance alone. It was drawn with the draft's chance already: keep it with target / draft.",
    ),
    (
        "accept-draft",
        CHANCE,
        "draft[place, token]",
        "A guess is kept with the draft's own chance. The target has no say in it: keep it with the chance target / draft.",
    ),
    (
        "accept-goes-on",
        "break",
        "continue",
        "After a refused guess the later ones are counted still. They were guessed to stand behind it, and it is not there: the first refusal ends the round.",
    ),
    (
        "accept-argmax",
        f"pins[place] >= {CHANCE}",
        "target[place].argmax() != token",
        "Only the target's likeliest token is kept. That is right at temperature 0; with chance a guess stays with the chance target / draft.",
    ),
    (
        "accept-counts-refused",
        "break",
        "return n_kept + 1",
        "The refused guess is counted, too. What stays are those before it.",
    ),
    (
        "accept-first-place",
        CHANCE,
        "target[0, token] / draft[0, token]",
        "All guesses are judged by the first row. Each place has a row of its own: target[place], draft[place].",
    ),
    (
        "accept-first-pin",
        "pins[place]",
        "pins[0]",
        "All guesses are held against the first pin. Each has a pin of its own: pins[place].",
    ),
)
