"""Lesson 07."""

import functools
import math

import torch
from torch import nn
from torch.nn import functional

from nextword import transformer
from tests.lessons import right, wrong

# ---- rms_norm ----


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    root = ((x**2).mean(-1, keepdim=True) + eps) ** 0.5
    return x / root if weight is None else x / root * weight


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    total = torch.einsum("...i,...i->...", x, x)[..., None]
    scaled = x / torch.sqrt(total / x.shape[-1] + eps)
    return scaled * (1 if weight is None else weight)


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    length = torch.linalg.vector_norm(x.float(), dim=-1, keepdim=True)
    scaled = (x / (length**2 / x.size(-1) + eps).sqrt()).to(x.dtype)
    if weight is not None:
        scaled = scaled * weight
    return scaled


@right("transformer.rms_norm")
def _(x, weight=None, eps=1e-5):
    rows = [row / math.sqrt(float((row.double() ** 2).mean()) + eps) for row in x.reshape(-1, x.shape[-1])]
    scaled = torch.stack(rows).reshape(x.shape)
    return scaled if weight is None else weight * scaled


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.abs().mean(-1, keepdim=True) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    scaled = functional.normalize(x, dim=-1)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-rsqrt")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.pow(2).mean(-1, keepdim=True) + eps).rsqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-mean")
def _(x, weight=None, eps=1e-5):
    return functional.layer_norm(x, x.shape[-1:], weight, None, eps)


@wrong("transformer.rms_norm", "rms-norm-sum")
def _(x, weight=None, eps=1e-5):
    scaled = x / ((x * x).sum(-1, keepdim=True) + eps).sqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-keepdim")
def _(x, weight=None, eps=1e-5):
    scaled = x / torch.sqrt(torch.mean(x**2, -1) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-axis")
def _(x, weight=None, eps=1e-5):
    scaled = x / torch.sqrt((x**2).mean(0) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-whole-table")
def _(x, weight=None, eps=1e-5):
    scaled = x / torch.sqrt(torch.mean(x * x) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    scaled = x * (1 / ((x**2).mean(-1, keepdim=True) + eps))
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-no-eps")
def _(x, weight=None, eps=1e-5):
    scaled = x * (x**2).mean(-1, keepdim=True).rsqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-eps-outside")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.norm(dim=-1, keepdim=True) / x.shape[-1] ** 0.5 + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "argument-ignored")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x, x.shape[-1:], weight, 1e-5)


@wrong("transformer.rms_norm", "rms-norm-square-of-mean")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.mean(-1, keepdim=True) ** 2 + eps).sqrt()
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "edit")
def _(x, weight=None, eps=1e-5):
    scale = 1 / (x.pow(2).mean(-1, keepdim=True) + eps).sqrt()
    return scale if weight is None else scale * weight


@wrong("transformer.rms_norm", "rms-norm-half")
def _(x, weight=None, eps=1e-5):
    scaled = x / ((x**2).mean(-1, keepdim=True) + eps) ** 1 * 2
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "argument-ignored")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x, x.shape[-1:], None, eps)


@wrong("transformer.rms_norm", "rms-norm-weight-first")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x if weight is None else x * weight, x.shape[-1:], None, eps)


@wrong("transformer.rms_norm", "place-parts")
def _(x, weight=None, eps=1e-5):
    return functional.rms_norm(x, x.shape[-1:], None, eps) + (0 if weight is None else weight)


@wrong("transformer.rms_norm", "rms-norm-kind")
def _(x, weight=None, eps=1e-5):
    scaled = x.float() * torch.rsqrt(x.float().square().mean(-1, keepdim=True) + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    spread = ((x - x.mean(-1, keepdim=True)) ** 2).sum(-1, keepdim=True) / (x.shape[-1] - 1)
    scaled = x / (spread**0.5 + eps)
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    spread = ((x - x.mean(-1, keepdim=True)) ** 2).mean(-1, keepdim=True)
    scaled = x / (spread + eps) ** 0.5
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-other-size")
def _(x, weight=None, eps=1e-5):
    total = torch.einsum("...i,...i->...", x, x)[..., None]
    scaled = x / (total / (x.shape[-1] - 1) + eps) ** 0.5
    return scaled if weight is None else scaled * weight


@wrong("transformer.rms_norm", "rms-norm-eps-for-zeros")
def _(x, weight=None, eps=1e-5):
    size = x.square().mean(dim=-1, keepdim=True).sqrt()
    size = size + (size == 0)
    return x / size if weight is None else x / size * weight


@wrong("transformer.rms_norm", "rms-norm-eps-squared")
def _(x, weight=None, eps=1e-5):
    scaled = x / (x.pow(2).mean(-1, keepdim=True) + eps * eps).sqrt()
    return scaled if weight is None else scaled * weight


# ---- mlp ----


def silu(x):
    return x / (1 + torch.exp(-x))


@right("transformer.mlp")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * gate.sigmoid() * layer.up(x))


