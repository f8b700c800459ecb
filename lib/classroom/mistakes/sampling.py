"""Wrong ways to write the exercises of lesson 02, and what each misunderstands. (`draw` is judged by behaviour.)"""

import math

import torch

from classroom.checking import mistake

# ---- softmax ----


@mistake(
    "sampling.softmax",
    "softmax-whole-table",
    "You divided by the sum of the whole table, so that all rows together sum to 1. Each row must: sum along the last axis.",
)
def _(logits):
    powers = torch.exp(logits - logits.max())
    return powers / powers.sum()


@mistake(
    "sampling.softmax",
    "softmax-axis",
    "The columns sum to 1, not the rows. The vocabulary is the last axis: dim=-1.",
)
def _(logits):
    return torch.softmax(logits, dim=0)


@mistake(
    "sampling.softmax",
    "softmax-overflow",
    "At 1000 there is a nan: e to the 1000 is infinite. Subtract the row's largest logit first; the shares stay the same.",
)
def _(logits):
    powers = torch.exp(logits)
    return powers / powers.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-one-maximum",
    "One maximum for the whole table: a row far below it becomes 0/0. Subtract each row's own largest logit.",
)
def _(logits):
    powers = torch.exp(logits - logits.max())
    return powers / powers.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-no-exp",
    "Logits were divided by their sum. Logits can be negative and probabilities cannot: take e to their power first.",
)
def _(logits):
    return logits / logits.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-base-2",
    "Powers of 2 instead of e: close, but flatter. torch.exp(x) is e to the x.",
)
def _(logits):
    powers = 2.0 ** (logits - logits.max(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1, keepdim=True)


@mistake(
    "sampling.softmax",
    "softmax-log",
    "These are log-probabilities. Leave out the log: each row must sum to 1.",
)
def _(logits):
    return torch.log_softmax(logits, dim=-1)


@mistake(
    "sampling.softmax",
    "softmax-not-divided",
    "e to the power of each logit is right, but nothing was divided: a row must sum to 1.",
)
def _(logits):
    return torch.exp(logits - logits.max(dim=-1, keepdim=True).values)


@mistake(
    "sampling.softmax",
    "softmax-keepdim",
    "Without keepdim=True a row's sum lies along the wrong axis: square tables go wrong in silence, others stop.",
)
def _(logits):
    powers = torch.exp(logits - logits.max(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1)


@mistake(
    "sampling.softmax",
    "softmax-sign",
    "Upside down: the largest logit got the smallest share. The sign in the exponent is wrong.",
)
def _(logits):
    return torch.softmax(-logits, dim=-1)


@mistake(
    "sampling.softmax",
    "softmax-sigmoid",
    "Each logit by itself became a share of 1 (a sigmoid). A row's tokens compete: divide by the sum over the row.",
)
def _(logits):
    return torch.sigmoid(logits)


@mistake(
    "sampling.softmax",
    "softmax-not-the-largest",
    "You subtracted the row's smallest logit, or its mean, so a huge one is left. Subtract the largest: none is above 0 then.",
)
def _(logits):
    powers = torch.exp(logits - logits.min(dim=-1, keepdim=True).values)
    return powers / powers.sum(dim=-1, keepdim=True)


# ---- with_temperature ----


@mistake(
    "sampling.with_temperature",
    "temperature-multiplied",
    "Hotter made it colder: you multiplied. Dividing by a temperature above 1 draws the logits together.",
)
def _(logits, temperature):
    return logits * temperature if temperature else _greedy(logits)


@mistake(
    "sampling.with_temperature",
    "temperature-multiplied-zero",
    "You multiplied: hotter made it colder, and 0 made all words alike. Divide by the temperature; at 0 keep the best.",
)
def _(logits, temperature):
    return logits * temperature


@mistake(
    "sampling.with_temperature",
    "temperature-zero",
    "Dividing by 0 gives inf and nan. The limit is greedy: keep the largest logit of each row, -inf for the others.",
)
def _(logits, temperature):
    return logits / temperature


@mistake(
    "sampling.with_temperature",
    "temperature-probabilities",
    "Probabilities were divided by the temperature, so they no longer sum to 1. Divide logits, and give logits back.",
)
def _(logits, temperature):
    return torch.softmax(logits, dim=-1) / (temperature or 1)


@mistake(
    "sampling.with_temperature",
    "temperature-gives-probabilities",
    "You gave back probabilities. Give logits, so that other filters can follow; softmax comes last.",
)
def _(logits, temperature):
    return torch.softmax(logits / temperature if temperature else _greedy(logits), dim=-1)


@mistake(
    "sampling.with_temperature",
    "temperature-power",
    "Probabilities are raised to the power of 1/T; logits are their logs, and the log of a power is a quotient: divide.",
)
def _(logits, temperature):
    return logits ** (1 / temperature) if temperature else _greedy(logits)


@mistake(
    "sampling.with_temperature",
    "temperature-zero-unchanged",
    "At temperature 0 nothing was changed. The limit is greedy: only the largest logit of each row is left.",
)
def _(logits, temperature):
    return logits / temperature if temperature else logits


@mistake(
    "sampling.with_temperature",
    "temperature-zero-whole-table",
    "At temperature 0 one token was kept in the whole table. Each row keeps its own best: argmax along dim=-1.",
)
def _(logits, temperature):
    if temperature:
        return logits / temperature
    return torch.where(logits == logits.max(), 0.0, -math.inf)


@mistake(
    "sampling.with_temperature",
    "temperature-zero-zeros",
    "At temperature 0 the others were set to 0. A logit of 0 is not impossible; -inf is: e to the -inf is 0.",
)
def _(logits, temperature):
    if temperature:
        return logits / temperature
    return torch.where(logits == logits.amax(dim=-1, keepdim=True), logits, 0.0)


@mistake(
    "sampling.with_temperature",
    "temperature-subtracted",
    "You subtracted the temperature. Shifting all logits alike changes no probability: divide.",
)
def _(logits, temperature):
    return logits - temperature if temperature else _greedy(logits)


@mistake(
    "sampling.with_temperature",
    "temperature-zero-stops",
    "1 / temperature stops at 0. The limit is greedy: keep the largest logit of each row, -inf for the others.",
)
def _(logits, temperature):
    return logits * (1 / temperature)


@mistake(
    "sampling.with_temperature",
    "temperature-zero-one-hot",
    "At temperature 0 you gave 1 and 0, which are probabilities. As logits: 0 for the best and -inf for the others.",
)
def _(logits, temperature):
    return logits / temperature if temperature else torch.softmax(_greedy(logits), dim=-1)


def _greedy(logits):
    return torch.where(logits == logits.amax(dim=-1, keepdim=True), logits, -math.inf)


# ---- top_k ----


@mistake(
    "sampling.top_k",
    "top-k-zeros",
    "Removed words were given 0, and e to the 0 is 1: they can still be drawn. A removed word has logit -inf.",
)
def _(logits, k):
    return torch.where(_best(logits, k), logits, 0.0)


@mistake("sampling.top_k", "top-k-smallest", "The k smallest were kept. Sort from the top: descending=True.")
def _(logits, k):
    return torch.where(_best(-logits, k), logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-sorted",
    "The kept ones came back sorted and short. A token's place is its name: keep the row's length and order.",
)
def _(logits, k):
    return torch.topk(logits, min(k, logits.shape[-1]), dim=-1).values


@mistake(
    "sampling.top_k",
    "top-k-indices",
    "These are the places of the best, not logits. Give the whole row, with -inf where a token is removed.",
)
def _(logits, k):
    return torch.topk(logits, min(k, logits.shape[-1]), dim=-1).indices


@mistake(
    "sampling.top_k",
    "top-k-too-many",
    "With k larger than the vocabulary it stops. Then nothing is to be removed: use min(k, logits.shape[-1]).",
)
def _(logits, k):
    smallest_kept = torch.topk(logits, k, dim=-1).values[..., -1:]
    return torch.where(logits >= smallest_kept, logits, -math.inf)


@mistake(
    "sampling.top_k", "top-k-one-more", "One too many was kept: counting starts at 0, so keep ranks below k."
)
def _(logits, k):
    return torch.where(_best(logits, k + 1), logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-one-fewer",
    "One too few was kept: the k-th best itself stays too (>=, not >).",
)
def _(logits, k):
    return torch.where(_best(logits, k - 1), logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-whole-table",
    "The k best of the whole table were kept. Each row keeps its own k: work along the last axis.",
)
def _(logits, k):
    smallest_kept = logits.flatten().sort(descending=True).values[:k][-1]
    return torch.where(logits >= smallest_kept, logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-argsort-once",
    "argsort gives which token has each rank, not which rank each token has. Sort its result once more for that.",
)
def _(logits, k):
    return torch.where(logits.argsort(dim=-1, descending=True) < k, logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-probabilities",
    "You gave back probabilities. Give logits, so that other filters can follow; softmax comes last.",
)
def _(logits, k):
    return torch.softmax(torch.where(_best(logits, k), logits, -math.inf), dim=-1)


def _values(logits, k):
    """The k largest of each row, best first; all where there are fewer."""
    return torch.topk(logits, min(k, logits.shape[-1]), dim=-1).values


@mistake(
    "sampling.top_k",
    "top-k-last-removed",
    "The k-th best itself was removed too. It stays: what is removed is below it (<, not <=).",
)
def _(logits, k):
    return torch.where(logits > _values(logits, k)[..., -1:], logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-best-only",
    "Only the best was kept. topk gives the best first, so the smallest that stays is its last one: [..., -1:].",
)
def _(logits, k):
    return torch.where(logits >= _values(logits, k)[..., :1], logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-last-row",
    "[-1] takes the last row and not the last of each row, so all rows were measured by one. Take [..., -1:].",
)
def _(logits, k):
    return torch.where(logits >= _values(logits, k)[-1], logits, -math.inf)


@mistake(
    "sampling.top_k",
    "top-k-first-places",
    "The first k places were kept, whatever stands there. The k largest are to stay: look at the logits.",
)
def _(logits, k):
    return torch.where(torch.arange(logits.shape[-1]) < k, logits, -math.inf)


def _best(logits, k):
    return logits.argsort(dim=-1, descending=True).argsort(dim=-1) < k


# ---- top_p ----


def _top_p(logits, p, kept_of=lambda before, after, p: before < p):
    """top_p with a part exchanged: which of the sorted tokens are kept."""
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    after = chances.cumsum(dim=-1)
    kept = kept_of(after - chances, after, p)
    return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-too-few",
    "[.5, .41, .09] with p = .9: you kept one and need two. The word that crosses p stays: test what was reached before it.",
)
def _(logits, p):
    return _top_p(logits, p, lambda before, after, p: after <= p)


@mistake(
    "sampling.top_p",
    "top-p-too-few-but-first",
    "The word that crosses p is missing (the first was saved by hand). Keep a word when what was reached before it is below p.",
)
def _(logits, p):
    return _top_p(logits, p, lambda before, after, p: (after <= p) | (before == 0))


@mistake(
    "sampling.top_p",
    "top-p-best-dropped",
    "The likeliest words were dropped, and the unlikely kept. Keep from the top until p is reached.",
)
def _(logits, p):
    return _top_p(logits, p, lambda before, after, p: ~(before < p))


@mistake(
    "sampling.top_p",
    "top-p-not-unsorted",
    "The right number of words, but the wrong ones: the mask is in sorted order. Bring it back to the words' own places.",
)
def _(logits, p):
    chances = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True).values
    return torch.where(chances.cumsum(dim=-1) - chances < p, logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-wrong-way-back",
    "The mask was carried back the wrong way: order says which word has each rank; its argsort says each word's rank.",
)
def _(logits, p):
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    return torch.where((chances.cumsum(dim=-1) - chances < p).gather(-1, order), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-not-sorted",
    "You added up in the order of the vocabulary. Sort first: the likeliest words count first.",
)
def _(logits, p):
    chances = torch.softmax(logits, dim=-1)
    return torch.where(chances.cumsum(dim=-1) - chances < p, logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-of-logits",
    "You added up logits. p is a share of probability: take the softmax first.",
)
def _(logits, p):
    ordered, order = logits.sort(dim=-1, descending=True)
    kept = ordered.cumsum(dim=-1) - ordered < p
    return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-threshold",
    "You kept words with a probability of p or more by themselves. p is what the kept ones reach together.",
)
def _(logits, p):
    return torch.where(torch.softmax(logits, dim=-1) >= p, logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-zeros",
    "Removed words were given 0, and e to the 0 is 1: they can still be drawn. A removed word has logit -inf.",
)
def _(logits, p):
    kept = _top_p(logits, p)
    return torch.where(kept == -math.inf, 0.0, kept)


