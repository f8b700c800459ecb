"""Answers to `sampling.top_k` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong


@right("sampling.top_k")
def _(logits, k):
    values, places = logits.topk(min(k, logits.shape[-1]))
    return torch.full_like(logits, float("-inf")).scatter(-1, places, values)


@wrong("sampling.top_k", "top-k-zeros")
def _(logits, k):
    values, places = logits.topk(min(k, logits.shape[-1]))
    return torch.zeros_like(logits).scatter(-1, places, values)


@wrong("sampling.top_k", "top-k-smallest")
def _(logits, k):
    values, places = logits.topk(min(k, logits.shape[-1]), largest=False)
    return torch.full_like(logits, float("-inf")).scatter(-1, places, values)


@wrong("sampling.top_k", "top-k-sorted")
def _(logits, k):
    return logits.sort(descending=True).values[..., :k]


@wrong("sampling.top_k", "top-k-indices")
def _(logits, k):
    return logits.argsort(descending=True)[..., :k]


@wrong("sampling.top_k", "raised")
def _(logits, k):
    values, places = logits.topk(k)
    return torch.full_like(logits, float("-inf")).scatter(-1, places, values)


@wrong("sampling.top_k", "edit")
def _(logits, k):
    kth = logits.sort(descending=True).values[..., min(k, logits.shape[-1] - 1)]
    return logits.masked_fill(logits < kth.unsqueeze(-1), float("-inf"))


@wrong("sampling.top_k", "top-k-last-removed")
def _(logits, k):
    kept = torch.full_like(logits, float("-inf"))
    if k > 1:
        values, places = logits.topk(min(k - 1, logits.shape[-1]))
        kept = kept.scatter(-1, places, values)
    return kept


@wrong("sampling.top_k", "top-k-whole-table")
def _(logits, k):
    values, places = logits.flatten().topk(min(k, logits.numel()))
    return torch.full_like(logits.flatten(), float("-inf")).scatter(0, places, values).reshape(logits.shape)


@wrong("sampling.top_k", "top-k-argsort-once")
def _(logits, k):
    order = torch.argsort(-logits, dim=-1)
    return logits.masked_fill(order >= k, float("-inf"))


@wrong("sampling.top_k", "place-spoiled")
def _(logits, k):
    values, places = logits.topk(min(k, logits.shape[-1]))
    return torch.full_like(logits, float("-inf")).scatter(-1, places, values).softmax(-1)


@right("sampling.top_k")
def _(logits, k):
    out = torch.full_like(logits, -math.inf)
    for _ in range(min(k, logits.shape[-1])):
        best = logits.masked_fill(out > -math.inf, -math.inf).argmax(dim=-1, keepdim=True)
        out = out.scatter(-1, best, logits.gather(-1, best))
    return out


@wrong("sampling.top_k", "top-k-last-removed")
def _(logits, k):
    ordered = logits.sort(-1, descending=True).values
    last = ordered[..., min(k, logits.shape[-1]) - 1].unsqueeze(-1)
    return logits.masked_fill(logits <= last, -math.inf)


@wrong("sampling.top_k", "argument-ignored")
def _(logits, k):
    return logits.masked_fill(logits < logits.amax(-1, keepdim=True), -math.inf)


@wrong("sampling.top_k", "top-k-last-row")
def _(logits, k):
    return logits.masked_fill(logits < torch.topk(logits, min(k, logits.size(-1))).values[-1], -math.inf)


@wrong("sampling.top_k", "top-k-very-low")
def _(logits, k):
    return logits.masked_fill(logits < torch.topk(logits, min(k, logits.size(-1))).values[..., -1:], -1e9)


@wrong("sampling.top_k", "top-k-sorted")  # and nothing for a large k: two at once
def _(logits, k):
    return torch.topk(logits, k).values


@right("sampling.top_k")
def _(logits, k):
    values, places = torch.topk(logits.double(), min(k, logits.shape[-1]))
    return torch.full_like(logits, -math.inf).scatter(-1, places, values.to(logits.dtype))


@wrong("sampling.top_k", "top-k-row-sorted")
def _(logits, k):
    row = torch.sort(logits, descending=True).values
    row[..., k:] = -math.inf
    return row


@wrong("sampling.top_k", "top-k-all-rows")
def _(logits, k):
    best = logits.argsort(dim=-1, descending=True)[..., :k]
    removed = torch.ones_like(logits, dtype=torch.bool)
    removed[..., best.flatten()] = False
    return logits.masked_fill(removed, -math.inf)


@wrong("sampling.top_k", "top-k-kthvalue")
def _(logits, k):
    n = min(k, logits.shape[-1]) - 1
    return torch.where(logits >= logits.sort(dim=-1).values[..., n : n + 1], logits, -math.inf)


@wrong("sampling.top_k", "top-k-shape-1")
def _(logits, k):
    last = logits.sort(-1, descending=True).values[..., min(k, logits.shape[1]) - 1]
    return logits.masked_fill(logits < last.unsqueeze(-1), -math.inf)


@wrong("sampling.top_k", "top-k-equals")
def _(logits, k):
    if k >= logits.shape[-1]:
        return logits
    first_out = logits.sort(-1, descending=True).values[..., k : k + 1]
    return logits.masked_fill(logits <= first_out, -math.inf)
