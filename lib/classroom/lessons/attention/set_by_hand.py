"""Set the numbers of a small head by hand, so that *bank* leans to what was said before and *the* stays as it was.

What makes it hard: three matrices that must agree, where nothing but the head's behaviour says which is wrong.
"""

import math

import torch

from classroom.judge.comparison import kind, show
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check_by_behaviour
from classroom.lessons.attention.attend import attend
from nextword import toy_head

LEANS, STAYS, BALANCED = 0.5, 0.25, 0.25  # at least, at most, at most: the exercise says so
TURN = {"river": "money", "money": "river"}


def _dials(function) -> toy_head.HeadParameters:
    """What it gives, with what can be wrong about its look said first."""
    dials = ask("toy_head.set_by_hand", function)
    if not isinstance(dials, toy_head.HeadParameters):
        says = f"It gave {kind(dials)}. toy_head.HeadParameters(query, key, value) says which matrix is which: return that."
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


def _after(dials: toy_head.HeadParameters, text: str, word: str) -> list[float]:
    """The last `word` of a text after the library's own head, whichever stands in just now."""
    words = text.split()
    place = len(words) - 1 - words[::-1].index(word)
    x = toy_head.embed(words)
    query, key, value = (x @ matrix for matrix in dials)
    return (x + attend(query[None], key[None], value[None])[0])[place].tolist()


def _lean(dials: toy_head.HeadParameters, text: str) -> float:
    """How much more water than money the last bank of a text holds."""
    water, money, _ = _after(dials, text, "bank")
    return water - money


def _takes(dials: toy_head.HeadParameters, text: str) -> dict[str, float]:
    """How much the last word of a text takes from each word, those that come more than once together."""
    words, taken = text.split(), {}
    for word, share in zip(words, torch.softmax(_matches(dials, words), dim=-1).tolist(), strict=True):
        taken[word] = taken.get(word, 0.0) + share
    return taken


def _gives(dials: toy_head.HeadParameters, word: str) -> float:
    """How much of its own kind river or money gives."""
    return (toy_head.embed([word]) @ dials.value)[0, 0 if word == "river" else 1].item()


def _matches(dials: toy_head.HeadParameters, words: list[str]) -> torch.Tensor:
    """How well the last word matches each word: its row of scores."""
    x = toy_head.embed(words)
    return (x @ dials.query)[-1] @ (x @ dials.key).T / math.sqrt(3)


def _no_match(dials: toy_head.HeadParameters, text: str) -> bool:
    """Whether the last word of "river the bank" matches the first no better than the second."""
    match, match_of_the = _matches(dials, text.split())[:2].tolist()
    return match < match_of_the + 0.1


def _shown(text: str, word: str, dials: toy_head.HeadParameters, needed: str) -> tuple[str, str, str]:
    """The rows of a diagnosis: the text, where the word ended up, and where it should."""
    water, money, grammar = _after(dials, text, word)
    return (
        f"after({text.split()}, set_by_hand())",
        f"{word} becomes water {water:.2f}, money {money:.2f}, grammar {grammar:.2f}",
        needed,
    )


def gives_dials(set_by_hand):
    """Three matrices that a head can use, the same each time."""
    first, again = _dials(set_by_hand), _dials(set_by_hand)
    if not all(map(torch.equal, first, again)):
        raise Wrong(
            "dials-by-chance", "Two calls gave different dials. Set them yourself: chance is for later."
        )


def turns_its_dials(set_by_hand):
    """No matrix is left all zero."""
    dials = _dials(set_by_hand)
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


def leans_to_what_was_said(set_by_hand):
    """After river bank has more water, after money more money."""
    dials = _dials(set_by_hand)
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
            if taken[word] < 0.2 and _no_match(dials, text):
                says += f"Where bank asks and {word} answers, both need a dial in the same column."
                raise Wrong("dials-no-match", says, *shown)
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
        water, money, _ = (toy_head.embed([word]) @ dials.value)[0].tolist()
        says = (
            "The right way, but too little."
            if leans[word] > 0
            else f"Bank takes from {word}, and does not lean."
        )
        says += f" {told} And {word} gives water {water:.1f}, money {money:.1f}: let it give {own}, and more of it."
        raise Wrong("dials-too-gentle", says, *shown)


def leaves_the_alone(set_by_hand):
    """The word *the* ends up where it was, or nearly."""
    dials = _dials(set_by_hand)
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
        told = f"'the' moved: it takes {1 - taken:.0%} from the others. "
        match, own = _matches(dials, ["river", "the"]).tolist()
        if match > 0 and match > own - 0.1:
            says = f"{told}It matches river as well as itself: its grammar asks for what river answers. "
            says += "Let each kind ask in a column of its own, and answer in that one alone."
            raise Wrong("dials-ask-for-all", says, *shown)
        says = f"{told}If grammar asks for grammar, and grammar answers, "
        says += "it looks at itself; a larger dial makes it look harder."
        raise Wrong("dials-the-looks-around", says, *shown)


def weighs_both(set_by_hand):
    """After river and money alike, bank stays between the two."""
    dials = _dials(set_by_hand)
    for text in ("money the river the bank", "river money bank"):
        lean = _lean(dials, text)
        if abs(lean) > BALANCED:
            stronger = "water" if lean > 0 else "money"
            says = f"River and money were both spoken of, and bank leans to {stronger}: its dials are the stronger ones. "
            says += "(The order is not it: a head that knows no places sees the same words.)"
            raise Wrong(
                "dials-unbalanced", says, *_shown(text, "bank", dials, "as much water as money, or nearly")
            )


def works_in_longer_texts(set_by_hand):
    """More words between do not change it."""
    dials = _dials(set_by_hand)
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
        says = f"In a longer text bank is distracted: it takes {_takes(dials, text)['the']:.0%} from 'the'. "
        if _no_match(dials, f"{word} the bank"):
            says += (
                f"Its match with {word} is no better than with 'the': where bank asks and {word} answers, "
            )
            raise Wrong("dials-no-match", says + "both need a dial in the same column.", *shown)
        raise Wrong("dials-distracted", says + "Turn query up, and it looks harder at what matches.", *shown)
    for word in TURN:
        text = f"{word} the bank"
        if _no_match(dials, text):
            says = f"Bank leans, and looks no harder at {word} than at 'the': {word} gives so much that it is heard for a while. "
            says += f"Where bank asks and {word} answers, both need a dial in the same column."
            shown = _shown(text, "bank", dials, f"bank takes more from {word} than from 'the'")
            raise Wrong("dials-no-match", says, *shown)


check_by_behaviour(
    "toy_head.set_by_hand",
    gives_dials,
    turns_its_dials,
    leans_to_what_was_said,
    leaves_the_alone,
    weighs_both,
    works_in_longer_texts,
)
