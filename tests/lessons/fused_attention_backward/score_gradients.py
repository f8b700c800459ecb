"""Answers to `attention_backward.score_gradients` as readers might write them."""

import torch

from tests.lessons import right, wrong

TARGET = "attention_backward.score_gradients"


@right(TARGET)
def _(weights, grad_weights):
    """With the product made once, and its sum by einsum."""
    product = torch.mul(weights, grad_weights)
    return product - weights * torch.einsum("...k->...", product).unsqueeze(-1)


@right(TARGET)
def _(weights, grad_weights):
    """By the whole table of slopes: the weight on the diagonal, less the products of weights."""
    slopes = torch.diag_embed(weights) - weights[..., :, None] * weights[..., None, :]
    return (slopes @ grad_weights[..., None])[..., 0]


@right(TARGET)
def _(weights, grad_weights):
    """As delta, one matmul of a row and a column."""
    delta = weights[..., None, :] @ grad_weights[..., :, None]
    return weights * (grad_weights - delta[..., 0])


@wrong(TARGET, "rows-no-delta")
def _(weights, grad_weights):
    return torch.mul(grad_weights, weights)


@wrong(TARGET, "rows-plain-mean")
def _(weights, grad_weights):
    n = grad_weights.shape[-1]
    return weights * grad_weights - weights * (torch.sum(grad_weights, -1, True) / n)


@wrong(TARGET, "rows-sum-without-weights")
def _(weights, grad_weights):
    everything = torch.einsum("...k->...", grad_weights)[..., None]
    return (grad_weights - everything) * weights


@wrong(TARGET, "rows-of-log-softmax")
def _(weights, grad_weights):
    total = torch.sum(grad_weights, dim=-1, keepdim=True)
    return grad_weights - total * weights


@wrong(TARGET, "rows-columns")
def _(weights, grad_weights):
    delta = torch.einsum("...qk,...qk->...k", weights, grad_weights)[..., None, :]
    return weights * grad_weights - weights * delta


@wrong(TARGET, "rows-all-together")
def _(weights, grad_weights):
    delta = torch.sum(torch.flatten(weights * grad_weights))
    return weights * grad_weights - weights * delta


@wrong(TARGET, "rows-no-keepdim")
def _(weights, grad_weights):
    product = weights * grad_weights
    return product - weights * torch.sum(product, -1)


@wrong(TARGET, "rows-weight-forgotten")
def _(weights, grad_weights):
    return grad_weights - torch.einsum("...k,...k->...", weights, grad_weights).unsqueeze(-1)


@wrong(TARGET, "rows-own-alone")
def _(weights, grad_weights):
    return weights * grad_weights * (1 - weights)


@wrong(TARGET, "rows-plus")
def _(weights, grad_weights):
    product = weights * grad_weights
    return product + weights * torch.sum(product, dim=-1, keepdim=True)
