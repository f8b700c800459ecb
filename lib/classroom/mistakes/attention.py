"""Wrong ways to write the exercises of lesson 05, and what each misunderstands. (`set_dials` is judged by behaviour.)"""

import math

import torch

from classroom.checking import mistake
from nextword import sampling

# ---- mix ----


@mistake(
    "attention.mix",
    "mix-transposed",
    "The weights are turned: their columns were used. A row belongs to a query, and the row [1, 0] must give just the first value.",
)
def _(weights, value):
    return weights.mT @ value


@mistake(
    "attention.mix",
    "mix-order",
    "The order is turned round: value @ weights mixes the numbers within a vector. weights @ value mixes the vectors.",
)
def _(weights, value):
    return value @ weights


@mistake(
    "attention.mix",
    "mix-elementwise",
    "* multiplies number by number, in place. To weigh the values and add them up, use @.",
)
def _(weights, value):
    return weights * value


@mistake(
    "attention.mix",
    "mix-not-summed",
    "Each value is weighed, and then they must be added up: each query gets one vector. weights @ value does both.",
)
def _(weights, value):
    return weights[..., None] * value[..., None, :, :]


@mistake(
    "attention.mix",
    "mix-summed-over-queries",
    "You added up over the queries. Add up over the keys: what one query takes from all of them.",
)
def _(weights, value):
    return (weights[..., None] * value[..., None, :, :]).sum(dim=-3)


@mistake(
    "attention.mix",
    "mix-weights-summed",
    "Each value was multiplied by the sum of a row of weights, so nothing is mixed. Each key has a weight of its own in the row.",
)
def _(weights, value):
    return weights.sum(dim=-1, keepdim=True) * value


@mistake(
    "attention.mix",
    "mix-mean",
    "You divided by the number of keys as well. The weights of a row are shares already: the sum is enough.",
)
def _(weights, value):
    return weights @ value / value.shape[-2]


@mistake(
    "attention.mix",
    "mix-equal",
    "Every query got the plain mean of the values. The weights say how much of each.",
)
def _(weights, value):
    return (torch.ones_like(weights) / weights.shape[-1]) @ value


@mistake(
    "attention.mix",
    "mix-sum",
    "The values were added up whole. Each comes in by its weight.",
)
def _(weights, value):
    return torch.ones_like(weights) @ value


@mistake(
    "attention.mix",
    "mix-softmax-again",
    "softmax came a second time. The weights are shares already: mix with them as they are.",
)
def _(weights, value):
    return torch.softmax(weights, dim=-1) @ value


@mistake(
    "attention.mix",
    "mix-normalised",
    "The weights were divided by their sum. That is softmax's work, and it was done before: take them as they come.",
)
def _(weights, value):
    return weights / weights.sum(dim=-1, keepdim=True) @ value


@mistake(
    "attention.mix",
    "mix-best-only",
    "Each query took the one value with the highest weight. All come in, each by its weight.",
)
def _(weights, value):
    best = weights.argmax(dim=-1)
    return torch.nn.functional.one_hot(best, weights.shape[-1]).to(value.dtype) @ value


@mistake(
    "attention.mix",
    "mix-value-transposed",
    "The values are turned, so that columns were mixed. The rows of value are the vectors: weights @ value, as they are.",
)
def _(weights, value):
    return weights @ value.mT


@mistake(
    "attention.mix",
    "mix-two-axes",
    "This works on a single table only. The real model comes with a stack of heads in front, and @ goes through any stack by itself.",
)
def _(weights, value):
    return torch.mm(weights, value)


@mistake(
    "attention.mix",
    "mix-value-lacks-an-axis",
    "On a single table this works. With a stack in front, value needs an axis for the queries: value[..., None, :, :]. "
    "(Or take @, which goes through any stack by itself.)",
)
def _(weights, value):
    return (weights[..., None] * value).sum(dim=-2)


_FROM_THE_FRONT = (
    "On a single table this works; with a stack in front, axes counted from the front are others. In a loop, "
    "weights[..., q, k, None] * value[..., k, :]; at once, (weights[..., None] * value[..., None, :, :]).sum(dim=-2). "
    "And @ goes through any stack by itself."
)


@mistake("attention.mix", "mix-axes-from-the-front", _FROM_THE_FRONT)
def _(weights, value):
    return (weights[:, :, None] * value[None]).sum(dim=1)