@right("transformer.mlp")
def _(x, layer):
    neurons = layer.up(x)
    neurons = neurons * nn.SiLU()(layer.gate(x))
    return layer.down(neurons)


@right("transformer.mlp")
def _(x, layer):
    opened, given = functional.silu(layer.gate(x)), layer.up(x)
    return layer.down(torch.einsum("...n,...n->...n", given, opened))


@wrong("transformer.mlp", "mlp-silu-on-up")
def _(x, layer):
    up = layer.up(x)
    return layer.down(up * up.sigmoid() * layer.gate(x))


@wrong("transformer.mlp", "mlp-sum")
def _(x, layer):
    neurons = silu(layer.gate(x))
    neurons = neurons + layer.up(x)
    return layer.down(neurons)


@wrong("transformer.mlp", "mlp-no-gate")
def _(x, layer):
    neurons = layer.up(x)
    return layer.down(neurons * neurons.sigmoid())


@wrong("transformer.mlp", "mlp-gate-only")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * torch.sigmoid(gate))


@wrong("transformer.mlp", "mlp-no-bend")
def _(x, layer):
    return layer.down(torch.mul(layer.up(x), layer.gate(x)))


@wrong("transformer.mlp", "mlp-both-bent")
def _(x, layer):
    gate, up = functional.silu(layer.gate(x)), functional.silu(layer.up(x))
    return layer.down(gate * up)


@wrong("transformer.mlp", "mlp-bent-after")
def _(x, layer):
    product = layer.up(x) * layer.gate(x)
    return layer.down(product * product.sigmoid())


@wrong("transformer.mlp", "place-parts")
def _(x, layer):
    added = layer.down(layer.up(x) * layer.gate(x))
    return added * added.sigmoid()


@wrong("transformer.mlp", "mlp-sigmoid")
def _(x, layer):
    return layer.down(layer.up(x) / (1 + (-layer.gate(x)).exp()))


@wrong("transformer.mlp", "place-parts")
def _(x, layer):
    return layer.down(layer.gate(x).clamp(min=0) * layer.up(x))


@wrong("transformer.mlp", "place-line")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * 0.5 * (1 + torch.erf(gate / math.sqrt(2))) * layer.up(x))


@wrong("transformer.mlp", "place-parts")
def _(x, layer):
    return layer.down(layer.gate(x).tanh() * layer.up(x))


@wrong("transformer.mlp", "mlp-no-down")
def _(x, layer):
    gate = layer.gate(x)
    return layer.up(x) * gate * gate.sigmoid()


@wrong("transformer.mlp", "mlp-adds-x")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(layer.up(x) * gate * gate.sigmoid()) + x


@wrong("transformer.mlp", "mlp-no-biases")
def _(x, layer):
    linear = functional.linear
    neurons = functional.silu(linear(x, layer.gate.weight)) * linear(x, layer.up.weight)
    return linear(neurons, layer.down.weight)


@wrong("transformer.mlp", "mlp-in-a-row")
def _(x, layer):
    neurons = layer.gate(x)
    neurons = neurons * neurons.sigmoid()
    neurons = layer.up(neurons)
    return layer.down(neurons)


@wrong("transformer.mlp", "mlp-calls")
def _(x, layer):
    def through(layer, x):
        return functional.linear(x, layer.weight, layer.bias)

    return through(layer.down, functional.silu(through(layer.gate, x)) * through(layer.up, x))


@wrong("transformer.mlp", "mlp-calls")
def _(x, layer):
    return layer.down(layer.gate(x) * layer.gate(x).sigmoid() * layer.up(x))


