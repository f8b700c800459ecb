"""Answers to `transformer.block` as readers might write them."""

import functools

import torch

from nextword import transformer
from tests.lessons import right, wrong


@right("transformer.block")
def _(x, layer, positions, cache=None):
    middle = layer.attention(layer.attention_norm(x), positions, cache) + x
    return layer.mlp(layer.mlp_norm(middle)) + middle


@right("transformer.block")
def _(x, layer, positions, cache=None):
    stream = x.clone()
    stream += layer.attention(layer.attention_norm(stream), positions=positions, cache=cache)
    stream += layer.mlp(layer.mlp_norm(stream))
    return stream


@right("transformer.block")
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    known = layer.mlp(layer.mlp_norm(x + found))
    return torch.stack([x, found, known]).sum(dim=0)


@right("transformer.block")
def _(x, layer, positions, cache=None):
    parts = [
        lambda x: layer.attention(layer.attention_norm(x), positions, cache),
        lambda x: layer.mlp(layer.mlp_norm(x)),
    ]
    return functools.reduce(lambda stream, part: stream + part(stream), parts, x)


@wrong("transformer.block", "block-no-attention-residual")
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return layer.mlp(layer.mlp_norm(found)) + found


@wrong("transformer.block", "block-no-mlp-residual")
def _(x, layer, positions, cache=None):
    middle = layer.attention(layer.attention_norm(x), positions, cache) + x
    return layer.mlp(layer.mlp_norm(middle))


@wrong("transformer.block", "block-no-residual")
def _(x, layer, positions, cache=None):
    for part in (
        layer.attention_norm,
        lambda x: layer.attention(x, positions, cache),
        layer.mlp_norm,
        layer.mlp,
    ):
        x = part(x)
    return x


@wrong("transformer.block", "block-adds-to-normed")
def _(x, layer, positions, cache=None):
    normed = layer.attention_norm(x)
    middle = layer.mlp_norm(normed + layer.attention(normed, positions, cache))
    return middle + layer.mlp(middle)


@wrong("transformer.block", "block-norm-afterwards")
def _(x, layer, positions, cache=None):
    middle = layer.attention_norm(layer.attention(x, positions, cache) + x)
    return layer.mlp_norm(layer.mlp(middle) + middle)


@wrong("transformer.block", "block-norm-of-answer")
def _(x, layer, positions, cache=None):
    found = layer.attention(x, positions, cache)
    middle = x + layer.attention_norm(found)
    known = layer.mlp(middle)
    return middle + layer.mlp_norm(known)


@wrong("transformer.block", "block-no-norms")
def _(x, layer, positions, cache=None):
    middle = layer.attention(x, positions, cache) + x
    return layer.mlp(middle) + middle


@wrong("transformer.block", "block-no-mlp-norm")
def _(x, layer, positions, cache=None):
    middle = layer.attention(layer.attention_norm(x), positions, cache) + x
    return layer.mlp(middle) + middle


@wrong("transformer.block", "block-no-attention-norm")
def _(x, layer, positions, cache=None):
    middle = layer.attention(x, positions, cache) + x
    return layer.mlp(layer.mlp_norm(middle)) + middle


@wrong("transformer.block", "edit")
def _(x, layer, positions, cache=None):
    norm = layer.attention_norm
    middle = layer.attention(norm(x), positions, cache) + x
    return layer.mlp(norm(middle)) + middle


@wrong("transformer.block", "block-norms-swapped")
def _(x, layer, positions, cache=None):
    first, second = layer.mlp_norm, layer.attention_norm
    middle = layer.attention(first(x), positions, cache) + x
    return layer.mlp(second(middle)) + middle


@wrong("transformer.block", "block-side-by-side")
def _(x, layer, positions, cache=None):
    known = layer.mlp(layer.mlp_norm(x))
    return layer.attention(layer.attention_norm(x), positions, cache) + known + x


@wrong("transformer.block", "block-mlp-first")
def _(x, layer, positions, cache=None):
    middle = layer.mlp(layer.mlp_norm(x)) + x
    return layer.attention(layer.attention_norm(middle), positions, cache) + middle


@wrong("transformer.block", "block-attention-lost")
def _(x, layer, positions, cache=None):
    before = x
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return layer.mlp(layer.mlp_norm(x)) + before


@wrong("transformer.block", "place-line")
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    known = layer.mlp(layer.mlp_norm(found))
    return known + found + x


@wrong("transformer.block", "block-no-mlp")
def _(x, layer, positions, cache=None):
    return layer.attention(layer.attention_norm(x), positions, cache) + x


@wrong("transformer.block", "block-no-attention")
def _(x, layer, positions, cache=None):
    return layer.mlp(layer.mlp_norm(x)) + x


@wrong("transformer.block", "place-spoiled")
def _(x, layer, positions, cache=None):
    middle = layer.attention(layer.attention_norm(x), positions, cache) + x
    return layer.mlp(layer.mlp_norm(middle)) + middle - x


@wrong("transformer.block", "argument-ignored")
def _(x, layer, positions, cache=None):
    middle = layer.attention(layer.attention_norm(x), positions, None) + x
    return layer.mlp(layer.mlp_norm(middle)) + middle


@wrong("transformer.block", "block-calls-layer")
def _(x, layer, positions, cache=None):
    return layer(x, positions, cache)


@wrong("transformer.block", "block-calls")
def _(x, layer, positions, cache=None):
    x + layer.attention(layer.attention_norm(x), positions, cache)
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@wrong("transformer.block", "changed-input")
def _(x, layer, positions, cache=None):
    x += layer.attention(layer.attention_norm(x), positions, cache)
    x += layer.mlp(layer.mlp_norm(x))
    return x


@wrong("transformer.block", "block-adds-to-normed-attention")
def _(x, layer, positions, cache=None):
    normed = layer.attention_norm(x)
    middle = normed + layer.attention(normed, positions, cache)
    return middle + layer.mlp(layer.mlp_norm(middle))


@wrong("transformer.block", "block-one-sum")
def _(x, layer, positions, cache=None):
    h = layer.attention_norm(x)
    h = layer.mlp_norm(layer.attention(h, positions, cache))
    return layer.mlp(h) + x


@wrong("transformer.block", "edit")
def _(x, layer, positions, cache=None):
    norm = layer.mlp_norm
    middle = layer.attention(norm(x), positions, cache) + x
    return layer.mlp(norm(middle)) + middle


@wrong("transformer.block", "inside-a-part")
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + transformer.mlp(layer.mlp_norm(x), layer.mlp)


@wrong("transformer.block", "block-old-copy")
def _(x, layer, positions, cache=None):
    read = layer.attention_norm(x)
    return x + layer.attention(read, positions, cache) + layer.mlp(read)