@mistake("attention.mix", "mix-sums-from-the-front", _FROM_THE_FRONT)
def _(weights, value):
    return (weights[..., None] * value[None]).sum(dim=1)


@mistake(
    "attention.mix",
    "mix-all-axes-turned",
    "The weights are turned: their columns were used. A row belongs to a query, and the row [1, 0] must give just the first value. "
    "(And .T would turn round all axes of a stack.)",
)
def _(weights, value):
    return weights.permute(*range(weights.dim())[::-1]) @ value


@mistake(
    "attention.mix",
    "mix-adds-value",
    "The value of each place was added to its mixture. mix gives the mixture alone.",
)
def _(weights, value):
    return value + weights @ value


# ---- scores ----


def _dots(query, key):
    return query @ key.mT


@mistake(
    "attention.scores",
    "scores-no-scale",
    "The scale is missing. Sums over more numbers are larger by chance alone: divide by the root of head_dim.",
)
def _(query, key):
    return _dots(query, key)


@mistake(
    "attention.scores",
    "scores-divided-by-d",
    "Divided by head_dim itself (or twice by its root), so the weights come out too flat. Divide once by the root: 4 numbers, by 2.",
)
def _(query, key):
    return _dots(query, key) / query.shape[-1]


@mistake(
    "attention.scores",
    "scores-times",
    "Multiplied by the root of head_dim, where dividing is needed: sums over more numbers are too large already.",
)
def _(query, key):
    return _dots(query, key) * math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-half",
    "d**1/2 is (d**1)/2: the power comes before the division. Write math.sqrt(d), or d**0.5.",
)
def _(query, key):
    return _dots(query, key) / (query.shape[-1] / 2)


@mistake(
    "attention.scores",
    "scores-fourth-root",
    "The root of the root was taken. The dot product is divided once by the root of head_dim.",
)
def _(query, key):
    return _dots(query, key) / query.shape[-1] ** 0.25


@mistake(
    "attention.scores",
    "scores-rounded-root",
    "The root was cut to a whole number: of 8 it is 2.83, not 2. Leave out the int (or //).",
)
def _(query, key):
    return _dots(query, key) / math.isqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-fixed-scale",
    "Divided by 2 whatever comes. That is the root of 4: take the root of query.shape[-1], which is head_dim.",
)
def _(query, key):
    return _dots(query, key) / 2


@mistake(
    "attention.scores",
    "scores-scale-of-queries",
    "The root of the number of queries was taken. What was summed over is head_dim: query.shape[-1], the last axis.",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(query.shape[-2])


@mistake(
    "attention.scores",
    "scores-scale-of-keys",
    "The root of the number of keys was taken. What was summed over is head_dim: query.shape[-1], the last axis.",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(key.shape[-2])


@mistake(
    "attention.scores",
    "scores-scale-of-the-first-axis",
    "len(...) and shape[0] are the first axis: heads or places. What was summed over is head_dim: query.shape[-1], the last axis.",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(len(query))


@mistake(
    "attention.scores",
    "scores-swapped",
    "Query and key are swapped. The row says who asks: row 1 holds how query 1 matches each key.",
)
def _(query, key):
    return _dots(key, query) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-not-turned",
    "key must be turned on its side. In query @ key a row meets a column, and the columns of key are no vectors: key.transpose(-2, -1).",
)
def _(query, key):
    return query @ key / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-reshaped",
    "reshape (or view) gives key the right shape, but only cuts the same run of numbers elsewhere. transpose(-2, -1) turns it on its side.",
)
def _(query, key):
    *front, keys, head_dim = key.shape
    return query @ key.reshape(*front, head_dim, keys) / math.sqrt(head_dim)


@mistake(
    "attention.scores",
    "scores-query-turned",
    "The query was turned on its side, not the key: that matches number with number, and place with place is needed.",
)
def _(query, key):
    return query.mT @ key / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-front-axes",
    "transpose(0, 1) turns the first two axes. With heads in front those are others: count from the end, transpose(-2, -1).",
)
def _(query, key):
    return query @ key.transpose(0, 1) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-all-axes",
    ".T turns round all axes. With heads in front that tears them apart: transpose(-2, -1) turns the last two.",
)
def _(query, key):
    return query @ key.permute(*range(key.dim())[::-1]) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-own-place-only",
    "Each query was matched with the key of its own place only. Every query meets every key: a table, queries by keys.",
)
def _(query, key):
    return (query * key).sum(dim=-1) / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-not-summed",
    "* multiplies number by number. A score is a dot product, which adds up too: use @.",
)
def _(query, key):
    return query * key / math.sqrt(query.shape[-1])


