"""Exercise `ngram.count_next`: its cases, its right answer found otherwise, and how people get it wrong."""

from collections import Counter

from classroom.judge import shelf
from classroom.judge.diagnosis import ask
from classroom.judge.registry import Wrong, check, mistake
from classroom.lessons.next_word.shared import LONG

SHORT = ["the", "swan", "and", "the", "duck"]


ODD = ["a", "a", "a", "b", "a", "a", "the", "b", "a", "b"]


def contexts_are_of_that_length(count_next):
    """Each key is a tuple of n_context tokens; under it stands what followed, and how often."""
    for n_context in (1, 2):
        called, table = (
            f"count_next({SHORT}, {n_context})",
            ask("ngram.count_next", count_next, SHORT, n_context),
        )
        if not table:
            says = "The table is empty: nothing was put in. (table.get hands out a Counter; setdefault keeps it too.)"
            raise Wrong("count-next-empty", says, called, "{}")
        for key, followers in table.items():
            where = f"{key!r}: {followers!r}"
            if not isinstance(key, tuple) or not all(part in SHORT for part in key):
                says = (
                    "A key is a tuple of whole tokens: tuple(tokens[start:end]), or (token,) with its comma."
                )
                raise Wrong("count-next-key", says, called, where)
            if len(key) != n_context:
                says = f"Here a context is {len(key)} long, and n_context is {n_context}. "
                says += "The first token with enough before it stands at place n_context; it is no part of its context."
                raise Wrong("count-next-length", says, called, where)
            if not isinstance(followers, dict) or not all(isinstance(n, int) for n in followers.values()):
                says = "Under each context stands a Counter: what followed, and how many times."
                raise Wrong("count-next-followers", says, called, where)
            if not followers:
                says = "Nothing ever followed this context, so it has no place in the table."
                raise Wrong("count-next-no-followers", says, called, where)


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


@mistake(
    "ngram.count_next",
    "count-next-reversed",
    "You counted what comes before. The key is the context, which is read first; what is counted comes after it.",
)
def _(tokens, n_context=1):
    table = {}
    for place in range(len(tokens) - n_context):
        context = tuple(tokens[place + 1 : place + 1 + n_context])
        table.setdefault(context, Counter())[tokens[place]] += 1
    return table


@mistake(
    "ngram.count_next",
    "count-next-once",
    "Each pair is counted once only. How often it occurs is what makes one word likelier than another.",
)
def _(tokens, n_context=1):
    table = {}
    for place in range(n_context, len(tokens)):
        table.setdefault(tuple(tokens[place - n_context : place]), Counter())[tokens[place]] = 1
    return table


@mistake(
    "ngram.count_next",
    "count-next-context-ignored",
    "n_context is ignored: the context is always one token. It must be as many tokens as n_context says.",
)
def _(tokens, n_context=1):
    table = {}
    for before, after in zip(tokens, tokens[1:], strict=False):
        table.setdefault((before,), Counter())[after] += 1
    return table


@mistake(
    "ngram.count_next",
    "count-next-key-not-tuple",
    "With one token of context the key is still a tuple, ('the',): then contexts of any length look alike.",
)
def _(tokens, n_context=1):
    table = {}
    for place in range(n_context, len(tokens)):
        context = tuple(tokens[place - n_context : place])
        table.setdefault(context[0] if n_context == 1 else context, Counter())[tokens[place]] += 1
    return table


@mistake(
    "ngram.count_next",
    "count-next-last-missing",
    "The last pair is left out: check where your range ends. The last token has nothing after it, but it follows one.",
)
def _(tokens, n_context=1):
    table = {}
    for place in range(n_context, len(tokens) - 1):
        table.setdefault(tuple(tokens[place - n_context : place]), Counter())[tokens[place]] += 1
    return table


@mistake(
    "ngram.count_next",
    "count-next-every-n",
    "You step over the text in blocks. Contexts overlap: move on by one token each time.",
)
def _(tokens, n_context=1):
    table = {}
    for place in range(n_context, len(tokens), n_context + 1):
        table.setdefault(tuple(tokens[place - n_context : place]), Counter())[tokens[place]] += 1
    return table


@mistake(
    "ngram.count_next",
    "count-next-overwritten",
    "A new Counter takes the old one's place each time, so only the last follower is left. Make it once, then add 1.",
)
def _(tokens, n_context=1):
    return {
        tuple(tokens[place - n_context : place]): Counter({tokens[place]: 1})
        for place in range(n_context, len(tokens))
    }


@mistake(
    "ngram.count_next",
    "count-next-letters",
    "update(...) goes over the letters of a word and counts those. Add 1 to the entry of the whole token.",
)
def _(tokens, n_context=1):
    table = {}
    for place in range(n_context, len(tokens)):
        table.setdefault(tuple(tokens[place - n_context : place]), Counter()).update(tokens[place])
    return table
