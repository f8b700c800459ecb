"""Rung `attention_backward`: the gradients of attention by hand, one matmul after the other.

Attention is two matmuls with a softmax between them, and its backward four, and one more that makes the weights again.
Here each is a line on whole tables, to be read; `kernels.flash_attention_backward` does the same tile by tile.
Sources: Vaswani et al. 2017 (arXiv 1706.03762); Dao et al. 2022 (FlashAttention, arXiv 2205.14135), appendix B.2.
"""

import math

import torch

from nextword import attention
from nextword.base.precision import in_float32
from nextword.base.shapes import Float, Keys, Mixed, Queries, Scores, Tensor, Values


def gradients(
    query: Queries,
    key: Keys,
    value: Values,
    grad_out: Mixed,
    *,
    causal: bool = True,
    window: int | None = None,
) -> tuple[Queries, Keys, Values]:
    """The gradients of query, key and value, given that of what `attention.attend` made of them.

    >>> one = torch.tensor([[[1.0], [2.0]]])  # one head, two places
    >>> gradients(torch.zeros(1, 2, 1), one, one, torch.ones(1, 2, 1))[2]
    tensor([[[1.5000],
             [0.5000]]])
    """
    n_heads, n_kv_heads = query.shape[-3], key.shape[-3]
    keys, values = attention.repeat_kv(key, n_heads), attention.repeat_kv(value, n_heads)
    weights = attention.weights(query, key, causal=causal, window=window)  # (*batch, n_heads, queries, keys)
    grad_values = weights.transpose(-2, -1) @ grad_out
    grad_weights = grad_out @ values.transpose(-2, -1)
    grad_scores = score_gradients(weights, grad_weights) / math.sqrt(query.shape[-1])
    grad_query = grad_scores @ keys
    grad_keys = grad_scores.transpose(-2, -1) @ query
    return grad_query, sum_groups(grad_keys, n_kv_heads), sum_groups(grad_values, n_kv_heads)


@in_float32
def score_gradients(weights: Scores, grad_weights: Scores) -> Scores:
    """Softmax's backward, row by row: weight * (weight's gradient - delta).

    Delta is the average of the row's gradients, by weight: what lies above it should rise, what lies below it fall.

    >>> score_gradients(torch.tensor([[0.25, 0.75]]), torch.tensor([[4.0, 0.0]]))
    tensor([[ 0.7500, -0.7500]])
    """
    delta = (weights * grad_weights).sum(dim=-1, keepdim=True)
    return weights * (grad_weights - delta)


@in_float32
def weights_again(
    query: Queries,
    key: Keys,
    lse: Float[Tensor, "*batch n_heads queries"],
    *,
    causal: bool = True,
    window: int | None = None,
) -> Float[Tensor, "*batch n_heads queries keys"]:
    """The weights once more, exp(score - lse): one number a row is all that must be kept of the forward pass.

    `lse` is the log of the sum of the exponentials of the scores that a query sees, in nats.

    >>> weights_again(torch.zeros(1, 2, 1), torch.zeros(1, 2, 1), torch.tensor([[0.0, math.log(2)]]))
    tensor([[[1.0000, 0.0000],
             [0.5000, 0.5000]]])
    """
    scores = attention.scores(query, attention.repeat_kv(key, query.shape[-3]))
    unseen = ~attention.visible(*scores.shape[-2:], causal, window, scores.device)
    return torch.exp((scores - lse[..., None]).masked_fill(unseen, -math.inf))


def sum_groups(grad: Float[Tensor, "*batch n_heads keys head_dim"], n_kv_heads: int) -> Keys:
    """Back from a gradient for each query head to one for each head of keys: a key used twice is blamed twice.

    >>> sum_groups(torch.tensor([[[1.0]], [[2.0]], [[3.0]], [[4.0]]]), 2).flatten()
    tensor([3., 7.])
    """
    return grad.unflatten(-3, (n_kv_heads, -1)).sum(dim=-3)
