"""Scaled dot-product attention, all steps together: match, hide, softmax, mix.

What makes it hard: the order of the steps, which table each of them takes, and heads that share keys and values.
"""

import inspect
from contextlib import ExitStack

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Named, Wrong, check
from classroom.lessons.attention.shared import keeps_its_kind
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, the module's own is refused

noise = shelf.noises(54)
ONE_TWO = torch.tensor([[[1.0], [2.0]]])
TEXT = torch.tensor([[[2.0, 0, 0, 0], [0, 2.0, 0, 0], [2.0, 2.0, 0, 0]]])
ANSWERS = torch.tensor([[[1.0, 1.0, 0, 0], [3.0, 0, 0, 0], [0, 1.0, 0, 2.0]]])
GIVES = torch.tensor([[[10.0, 0, 0, 1.0], [0, 10.0, 0, 2.0], [0, 0, 10.0, 3.0]]])


def problem(batch: tuple[int, ...], heads: int, kv_heads: int, queries: int, keys: int, dim: int, times=1.0):
    """Queries, keys and values by chance, of these sizes."""
    asks = times * noise(*batch, heads, queries, dim)
    return asks, times * noise(*batch, kv_heads, keys, dim), noise(*batch, kv_heads, keys, dim)


WHOLE = {
    "weights": "weights is the library's, and does three of the four steps. ",
    "attend_fused": "attend_fused is the library's, and does it all in one call. ",
    "scaled_dot_product": "scaled_dot_product is the library's, and does it all in one call. ",
}


def does_it_itself(attend):
    """What the library has of the same in one call is no answer, unless its own attend calls it."""
    called, own = [], inspect.unwrap(original("attention.attend")).__code__

    def watched(name):
        function = original(f"attention.{name}")

        def tells(*arguments, **named):
            if inspect.currentframe().f_back.f_code is not own:
                called.append(name)
            return function(*arguments, **named)

        return tells

    with ExitStack() as block:
        for name in WHOLE:
            block.enter_context(overrides.replacing(f"attention.{name}", watched(name)))
        ask("attention.attend", attend, *(x.clone() for x in (TEXT, ANSWERS, GIVES)))
    if called:
        says = f"{WHOLE[called[0]]}Yours should show the steps: attention.scores, mask_future, sampling.softmax, weighted_sum."
        raise Wrong("attend-the-librarys", says)


