"""The gradients of keys and values, from a kernel whose loop goes over the queries. torch's autograd knows both."""

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.fused_attention_backward.shared import AWKWARD, CASES, by_autograd, close, in_autograd


@check(
    "kernels.flash_attention_backward.key_value_gradients",
    cases=CASES,
    awkward=AWKWARD,
    same=close,
    lives=in_autograd,
    twins=("kernels.flash_attention_backward.backward",),
)
def key_value_gradients(query, key, value, grad_out, lse, delta, *, causal=True, window=None):
    return by_autograd(query, key, value, grad_out, causal, window)[1:]


EXPONENT = 'tl.where(seen, s - log_sum[None, :], float("-inf"))'
edits(
    "kernels.flash_attention_backward.key_value_gradients",
    (
        "dkv-no-delta",
        "(dp - share[None, :])",
        "dp",
        "The values' gradient is right. For the keys, delta is not taken off: dp - share[None, :], one number for each query.",
    ),
    (
        "dkv-no-scale",
        "(dp - share[None, :]) * scale",
        "(dp - share[None, :])",
        "The values' gradient is right. The scores were scaled on the way forward, so the keys' blame is scaled on the way back: ds times scale.",
    ),
    (
        "dkv-values-scaled",
        "do, dv.dtype)",
        "do, dv.dtype) * scale",
        "The keys' gradient is right. Values were never scaled on the way forward, and their gradient is not on the way back.",
    ),
    (
        "dkv-scores-not-scaled",
        "tl.trans(q), dk.dtype) * scale",
        "tl.trans(q), dk.dtype)",
        "The scores are not scaled, and log_sum was made of scores that are: times scale, before e to the power is taken.",
    ),
    (
        "dkv-no-mask",
        EXPONENT,
        "s - log_sum[None, :]",
        "Queries that do not see a key take part in its gradient. Where `seen` is False, put -inf: e to its power is 0.",
    ),
    (
        "dkv-not-divided",
        "s - log_sum[None, :]",
        "s",
        "The weights do not sum to 1: log_sum, the log of each query's sum, has to be taken off before tl.exp.",
    ),
    (
        "dkv-last-tile",
        [("dv +=", "dv ="), ("dk +=", "dk =")],
        "Only the last tile of queries is left, of the last head: each takes the place of the one before. Every tile adds its share: +=.",
    ),
    (
        "dkv-values-last-tile",
        "dv +=",
        "dv =",
        "The keys' gradient is right. For the values only the last tile of queries is left: dv += adds each one's share.",
    ),
    (
        "dkv-keys-last-tile",
        "dk +=",
        "dk =",
        "The values' gradient is right. For the keys only the last tile of queries is left: dk += adds each one's share.",
    ),
    (
        "dkv-weight-forgotten",
        "p * (dp",
        "(dp",
        "The values' gradient is right. In ds the weight itself is missing: p * (dp - delta).",
    ),
    (
        "dkv-values-by-gradients",
        [
            ("            dv += tiles.dot(p.to(do.dtype), do, dv.dtype)\n", ""),
            (
                "            dk +=",
                "            dv += tiles.dot(ds.to(do.dtype), do, dv.dtype)\n            dk +=",
            ),
        ],
        "The keys' gradient is right. The values' were mixed by ds: a value was multiplied by its *weight* on the way forward, so dv takes p.",
    ),
    (
        "dkv-keys-mix-blame",
        "ds.to(q.dtype), q",
        "ds.to(do.dtype), do",
        "The values' gradient is right. A score is made of key and *query*: what a key is owed are queries, each times its score's gradient.",
    ),
    (
        "dkv-mixes-queries",
        "p.to(do.dtype), do",
        "p.to(q.dtype), q",
        "The keys' gradient is right. For the values the queries were mixed. What comes back to a value is dO, by the weights.",
    ),
    (
        "dkv-power-of-two",
        "tl.exp(",
        "tl.exp2(",
        "The weights are powers of 2, and log_sum is a log with the base e: tl.exp.",
    ),
    (
        "dkv-blame-from-keys",
        "tiles.dot(v, tl.trans(do)",
        "tiles.dot(k, tl.trans(do)",
        "The values' gradient is right. dp was made with the keys, and what a weight multiplies on the way forward are the values: V times dO, turned round.",
    ),
)
