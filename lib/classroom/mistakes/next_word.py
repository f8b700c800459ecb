"""Wrong ways to write the exercises of lesson 01, and what each misunderstands."""

import math
from collections import Counter

from classroom.checking import mistake

# ---- count_next ----


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


# ---- probabilities ----


@mistake(
    "ngram.probabilities",
    "probabilities-by-kinds",
    "You divided by the number of different words. Divide by how often any of them was seen: the sum of the counts.",
)
def _(counts):
    return {token: count / len(counts) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-equal",
    "Every word got the same share. A word seen more often gets more.",
)
def _(counts):
    return {token: 1 / len(counts) for token in counts}


@mistake(
    "ngram.probabilities",
    "probabilities-whole-numbers",
    "// throws away the fraction. Use / : a share is a fraction.",
)
def _(counts):
    return {token: count // sum(counts.values()) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-percent",
    "These are percentages. A probability is a share of 1, not of 100.",
)
def _(counts):
    return {token: 100 * count / sum(counts.values()) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-by-largest",
    "You divided by the largest count. Then the likeliest has 1, as if nothing else could come: divide by the sum.",
)
def _(counts):
    return {token: count / max(counts.values()) for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-added-one",
    "1 was added to each count. That is smoothing, and comes later; here each share is just count / sum of counts.",
)
def _(counts):
    total = sum(counts.values()) + len(counts)
    return {token: (count + 1) / total for token, count in counts.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-softmax",
    "That is a softmax: e to the power of each count. Counts are in proportion already: divide by their sum.",
)
def _(counts):
    powers = {token: math.exp(count) for token, count in counts.items()}
    return {token: power / sum(powers.values()) for token, power in powers.items()}


@mistake(
    "ngram.probabilities",
    "probabilities-empty",
    "Where nothing was counted, dividing by the sum stops at 0. There is nothing to share: the answer is {}.",
)
def _(counts):
    one = 1 / sum(counts.values())
    return {token: count * one for token, count in counts.items()}


# ---- loss ----


@mistake(
    "ngram.loss",
    "loss-log-of-mean",
    "You took the log of the mean. Take the log of each probability first: one very wrong guess must hurt.",
)
def _(probabilities):
    mean = sum(probabilities) / len(probabilities)
    return -math.log(mean)


@mistake(
    "ngram.loss",
    "loss-sign",
    "The minus is missing: the log of a share is negative, and surprise is positive.",
)
def _(probabilities):
    return sum(math.log(p) if p else -math.inf for p in probabilities) / len(probabilities)


@mistake("ngram.loss", "loss-log2", "This is in bits: off by a factor of 1.44. In nats, the log is math.log.")
def _(probabilities):
    return sum(-math.log2(p) if p else math.inf for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss", "loss-log10", "math.log10 counts in powers of ten: off by a factor of 0.43. Use math.log."
)
def _(probabilities):
    return sum(-math.log10(p) if p else math.inf for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss", "loss-sum", "This is the sum. Divide by how many there are, or a longer text looks worse."
)
def _(probabilities):
    return sum(-math.log(p) if p else math.inf for p in probabilities)


@mistake(
    "ngram.loss",
    "loss-product-first",
    "Multiplied first, many small numbers become 0.0 in Python. Take logs first, then add.",
)
def _(probabilities):
    product = math.prod(probabilities)
    return -math.log(product) / len(probabilities) if product else math.inf


@mistake(
    "ngram.loss",
    "loss-zero-crashes",
    "A probability of 0 stops it: math.log(0) is an error. The surprise at the impossible is infinite: math.inf.",
)
def _(probabilities):
    return -sum(math.log(p) for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss",
    "loss-zero-skipped",
    "Tokens with probability 0 are left out of the mean. They are the worst guesses of all: the surprise is math.inf.",
)
def _(probabilities):
    possible = [p for p in probabilities if p > 0]
    return -sum(math.log(p) for p in possible) / len(possible)


@mistake(
    "ngram.loss",
    "loss-one-minus-p",
    "This is the mean of 1 - p. It hardly notices a very wrong guess; the log makes it count.",
)
def _(probabilities):
    return sum(1 - p for p in probabilities) / len(probabilities)


@mistake(
    "ngram.loss",
    "loss-weighted",
    "Each surprise was weighted with its probability: that is entropy. Each of these tokens stood there once: a plain mean.",
)
def _(probabilities):
    return -sum(p * math.log(p) for p in probabilities if p > 0)


@mistake(
    "ngram.loss",
    "loss-perplexity",
    "You took e to the power of the loss, which is called perplexity. Leave out the last math.exp.",
)
def _(probabilities):
    return math.exp(sum(-math.log(p) if p else math.inf for p in probabilities) / len(probabilities))


