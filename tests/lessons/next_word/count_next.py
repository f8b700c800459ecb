"""Answers to `ngram.count_next` as readers might write them."""

from collections import Counter, defaultdict, deque

from tests.lessons import right, wrong


@right("ngram.count_next")
def _(tokens, n_context=1):
    table = defaultdict(Counter)
    for i in range(len(tokens) - n_context):
        table[tuple(tokens[i : i + n_context])].update([tokens[i + n_context]])
    return dict(table)


@right("ngram.count_next")
def _(tokens, n_context=1):
    found = {}
    for i, token in enumerate(tokens):
        if i >= n_context:
            followers = found.setdefault(tuple(tokens[i - n_context : i]), {})
            followers[token] = followers.get(token, 0) + 1
    return found


@wrong("ngram.count_next", "count-next-reversed")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(n_context, len(tokens)):
        found[tuple(tokens[i - n_context + 1 : i + 1])][tokens[i - n_context]] += 1
    return found


@wrong("ngram.count_next", "count-next-once")
def _(tokens, n_context=1):
    pairs = {
        (tuple(tokens[i : i + n_context]), tokens[i + n_context]) for i in range(len(tokens) - n_context)
    }
    found = {}
    for context, after in pairs:
        found.setdefault(context, Counter())[after] += 1
    return found


@wrong("ngram.count_next", "count-next-length")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(1, len(tokens)):
        found[(tokens[i - 1],)][tokens[i]] += 1
    return found


@wrong("ngram.count_next", "count-next-key")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(len(tokens) - n_context):
        key = tokens[i] if n_context == 1 else tuple(tokens[i : i + n_context])
        found[key][tokens[i + n_context]] += 1
    return found


@wrong("ngram.count_next", "count-next-last-missing")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(len(tokens) - n_context - 1):
        found[tuple(tokens[i : i + n_context])][tokens[i + n_context]] += 1
    return found


@wrong("ngram.count_next", "count-next-every-n")
def _(tokens, n_context=1):
    found, i = defaultdict(Counter), 0
    while i + n_context < len(tokens):
        found[tuple(tokens[i : i + n_context])][tokens[i + n_context]] += 1
        i += max(1, n_context)
    return found


@wrong("ngram.count_next", "count-next-overwritten")
def _(tokens, n_context=1):
    found = {}
    for i in range(len(tokens) - n_context):
        found[tuple(tokens[i : i + n_context])] = Counter([tokens[i + n_context]])
    return found


@wrong("ngram.count_next", "count-next-letters")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(len(tokens) - n_context):
        found[tuple(tokens[i : i + n_context])] += Counter(tokens[i + n_context])
    return found


@wrong("ngram.count_next", "count-next-empty")
def _(tokens, n_context=1):
    found = {}
    for i in range(n_context, len(tokens)):
        found.get(tuple(tokens[i - n_context : i]), Counter())[tokens[i]] += 1
    return found


@wrong("ngram.count_next", "count-next-key")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i in range(n_context, len(tokens)):
        found[" ".join(map(str, tokens[i - n_context : i]))][tokens[i]] += 1
    return found


@wrong("ngram.count_next", "count-next-length")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i, token in enumerate(tokens):
        found[tuple(tokens[max(0, i - n_context) : i])][token] += 1
    return found


@wrong("ngram.count_next", "count-next-length")
def _(tokens, n_context=1):
    return Counter(tuple(tokens[i : i + n_context + 1]) for i in range(len(tokens) - n_context))


@wrong("ngram.count_next", "count-next-followers")
def _(tokens, n_context=1):
    found = defaultdict(list)
    for i in range(n_context, len(tokens)):
        found[tuple(tokens[i - n_context : i])].append(tokens[i])
    return found


@wrong("ngram.count_next", "count-next-no-followers")
def _(tokens, n_context=1):
    found = {tuple(tokens[i : i + n_context]): Counter() for i in range(len(tokens) - n_context + 1)}
    for i in range(n_context, len(tokens)):
        found[tuple(tokens[i - n_context : i])][tokens[i]] += 1
    return found


def left_over(tokens, n_context=1, found={}):  # noqa: B006
    for i in range(n_context, len(tokens)):
        found.setdefault(tuple(tokens[i - n_context : i]), Counter())[tokens[i]] += 1
    return found


wrong("ngram.count_next", "remembers")(left_over)


@right("ngram.count_next")
def _(tokens, n_context=1):
    window, found = deque(maxlen=n_context), defaultdict(lambda: defaultdict(int))
    for token in tokens:
        if len(window) == n_context:
            found[tuple(window)][token] += 1
        window.append(token)
    return found


@wrong("ngram.count_next", "count-next-follower-inside")
def _(tokens, n_context=1):
    found = defaultdict(Counter)
    for i, token in enumerate(tokens):
        if i >= n_context:
            context = tokens[: i + 1][len(tokens[: i + 1]) - n_context :]
            found[tuple(context)][token] += 1
    return found


@wrong("ngram.count_next", "count-next-first-time")
def _(tokens, n_context=1):
    found = {}
    for i in range(n_context, len(tokens)):
        context = tuple(tokens[i - n_context : i])
        if context in found:
            found[context][tokens[i]] += 1
        else:
            found[context] = Counter()
    return found
