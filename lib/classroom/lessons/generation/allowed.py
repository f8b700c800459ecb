"""Exercise `constrained.allowed`: tokens whose letters the machine can all read, and the end where the text may be over."""

import torch

from classroom.judge import comparison
from classroom.judge.comparison import kind
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from nextword.constrained import Machine

NO = Machine(({110: 1}, {111: 2}, {}), frozenset({2}))  # "no"
DIGITS = Machine(({49: 1, 50: 1}, {48: 1, 49: 1, 50: 1}), frozenset({1}))  # digits 0, 1, 2; the first is no 0
HAHA = Machine(({104: 1}, {97: 0}), frozenset({0}))  # "", "ha", "haha", ...
CHOICE = Machine(({110: 1, 121: 3}, {111: 2}, {}, {101: 4}, {115: 2}), frozenset({2}))  # "no" or "yes"
LONGER = Machine(({97: 1}, {98: 2}, {99: 1}), frozenset({1}))  # "a", "abc", "abcbc", ...
WORDS = [b"n", b"no", b"not", b"o", b"on", b"nn", b"", b"y", b"ye", b"yes", b"es", b"s", b"x"]
NUMBERS = [b"0", b"1", b"2", b"10", b"12", b"01", b"1a", b"", b"222", b"a", b"9"]
LAUGHS = [b"h", b"a", b"ha", b"hah", b"haha", b"ah", b"", b"hh", b"aha", b"aa"]
LETTERS = [b"", b"a", b"ab", b"abc", b"b", b"bc", b"bcb", b"c", b"cb", b"ac"]


def a_mask_comes_back(function):
    """True or False for each token: said first, since nothing else can be told of other things."""
    yours = ask("constrained.allowed", function, CHOICE, 0, WORDS, 6)
    call = "allowed(the machine of no|yes, 0, 13 tokens, end=6)"
    if not comparison.is_tensor(yours):
        says = f"It gives {kind(yours)}. What is needed is a tensor: True or False for each token."
        raise Wrong("allowed-not-a-mask", says, call)
    if yours.dtype == torch.int64 and yours.shape != (len(WORDS),):
        says = "These are the numbers of the tokens that may come. A mask is asked for: True or False for *each* token."
        raise Wrong("allowed-numbers", says, call, comparison.show(yours))
    if yours.dtype != torch.bool:
        says = f"It gives a tensor of {str(yours.dtype)[6:]}. A mask holds True and False: torch.bool."
        raise Wrong("allowed-not-bool", says, call, comparison.show(yours))


@check(
    "constrained.allowed",
    before=[a_mask_comes_back],
    cases=[
        (NO, 0, [b"n", b"no", b"not", b"o", b""], 4),
        (NO, 1, [b"n", b"no", b"not", b"o", b""], 4),
        (NO, 2, [b"n", b"no", b"not", b"o", b""], 4),
        (CHOICE, 0, WORDS, 6),
        (CHOICE, 3, WORDS, 6),
        (CHOICE, 2, WORDS, 6),
        (DIGITS, 0, NUMBERS, 7),
        (DIGITS, 1, NUMBERS, 7),
        (HAHA, 0, LAUGHS, 6),
        (HAHA, 1, LAUGHS, 6),
    ],
    awkward=[
        (HAHA, 0, [b"", b"", b"ha"], 0),
        (DIGITS, 1, [b"", b"1", b"", b"x"], 2),
        (NO, 0, [b"x", b""], 1),
        (NO, 2, [b""], 0),
        (LONGER, 0, LETTERS, 0),
        (LONGER, 1, LETTERS, 0),
        (LONGER, 2, LETTERS, 0),
        (CHOICE, 4, WORDS, 6),
        (HAHA, 1, [b"a" + b"ha" * 20, b"a" + b"ha" * 20 + b"a", b"no", b""], 3),
    ],
)
def allowed(machine, state, table, end):
    """All texts that may still come, as far as the longest token: does a token begin one of them?"""
    readable, states = {b""}, {b"": state}
    for _ in range(max(map(len, table))):
        grown = {}
        for letters, at in states.items():
            grown |= {letters + bytes([byte]): then for byte, then in machine.moves[at].items()}
        grown = {
            letters: then for letters, then in grown.items() if any(t.startswith(letters) for t in table)
        }
        readable, states = readable | set(grown), grown
    mask = torch.tensor([len(token) > 0 and token in readable for token in table])
    mask[end] = any(state == one for one in machine.ends)
    return mask


STEP = "machine.moves[at].get(byte) if at is not None else None"

edits(
    "constrained.allowed",
    (
        "allowed-first-letter",
        "for byte in token:",
        "for byte in token[:1]:",
        "Only the first letter of each token is looked at. The machine must be able to read all of them.",
    ),
    (
        "allowed-last-letter",
        "for byte in token:",
        "for byte in token[-1:]:",
        "Only the last letter of each token is looked at. The machine must be able to read all of them, one after the other.",
    ),
    (
        "allowed-state-stays",
        STEP,
        "machine.moves[state].get(byte) if at is not None else None",
        "Every letter is looked up in the state in which the token begins. Each letter moves the machine on: the next is read from there.",
    ),
    (
        "allowed-from-the-start",
        "at = state",
        "at = 0",
        "Every token is read from state 0, as if nothing had been written yet. It goes on from `state`.",
    ),
    (
        "allowed-whole-texts",
        "and at is not None",
        "and at in machine.ends",
        "Only tokens with which the text is finished are allowed. A token may also be the middle of one: it is enough that the machine can read it.",
    ),
    (
        "allowed-empty",
        "len(token) > 0 and ",
        "",
        "Tokens without letters are allowed. They change nothing, and could come for ever; only `end` may come, where the text may be over.",
    ),
    (
        "allowed-end-always",
        "state in machine.ends",
        "True",
        "The end is always allowed: the text may break off in its middle. It is allowed where state is one of machine.ends.",
    ),
    (
        "allowed-end-never",
        "state in machine.ends",
        "False",
        "The end is never allowed, and the text cannot stop. It is allowed where state is one of machine.ends.",
    ),
    (
        "allowed-end-last-resort",
        "state in machine.ends",
        "not any(may_come)",
        "The end is allowed where nothing else may come. A text may be over, and yet may go on: ask whether state is one of machine.ends.",
    ),
    (
        "allowed-others-at-the-end",
        "len(token) > 0 and",
        "len(token) > 0 and state not in machine.ends and",
        "Where the text may be over nothing else is allowed. It may go on, too, if the machine has a move.",
    ),
)
