"""Checks of lesson 05: values mixed, queries matched with keys, the future hidden, a whole head, and 27 dials."""

import math

import torch

from classroom.checking import Named, Wrong, check, check_by_behaviour
from classroom.comparing import kind, same, show
from classroom.judging import ask
from classroom.running import run
from nextword import attention, by_hand, swap

EXERCISES = (
    "attention.mix",
    "attention.scores",
    "attention.hide_future",
    "attention.attend",
    "by_hand.set_dials",
)

_noise = torch.Generator().manual_seed(5)


def _random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=_noise)


def _keeps_its_kind(target: str, *arguments: torch.Tensor):
    """A behaviour: numbers of half the size, which the real model may be made of, come back as such."""

    def keeps_its_kind(function):
        yours = ask(target, function, *(argument.half() for argument in arguments))
        if isinstance(yours, torch.Tensor) and yours.dtype != torch.float16:
            says = f"It was given float16 (numbers kept in 16 bits rather than 32) and gave {str(yours.dtype)[6:]}, "
            says += "and the real model takes no two kinds. "
            says += "Make new tensors like what came in: torch.ones_like(...), and fill with masked_fill."
            raise Wrong("loses-its-kind", says, f"{target.split('.')[-1]}(... of float16)")

    return keeps_its_kind


# ---- mix ----

SHARES = torch.tensor([[1.0, 0.0], [0.25, 0.75]])
PICKS = torch.tensor([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])
SQUARE = torch.tensor([[1.0, 2.0, 4.0], [0.0, 3.0, 5.0], [7.0, 1.0, 0.0]])


@check(
    "attention.mix",
    cases=[
        (SHARES, torch.tensor([[4.0, 0.0], [8.0, 10.0]])),
        (PICKS, torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])),
        (torch.tensor([[0.25, 0.75], [0.5, 0.5], [0.0, 1.0]]), torch.tensor([[4.0, 2.0], [8.0, 0.0]])),
        (torch.tensor([[0.2, 0.3, 0.5], [0.1, 0.9, 0.0], [0.6, 0.0, 0.4]]), SQUARE),
        (torch.ones(1, 1), torch.tensor([[5.0]])),
        (
            torch.stack([SHARES, SHARES.flip(0)]),
            torch.tensor([[[4.0, 0.0], [8.0, 1.0]], [[1.0, 2.0], [5.0, 6.0]]]),
        ),
        (torch.softmax(_random(2, 3, 4), dim=-1), _random(2, 4, 5)),
        (torch.softmax(_random(2, 2, 3, 3), dim=-1), _random(2, 2, 3, 3)),
        (torch.softmax(_random(3, 3, 3), dim=-1), _random(3, 3, 3)),
        (_random(4, 6), _random(6, 2)),
        (_random(5, 2, 8), 100 * _random(5, 8, 3)),
    ],
)
def mix(weights, value):
    *batch, queries, keys = weights.shape
    mixed = torch.zeros(*batch, queries, value.shape[-1])
    for query in range(queries):
        for key in range(keys):
            mixed[..., query, :] += weights[..., query, key, None] * value[..., key, :]
    return mixed


# ---- scores ----

ASK = torch.tensor([[2.0, 0.0, 0.0, 0.0], [0.0, 2.0, 0.0, 0.0]])
ANSWER = torch.tensor([[3.0, 2.0, 1.0, 1.0], [1.0, 5.0, 0.0, 4.0]])


@check(
    "attention.scores",
    behaviours=[_keeps_its_kind("attention.scores", ASK, ANSWER)],
    cases=[
        (ASK, ANSWER),
        (ASK[:1], torch.cat([ANSWER, ASK])),
        (torch.tensor([[3.0], [-1.0]]), torch.tensor([[2.0], [0.0], [5.0]])),
        (SQUARE, torch.tensor([[1.0, 0.0, 2.0], [3.0, 1.0, 1.0], [0.0, 4.0, 0.0]])),
        (torch.tensor([[[1.0]], [[2.0]]]), torch.tensor([[[3.0], [4.0]], [[5.0], [6.0]]])),
        (_random(3, 16), _random(5, 16)),
        (_random(2, 3, 4), _random(2, 5, 4)),
        (_random(3, 3, 3), _random(3, 3, 3)),
        (_random(2, 2, 4, 8), _random(2, 2, 4, 8)),
        (5 * _random(2, 3, 1, 64), 5 * _random(2, 3, 7, 64)),
        (torch.zeros(2, 5), _random(2, 5)),
    ],
)
def scores(query, key):
    pairs = query.double()[..., :, None, :] * key.double()[..., None, :, :]
    return (pairs.sum(dim=-1) * query.shape[-1] ** -0.5).float()


