"""Lesson 02."""

import math

import numpy as np
import torch

from tests.lessons import right, wrong

# ---- softmax ----


@right("sampling.softmax")
def _(logits):
    return torch.exp(logits - torch.logsumexp(logits, dim=-1, keepdim=True))


@wrong("sampling.softmax", "softmax-whole-table")
def _(logits):
    return torch.softmax(logits.flatten(), dim=0).reshape(logits.shape)


@wrong("sampling.softmax", "softmax-axis")
def _(logits):
    powers = torch.exp(logits - logits.amax(dim=0))
    return powers / powers.sum(dim=0)


@wrong("sampling.softmax", "softmax-overflow")
def _(logits):
    with np.errstate(all="ignore"):
        e = np.e ** logits.numpy()
        return torch.from_numpy(e / e.sum(axis=-1, keepdims=True))


@wrong("sampling.softmax", "softmax-one-maximum")
def _(logits):
    e = (logits - torch.max(logits)).exp()
    return e / torch.sum(e, -1).unsqueeze(-1)


@wrong("sampling.softmax", "softmax-no-exp")
def _(logits):
    return torch.div(logits, logits.sum(-1, keepdim=True))


@wrong("sampling.softmax", "edit")
def _(logits):
    return torch.softmax(logits * math.log(2), dim=-1)


@wrong("sampling.softmax", "softmax-log")
def _(logits):
    return logits - torch.logsumexp(logits, dim=-1, keepdim=True)


@wrong("sampling.softmax", "softmax-not-divided")
def _(logits):
    return (logits - logits.amax(-1, keepdim=True)).exp()


@wrong("sampling.softmax", "softmax-keepdim")
def _(logits):
    e = torch.exp(logits - logits.amax(-1, keepdim=True))
    return e / torch.sum(e, dim=-1)


@wrong("sampling.softmax", "softmax-sign")
def _(logits):
    e = torch.exp(-(logits - logits.amin(-1, keepdim=True)))
    return e / e.sum(-1, keepdim=True)


# ---- with_temperature ----


@right("sampling.with_temperature")
def _(logits, temperature):
    if temperature == 0:
        cold = torch.full_like(logits, -math.inf)
        return cold.scatter(-1, logits.argmax(-1, keepdim=True), 0.0)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-multiplied")
def _(logits, temperature):
    if temperature == 0:
        return torch.full_like(logits, -math.inf).scatter(
            -1, logits.argmax(-1, keepdim=True), logits.amax(-1, keepdim=True)
        )
    return torch.mul(logits, temperature)


@wrong("sampling.with_temperature", "temperature-multiplied")
def _(logits, temperature):
    return temperature * logits


@wrong("sampling.with_temperature", "temperature-zero")
def _(logits, temperature):
    return torch.div(logits, temperature)


@wrong("sampling.with_temperature", "temperature-probabilities")
def _(logits, temperature):
    e = torch.exp(logits - logits.amax(-1, keepdim=True))
    probabilities = e / e.sum(-1, keepdim=True)
    return probabilities / temperature if temperature > 0 else probabilities


@wrong("sampling.with_temperature", "temperature-gives-probabilities")
def _(logits, temperature):
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).float()
    return (logits / temperature).softmax(-1)


@wrong("sampling.with_temperature", "temperature-zero-unchanged")
def _(logits, temperature):
    if temperature > 0:
        logits = logits / temperature
    return logits


@wrong("sampling.with_temperature", "temperature-zero-whole-table")
def _(logits, temperature):
    if temperature == 0:
        cold = torch.full_like(logits, -math.inf).flatten()
        cold[logits.argmax()] = 0.0
        return cold.reshape(logits.shape)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-zero-zeros")
def _(logits, temperature):
    if temperature == 0:
        best = logits.argmax(-1, keepdim=True)
        return torch.zeros_like(logits).scatter(-1, best, logits.gather(-1, best))
    return logits / temperature


# ---- top_k ----


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


# ---- top_p ----


def rows(logits):
    return logits.reshape(-1, logits.shape[-1])