@wrong("transformer.mlp", "mlp-calls-dials")
def _(x, layer):
    return layer(x)


@wrong("transformer.mlp", "mlp-bent-x")
def _(x, layer):
    return layer.down(layer.up(x) * layer.gate(x * x.sigmoid()))


@wrong("transformer.mlp", "place-line")
def _(x, layer):
    gate = layer.gate(x)
    return layer.down(gate * gate.sigmoid() * gate)


@wrong("transformer.mlp", "mlp-norms-first")
def _(x, layer):
    x = transformer.rms_norm(x)
    return layer.down(functional.silu(layer.gate(x)) * layer.up(x))


@wrong("transformer.mlp", "mlp-turned")
def _(x, layer):
    gate, up, down = layer.gate.weight, layer.up.weight, layer.down.weight
    return (silu(x.matmul(gate)) * x.matmul(up)).matmul(down)


# ---- block ----


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


# ---- next_logits ----


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


# ---- count_parameters ----


def extras(config):
    """What the exercise gives."""
    total = config.context * config.d_model if config.positions == "learned" else 0
    if config.biases:
        in_mlp = config.d_mlp * (2 if config.mlp == "swiglu" else 1)
        total += config.n_layers * (3 * config.d_model + 2 * config.n_kv_heads * config.head_dim + in_mlp)
    return total


def norm_dials(config):
    """What the exercise gives."""
    return config.d_model * config.norm_weights * (2 if config.norm == "layer" else 1)


def by_kind(config):
    """How many there are of each, so that an instance can leave some out."""
    d_model, d_kv, n = config.d_model, config.n_kv_heads * config.head_dim, config.n_layers
    return {
        "in": config.vocab_size * d_model,
        "out": 0 if config.tied else config.vocab_size * d_model,
        "query": n * d_model**2,
        "key": n * d_model * d_kv,
        "value": n * d_model * d_kv,
        "output": n * d_model**2,
        "gate": n * d_model * config.d_mlp if config.mlp == "swiglu" else 0,
        "up": n * d_model * config.d_mlp,
        "down": n * d_model * config.d_mlp,
        "norms": 2 * n * norm_dials(config),
        "last norm": norm_dials(config),
        "extras": extras(config),
    }


def without(*kinds):
    return lambda config: sum(n for kind, n in by_kind(config).items() if kind not in kinds)


right("transformer.count_parameters")(without())


