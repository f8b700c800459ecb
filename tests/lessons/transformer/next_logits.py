"""Answers to `transformer.next_logits` as readers might write them."""

import torch
from torch.nn import functional

from nextword import transformer
from tests.lessons import right, wrong


@right("transformer.next_logits")
def _(x, model):
    return model.unembed(model.final_norm(x))[..., -1, :]


@right("transformer.next_logits")
def _(x, model):
    last = x.select(-2, x.shape[-2] - 1)
    return model.unembed(model.final_norm(last))


@right("transformer.next_logits")
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1:, :])).squeeze(-2)


@right("transformer.next_logits")
def _(x, model):
    normed = model.final_norm(x).flip(-2)
    return model.unembed(normed.unbind(-2)[0])


@wrong("transformer.next_logits", "next-logits-first")
def _(x, model):
    return model.unembed(model.final_norm(x))[..., 0, :]


@wrong("transformer.next_logits", "next-logits-mean")
def _(x, model):
    return model.unembed(model.final_norm(x.sum(-2) / x.shape[-2]))


@wrong("transformer.next_logits", "next-logits-others")
def _(x, model):
    return model.unembed(model.final_norm(sum(x.unbind(-2))))


@wrong("transformer.next_logits", "next-logits-others")
def _(x, model):
    return model.unembed(model.final_norm(x).mean(-2))


@wrong("transformer.next_logits", "next-logits-others")
def _(x, model):
    return model.unembed(model.final_norm(x)).max(dim=-2).values


@wrong("transformer.next_logits", "next-logits-all")
def _(x, model):
    x = model.final_norm(x)
    return model.unembed(x)


@wrong("transformer.next_logits", "next-logits-no-norm")
def _(x, model):
    return model.unembed(x)[..., -1, :]


@wrong("transformer.next_logits", "next-logits-norm-afterwards")
def _(x, model):
    return model.final_norm(model.unembed(x))[..., -1, :]


@wrong("transformer.next_logits", "next-logits-batch")
def _(x, model):
    return model.unembed(model.final_norm(x))[-1]


@wrong("transformer.next_logits", "next-logits-from-the-left")
def _(x, model):
    last = x[:, x.shape[1] - 1, :]
    return model.unembed(model.final_norm(last))


@wrong("transformer.next_logits", "next-logits-from-the-left")
def _(x, model):
    return model.unembed(model.final_norm(x.select(1, -1)))


@wrong("transformer.next_logits", "next-logits-last-number")
def _(x, model):
    last = x.select(-1, -1)
    return model.unembed(model.final_norm(last))


@wrong("transformer.next_logits", "next-logits-axis-kept")
def _(x, model):
    return model.unembed(model.final_norm(x))[..., -1:, :]


@wrong("transformer.next_logits", "next-logits-softmax")
def _(x, model):
    return torch.softmax(model.unembed(model.final_norm(x))[..., -1, :], -1)


@wrong("transformer.next_logits", "next-logits-token")
def _(x, model):
    return model.unembed(model.final_norm(x))[..., -1, :].max(dim=-1).indices


@wrong("transformer.next_logits", "next-logits-embedding")
def _(x, model):
    return functional.linear(model.final_norm(x)[..., -1, :], model.embedding.weight)


@wrong("transformer.next_logits", "next-logits-vector")
def _(x, model):
    return model.final_norm(x)[..., -1, :]


@wrong("transformer.next_logits", "next-logits-others")
def _(x, model):
    return model.unembed(model.final_norm(x))[..., -2, :]


@wrong("transformer.next_logits", "next-logits-calls-model")
def _(x, model):
    return model(x)[..., -1, :]


@wrong("transformer.next_logits", "next-logits-calls")
def _(x, model):
    return model.unembed(model.final_norm.forward(x[..., -1, :]))


@wrong("transformer.next_logits", "place-parts")
def _(x, model):
    last = x[..., -1, :]
    return model.unembed(last / (last.square().mean(-1, keepdim=True) + 1e-5).sqrt())


@wrong("transformer.next_logits", "inside-a-part")
def _(x, model):
    return model.unembed(transformer.rms_norm(x[..., -1, :], model.final_norm.weight))


@wrong("transformer.next_logits", "next-logits-from-the-left")
def _(x, model):
    return model.unembed(model.final_norm(x))[:, -1]


@wrong("transformer.next_logits", "next-logits-from-the-left")
def _(x, model):
    last = x.reshape(-1, *x.shape[-2:])[:, -1]
    logits = model.unembed(model.final_norm(last))
    return logits if x.ndim > 2 else logits[0]


@wrong("transformer.next_logits", "next-logits-one-text")
def _(x, model):
    return model.unembed(model.final_norm(x.flatten(0, -2)[-1]))


@wrong("transformer.next_logits", "next-logits-one-text")
def _(x, model):
    return model.unembed(model.final_norm(x[0, -1] if x.ndim > 2 else x[-1]))