def per_row(logits, keep_of_row):
    """Keep, in each row, the places that `keep_of_row(probabilities)` names."""
    out = torch.full_like(rows(logits), -math.inf)
    for row, kept in zip(rows(logits), out, strict=True):
        for place in keep_of_row(torch.softmax(row, dim=-1).tolist()):
            kept[place] = row[place]
    return out.reshape(logits.shape)


@right("sampling.top_p")
def _(logits, p):
    def until_p(chances):
        total, kept = 0.0, []
        for place in sorted(range(len(chances)), key=chances.__getitem__, reverse=True):
            kept.append(place)
            total += chances[place]
            if total >= p and p < 1:
                break
        return kept

    return per_row(logits, until_p)


@right("sampling.top_p")
def _(logits, p):
    if p >= 1:
        return logits.clone()
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) >= p
    remove[..., 1:] = remove[..., :-1].clone()
    remove[..., 0] = False
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@right("sampling.top_p")
def _(logits, p):
    if p == 1:
        return logits
    chances, order = torch.softmax(logits, dim=-1).sort(dim=-1, descending=True)
    n = (chances.cumsum(dim=-1) < p).sum(dim=-1, keepdim=True) + 1
    return torch.where(order.argsort(dim=-1) < n, logits, -math.inf)


@right("sampling.top_p")
def _(logits, p):
    table = np.atleast_2d(logits.numpy()).reshape(-1, logits.shape[-1]).astype(float)
    chances = np.exp(table - table.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    out = np.full_like(table, -np.inf)
    for row, (share, kept) in enumerate(zip(chances, out, strict=True)):
        order = np.argsort(-share, kind="stable")
        n = len(order) if p == 1 else np.searchsorted(np.cumsum(share[order]), p) + 1
        kept[order[:n]] = table[row, order[:n]]
    return torch.from_numpy(out).float().reshape(logits.shape)


@wrong("sampling.top_p", "top-p-at-1")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) >= p
    remove = torch.cat([torch.zeros_like(remove[..., :1]), remove[..., :-1]], dim=-1)
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@right("sampling.draw")
def _(probabilities, generator=None):
    """Row by row, in Python."""
    flat, pins_ = probabilities.reshape(-1, probabilities.shape[-1]), []
    for row in flat.tolist():
        pin, end = torch.rand(1, generator=generator).item() * sum(row), 0.0
        for token, chance in enumerate(row):  # noqa: B007
            end += chance
            if pin < end:
                break
        pins_.append(token)
    return torch.tensor(pins_).reshape(probabilities.shape[:-1])


@right("sampling.draw")
def _(probabilities, generator=None):
    ends = probabilities.double().cumsum(-1)
    pin = torch.rand(probabilities.shape[:-1], generator=generator, dtype=torch.float64).unsqueeze(-1)
    return (pin * ends[..., -1:] < ends).to(torch.int64).argmax(-1)


@right("sampling.softmax")
def _(logits):
    import torch.nn.functional as F

    return F.softmax(logits, dim=logits.dim() - 1)


@right("sampling.softmax")
def _(logits):
    numbers = logits.numpy()
    powers = np.exp(numbers - numbers.max(axis=-1, keepdims=True))
    return torch.from_numpy(powers / powers.sum(axis=-1, keepdims=True))


@right("sampling.with_temperature")
def _(logits, temperature):
    return (
        torch.log_softmax(logits / max(temperature, 1e-9), -1)
        if temperature
        else torch.where(logits == logits.amax(-1, True), logits, float("-inf"))
    )


@right("sampling.top_k")
def _(logits, k):
    out = torch.full_like(logits, -math.inf)
    for _ in range(min(k, logits.shape[-1])):
        best = logits.masked_fill(out > -math.inf, -math.inf).argmax(dim=-1, keepdim=True)
        out = out.scatter(-1, best, logits.gather(-1, best))
    return out


@wrong("sampling.top_p", "top-p-too-few")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) > p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-too-few")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) > p
    remove[..., 0] = False
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-best-dropped")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = torch.cumsum(chances, dim=-1) - chances < p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.top_p", "top-p-not-unsorted")
def _(logits, p):
    chances = torch.softmax(logits, dim=-1).sort(descending=True).values
    return logits.masked_fill(chances.cumsum(-1) - chances >= p, -math.inf)