@mistake(
    "sampling.top_p",
    "top-p-probabilities",
    "You gave back probabilities. Give logits, so that other filters can follow; softmax comes last.",
)
def _(logits, p):
    return torch.softmax(_top_p(logits, p), dim=-1)


@mistake(
    "sampling.top_p",
    "top-p-ascending",
    "Sorted from the smallest, you kept the unlikeliest words until p was reached. Sort from the top: descending=True.",
)
def _(logits, p):
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1)
    kept = chances.cumsum(dim=-1) - chances < p
    return torch.where(kept.gather(-1, order.argsort(dim=-1)), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-sorted",
    "The logits came back in sorted order. A token's place is its name: bring what is kept back to its own place.",
)
def _(logits, p):
    ordered = logits.sort(dim=-1, descending=True).values
    chances = torch.softmax(ordered, dim=-1)
    return torch.where(chances.cumsum(dim=-1) - chances < p, ordered, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-min-p",
    "Each was compared with p times the best: that is min-p. Here they are added up, from the top, until p is reached.",
)
def _(logits, p):
    chances = torch.softmax(logits, dim=-1)
    return torch.where(chances >= p * chances.amax(dim=-1, keepdim=True), logits, -math.inf)


@mistake(
    "sampling.top_p",
    "top-p-one-more",
    "One too many was kept: [.5, .41, .09] with p = .9 needs two. A token stays if the likelier ones alone are below p.",
)
def _(logits, p):
    def kept(before, after, p):
        return torch.cat([torch.ones_like(before[..., :1]), before[..., :-1]], dim=-1) < p

    return _top_p(logits, p, lambda *sums: kept(*sums) | (sums[0] == 0))


@mistake(
    "sampling.top_p",
    "top-p-axis",
    "You sorted and added up along the first axis. The vocabulary is the last one: dim=-1.",
)
def _(logits, p):
    return _top_p(logits.transpose(0, -1), p).transpose(0, -1)