@right("transformer.count_parameters")
def _(config):
    d, n = config.d_model, config.n_layers
    total = 0
    for _ in range(n):
        for rows, columns in [(d, d), (d, d), *[(d, d * config.n_kv_heads // config.n_heads)] * 2]:
            total += rows * columns
        total += (2 + (config.mlp == "swiglu")) * d * config.d_mlp
        total += 2 * norm_dials(config)
    return total + norm_dials(config) + (2 - config.tied) * config.vocab_size * d + extras(config)


def instance(id):
    return wrong("transformer.count_parameters", id)


instance("count-no-unembedding")(without("out"))
instance("count-kinds")(without("in", "out"))
instance("count-kinds")(without("output"))
instance("count-two-matrices")(without("gate"))
instance("count-one-matrix")(without("down"))
instance("count-kinds")(without("norms", "last norm"))
instance("count-kinds")(without("last norm"))
instance("count-no-extras")(without("extras"))
instance("count-kinds")(without("value"))
instance("count-several-at-once")(without("gate", "output", "last norm"))
instance("count-two-at-once")(without("output", "norms", "last norm"))
instance("count-kinds")(without("query", "key", "value", "output"))
instance("count-one-matrix")(without("up"))
instance("count-kinds")(without("query"))


@instance("count-differs")
def _(config):
    d = config.d_model
    return 2 * config.vocab_size * d + config.n_layers * (4 * d * d + 3 * d * config.d_mlp)


@instance("count-tied-twice")
def _(config):
    return without("out")(config) + config.vocab_size * config.d_model


@instance("count-tied-turned")
def _(config):
    return without("out")(config) + config.vocab_size * config.d_model * config.tied


@instance("count-all-heads")
def _(config):
    return without("key", "value")(config) + 2 * config.n_layers * config.d_model * config.d_model


@instance("count-heads-as-width")
def _(config):
    return without("key", "value")(config) + 2 * config.n_layers * config.d_model * config.n_kv_heads


@instance("count-one-head")
def _(config):
    return without("key", "value")(config) + 2 * config.n_layers * config.d_model * config.head_dim


@instance("count-differs")
def _(config):
    heads = config.n_heads + 2 * config.n_kv_heads
    return without("query", "key", "value")(config) + config.n_layers * heads * config.d_model**2


@instance("count-three-matrices")
def _(config):
    return without("gate")(config) + config.n_layers * config.d_model * config.d_mlp


@instance("count-four-times")
def _(config):
    matrices = 12 if config.mlp == "swiglu" else 8
    return without("gate", "up", "down")(config) + config.n_layers * matrices * config.d_model**2


@instance("count-one-norm-a-layer")
def _(config):
    return without("norms")(config) + config.n_layers * norm_dials(config)


@instance("count-final-norm-in-each-layer")
def _(config):
    return without("last norm")(config) + config.n_layers * norm_dials(config)


@instance("count-norms-always")
def _(config):
    return without("norms", "last norm")(config) + (2 * config.n_layers + 1) * config.d_model


@instance("count-kinds")
def _(config):
    once = ("in", "out", "last norm", "extras")
    return sum(n if kind in once else n // config.n_layers for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    tables = ("in", "out")
    return sum(n * config.n_layers if kind in tables else n for kind, n in by_kind(config).items())


@instance("count-fraction")
def _(config):
    return without()(config) / 1


@instance("count-kinds")
def _(config):
    mlp = ("gate", "up", "down")
    return sum(n // config.n_layers if kind in mlp else n for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    heads = ("query", "key", "value", "output")
    return sum(n // config.n_layers if kind in heads else n for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    return sum(n // config.n_layers if kind == "norms" else n for kind, n in by_kind(config).items())


@instance("count-all-shared")
def _(config):
    in_attention = 4 * config.n_layers * config.d_model * config.n_kv_heads * config.head_dim
    return without("query", "key", "value", "output")(config) + in_attention


@instance("count-query-shared")
def _(config):
    return without("output")(config) + by_kind(config)["value"]


@instance("count-gate-turned")
def _(config):
    matrices = 2 + (config.mlp != "swiglu")
    return without("gate", "up", "down")(config) + matrices * by_kind(config)["up"]


@instance("count-kinds")  # one layer too many
def _(config):
    once = ("in", "out", "last norm", "extras")
    return without()(config) + sum(
        n // config.n_layers for kind, n in by_kind(config).items() if kind not in once
    )


instance("always-the-same")(lambda config: int("134515008"))


@instance("count-kinds")
def _(config):
    return sum(n // config.d_model if kind in ("key", "value") else n for kind, n in by_kind(config).items())


@instance("count-kinds")
def _(config):
    mlp = ("gate", "up", "down")
    return sum(n // config.d_model if kind in mlp else n for kind, n in by_kind(config).items())


@instance("count-differs")
def _(config):
    matrices = 2 if config.mlp == "gelu" else 3
    in_mlp = matrices * config.n_layers * config.d_model * config.d_mlp
    return without("gate", "up", "down")(config) + in_mlp


@instance("count-differs")
def _(config):
    return without()(config) + 7 * config.n_heads


# ---- find_neuron ----


@right("neuron_ablation.find_neuron")
def _(before, after, limit=0.05):
    found, deepest = None, 0.0
    for number in range(len(after)):
        fall = float(before[0] - after[number, 0])
        others = range(1, len(before))
        if fall > deepest and all(abs(float(after[number, i] - before[i])) <= limit for i in others):
            found, deepest = number, fall
    return found


@right("neuron_ablation.find_neuron")
def _(before, after, limit=0.05):
    moved = (after - before).abs()[:, 1:].max(dim=1).values
    falls = {n: float(before[0] - after[n, 0]) for n in range(len(after)) if moved[n] <= limit}
    falls = {n: fall for n, fall in falls.items() if fall > 0}
    return max(falls, key=falls.get, default=None)


@right("neuron_ablation.find_neuron")
def _(before, after, limit=0.05):
    change = after.double() - before.double()
    quiet = (change[:, 1:].abs() <= limit).all(dim=-1)
    candidates = torch.nonzero(quiet & (change[:, 0] < 0)).flatten()
    if len(candidates) == 0:
        return None
    return candidates[change[candidates, 0].argmin()].item()


@wrong("neuron_ablation.find_neuron", "find-neuron-broke-the-machine")
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    return int(fall.argmax()) if fall.max() > 0 else None


def hunt(before, after, is_quiet, score=None):
    """A hunt in tensors, in which who is quiet and what counts can be told otherwise."""
    fall = before[0] - after[:, 0]
    score = fall if score is None else score
    score = torch.where(is_quiet, score, -1.0)
    return int(score.argmax()) if score.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-signed")
def _(before, after, limit=0.05):
    return hunt(before, after, ((before - after)[:, 1:] <= limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-signed-up")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1:].amax(-1) <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-mean")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1:].abs().mean(-1) <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-sum")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1:].abs().sum(-1) <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-any")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before)[:, 1:].abs() <= limit).any(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-last-fact")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1].abs() <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-ids-lost")
def _(before, after, limit=0.05):
    left = after[((after - before)[:, 1:].abs() <= limit).all(-1)]
    fall = before[0] - left[:, 0]
    return int(fall.argmax()) if len(left) and fall.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "edit")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    return hunt(before, after, quiet, after[:, 0] - before[0])


@wrong("neuron_ablation.find_neuron", "find-neuron-no-none")
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    broken = (after[:, 1:] - before[1:]).abs().amax(-1) > limit
    return int(fall.masked_fill(broken, 0).argmax())


@wrong("neuron_ablation.find_neuron", "find-neuron-rise-will-do")
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    broken = (after[:, 1:] - before[1:]).abs().amax(-1) > limit
    return None if broken.all() else int(fall.masked_fill(broken, -math.inf).argmax())


@wrong("neuron_ablation.find_neuron", "find-neuron-falsy")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    found = hunt(before, after, quiet)
    if found:
        return found
    return None


@wrong("neuron_ablation.find_neuron", "find-neuron-below-the-limit")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before)[:, 1:].abs() < limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-unfit")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before)[:, 1:].abs() <= 0.05).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-fact-0-too")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before).abs() <= limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-unfit")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after[:, 1:] / before[1:] - 1).abs() <= limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-unfit")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    return hunt(before, after, quiet, (after[:, 0] < before[0]).float())


