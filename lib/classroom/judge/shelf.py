"""Awkward inputs that checks draw from, by the kind of argument: where what is nearly right goes wrong.

One of a kind, equal ones, the last of equals, nothing, everything, an end in a space or a new line, and sizes near
the limits. Tensors stand in `shelf_tensors`: the first lessons know none.
"""

# Pieces and their probabilities. A dictionary's order is not the alphabet's, and pieces keep their white space.
OPTIONS = (
    {" a\n": 1.0},
    {"\n": 0.6, "": 0.1, " ": 0.3},
    {" b ": 0.5, " a ": 0.5},
    {"x": 0.1, "c": 0.3, "b": 0.3, "a": 0.3},
    {"The": 0.0, "the": 1.0},
)

# Where a pin falls: at the very beginning, where one piece ends, on one of no length, and behind an end that rounding
# left too early.
PINS = (
    ({"\n": 1.0}, 0.0),
    ({" b ": 0.5, " a\n": 0.5}, 0.5),
    ({"b": 0.25, "none": 0.0, "a": 0.75}, 0.25),
    ({" b\n": 0.999}, 0.9995),
    ({"b": 0.5, "a": 0.499}, 0.9995),
    ({" c": 0.3, " b ": 0.3, " a": 0.3, " \n": 0.0999}, 0.99995),
    ({" z": 0.3, " y": 0.3, " x": 0.1, " d": 0.1, " c": 0.1, " b": 0.0995}, 0.9999),
)

TEXTS = (
    "",
    " ",
    "\n",
    " a\n",
    "\ta b ",
    "a\r\nb\r",
    "{x} %s \\n",
    "\ufeffa",
    "x\x00y",
    "e\u0301 é",
    "İﬁ",
    "🦆",
)

# Probabilities that tokens were given: equal ones, the impossible, the certain, and one that float32 takes for 0.
CHANCES = ([0.5, 0.5, 0.1], [1e-300, 0.5], [0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 0.25])

TOKENS = ([], ["alone"], ["", "\n", "", " "], ["b", "b", "a", "b", "b", "a"], (0, 1, 0, 0, 2, 0))

COUNTS = (
    {"\n": 2, "": 1, " ": 2},
    {"b": 2, "a": 2},
    {0: 1},
    {"rare": 1, "often": 9_999},
    {"b": 1, "a": 3, "c": 2},
)

# Ids of tokens in pieces of text: pairs that overlap, that run out, and of which several are as frequent.
CHUNKS = (
    [[]],
    [[1, 2, 3]],
    [[3, 1, 3, 2, 2, 2]],
    [[1, 1, 1, 1, 1]],
    [[2, 1], [1, 2], [3]],
    [[7], [], [7, 7]],
)

# What tokens stand for: nothing, white space, halves of letters, and bytes that a reader of files would change.
BYTES = [
    b"a\n",
    b"",
    b" \n ",
    b"\r\n",
    b"\r",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\xe2\x82",
    b"\xac",
    b"\xff",
    b" a",
    b"\x1a",
]


def tale(n: int) -> list[str]:
    """So many words, each of its own."""
    return [f"w{number}" for number in range(n)]