@mistake(
    "attention.scores",
    "scores-softmaxed",
    "These are weights already: softmax comes later, after the future was hidden.",
)
def _(query, key):
    return torch.softmax(_dots(query, key) / math.sqrt(query.shape[-1]), dim=-1)


@mistake(
    "attention.scores",
    "scores-cosine",
    "The lengths are gone: this is a cosine. How long a query is says how hard it looks, so take the plain dot product.",
)
def _(query, key):
    unit = torch.nn.functional.normalize
    return _dots(unit(query, dim=-1), unit(key, dim=-1))


@mistake(
    "attention.scores",
    "scores-of-rows-length",
    "Divided by the root of the query's length. Divide by the root of how many numbers it has, query.shape[-1].",
)
def _(query, key):
    return _dots(query, key) / query.norm(dim=-1, keepdim=True).sqrt()


@mistake(
    "attention.scores",
    "scores-one-length",
    "Divided by the query's length. Divide by the root of how many numbers it has, query.shape[-1].",
)
def _(query, key):
    return _dots(query, key) / query.norm(dim=-1, keepdim=True)


@mistake(
    "attention.scores",
    "scores-fixed-eighth",
    "Divided by 8 whatever comes. That is the root of 64: take the root of query.shape[-1], which is head_dim.",
)
def _(query, key):
    return _dots(query, key) / 8


@mistake(
    "attention.scores",
    "scores-scale-of-the-second-axis",
    "shape[1] is the second axis: head_dim only as long as nothing stands in front. Counted from the end it always is: shape[-1].",
)
def _(query, key):
    return _dots(query, key) / math.sqrt(query.shape[1])


@mistake(
    "attention.scores",
    "scores-swapped-no-scale",
    "Two things. Query and key are swapped: the row says who asks. And the scale is missing: divide by the root of head_dim.",
)
def _(query, key):
    return _dots(key, query)


@mistake(
    "attention.scores",
    "scores-hidden",
    "The future is hidden already. That is a step of its own: here every query meets every key.",
)
def _(query, key):
    table = _dots(query, key) / math.sqrt(query.shape[-1])
    return table.masked_fill(~_below(table, _offset(table)), -math.inf)


# ---- hide_future ----


def _below(scores, diagonal):
    """True on that diagonal and below it."""
    return torch.ones_like(scores, dtype=torch.bool).tril(diagonal)


def _offset(scores):
    return scores.shape[-1] - scores.shape[-2]