@check(
    "attention.attend",
    lives=in_a_model,
    behaviours=[does_it_itself, keeps_its_kind("attention.attend", TEXT, ANSWERS, GIVES)],
    cases=[
        (torch.zeros(1, 2, 1), ONE_TWO, ONE_TWO),
        (TEXT, ANSWERS, GIVES),
        (TEXT, ANSWERS, GIVES, Named(causal=False)),
        (TEXT[:, 2:], ANSWERS, GIVES),
        (TEXT[:, 1:], ANSWERS, GIVES),
        (TEXT, ANSWERS, GIVES, Named(window=2)),
        (TEXT, ANSWERS, GIVES, Named(window=1)),
        (torch.zeros(4, 1, 1), ONE_TWO.transpose(0, 1), ONE_TWO.transpose(0, 1)),
        problem((), 2, 2, 4, 4, 3),
        problem((), 3, 3, 3, 3, 3),
        problem((), 4, 2, 3, 3, 4),
        problem((2,), 6, 2, 5, 5, 8),
        problem((2, 2), 3, 1, 2, 6, 4),
        (*problem((3,), 3, 3, 3, 3, 3), Named(causal=False)),
        (*problem((2,), 4, 2, 1, 7, 4), Named(window=3)),
        (*problem((), 2, 1, 6, 6, 4), Named(causal=False, window=2)),
        (*problem((2,), 2, 2, 8, 8, 16), Named(causal=True, window=20)),
        problem((), 2, 2, 5, 5, 4, times=30.0),
        problem((1,), 9, 3, 40, 40, 64),
        problem((), 1, 1, 1, 1, 2),
    ],
    awkward=[
        (noise(2, 6, 2, 5), noise(2, 3, 4, 5), noise(2, 3, 4, 7)),
        (noise(4, 1, 3), noise(1, 1, 3), noise(1, 1, 1)),
        (noise(1, 2, 2, 3, 2), noise(1, 2, 1, 5, 2), noise(1, 2, 1, 5, 2), Named(causal=False)),
        (noise(1, 1, 3, 5, 2), noise(1, 1, 3, 6, 2), noise(1, 1, 3, 6, 3), Named(window=4)),
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


edits(
    "attention.attend",
    (
        "attend-softmax-axis",
        "sampling.softmax(table)",
        "table.softmax(dim=-2)",
        "softmax went over the queries. A query shares itself out among the keys: each row sums to 1, so dim=-1, the last axis.",
    ),
    (
        "attend-no-softmax",
        "sampling.softmax(table)",
        "table",
        "softmax is missing: scores are no shares, and -inf times a value is no number. Softmax the table, then mix.",
    ),
    (
        "attend-softmax-twice",
        "sampling.softmax(table)",
        "sampling.softmax(sampling.softmax(table))",
        "softmax came twice. The second time what was hidden is 0, and e to the 0 is 1: the future is seen again.",
    ),
    (
        "attend-sees-the-future",
        "table = attention.mask_future(table)",
        "attention.mask_future(table)",
        "The future is seen. mask_future gives a new table and leaves the old one as it was: table = attention.mask_future(table), if causal.",
    ),
    (
        "attend-causal-turned",
        "if causal",
        "if not causal",
        "causal is turned round: the future is hidden with causal=False and seen with causal=True.",
    ),
    (
        "attend-hides-after-softmax",
        "sampling.softmax(table)",
        "sampling.softmax(attention.scores(query, key)) * table.isfinite()",
        "The future was hidden after softmax, when it had taken its share: rows sum to less than 1. Hide first.",
    ),
    (
        "attend-infinite-weights",
        [
            ("table = attention.mask_future(table)", "pass"),
            ("    return", "    weights = attention.mask_future(weights) if causal else weights\n    return"),
        ],
        "-inf was put among the weights, after softmax. It belongs among the scores: hide the future first, then softmax.",
    ),
    (
        "attend-window-after-softmax",
        [
            ("table = attention.mask_outside_window(table, window)", "pass"),
            (
                "    return",
                "    if window:\n        weights = attention.mask_outside_window(weights, window)\n    return",
            ),
        ],
        "What lies outside the window was hidden among the weights, after softmax. Hide it among the scores, then softmax.",
    ),
    (
        "attend-hides-queries",
        [
            ("        table = attention.mask_future(table)", "        pass"),
            (
                "    table = attention.scores",
                "    if causal:\n        query = attention.mask_future(query)\n    table = attention.scores",
            ),
        ],
        "The future was hidden in the queries, before they were matched. Hide it in the table of scores, queries by keys.",
    ),
    (
        "attend-window-forgets-the-future",
        "mask_outside_window(table, window)",
        "mask_outside_window(attention.scores(query, key), window)",
        "With a window the future is seen again: what hides it is lost. Both are hidden in one table, one after the other.",
    ),
    (
        "attend-no-window",
        "table = attention.mask_outside_window(table, window)",
        "pass",
        "The window is lost. The lines that hide what is far must stay, and softmax the table that they give.",
    ),
    (
        "attend-top-left",
        "attention.mask_future(table)",
        "table.masked_fill(torch.ones_like(table).triu(1) > 0, -math.inf)",
        "With fewer queries than keys the mask stands too far left: the last query stands at the last key, and must see all. "
        "attention.mask_future knows.",
    ),
    (
        "attend-fills-zero",
        "attention.mask_future(table)",
        "table.tril(table.shape[-1] - table.shape[-2])",
        "Hidden scores are 0 here, and e to the 0 is 1: the future still gets a share. Only -inf gives a share of 0.",
    ),
    (
        "attend-no-scale",
        "attention.scores(query, key)",
        "query @ key.transpose(-2, -1)",
        "The scale is missing: the scores are divided by the root of head_dim. attention.scores(query, key) does it.",
    ),
    (
        "attend-scaled-twice",
        "attention.scores(query, key)",
        "attention.scores(query, key) / math.sqrt(query.shape[-1])",
        "Scaled twice: attention.scores has divided by the root of head_dim already, so the weights come out too flat.",
    ),
    (
        "attend-matches-values",
        "(query, key)",
        "(query, value)",
        "The queries were matched with the values. They are matched with the keys: scores(query, key).",
    ),
    (
        "attend-returns-scores",
        "attention.weighted_sum(weights, value)",
        "table",
        "These are the scores. Two steps more: softmax makes weights of them, and by those the values are mixed.",
    ),
    (
        "attend-heads-order",
        "attention.repeat_kv(key, n_heads), attention.repeat_kv(value, n_heads)",
        "(torch.cat([one] * (n_heads // one.shape[-3]), dim=-3) for one in (key, value))",
        "The heads of keys and values were repeated in the wrong order: 0, 1, 0, 1, where 0, 0, 1, 1 is needed. attention.repeat_kv does it.",
    ),
    (
        "attend-heads-not-shared",
        [
            ("attention.repeat_kv(key, n_heads), attention.repeat_kv(value, n_heads)", "key, value"),
            ("attention.scores(query, key)", "query @ key.mT / math.sqrt(query.shape[-1])"),
        ],
        "It stops where several query heads share one head of keys and values. The lines with repeat_kv repeat it for each: keep them.",
    ),
)