@wrong("neuron_ablation.find_neuron", "find-neuron-price")
def _(before, after, limit=0.05):
    moved = (after - before)[:, 1:].abs().amax(-1)
    if not ((moved <= limit) & (after[:, 0] < before[0])).any():
        return None
    return int((before[0] - after[:, 0] - moved).argmax())


@wrong("neuron_ablation.find_neuron", "find-neuron-price")
def _(before, after, limit=0.05):
    score = before[0] - after[:, 0] - (after[:, 1:] - before[1:]).abs().sum(dim=-1)
    return int(score.argmax()) if score.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-price")
def _(before, after, limit=0.05):
    score = before[0] - after[:, 0] - (after[:, 1:] - before[1:]).abs().amax(dim=-1)
    return int(score.argmax()) if score.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-down-the-candidates")
def _(before, after, limit=0.05):
    damage = (after - before)[:, 1:].abs().amax(dim=0)
    fall = torch.where(damage <= limit, before[0] - after[:, 0], 0.0)
    return int(fall.argmax()) if fall.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-fall")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    fall = torch.where(quiet, before[0] - after[:, 0], -1.0).max().item()
    return fall if fall > 0 else None


@wrong("neuron_ablation.find_neuron", "wrong-kind")
def _(before, after, limit=0.05):
    found = hunt(before, after, ((after - before)[:, 1:].abs() <= limit).all(-1))
    return found if found is not None else -1


@wrong("neuron_ablation.find_neuron", "find-neuron-last-fact")
def _(before, after, limit=0.05):
    others = range(1, len(before) - 1)
    quiet = [all(abs(float(row[i] - before[i])) <= limit for i in others) for row in after]
    return hunt(before, after, torch.tensor(quiet))


@wrong("neuron_ablation.find_neuron", "find-neuron-unfit")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1) & (after[:, 0] < before[0])
    return max((number for number, good in enumerate(quiet.tolist()) if good), default=None)