# ---- hide_future ----

NINE = torch.arange(1.0, 10.0).reshape(3, 3)


def leaves_the_scores_alone(hide_future):
    """What came in stays as it was: said first, since nothing else can be judged before."""
    outcome = run(hide_future, (NINE,))
    if outcome.changed_input:
        says = "It changes the scores that came in. `scores = scores.clone()` makes a copy to work on; "
        says += "or take masked_fill, which gives a new table."
        raise Wrong("changed-input", says, "hide_future([[1, 2, 3], [4, 5, 6], [7, 8, 9]])")


def hides_for_good(hide_future):
    """What is hidden has the one score that softmax turns into exactly 0."""
    yours = ask("attention.hide_future", hide_future, NINE)
    if isinstance(yours, torch.Tensor) and yours.shape == NINE.shape:
        seen, hidden = yours.tril(), yours[torch.ones(3, 3).triu(1) > 0]
        if same(seen, NINE.tril()) and (hidden < -20).all() and hidden.isfinite().any():
            says = "A very low score is not yet impossible: where all that is seen is as low, it wins. Use -math.inf."
            raise Wrong("hide-very-low", says, "hide_future([[1, 2, 3], [4, 5, 6], [7, 8, 9]])", show(yours))


@check(
    "attention.hide_future",
    before=[leaves_the_scores_alone],
    behaviours=[hides_for_good, _keeps_its_kind("attention.hide_future", NINE)],
    cases=[
        (NINE,),
        (torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),),
        (torch.tensor([[3.0, 1.0, 2.0, 4.0]]),),
        (torch.zeros(2, 2),),
        (torch.tensor([[7.0]]),),
        (-torch.arange(1.0, 16.0).reshape(3, 5),),
        (torch.tensor([[1.0, 2.0, 3.0], [-math.inf, 5.0, 6.0], [-math.inf, -math.inf, 9.0]]),),
        (torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]),),
        (_random(2, 3, 3),),
        (_random(3, 3, 3),),
        (_random(2, 2, 3, 6),),
        (_random(1, 4, 12, 12),),
    ],
)
def hide_future(scores):
    queries, keys = scores.shape[-2:]
    hidden = scores.clone()
    for query in range(queries):
        seen = keys - (
            queries - 1 - query
        )  # the last query sees all, the one before it all but the last, ...
        hidden[..., query, seen:] = -math.inf
    return hidden


# ---- attend ----

ONE_TWO = torch.tensor([[[1.0], [2.0]]])
TEXT = torch.tensor([[[2.0, 0, 0, 0], [0, 2.0, 0, 0], [2.0, 2.0, 0, 0]]])
ANSWERS = torch.tensor([[[1.0, 1.0, 0, 0], [3.0, 0, 0, 0], [0, 1.0, 0, 2.0]]])
GIVES = torch.tensor([[[10.0, 0, 0, 1.0], [0, 10.0, 0, 2.0], [0, 0, 10.0, 3.0]]])


def _problem(batch: tuple[int, ...], heads: int, kv_heads: int, queries: int, keys: int, dim: int, times=1.0):
    asks = times * _random(*batch, heads, queries, dim)
    return asks, times * _random(*batch, kv_heads, keys, dim), _random(*batch, kv_heads, keys, dim)


def does_it_itself(attend):
    """The library's fast twin gives the same in one call, and is no answer."""
    called = []

    def twin(*arguments, **named):
        called.append(True)
        return attention.fused(*arguments[:3])

    with swap.replacing("attention.attend_fused", twin):
        ask("attention.attend", attend, *(x.clone() for x in (TEXT, ANSWERS, GIVES)))
    if called:
        says = "attend_fused is the library's, and does it all in one call. Yours should show the steps."
        raise Wrong("attend-fused", says)


