"""Exercise `attention.attend`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge.diagnosis import ask
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Named, Wrong, check, mistake
from classroom.lessons.attention.shared import _below, _dots, _keeps_its_kind, _offset, _random, more
from nextword import attention, sampling
from nextword.base import overrides

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
        return attention.scaled_dot_product(*arguments[:3])

    with overrides.replacing("attention.attend_fused", twin):
        ask("attention.attend", attend, *(x.clone() for x in (TEXT, ANSWERS, GIVES)))
    if called:
        says = "attend_fused is the library's, and does it all in one call. Yours should show the steps."
        raise Wrong("attend-fused", says)


@check(
    "attention.attend",
    lives=in_a_model,
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
    awkward=[
        (more(2, 6, 2, 5), more(2, 3, 4, 5), more(2, 3, 4, 7)),
        (more(4, 1, 3), more(1, 1, 3), more(1, 1, 1)),
        (more(1, 2, 2, 3, 2), more(1, 2, 1, 5, 2), more(1, 2, 1, 5, 2), Named(causal=False)),
        (more(1, 1, 3, 5, 2), more(1, 1, 3, 6, 2), more(1, 1, 3, 6, 3), Named(window=4)),
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
    "The future is seen. mask_future gives a new table and leaves the old one as it was: table = attention.mask_future(table), if causal.",
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
    "attention.mask_future knows.",
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
    "The heads of keys and values were repeated in the wrong order: 0, 1, 0, 1, where 0, 0, 1, 1 is needed. attention.repeat_kv does it.",
)
def _(query, key, value, *, causal=True, window=None):
    times = query.shape[-3] // key.shape[-3]
    key, value = (torch.cat([kv] * times, dim=-3) for kv in (key, value))
    return torch.softmax(_table(query, key, causal, window), dim=-1) @ value


@mistake(
    "attention.attend",
    "attend-heads-not-shared",
    "It stops where several query heads share one head of keys and values. The lines with repeat_kv repeat it for each: keep them.",
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
