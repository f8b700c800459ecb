"""Exercise `ngram.count_next`: n-gram counts by context, with off-by-ones between each context and its follower."""

from collections import Counter

from classroom.judge import shelf
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.next_word.shared import LONG

SHORT = ["the", "swan", "and", "the", "duck"]
ODD = ["a", "a", "a", "b", "a", "a", "the", "b", "a", "b"]


def contexts_are_of_that_length(count_next):
    """Each key is a tuple of n_context tokens; under it stands what followed, and how often."""
    for n_context in (1, 2):
        called = f"count_next({SHORT}, {n_context})"
        table = ask("ngram.count_next", count_next, SHORT, n_context)
        if not table:
            says = "The table is empty: nothing was put in. (table.get hands out a Counter; setdefault keeps it too.)"
            raise Wrong("count-next-empty", says, called, "{}")
        for key, followers in table.items():
            if found := wrong_entry(key, followers, n_context):
                raise Wrong(*found, called, f"{key!r}: {followers!r}")


def wrong_entry(key, followers, n_context: int) -> tuple[str, str] | None:
    """The id and the sentence for what is wrong with one entry of the table, if anything."""
    if not isinstance(key, tuple) or not all(part in SHORT for part in key):
        says = "A key is a tuple of whole tokens: tuple(tokens[start:end]), or (token,) with its comma."
        return "count-next-key", says
    if len(key) != n_context:
        says = f"Here a context is {len(key)} long, and n_context is {n_context}. "
        too_long = len(key) > n_context
        says += (
            "What follows is no part of it." if too_long else "Where fewer stand before, nothing is counted."
        )
        return "count-next-length", says
    if not isinstance(followers, dict) or not all(isinstance(n, int) for n in followers.values()):
        says = "Under each context stands a Counter: what followed, and how many times."
        return "count-next-followers", says
    if not followers and key != tuple(SHORT[-n_context:]):
        says = "What followed this context the first time is not counted: 1 is added then, too."
        return "count-next-first-time", says
    if not followers:
        says = "Nothing ever followed this context, so it has no place in the table."
        return "count-next-no-followers", says
    return None


@check(
    "ngram.count_next",
    behaviours=[contexts_are_of_that_length],
    cases=[
        (SHORT, 1),
        (ODD, 1),
        (SHORT, 2),
        (ODD, 2),
        (SHORT, 0),
        (LONG, 3),
        (b"quack quack", 2),
        (["alone"], 1),
        ([], 1),
    ],
    awkward=[
        *((tokens, n) for tokens in shelf.TOKENS for n in (1, 2)),
        (["a", "b", "a"], 3),
    ],
)
def count_next(tokens, n_context=1):
    table = {}
    for place in range(n_context, len(tokens)):
        context = tuple(tokens[place - n_context : place])
        if context not in table:
            followers = [
                tokens[i]
                for i in range(n_context, len(tokens))
                if tuple(tokens[i - n_context : i]) == context
            ]
            table[context] = Counter(followers)
    return table


EACH = "range(n_context, len(tokens))"
CONTEXT = "tokens[place - n_context : place]"
ADD = "table.setdefault(context, Counter())[tokens[place]] += 1"

edits(
    "ngram.count_next",
    (
        "count-next-reversed",
        [
            (CONTEXT, "tokens[place - n_context + 1 : place + 1]"),
            ("[tokens[place]]", "[tokens[place - n_context]]"),
        ],
        "You counted what comes before. The key is the context, which is read first; what is counted comes after it.",
    ),
    (
        "count-next-follower-inside",
        CONTEXT,
        "tokens[place - n_context + 1 : place + 1]",
        "The token that follows is part of its own context here. The context ends just before it: a slice leaves out its end.",
    ),
    (
        "count-next-once",
        "+= 1",
        "= 1",
        "Each pair is counted once only. How often it occurs is what makes one word likelier than another.",
    ),
    (
        "count-next-last-missing",
        EACH,
        "range(n_context, len(tokens) - 1)",
        "The last pair is left out: check where your range ends. The last token has nothing after it, but it follows one.",
    ),
    (
        "count-next-every-n",
        EACH,
        "range(n_context, len(tokens), n_context or 1)",
        "You step over the text in blocks. Contexts overlap: move on by one token each time.",
    ),
    (
        "count-next-overwritten",
        ADD,
        "table[context] = Counter({tokens[place]: 1})",
        "A new Counter takes the old one's place each time, so only the last follower is left. Make it once, then add 1.",
    ),
    (
        "count-next-letters",
        "[tokens[place]] += 1",
        ".update(tokens[place])",
        "update(...) and Counter(...) go over the letters of a word and count those. Add 1 to the entry of the whole token.",
    ),
)