@mistake(
    "ngram.loss",
    "loss-return-inside",
    "Only the first token counts: the return stands inside the loop. Add up in the loop, return below it.",
)
def _(probabilities):
    for p in probabilities:
        return -math.log(p) if p else math.inf


# ---- bits_per_byte ----


@mistake(
    "ngram.bits_per_byte",
    "bits-multiplied",
    "You multiplied by ln 2, or divided by log2(e). Divide by ln 2: one nat is 1.44 bits, so the number of bits is the larger one.",
)
def _(nats, n_bytes):
    return nats * math.log(2) / n_bytes


@mistake(
    "ngram.bits_per_byte", "bits-nats", "This is nats per byte. One bit is ln 2 nats: divide by math.log(2)."
)
def _(nats, n_bytes):
    return nats / n_bytes


@mistake(
    "ngram.bits_per_byte", "bits-not-shared", "These are the bits of the whole text. Divide by its bytes."
)
def _(nats, n_bytes):
    return nats / math.log(2)


@mistake(
    "ngram.bits_per_byte",
    "bits-eight",
    "There are 8 bits in a byte of storage, but surprise is not storage: no 8.",
)
def _(nats, n_bytes):
    return nats / math.log(2) / (8 * n_bytes)


@mistake(
    "ngram.bits_per_byte",
    "bits-log-taken",
    "nats is a sum of logs already: do not take its log again, only divide.",
)
def _(nats, n_bytes):
    return math.log2(nats) / n_bytes


@mistake("ngram.bits_per_byte", "bits-inverted", "Upside down: bytes per bit. The bytes stand underneath.")
def _(nats, n_bytes):
    return n_bytes / (nats / math.log(2))


@mistake(
    "ngram.bits_per_byte",
    "bits-times-bytes",
    "The bytes ended up on top: n_bytes multiplies. Divide by math.log(2), then divide by n_bytes, without brackets.",
)
def _(nats, n_bytes):
    return nats / (math.log(2) / n_bytes)


@mistake(
    "ngram.bits_per_byte",
    "bits-log10",
    "math.log10 counts in powers of ten, and nats in powers of e. One bit is math.log(2) nats.",
)
def _(nats, n_bytes):
    return nats / math.log10(2) / n_bytes


@mistake(
    "ngram.bits_per_byte",
    "bits-halved",
    "You divided by 2. One bit is the natural log of 2 in nats: math.log(2), 0.693.",
)
def _(nats, n_bytes):
    return nats / 2 / n_bytes


# ---- smooth ----