@mistake(
    "attention.hide_future",
    "hide-own-place",
    "One place too many is hidden: a query may not see its own key. The first word of a text then sees nothing, and softmax gives nan.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores) - 1), -math.inf)


@mistake(
    "attention.hide_future",
    "hide-one-late",
    "One place too few is hidden: each query sees the next word. The machine would be shown the answer. Its own key is the last that it may see.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores) + 1), -math.inf)


@mistake(
    "attention.hide_future",
    "hide-upside-down",
    "Upside down: what may be seen is hidden, and the future is left. Hide where the key comes after the query.",
)
def _(scores):
    return scores.masked_fill(_below(scores, _offset(scores)), -math.inf)


@mistake(
    "attention.hide_future",
    "hide-past",
    "The past is hidden, and the future is left. tril keeps what is on and below the diagonal, triu what is on and above it.",
)
def _(scores):
    return scores.masked_fill(_below(scores, _offset(scores) - 1), -math.inf)


@mistake(
    "attention.hide_future",
    "hide-zero",
    "Hidden scores are 0 here, and e to the 0 is 1: the future still gets a share. Only -inf gives a share of 0: masked_fill.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores)), 0.0)


@mistake(
    "attention.hide_future",
    "hide-zero-top-left",
    "Two things. Hidden scores are 0 here, and e to the 0 is 1: only -inf gives a share of 0. "
    "And the last query sees the last key, also where there are fewer queries than keys.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, 0), 0.0)


@mistake(
    "attention.hide_future",
    "hide-zero-times-infinity",
    "0 times infinity is nan. Don't multiply by -inf: choose it where it is needed, with masked_fill.",
)
def _(scores):
    return scores + (~_below(scores, _offset(scores))).to(scores.dtype) * -math.inf


@mistake(
    "attention.hide_future",
    "hide-plus-infinity",
    "The future has +inf, the best score there is. What is hidden has -inf, with a minus.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores)), math.inf)


@mistake(
    "attention.hide_future",
    "hide-top-left",
    "With fewer queries than keys the mask stands too far left. The last query stands at the last key, and must see all: "
    "shift the diagonal by keys - queries.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, 0), -math.inf)


_TWO_AXES = (
    "scores[q, k] names the first two axes; with heads in front those are others. Write scores[..., q, k]."
)
_TWO_AXES_TOP_LEFT = (
    "Two things. With fewer queries than keys the last query stands at the last key, and must see all: each query sees "
    "keys - queries more. And " + _TWO_AXES
)


def _cell_by_cell(scores, late):
    """Hidden in a loop that names the first two axes."""
    queries, keys = scores.shape[-2:]
    scores = scores.clone()
    for query in range(queries):
        for key in range(query + 1 + late, keys):
            scores[query, key] = -math.inf
    return scores


def _row_by_row(scores, late):
    """The same with a slice, which may be empty where a single place would not be found."""
    scores = scores.clone()
    for query in range(scores.shape[-2]):
        scores[query, query + 1 + late :] = -math.inf
    return scores


@mistake("attention.hide_future", "hide-two-axes", _TWO_AXES)
def _(scores):
    return _cell_by_cell(scores, _offset(scores))


@mistake("attention.hide_future", "hide-two-axes-top-left", _TWO_AXES_TOP_LEFT)
def _(scores):
    return _cell_by_cell(scores, 0)


@mistake("attention.hide_future", "hide-two-axes-by-row", _TWO_AXES)
def _(scores):
    return _row_by_row(scores, _offset(scores))


@mistake("attention.hide_future", "hide-two-axes-by-row-top-left", _TWO_AXES_TOP_LEFT)
def _(scores):
    return _row_by_row(scores, 0)


def _hidden_by(scores, side):
    """Hidden by a square mask, whether or not it fits."""
    return scores.masked_fill(torch.ones(side, side).triu(1) > 0, -math.inf)


_SQUARE = "The mask is square, and there can be fewer queries than keys. It needs the shape of the scores: torch.ones_like(scores)."


@mistake("attention.hide_future", "hide-square-of-keys", _SQUARE)
def _(scores):
    return _hidden_by(scores, scores.shape[-1])


@mistake("attention.hide_future", "hide-square-of-queries", _SQUARE)
def _(scores):
    return _hidden_by(scores, scores.shape[-2])


@mistake(
    "attention.hide_future",
    "hide-square-of-the-first-axis",
    "len(scores) is its first axis, which is how many tables there are where several come at once. "
    "The mask needs the shape of the scores: torch.ones_like(scores).",
)
def _(scores):
    return _hidden_by(scores, len(scores))


@mistake(
    "attention.hide_future",
    "hide-where-zero",
    "A score that happens to be 0 was hidden too. Make the mask out of places, torch.ones_like(scores).tril(...), not out of the scores.",
)
def _(scores):
    kept = scores.tril(_offset(scores))
    return kept.masked_fill(kept == 0, -math.inf)


@mistake(
    "attention.hide_future",
    "hide-where-not-zero",
    "A future score that happens to be 0 was not hidden. Make the mask out of places, torch.ones_like(scores).tril(...), not out of the scores.",
)
def _(scores):
    return scores.masked_fill(scores.triu(_offset(scores) + 1) != 0, -math.inf)


@mistake(
    "attention.hide_future",
    "hide-shifted-left",
    "With fewer queries than keys the diagonal was shifted the wrong way, and the first query sees nothing: it is keys - queries, not queries - keys.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, -_offset(scores)), -math.inf)


@mistake(
    "attention.hide_future",
    "hide-nothing",
    "The scores came back as they were. masked_fill gives a new tensor and leaves the old one: return what it gives. (Or is the diagonal so far right that nothing lies beyond?)",
)
def _(scores):
    return scores.clone()


@mistake(
    "attention.hide_future",
    "hide-all",
    "Everything is hidden. Is the mask all True? tril of ones is True on and below the diagonal only.",
)
def _(scores):
    return torch.full_like(scores, -math.inf)


@mistake(
    "attention.hide_future",
    "hide-mask-only",
    "This is the mask: 0 and -inf. Needed are the scores, with -inf where the mask hides.",
)
def _(scores):
    return torch.zeros_like(scores).masked_fill(~_below(scores, _offset(scores)), -math.inf)


@mistake(
    "attention.hide_future",
    "hide-yes-or-no",
    "This is the mask: True and False. Needed are the scores, with -inf where the mask hides: scores.masked_fill(mask, -math.inf).",
)
def _(scores):
    return ~_below(scores, _offset(scores))


@mistake(
    "attention.hide_future",
    "hide-may-see",
    "This is the mask: True and False. Needed are the scores, with -inf where the mask hides: scores.masked_fill(mask, -math.inf).",
)
def _(scores):
    return _below(scores, _offset(scores))


@mistake(
    "attention.hide_future",
    "hide-softmaxed",
    "These are weights already: softmax comes later. Here it is enough to put -inf where the future is.",
)
def _(scores):
    return torch.softmax(scores.masked_fill(~_below(scores, _offset(scores)), -math.inf), dim=-1)


@mistake(
    "attention.hide_future",
    "hide-turned",
    "Rows and columns are turned. The row is who asks: row 0, the first query, sees the first key alone.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores)), -math.inf).mT


# ---- attend ----


def _shared(query, key, value):
    times = query.shape[-3] // key.shape[-3]
    return query, key.repeat_interleave(times, dim=-3), value.repeat_interleave(times, dim=-3)


def _hidden(table, causal, window, late=0, longer=0, fill=-math.inf):
    """Hide the future, seen `late` places too far, and what lies outside a window `longer` places too long."""
    if causal:
        table = table.masked_fill(~_below(table, _offset(table) + late), fill)
    if window is not None:
        table = table.masked_fill(_below(table, _offset(table) - window - longer), fill)
    return table


def _table(query, key, causal, window, **how):
    return _hidden(_dots(query, key) / math.sqrt(query.shape[-1]), causal, window, **how)


@mistake(
    "attention.attend",
    "attend-softmax-axis",
    "softmax went over the queries. A query shares itself out among the keys: each row sums to 1, so dim=-1, the last axis.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window), dim=-2) @ value


@mistake(
    "attention.attend",
    "attend-softmax-heads",
    "softmax went over the first axis: heads, or texts. A query shares itself out among the keys: dim=-1, the last axis.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window), dim=0) @ value


@mistake(
    "attention.attend",
    "attend-sees-the-future",
    "The future is seen. hide_future gives a new table and leaves the old one as it was: table = attention.hide_future(table), if causal.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, False, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-always-causal",
    "The future is hidden even with causal=False. Hide it only `if causal`.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, True, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-causal-turned",
    "causal is turned round: the future is hidden with causal=False and seen with causal=True.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, not causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-no-softmax",
    "softmax is missing: scores are no shares, and -inf times a value is no number. Softmax the table, then mix.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return _table(query, key, causal, window) @ value


@mistake(
    "attention.attend",
    "attend-hides-after-softmax",
    "The future was hidden after softmax, when it had taken its share: rows sum to less than 1. Hide first.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    weights = torch.softmax(_table(query, key, False, None), dim=-1)
    return _hidden(weights, causal, window, fill=0.0) @ value


@mistake(
    "attention.attend",
    "attend-infinite-weights",
    "-inf was put among the weights, after softmax. It belongs among the scores: hide the future first, then softmax.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    weights = torch.softmax(_table(query, key, False, window), dim=-1)
    return _hidden(weights, causal, None) @ value


@mistake(
    "attention.attend",
    "attend-no-scale",
    "The scale is missing: the scores are divided by the root of head_dim. attention.scores(query, key) does it.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_hidden(_dots(query, key), causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-scaled-twice",
    "Scaled twice: attention.scores has divided by the root of head_dim already, so the weights come out too flat.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window) / math.sqrt(query.shape[-1]), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-softmax-twice",
    "softmax came twice. The second time what was hidden is 0, and e to the 0 is 1: the future is seen again.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(torch.softmax(_table(query, key, causal, window), dim=-1), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-mixes-keys",
    "The keys were mixed. They say who is found; what is handed on are the values.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window), dim=-1) @ key


@mistake(
    "attention.attend",
    "attend-mixes-queries",
    "The queries were mixed. What is handed on are the values.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window), dim=-1) @ query


@mistake(
    "attention.attend",
    "attend-matches-values",
    "The queries were matched with the values. They are matched with the keys: scores(query, key).",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, value, causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-matches-itself",
    "The queries were matched with the queries. They are matched with the keys: scores(query, key).",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, query, causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-swapped",
    "Query and key are swapped. The row is who asks: scores(query, key).",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return sampling.softmax(_table(key, query, causal, window)) @ value


@mistake(
    "attention.attend",
    "attend-returns-weights",
    "These are the weights. One step more: mix the values by them.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window), dim=-1)


@mistake(
    "attention.attend",
    "attend-returns-scores",
    "These are the scores. Two steps more: softmax makes weights of them, and by those the values are mixed.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return _table(query, key, causal, window)


@mistake(
    "attention.attend",
    "attend-adds",
    "The query was added to what was found. attend gives what was found alone; adding it to the text's vectors comes later.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return query + torch.softmax(_table(query, key, causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-adds-value",
    "The values were added to what was found. attend gives what was found alone.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return value + torch.softmax(_table(query, key, causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-top-left",
    "With fewer queries than keys the mask stands too far left: the last query stands at the last key, and must see all. "
    "attention.hide_future knows.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    queries, keys = query.shape[-2], key.shape[-2]
    return torch.softmax(_table(query, key, causal, window, late=queries - keys), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-one-late",
    "Each query sees one key too far, the next word's. Its own is the last that it may see.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window, late=1), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-own-place",
    "A query may not see its own key, so the first word sees nothing, and softmax gives nan. Only later keys are hidden.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window, late=-1), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-sees-nothing",
    "A query may not see its own key, so the first word sees nothing, and softmax stops. Only later keys are hidden.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return sampling.softmax(_table(query, key, causal, window, late=-1)) @ value


@mistake(
    "attention.attend",
    "attend-fills-zero",
    "Hidden scores are 0 here, and e to the 0 is 1: the future still gets a share. Only -inf gives a share of 0.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window, fill=0.0), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-no-window",
    "The window is lost. The lines that hide what is far must stay, and softmax the table that they give.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, None), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-window-long",
    "The window is one place too long: a window of 3 is a place and the two before it.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal, window, longer=1), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-window-short",
    "The window is one place too short: a window of 3 is a place and the two before it, a window of 1 its own place.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return sampling.softmax(_table(query, key, causal, window, longer=-1)) @ value


@mistake(
    "attention.attend",
    "attend-window-forgets-the-future",
    "With a window the future is seen again: what hides it is lost. Both are hidden in one table, one after the other.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    return torch.softmax(_table(query, key, causal and window is None, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-heads-order",
    "The heads of keys and values were repeated in the wrong order: 0, 1, 0, 1, where 0, 0, 1, 1 is needed. attention.share_kv does it.",
)
def _(query, key, value, *, causal=True, window=None):
    times = query.shape[-3] // key.shape[-3]
    key, value = (torch.cat([kv] * times, dim=-3) for kv in (key, value))
    return torch.softmax(_table(query, key, causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-heads-not-shared",
    "It stops where several query heads share one head of keys and values. The lines with share_kv repeat it for each: keep them.",
)
def _(query, key, value, *, causal=True, window=None):
    return torch.softmax(_table(query, key, causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-best-only",
    "Each query took the one value that matches best. softmax shares out among all, by how well they match.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    best = _table(query, key, causal, window).argmax(dim=-1)
    return torch.nn.functional.one_hot(best, key.shape[-2]).to(value.dtype) @ value


@mistake(
    "attention.attend",
    "attend-overflow",
    "With large scores there is a nan: e to the 1000 is infinite. sampling.softmax takes off the largest first.",
)
def _(query, key, value, *, causal=True, window=None):
    query, key, value = _shared(query, key, value)
    powers = torch.exp(_table(query, key, causal, window))
    return powers / powers.sum(dim=-1, keepdim=True) @ value