@check(
    "attention.attend",
    behaviours=[does_it_itself, _keeps_its_kind("attention.attend", TEXT, ANSWERS, GIVES)],
    cases=[
        (torch.zeros(1, 2, 1), ONE_TWO, ONE_TWO),
        (TEXT, ANSWERS, GIVES),
        (TEXT, ANSWERS, GIVES, Named(causal=False)),
        (TEXT[:, 2:], ANSWERS, GIVES),
        (TEXT[:, 1:], ANSWERS, GIVES),
        (TEXT, ANSWERS, GIVES, Named(window=2)),
        (TEXT, ANSWERS, GIVES, Named(window=1)),
        (torch.zeros(4, 1, 1), ONE_TWO.transpose(0, 1), ONE_TWO.transpose(0, 1)),
        (*_problem((), 2, 2, 4, 4, 3),),
        (*_problem((), 3, 3, 3, 3, 3),),
        (*_problem((), 4, 2, 3, 3, 4),),
        (*_problem((2,), 6, 2, 5, 5, 8),),
        (*_problem((2, 2), 3, 1, 2, 6, 4),),
        (*_problem((3,), 3, 3, 3, 3, 3), Named(causal=False)),
        (*_problem((2,), 4, 2, 1, 7, 4), Named(window=3)),
        (*_problem((), 2, 1, 6, 6, 4), Named(causal=False, window=2)),
        (*_problem((2,), 2, 2, 8, 8, 16), Named(causal=True, window=20)),
        (*_problem((), 2, 2, 5, 5, 4, times=30.0),),
        (*_problem((1,), 9, 3, 40, 40, 64),),
        (*_problem((), 1, 1, 1, 1, 2),),
    ],
)
def attend(query, key, value, *, causal=True, window=None):
    heads, queries, keys = query.shape[-3], query.shape[-2], key.shape[-2]
    shared = [head * key.shape[-3] // heads for head in range(heads)]
    own = torch.arange(queries)[:, None] + keys - queries
    seen = torch.ones(queries, keys, dtype=torch.bool)
    if causal:
        seen = seen & (torch.arange(keys) <= own)
    if window is not None:
        seen = seen & (torch.arange(keys) > own - window)
    query, key, value = query.double(), key.double()[..., shared, :, :], value.double()[..., shared, :, :]
    return torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen).float()


# ---- set_dials: many settings do it, so what is judged is where the words end up ----

LEANS, STAYS, BALANCED = 0.5, 0.25, 0.25  # at least, at most, at most: the exercise says so
TURN = {"river": "money", "money": "river"}


def _dials(function) -> by_hand.Dials:
    """What it gives, with what can be wrong about its look said first."""
    dials = ask("by_hand.set_dials", function)
    if not isinstance(dials, by_hand.Dials):
        says = f"It gave {kind(dials)}. by_hand.Dials(query, key, value) says which matrix is which: return that."
        raise Wrong("dials-not-dials", says)
    for name, matrix in dials._asdict().items():
        if not isinstance(matrix, torch.Tensor):
            says = f"{name} is {kind(matrix)}. A head multiplies by it: torch.tensor(...) makes a matrix of rows of numbers."
            raise Wrong("dials-not-a-tensor", says, "", show(matrix))
        if matrix.shape != (3, 3):
            says = f"{name} has shape {tuple(matrix.shape)}. A word has three numbers, and three are made of them: (3, 3)."
            raise Wrong("dials-shape", says)
        if matrix.dtype != torch.float32:
            says = f"{name} holds {str(matrix.dtype)[6:]}, and the words hold float32: write 2.0 for 2, or .float() behind it."
            raise Wrong("dials-whole-numbers", says)
        if not matrix.isfinite().all():
            raise Wrong("dials-infinite", f"In {name} stands a nan or an infinity: a dial is a number.")
    return dials


def _after(dials: by_hand.Dials, text: str, word: str) -> list[float]:
    """The last `word` of a text after the library's own head, whichever stands in just now."""
    words = text.split()
    place = len(words) - 1 - words[::-1].index(word)
    x = by_hand.read(words)
    query, key, value = (x @ matrix for matrix in dials)
    return (x + attend(query[None], key[None], value[None])[0])[place].tolist()


def _lean(dials: by_hand.Dials, text: str) -> float:
    """How much more water than money the last bank of a text holds."""
    water, money, _ = _after(dials, text, "bank")
    return water - money