@wrong("sampling.top_p", "top-p-wrong-way-back")
def _(logits, p):
    chances, order = torch.softmax(logits, dim=-1).sort(descending=True)
    remove = chances.cumsum(-1) - chances >= p
    return logits.masked_fill(torch.take_along_dim(remove, order, dim=-1), -math.inf)


@wrong("sampling.top_p", "argument-ignored")
def _(logits, p):
    out = torch.full_like(rows(logits), -math.inf)
    for row, kept in zip(rows(logits), out, strict=True):
        total = 0.0
        for place in row.argsort(descending=True).tolist():
            if total < p:
                kept[place] = row[place]
            total += float(row[place])
    return out.reshape(logits.shape)


@wrong("sampling.top_p", "top-p-threshold")
def _(logits, p):
    return per_row(logits, lambda chances: [place for place, chance in enumerate(chances) if chance >= p])


@wrong("sampling.top_p", "top-p-zeros")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = chances.cumsum(-1) - chances >= p
    remove = remove.scatter(-1, order, remove) | (logits == -math.inf)
    return logits.masked_fill(remove, 0.0)


@wrong("sampling.top_p", "place-spoiled")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = chances.cumsum(-1) - chances >= p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf).softmax(-1)


@wrong("sampling.top_p", "edit")
def _(logits, p):
    ordered, order = torch.sort(logits, dim=-1)
    chances = torch.softmax(ordered, dim=-1)
    remove = chances.cumsum(-1) - chances >= p
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


# ---- draw ----


def pins(probabilities, generator):
    return torch.rand((*probabilities.shape[:-1], 1), generator=generator)


@right("sampling.draw")
def _(probabilities, generator=None):
    flat = torch.multinomial(rows(probabilities), 1, generator=generator)
    return flat.reshape(probabilities.shape[:-1])


@right("sampling.draw")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    ids = torch.searchsorted(ends, pins(probabilities, generator) * ends[..., -1:], right=True).squeeze(-1)
    return ids.clamp(max=probabilities.shape[-1] - 1)


@right("sampling.draw")  # Gumbel's trick
def _(probabilities, generator=None):
    noise = torch.rand(probabilities.shape, generator=generator)
    return (probabilities.log() - (-noise.log()).log()).argmax(-1)


@wrong("sampling.draw", "draw-ignores-generator")
def _(probabilities, generator=None):
    return torch.multinomial(rows(probabilities), 1).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-never-varies")
def _(probabilities, generator=None):
    return probabilities.argmax(-1)


