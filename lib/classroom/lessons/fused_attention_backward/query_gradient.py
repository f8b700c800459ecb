"""The queries' gradient, from a kernel whose loop goes over the keys. torch's autograd knows it from the whole table."""

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.fused_attention_backward.shared import AWKWARD, CASES, by_autograd, close, in_autograd


@check(
    "kernels.flash_attention_backward.query_gradient",
    cases=CASES,
    awkward=AWKWARD,
    same=close,
    lives=in_autograd,
    twins=("kernels.flash_attention_backward.backward",),
)
def query_gradient(query, key, value, grad_out, lse, delta, *, causal=True, window=None):
    return by_autograd(query, key, value, grad_out, causal, window)[0]


EXPONENT = 'tl.where(seen, s - log_sum[:, None], float("-inf"))'
edits(
    "kernels.flash_attention_backward.query_gradient",
    (
        "dq-no-delta",
        "(dp - share[:, None])",
        "dp",
        "Delta is not taken off: each score hears of its own weight alone. In `share` stands one number for each query: dp - share[:, None].",
    ),
    (
        "dq-no-scale",
        "(dp - share[:, None]) * scale",
        "(dp - share[:, None])",
        "The scores were scaled on the way forward, so blame is scaled on the way back: ds times scale.",
    ),
    (
        "dq-scores-not-scaled",
        "tl.trans(k), dq.dtype) * scale",
        "tl.trans(k), dq.dtype)",
        "The scores are not scaled, and log_sum was made of scores that are: times scale, before e to the power is taken.",
    ),
    (
        "dq-no-mask",
        EXPONENT,
        "s - log_sum[:, None]",
        "Keys that a query does not see have a weight here, those beyond the end too. Where `seen` is False, put -inf: e to its power is 0.",
    ),
    (
        "dq-not-divided",
        "s - log_sum[:, None]",
        "s",
        "The weights do not sum to 1: log_sum, the log of each row's sum, has to be taken off before tl.exp.",
    ),
    (
        "dq-last-tile",
        "dq +=",
        "dq =",
        "Only the last tile of keys is left: each takes the place of the one before. Every tile adds its share: +=.",
    ),
    (
        "dq-weight-forgotten",
        "p * (dp",
        "(dp",
        "The weight itself is missing in ds: p * (dp - delta). A key that was not looked at is not to blame.",
    ),
    (
        "dq-of-the-weights",
        "ds.to(k.dtype), k",
        "p.to(k.dtype), k",
        "The keys were mixed by the weights. They are mixed by the scores' *gradients*: ds.",
    ),
    (
        "dq-mixes-values",
        "ds.to(k.dtype), k",
        "ds.to(v.dtype), v",
        "The values were mixed, and a score is made of query and *key*: what a query is owed are keys, each times its score's gradient.",
    ),
    (
        "dq-blame-from-keys",
        "tl.trans(v), dq.dtype)",
        "tl.trans(k), dq.dtype)",
        "dp was made with the keys. What a weight multiplies on the way forward are the values: dO times V, turned round.",
    ),
    (
        "dq-plus-delta",
        "dp - share",
        "dp + share",
        "Delta was added, and has to be taken off: what lies above the row's average should rise, what lies below it fall.",
    ),
    (
        "dq-power-of-two",
        "tl.exp(",
        "tl.exp2(",
        "The weights are powers of 2, and log_sum is a log with the base e: tl.exp.",
    ),
    (
        "dq-mask-of-zero",
        'float("-inf")',
        "0.0",
        "0 was put in the place of what is not seen, and e to the 0 is 1, the largest weight there can be: put -inf there.",
    ),
    (
        "dq-never-scaled",
        [
            ("tl.trans(k), dq.dtype) * scale", "tl.trans(k), dq.dtype)"),
            ("(dp - share[:, None]) * scale", "(dp - share[:, None])"),
        ],
        "scale is missing twice: in the scores, before e to the power is taken, and in their gradients.",
    ),
)