@mistake(
    "ngram.smooth",
    "smooth-top-only",
    "You added on top only, so the row sums to more than 1. Underneath goes extra too, once for each word.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) or 1
    return {token: (counts.get(token, 0) + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-seen-only",
    "Words never seen here are still missing. Everything in the vocabulary gets a share: that is what it is for.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(counts)
    return {token: (count + extra) / total for token, count in counts.items()}


@mistake(
    "ngram.smooth",
    "smooth-seen-size",
    "Underneath you counted the followers seen here. extra goes to every word of the vocabulary: use its length.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(counts)
    return {token: (counts.get(token, 0) + extra) / (total or 1) for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-one",
    "extra is ignored: always 1 is added. Use extra on top, and extra times the vocabulary underneath.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + len(vocabulary)
    return {token: (counts.get(token, 0) + 1) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-extra-once",
    "Underneath extra was added once. It was added on top for each word of the vocabulary: so extra * len(vocabulary).",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra
    return {token: (counts.get(token, 0) + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-not-at-all",
    "Nothing was added: words never seen still get 0, and one of them makes the loss of a whole text infinite.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values())
    return {token: counts.get(token, 0) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-unseen-crashes",
    "counts[token] fails for a word never seen here. counts.get(token, 0) says 0 for it.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(vocabulary)
    return {token: (counts[token] + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-brackets",
    "/ comes before +, so only extra was divided. Put brackets around what stands on top: (count + extra) / total.",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + extra * len(vocabulary)
    return {token: counts.get(token, 0) + extra / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-size-only",
    "Underneath stands 1 for each word of the vocabulary. On top each got extra: so extra * len(vocabulary).",
)
def _(counts, vocabulary, extra=1.0):
    total = sum(counts.values()) + len(vocabulary)
    return {token: (counts.get(token, 0) + extra) / total for token in vocabulary}


@mistake(
    "ngram.smooth",
    "smooth-unseen-only",
    "Only the words never seen here got extra. Every word of the vocabulary gets it, the seen ones too.",
)
def _(counts, vocabulary, extra=1.0):
    raised = {token: counts.get(token, extra) for token in vocabulary}
    return {token: count / sum(raised.values()) for token, count in raised.items()}


@mistake(
    "ngram.smooth",
    "smooth-shares",
    "extra was added to the shares. Add it to the counts, and take shares of the sums.",
)
def _(counts, vocabulary, extra=1.0):
    seen = sum(counts.values()) or 1
    raised = {token: counts.get(token, 0) / seen + extra for token in vocabulary}
    return {token: share / sum(raised.values()) for token, share in raised.items()}


# ---- copied_share ----


def _runs(tokens, run):
    return [tuple(tokens[start : start + run]) for start in range(len(tokens) - run + 1)]


@mistake(
    "ngram.copied_share",
    "copied-overlaps",
    "Overlapping runs are counted again and again, so words count several times. Mark each word once.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return sum(run for piece in _runs(tokens, run) if piece in known) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-runs",
    "This is the share of runs. What is asked is the share of words that lie in such a run.",
)
def _(tokens, source, run=6):
    known, pieces = set(_runs(source, run)), _runs(tokens, run)
    return sum(piece in known for piece in pieces) / len(pieces) if pieces else 0.0


@mistake(
    "ngram.copied_share",
    "copied-starts",
    "You counted where copied runs start. All the words of a run are copied, not only its first.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return sum(piece in known for piece in _runs(tokens, run)) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-as-text",
    "As joined text, 'he' is found inside 'the'. Compare lists of words, not one long string.",
)
def _(tokens, source, run=6):
    text, copied = " ".join(map(str, source)), set()
    for start in range(len(tokens) - run + 1):
        if " ".join(map(str, tokens[start : start + run])) in text:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-words",
    "Single words that occur anywhere in the source do not count: a run must stand there in the same order.",
)
def _(tokens, source, run=6):
    known = set(source)
    return sum(token in known for token in tokens) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-last-run",
    "The last run is never looked at: check where your range ends (len(tokens) - run + 1).",
)
def _(tokens, source, run=6):
    known, copied = set(_runs(source, run)), set()
    for start in range(len(tokens) - run):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-blocks",
    "You cut the text into blocks of `run` words. A copied run may start at any word.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return sum(run for s in range(0, len(tokens), run) if tuple(tokens[s : s + run]) in known) / len(tokens)


@mistake(
    "ngram.copied_share", "copied-count", "This is the number of copied words. Divide by how many there are."
)
def _(tokens, source, run=6):
    known, copied = set(_runs(source, run)), set()
    for start in range(len(tokens) - run + 1):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, start + run))
    return len(copied)


@mistake(
    "ngram.copied_share",
    "copied-short-tail",
    "At its end a slice gets shorter than run, and short ends were compared too. Starts go up to len(...) - run.",
)
def _(tokens, source, run=6):
    known = {tuple(source[start : start + run]) for start in range(len(source))}
    copied = set()
    for start in range(len(tokens)):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, min(start + run, len(tokens))))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-jumps",
    "After a copied run you jumped over it, but the next one may begin inside it. Move on by one word each time.",
)
def _(tokens, source, run=6):
    known, start, copied = set(_runs(source, run)), 0, 0
    while start < len(tokens):
        is_copied = tuple(tokens[start : start + run]) in known
        copied += run * is_copied
        start += run if is_copied else 1
    return copied / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-set-of-words",
    "A set of words holds each word once, however often it was copied. Collect the places of copied words instead.",
)
def _(tokens, source, run=6):
    known = set(_runs(source, run))
    return len({word for piece in _runs(tokens, run) if piece in known for word in piece}) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-never-found",
    "No run was ever found. `piece in source` asks if one token of source is that whole run: compare it with source's runs.",
)
def _(tokens, source, run=6):
    return 0.0


@mistake(
    "ngram.copied_share",
    "copied-last-run-of-source",
    "The last run of source is missing: its range ends at len(source) - run + 1.",
)
def _(tokens, source, run=6):
    known, copied = set(_runs(source[:-1], run)), set()
    for start in range(len(tokens) - run + 1):
        if tuple(tokens[start : start + run]) in known:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)


@mistake(
    "ngram.copied_share",
    "copied-first-place",
    "source.index finds only the first place where a word stands. The copied run may begin at a later one.",
)
def _(tokens, source, run=6):
    copied = set()
    for start in range(len(tokens) - run + 1):
        place = source.index(tokens[start]) if tokens[start] in source else len(source)
        if source[place : place + run] == tokens[start : start + run]:
            copied.update(range(start, start + run))
    return len(copied) / len(tokens)