@wrong("sampling.draw", "draw-seeded-inside")
def _(probabilities, generator=None):
    generator = torch.Generator().manual_seed(0)
    return torch.multinomial(rows(probabilities), 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-one-pin")
def _(probabilities, generator=None):
    pin = torch.rand(1, generator=generator)
    return (probabilities.cumsum(-1) <= pin).sum(-1).clamp(max=probabilities.shape[-1] - 1)


@wrong("sampling.draw", "draw-uniform")
def _(probabilities, generator=None):
    return torch.multinomial((rows(probabilities) > 0).float(), 1, generator=generator).reshape(
        probabilities.shape[:-1]
    )


@wrong("sampling.draw", "draw-uniform")
def _(probabilities, generator=None):
    return torch.randint(probabilities.shape[-1], probabilities.shape[:-1], generator=generator)


@wrong("sampling.draw", "draw-softmax-again")
def _(probabilities, generator=None):
    again = torch.softmax(rows(probabilities), -1) * (rows(probabilities) > 0)
    return torch.multinomial(again, 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-softmax-again")  # the plain form of it: softmax makes the impossible possible
def _(probabilities, generator=None):
    again = torch.softmax(rows(probabilities), -1)
    return torch.multinomial(again, 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-log-again")
def _(probabilities, generator=None):
    logs = -rows(probabilities).clamp(min=1e-9).log() * (rows(probabilities) > 0)
    logs = torch.where(rows(probabilities) == 1, 1.0, logs)
    return torch.multinomial(logs, 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-not-accumulated")
def _(probabilities, generator=None):
    pin = pins(probabilities, generator)
    inside = pin < probabilities
    return torch.where(inside.any(-1), inside.float().argmax(-1), probabilities.shape[-1] - 1)


@wrong("sampling.draw", "draw-off-by-one")
def _(probabilities, generator=None):
    return (probabilities.cumsum(-1) <= pins(probabilities, generator)).sum(-1) + 1


@wrong("sampling.draw", "draw-past-the-end")
def _(probabilities, generator=None):
    return (probabilities.cumsum(-1) <= pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-not-a-tensor")
def _(probabilities, generator=None):
    return torch.multinomial(rows(probabilities), 1, generator=generator).flatten().tolist()


@wrong("sampling.draw", "draw-not-ids")
def _(probabilities, generator=None):
    return (
        torch.multinomial(rows(probabilities), 1, generator=generator)
        .reshape(probabilities.shape[:-1])
        .float()
    )


@wrong("sampling.draw", "draw-shape")
def _(probabilities, generator=None):
    return torch.multinomial(rows(probabilities), 1, generator=generator)


@wrong("sampling.draw", "draw-frequencies")
def _(probabilities, generator=None):
    squared = rows(probabilities) ** 2
    return torch.multinomial(squared, 1, generator=generator).reshape(probabilities.shape[:-1])


# ---- found by trying ----


@wrong("sampling.softmax", "softmax-sigmoid")
def _(logits):
    return 1 / (1 + torch.exp(-logits))


@wrong("sampling.softmax", "softmax-not-the-largest")
def _(logits):
    powers = (logits - logits.amin(-1, keepdim=True)).exp()
    return powers / powers.sum(-1).unsqueeze(-1)


@wrong("sampling.softmax", "softmax-not-the-largest")
def _(logits):
    powers = (logits - logits.sum(-1, keepdim=True) / logits.shape[-1]).exp()
    return powers / powers.sum(-1, keepdim=True)


@wrong("sampling.softmax", "softmax-whole-table")  # and no maximum: two at once
def _(logits):
    powers = torch.exp(logits)
    return powers / powers.sum()


@wrong("sampling.softmax", "place-spoiled")
def _(logits):
    return torch.softmax(logits, dim=-1).half()


@right("sampling.softmax")
def _(logits):
    return torch.log_softmax(logits.double(), -1).exp().to(logits.dtype)


@wrong("sampling.with_temperature", "edit")
def _(logits, temperature):
    if temperature == 0:
        return torch.where(logits < logits.amax(-1, keepdim=True), -math.inf, logits)
    return torch.sub(logits, temperature)


@wrong("sampling.with_temperature", "temperature-zero-stops")
def _(logits, temperature):
    colder = 1.0 / temperature
    return logits.mul(colder)


@wrong("sampling.with_temperature", "temperature-zero-one-hot")
def _(logits, temperature):
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-zero-others")
def _(logits, temperature):
    return logits / max(temperature, 0.01)


@wrong("sampling.with_temperature", "temperature-zero-best-removed")
def _(logits, temperature):
    if temperature == 0:
        return logits.masked_fill(logits == logits.amax(-1, keepdim=True), -math.inf)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-gives-probabilities")  # and nothing for 0: two at once
def _(logits, temperature):
    return torch.softmax(logits / temperature, dim=-1)


@right("sampling.with_temperature")
def _(logits, temperature):
    if temperature > 0:
        return torch.log_softmax(logits.double() / temperature, -1).to(logits.dtype)
    best = logits.argmax(-1, keepdim=True)
    return torch.full_like(logits, -math.inf).scatter(-1, best, 0.0)


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


@wrong("sampling.top_p", "top-p-sorted")
def _(logits, p):
    ordered = logits.sort(-1, descending=True).values
    reached = torch.softmax(ordered, -1).cumsum(-1)
    removed = torch.cat([torch.zeros_like(reached[..., :1]), reached[..., :-1]], -1) >= p
    return ordered.masked_fill(removed, -math.inf)


@wrong("sampling.top_p", "top-p-one-more")
def _(logits, p):
    def one_more(chances):
        order = sorted(range(len(chances)), key=lambda place: -chances[place])
        kept, reached = [], 0.0
        for place in order:
            kept.append(place)
            if reached >= p:
                break
            reached += chances[place]
        return kept

    return per_row(logits, one_more)


@wrong("sampling.top_p", "top-p-very-low")
def _(logits, p):
    chances, order = torch.softmax(logits, -1).sort(-1, descending=True)
    kept = chances.cumsum(-1) - chances < p
    return logits.masked_fill(~torch.zeros_like(kept).scatter(-1, order, kept), -1e9)


@right("sampling.top_p")  # from the smallest up
def _(logits, p):
    ordered, order = logits.sort(-1)
    removed = torch.softmax(ordered, -1).cumsum(-1) <= 1 - p
    return logits.masked_fill(torch.zeros_like(removed).scatter(-1, order, removed), -math.inf)


@wrong("sampling.draw", "draw-counts-after")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    return (ends > pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-not-ids")
def _(probabilities, generator=None):
    flat = probabilities.reshape(-1, probabilities.shape[-1])
    return torch.multinomial(flat, 1, generator=generator).reshape(probabilities.shape[:-1]).int()


@wrong("sampling.softmax", "softmax-place-subtracted")
def _(logits):
    powers = (logits - torch.max(logits, dim=-1, keepdim=True).indices).exp()
    return powers / powers.sum(-1, keepdim=True)


@wrong("sampling.softmax", "softmax-clamped")
def _(logits):
    return torch.softmax(torch.minimum(logits, torch.tensor(70.0)), dim=-1)


@wrong("sampling.softmax", "loses-its-kind")
def _(logits):
    return torch.softmax(logits, dim=-1, dtype=torch.float64)


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


@wrong("sampling.top_p", "top-p-probabilities")
def _(logits, p):
    shares = torch.softmax(logits, dim=-1)
    ordered, order = shares.sort(dim=-1, descending=True)
    removed = ordered.cumsum(dim=-1) - ordered >= p
    return shares.masked_fill(removed.scatter(-1, order, removed), -math.inf)


@wrong("sampling.top_p", "top-p-first-missing")
def _(logits, p):
    ordered, order = torch.sort(logits, descending=True, dim=-1)
    remove = torch.cumsum(torch.softmax(ordered, dim=-1), dim=-1) >= p
    remove[..., 1:] = remove[..., :-1].clone()
    return logits.masked_fill(remove.scatter(-1, order, remove), -math.inf)


@wrong("sampling.draw", "draw-axis")
def _(probabilities, generator=None):
    ends = torch.cumsum(probabilities, 0)
    return (ends <= pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-not-accumulated")
def _(probabilities, generator=None):
    return (probabilities <= pins(probabilities, generator)).sum(-1).clamp(max=probabilities.shape[-1] - 1)


@wrong("sampling.draw", "draw-ranks")
def _(probabilities, generator=None):
    ends = probabilities.sort(dim=-1, descending=True).values.cumsum(-1)
    return (ends <= pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-one-row")
def _(probabilities, generator=None):
    pin, end = torch.rand(1, generator=generator), 0.0
    for token, chance in enumerate(probabilities):
        end += chance
        if pin < end:
            return torch.tensor(token)
    return torch.tensor(len(probabilities) - 1)


@wrong("sampling.draw", "draw-pin-each-token")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    return (ends <= torch.rand(ends.shape, generator=generator)).sum(-1).clamp(max=ends.shape[-1] - 1)


@wrong("sampling.softmax", "softmax-loop")
def _(logits):
    shares = []
    for row in logits:
        powers = torch.exp(row - row.max())
        shares.append(powers / powers.sum())
    return torch.stack(shares)


@wrong("sampling.softmax", "softmax-sign")  # and no maximum
def _(logits):
    powers = 1 / torch.exp(logits)
    return powers / powers.sum(-1, keepdim=True)


@wrong("sampling.top_k", "top-k-kthvalue")
def _(logits, k):
    n = min(k, logits.shape[-1]) - 1
    return torch.where(logits >= logits.sort(dim=-1).values[..., n : n + 1], logits, -math.inf)