def _takes(dials: by_hand.Dials, text: str) -> dict[str, float]:
    """How much the last word of a text takes from each word, those that come more than once together."""
    words, taken = text.split(), {}
    for word, share in zip(words, torch.softmax(_matches(dials, words), dim=-1).tolist(), strict=True):
        taken[word] = taken.get(word, 0.0) + share
    return taken


def _gives(dials: by_hand.Dials, word: str) -> float:
    """How much of its own kind river or money gives."""
    return (by_hand.read([word]) @ dials.value)[0, 0 if word == "river" else 1].item()


def _matches(dials: by_hand.Dials, words: list[str]) -> torch.Tensor:
    """How well the last word matches each word: its row of scores."""
    x = by_hand.read(words)
    return (x @ dials.query)[-1] @ (x @ dials.key).T / math.sqrt(3)


def _shown(text: str, word: str, dials: by_hand.Dials, needed: str) -> tuple[str, str, str]:
    """The rows of a diagnosis: the text, where the word ended up, and where it should."""
    water, money, grammar = _after(dials, text, word)
    return (
        f"after({text.split()}, set_dials())",
        f"{word} becomes water {water:.2f}, money {money:.2f}, grammar {grammar:.2f}",
        needed,
    )


def gives_dials(set_dials):
    """Three matrices that a head can use, the same each time."""
    first, again = _dials(set_dials), _dials(set_dials)
    if not all(map(torch.equal, first, again)):
        raise Wrong(
            "dials-by-chance", "Two calls gave different dials. Set them yourself: chance is for later."
        )


def turns_its_dials(set_dials):
    """No matrix is left all zero."""
    dials = _dials(set_dials)
    text = ("river the bank", "bank")
    if not dials.value.any():
        says = "value is all zeros: bank finds river, and river gives nothing. It is mixing nothing."
        raise Wrong("dials-mix-nothing", says, *_shown(*text, dials, "bank has more water than money"))
    for name, says in (("query", "nobody asks for anything"), ("key", "nobody answers to anything")):
        if not getattr(dials, name).any():
            says = f"{name} is all zeros: {says}, so all scores are 0, and every word takes from everybody equally. "
            says += "'the' then takes from river too."
            raise Wrong(
                "dials-ask-everybody", says, *_shown("river the", "the", dials, "the stays as it was")
            )


def leans_to_what_was_said(set_dials):
    """After river bank has more water, after money more money."""
    dials = _dials(set_dials)
    leans = {"river": _lean(dials, "river the bank"), "money": -_lean(dials, "money the bank")}
    for word, other in TURN.items():
        if leans[word] >= LEANS:
            continue
        text, own = f"{word} the bank", "water" if word == "river" else "money"
        shown = _shown(text, "bank", dials, f"{own} at least {LEANS} more")
        taken = _takes(dials, text)
        told = f"It takes {taken[word]:.0%} from {word}, {taken['the']:.0%} from 'the', {taken['bank']:.0%} from itself."
        if leans[word] < 0 and leans[other] < 0:
            says = f"Bank leans the wrong way, after river and after money. {told} Is what a word gives turned round? "
            says += "Row water of value is what a word's water gives."
            raise Wrong("dials-turned", says, *shown)
        if leans[other] >= LEANS:
            says = f"After {other} it works, after {word} not yet. {told} "
            yours, others = (_gives(dials, one) for one in (word, other))
            if 0 < yours < others and taken[word] >= 0.2:
                says += f"{word} gives {yours:.1f} of {own}, {other} {others:.1f} of {'money' if own == 'water' else 'water'}: "
                says += "bank brings both along itself, so they must give alike."
                raise Wrong("dials-unequal", says, *shown)
            says += f"Do {own} and {'money' if own == 'water' else 'water'} both ask, answer and give?"
            raise Wrong("dials-one-topic", says, *shown)
        match = _matches(dials, text.split())[0].item()
        if match < 0:
            says = f"Bank looks away from {word}. {told} Their match is {match:.1f}, below 0: "
            says += "what asks and what answers must have the same sign."
            raise Wrong("dials-look-away", says, *shown)
        if taken["the"] > max(taken[word], taken["bank"]):
            says = f"Bank looks at 'the' most. {told} Grammar should not match what bank asks for."
            raise Wrong("dials-look-at-the", says, *shown)
        if taken[word] < 0.2:
            says = f"Bank hardly looks at {word}. {told} Where bank asks and {word} answers, both need a dial in the same column."
            raise Wrong("dials-no-match", says, *shown)
        water, money, _ = (by_hand.read([word]) @ dials.value)[0].tolist()
        says = (
            "The right way, but too little."
            if leans[word] > 0
            else f"Bank takes from {word}, and does not lean."
        )
        says += f" {told} And {word} gives water {water:.1f}, money {money:.1f}: let it give {own}, and more of it."
        raise Wrong("dials-too-gentle", says, *shown)


def leaves_the_alone(set_dials):
    """The word *the* ends up where it was, or nearly."""
    dials = _dials(set_dials)
    for text in ("river the", "money the", "river the money the the", "the bank the", "the"):
        water, money, grammar = _after(dials, text, "the")
        moved = max(abs(water), abs(money), abs(grammar - 2))
        if moved <= STAYS:
            continue
        shown = _shown(text, "the", dials, f"the stays at water 0, money 0, grammar 2, give or take {STAYS}")
        taken = _takes(dials, text)["the"]
        if abs(grammar - 2) > STAYS and dials.value[2].any():
            says = (
                f"'the' moved: it takes {taken:.0%} from itself, and what it finds is added to what it was. "
            )
            says += "Let grammar give nothing: row grammar of value."
            raise Wrong("dials-grammar-gives", says, *shown)
        if dials.value[2].any() and taken > 0.5:
            says = "'the' moved: it looks at itself, and its grammar gives water or money. Row grammar of value is what grammar gives."
            raise Wrong("dials-grammar-gives", says, *shown)
        says = f"'the' moved: it takes {1 - taken:.0%} from the others. If grammar asks for grammar, and grammar answers, "
        says += "it looks at itself; a larger dial makes it look harder."
        raise Wrong("dials-the-looks-around", says, *shown)


def weighs_both(set_dials):
    """After river and money alike, bank stays between the two."""
    dials = _dials(set_dials)
    for text in ("money the river the bank", "river money bank"):
        lean = _lean(dials, text)
        if abs(lean) > BALANCED:
            stronger = "water" if lean > 0 else "money"
            says = f"River and money were both spoken of, and bank leans to {stronger}: its dials are the stronger ones. "
            says += "(The order is not it: a head that knows no places sees the same words.)"
            raise Wrong(
                "dials-unbalanced", says, *_shown(text, "bank", dials, "as much water as money, or nearly")
            )


def works_in_longer_texts(set_dials):
    """More words between do not change it."""
    dials = _dials(set_dials)
    for text in (
        "the river the the the bank",
        "the money the the the bank",
        "money bank the the the bank",
        "river river the bank",
        "river " + 14 * "the " + "bank",
        "money " + 14 * "the " + "bank",
    ):
        word, own = ("river", "water") if "river" in text else ("money", "money")
        lean = _lean(dials, text) * (1 if word == "river" else -1)
        if lean >= LEANS:
            continue
        shown = _shown(text, "bank", dials, f"{own} at least {LEANS} more")
        match, match_of_the = _matches(dials, [word, "the", "bank"])[:2].tolist()
        says = f"In a longer text bank is distracted: it takes {_takes(dials, text)['the']:.0%} from 'the'. "
        if match < match_of_the + 0.1:
            says += (
                f"Its match with {word} is no better than with 'the': where bank asks and {word} answers, "
            )
            raise Wrong("dials-no-match", says + "both need a dial in the same column.", *shown)
        raise Wrong("dials-distracted", says + "Turn query up, and it looks harder at what matches.", *shown)
    for word in TURN:
        text = f"{word} the bank"
        match, match_of_the = _matches(dials, text.split())[:2].tolist()
        if match < match_of_the + 0.1:
            says = f"Bank leans, and looks no harder at {word} than at 'the': {word} gives so much that it is heard for a while. "
            says += f"Where bank asks and {word} answers, both need a dial in the same column."
            shown = _shown(text, "bank", dials, f"bank takes more from {word} than from 'the'")
            raise Wrong("dials-no-match", says, *shown)


check_by_behaviour(
    "by_hand.set_dials",
    gives_dials,
    turns_its_dials,
    leans_to_what_was_said,
    leaves_the_alone,
    weighs_both,
    works_in_longer_texts,
)
