"""Wrong ways to write the exercises of lesson 07, and what each misunderstands."""

import torch
from torch.nn import functional

from classroom.checking import mistake

# ---- rms_norm ----


def _mean_square(x):
    return x.square().mean(dim=-1, keepdim=True)


def _weighed(scaled, weight):
    return scaled if weight is None else scaled * weight


@mistake(
    "transformer.rms_norm",
    "rms-norm-rsqrt",
    "rsqrt is already 1/sqrt, and you divided by it: [3, 4] became [10.6, 14.1]. Multiply by rsqrt, or divide by sqrt.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / torch.rsqrt(_mean_square(x) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-mean",
    "You took the mean away first: [3, 4] became [-1, 1]. That is LayerNorm; RMSNorm moves nothing, it only scales.",
)
def _(x, weight=None, eps=1e-5):
    centred = x - x.mean(dim=-1, keepdim=True)
    return _weighed(centred * torch.rsqrt(_mean_square(centred) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-sum",
    "You took the sum of the squares, not their mean: [3, 4] became [0.6, 0.8], which has length 1. The mean of the squares must "
    "become 1, however many numbers there are.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().sum(dim=-1, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-keepdim",
    "Without keepdim=True each place's scale lies along the wrong axis. With as many places as numbers that goes wrong in silence, "
    "otherwise it stops.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().mean(dim=-1) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-axis",
    "The mean was taken down the column, over the words. Each word is scaled by itself, along the last axis: dim=-1.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().mean(dim=0, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-whole-table",
    "One scale for the whole table: a loud word makes the others quiet. Each word has its own: mean(dim=-1, keepdim=True).",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().mean() + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-no-root",
    "You divided by the mean of the squares. Its root is missing: [3, 4] has a mean square of 12.5, and 3.54 is what to divide by.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (_mean_square(x) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-no-eps",
    "eps is missing: a vector of zeros gives 0/0, and tiny numbers are blown up. Add eps to the mean of the squares.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / _mean_square(x).sqrt(), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-eps-outside",
    "eps was added to the root. It belongs under the root, to the mean of the squares: sqrt(mean + eps). Tiny vectors show it.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (_mean_square(x).sqrt() + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-eps-floor",
    "eps was taken as a lower limit. It is added, always: mean + eps.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(_mean_square(x).clamp(min=eps)), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-eps-fixed",
    "eps is always 0.00001, whatever was asked for. Use the argument.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(_mean_square(x) + 1e-5), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-square-of-mean",
    "You squared the mean. It is the mean of the squares: first square, then mean. [-1, 1] has mean 0, and mean square 1.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.mean(dim=-1, keepdim=True).square() + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-sizes",
    "You divided by the mean size. Root mean square: square, mean, root. For [3, 4] that is 3.54, not 3.5.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (x.abs().mean(dim=-1, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-scale-only",
    "This is the scale. What is needed are the numbers, each times the scale of its row.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(torch.rsqrt(_mean_square(x) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-half",
    "x**1/2 is (x**1)/2: the power comes before the division. Write x**0.5, or x.sqrt().",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / ((_mean_square(x) + eps) / 2), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-no-weight",
    "The weight was not used. Where there is one, each number is multiplied by its own.",
)
def _(x, weight=None, eps=1e-5):
    return x * torch.rsqrt(_mean_square(x) + eps)


@mistake(
    "transformer.rms_norm",
    "rms-norm-weight-first",
    "The weight came before the norm, which takes part of it away again. Scale first, then multiply by the weight.",
)
def _(x, weight=None, eps=1e-5):
    x = _weighed(x, weight)
    return x * torch.rsqrt(_mean_square(x) + eps)


@mistake(
    "transformer.rms_norm",
    "rms-norm-weight-added",
    "The weight was added. It multiplies.",
)
def _(x, weight=None, eps=1e-5):
    scaled = x * torch.rsqrt(_mean_square(x) + eps)
    return scaled if weight is None else scaled + weight


@mistake(
    "transformer.rms_norm",
    "rms-norm-std",
    "std measures how far the numbers are from their mean. Here the distance from 0 counts: square, mean, root, of the numbers as they are.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / (x.std(dim=-1, keepdim=True) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-var",
    "var measures how far the numbers are from their mean. Here the distance from 0 counts: the mean of the squares as they are.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.var(dim=-1, keepdim=True, unbiased=False) + eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-largest",
    "You divided by the largest number. All numbers count: the root of the mean of their squares.",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x / x.abs().amax(dim=-1, keepdim=True).clamp(min=eps), weight)


@mistake(
    "transformer.rms_norm",
    "rms-norm-rows",
    "You divided the sum by len(x), which is the number of rows. The mean is over the numbers of one row: x.shape[-1], or mean(dim=-1).",
)
def _(x, weight=None, eps=1e-5):
    return _weighed(x * torch.rsqrt(x.square().sum(dim=-1, keepdim=True) / len(x) + eps), weight)


# ---- mlp ----


@mistake(
    "transformer.mlp",
    "mlp-silu-on-up",
    "SiLU bends the wrong one: it is for what gate says, which opens or shuts; what up gives goes through as it is.",
)
def _(x, dials):
    return dials.down(dials.gate(x) * functional.silu(dials.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-sum",
    "The two were added. A gate multiplies: a neuron whose gate says 0 is shut, whatever up gives.",
)
def _(x, dials):
    return dials.down(functional.silu(dials.gate(x)) + dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-no-gate",
    "The gate is missing: you bent up itself. Multiply what up gives by silu(gate(x)).",
)
def _(x, dials):
    return dials.down(functional.silu(dials.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-gate-only",
    "up is missing: the gate says how far each neuron opens, and up says what comes through.",
)
def _(x, dials):
    return dials.down(functional.silu(dials.gate(x)))


@mistake(
    "transformer.mlp",
    "mlp-no-bend",
    "The bend is missing: put silu around what gate says.",
)
def _(x, dials):
    return dials.down(dials.gate(x) * dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-both-bent",
    "Both were bent. silu is for the gate alone.",
)
def _(x, dials):
    return dials.down(functional.silu(dials.gate(x)) * functional.silu(dials.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-bent-after",
    "You multiplied first and bent the product. The gate is bent first: silu(gate(x)) * up(x).",
)
def _(x, dials):
    return dials.down(functional.silu(dials.gate(x) * dials.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-bent-at-the-end",
    "The bend came at the very end. It belongs to the gate, before down: after it, nothing below 0 could be added to the stream.",
)
def _(x, dials):
    return functional.silu(dials.down(dials.gate(x) * dials.up(x)))


@mistake(
    "transformer.mlp",
    "mlp-sigmoid",
    "You took the sigmoid, which goes from 0 to 1. silu(g) is g times the sigmoid of g.",
)
def _(x, dials):
    return dials.down(torch.sigmoid(dials.gate(x)) * dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-relu",
    "You took relu, which cuts off all below 0. This model was made with silu, which is smooth: silu(-1) is -0.27.",
)
def _(x, dials):
    return dials.down(functional.relu(dials.gate(x)) * dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-gelu",
    "You took gelu. It looks alike, but this model was made with silu.",
)
def _(x, dials):
    return dials.down(functional.gelu(dials.gate(x)) * dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-tanh",
    "You took tanh, which levels off at 1. silu grows with what the gate says: silu(2) is 1.76.",
)
def _(x, dials):
    return dials.down(torch.tanh(dials.gate(x)) * dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-no-down",
    "These are the neurons. down is missing, which brings them back to the stream's own width.",
)
def _(x, dials):
    return functional.silu(dials.gate(x)) * dials.up(x)


@mistake(
    "transformer.mlp",
    "mlp-adds-x",
    "x was added. mlp gives what is to be added to the stream; block adds it.",
)
def _(x, dials):
    return x + dials.down(functional.silu(dials.gate(x)) * dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-no-biases",
    "Biases are lost: where a layer has them, dials.gate(x) adds them, and x @ dials.gate.weight.T does not. Call the layers.",
)
def _(x, dials):
    neurons = functional.silu(x @ dials.gate.weight.T) * (x @ dials.up.weight.T)
    return neurons @ dials.down.weight.T


@mistake(
    "transformer.mlp",
    "mlp-turned",
    "The matrices were used the wrong way round: dials.gate(x) is x @ dials.gate.weight.T. Call the layers, and they see to it.",
)
def _(x, dials):
    neurons = functional.silu(x @ dials.gate.weight) * (x @ dials.up.weight)
    return neurons @ dials.down.weight


@mistake(
    "transformer.mlp",
    "mlp-in-a-row",
    "gate, up and down came one after the other. gate and up both read x, side by side; their product goes to down.",
)
def _(x, dials):
    return dials.down(dials.up(functional.silu(dials.gate(x))))


@mistake(
    "transformer.mlp",
    "mlp-bent-x",
    "You bent x, before the gate. The gate reads x as it is, and what the gate says is bent: silu(dials.gate(x)).",
)
def _(x, dials):
    return dials.down(dials.gate(functional.silu(x)) * dials.up(x))


@mistake(
    "transformer.mlp",
    "mlp-silu-sign",
    "A minus is lost or too many in silu: it is g / (1 + exp(-g)), near g for large g and near 0 far below 0.",
)
def _(x, dials):
    gate = dials.gate(x)
    return dials.down(gate * torch.sigmoid(-gate) * dials.up(x))


# ---- block ----


@mistake(
    "transformer.block",
    "block-no-attention-residual",
    "After attention there is no x +: what the word was is lost, and only what it found is left. Add it to the stream.",
)
def _(x, layer, positions, cache=None):
    x = layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-no-mlp-residual",
    "After the MLP there is no x +: all that was before is lost. Add what it knows to the stream.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-no-residual",
    "There is no x + at all. A layer adds to the stream twice, and never replaces it.",
)
def _(x, layer, positions, cache=None):
    x = layer.attention(layer.attention_norm(x), positions, cache)
    return layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-adds-to-normed",
    "You added to the normed copy. That is for reading only: add to the stream as it came, x + attention(norm(x)).",
)
def _(x, layer, positions, cache=None):
    x = layer.attention_norm(x)
    x = x + layer.attention(x, positions, cache)
    x = layer.mlp_norm(x)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-norm-afterwards",
    "The norm came after the sum, as in the transformer of 2017. Here each part reads a normed copy, and the stream itself is never normed.",
)
def _(x, layer, positions, cache=None):
    x = layer.attention_norm(x + layer.attention(x, positions, cache))
    return layer.mlp_norm(x + layer.mlp(x))


@mistake(
    "transformer.block",
    "block-norm-of-answer",
    "You normed what the parts gave. Norm what they read: attention(norm(x)), not norm(attention(x)).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention_norm(layer.attention(x, positions, cache))
    return x + layer.mlp_norm(layer.mlp(x))


@mistake(
    "transformer.block",
    "block-no-norms",
    "Without norms the parts read the stream itself, whose numbers grow with every layer. Give them a normed copy.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(x, positions, cache)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-no-mlp-norm",
    "The MLP read the stream itself. It needs a normed copy, as attention does: layer.mlp_norm(x).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-no-attention-norm",
    "Attention read the stream itself. It needs a normed copy, as the MLP does: layer.attention_norm(x).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(x, positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-same-norm",
    "attention_norm was used twice. The MLP has a norm of its own, with other dials: layer.mlp_norm.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.attention_norm(x))


@mistake(
    "transformer.block",
    "block-norms-swapped",
    "The two norms changed places.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.mlp_norm(x), positions, cache)
    return x + layer.mlp(layer.attention_norm(x))


@mistake(
    "transformer.block",
    "block-side-by-side",
    "The MLP read the stream as it was before attention. It comes second: it reads what attention has added.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return x + found + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-mlp-first",
    "The MLP came first. Attention finds, and then the MLP works on what was found.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.mlp(layer.mlp_norm(x))
    return x + layer.attention(layer.attention_norm(x), positions, cache)


@mistake(
    "transformer.block",
    "block-attention-lost",
    "What attention found is missing from the answer: at the end you added to the first x. Add to the stream that attention has added to.",
)
def _(x, layer, positions, cache=None):
    middle = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(middle))


@mistake(
    "transformer.block",
    "block-mlp-reads-attention",
    "The MLP read only what attention found. It reads the whole stream, with that added.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return x + found + layer.mlp(layer.mlp_norm(found))


@mistake(
    "transformer.block",
    "block-normed-twice",
    "The MLP's norm read the normed copy instead of the stream: what attention found is not in there, and it was normed twice.",
)
def _(x, layer, positions, cache=None):
    normed = layer.attention_norm(x)
    x = x + layer.attention(normed, positions, cache)
    return x + layer.mlp(layer.mlp_norm(normed))


@mistake(
    "transformer.block",
    "block-no-mlp",
    "The MLP is missing: a layer adds twice, what attention finds and what the MLP knows.",
)
def _(x, layer, positions, cache=None):
    return x + layer.attention(layer.attention_norm(x), positions, cache)


@mistake(
    "transformer.block",
    "block-no-attention",
    "Attention is missing: a layer adds twice, what attention finds and what the MLP knows.",
)
def _(x, layer, positions, cache=None):
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-only-what-is-added",
    "This is what the layer adds. The stream that it is added to is missing.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return found + layer.mlp(layer.mlp_norm(x + found))


@mistake(
    "transformer.block",
    "block-no-cache",
    "The cache was not handed on, so a new token sees none of the tokens before it: layer.attention(..., positions, cache).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-own-positions",
    "Positions were counted from 0 here. A text that goes on does not begin at 0: hand on the positions that came.",
)
def _(x, layer, positions, cache=None):
    places = torch.arange(x.shape[-2])
    x = x + layer.attention(layer.attention_norm(x), places, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-adds-to-normed-attention",
    "What attention found was added to the normed copy. That is for reading only: add to the stream as it came, x + attention(norm(x)).",
)
def _(x, layer, positions, cache=None):
    x = layer.attention_norm(x)
    x = x + layer.attention(x, positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


@mistake(
    "transformer.block",
    "block-adds-to-normed-mlp",
    "What the MLP knows was added to the normed copy. That is for reading only: add to the stream itself, x + mlp(norm(x)).",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    x = layer.mlp_norm(x)
    return x + layer.mlp(x)


@mistake(
    "transformer.block",
    "block-one-sum",
    "x was added once, at the end, and the MLP saw only what attention found. Add after attention too: the stream runs through both.",
)
def _(x, layer, positions, cache=None):
    found = layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(found))


@mistake(
    "transformer.block",
    "block-same-norm-second",
    "mlp_norm was used twice. Attention has a norm of its own, with other dials: layer.attention_norm.",
)
def _(x, layer, positions, cache=None):
    x = x + layer.attention(layer.mlp_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


# ---- next_logits ----


@mistake(
    "transformer.next_logits",
    "next-logits-first",
    "You took the first vector. It has read only itself; the last has read everything.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., 0, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-mean",
    "You took the mean of all vectors. Only the last has read everything: the others answer what comes after *them*.",
)
def _(x, model):
    return model.unembed(model.final_norm(x.mean(dim=-2)))


@mistake(
    "transformer.next_logits",
    "next-logits-sum",
    "You added up all vectors. Only the last has read everything: the others answer what comes after *them*.",
)
def _(x, model):
    return model.unembed(model.final_norm(x.sum(dim=-2)))


@mistake(
    "transformer.next_logits",
    "next-logits-mean-of-answers",
    "You took the mean of all answers. Each vector answers what comes after *it*; asked is what comes after the last.",
)
def _(x, model):
    return model.unembed(model.final_norm(x)).mean(dim=-2)


@mistake(
    "transformer.next_logits",
    "next-logits-largest",
    "For each token you took its best chance anywhere in the text. Asked is what comes after the last vector.",
)
def _(x, model):
    return model.unembed(model.final_norm(x)).amax(dim=-2)


@mistake(
    "transformer.next_logits",
    "next-logits-all",
    "This answers for every place in the text. Only what comes after the last one is needed: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x))


@mistake(
    "transformer.next_logits",
    "next-logits-no-norm",
    "The final norm is missing: model.final_norm before model.unembed.",
)
def _(x, model):
    return model.unembed(x[..., -1, :])


@mistake(
    "transformer.next_logits",
    "next-logits-norm-afterwards",
    "The norm came last. It scales the vector, before it is compared with the tokens.",
)
def _(x, model):
    return model.final_norm(model.unembed(x[..., -1, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-batch",
    "x[-1] is the last *text* of a batch. The last vector of each text lies along the axis before the last: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[-1]))


@mistake(
    "transformer.next_logits",
    "next-logits-needs-a-batch",
    "x[:, -1, :] needs exactly three axes. One text by itself has two, and a batch of batches four: the dots in x[..., -1, :] "
    "stand for as many as there are.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[:, -1, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-from-the-left",
    "x[:, -1] counts axes from the left: right for a batch of texts, wrong for one text by itself and for batches of batches. "
    "Count from the right: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[:, -1]))


@mistake(
    "transformer.next_logits",
    "next-logits-last-number",
    "x[..., -1] is the last *number* of each vector. The last vector is x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1]))


@mistake(
    "transformer.next_logits",
    "next-logits-axis-kept",
    "There is an axis of length 1 too many. x[..., -1, :] takes the last vector and drops the axis, x[..., -1:, :] keeps it.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1:, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-softmax",
    "These are probabilities. Logits are needed, before softmax: temperature and top-k come in between.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1, :])).softmax(dim=-1)


@mistake(
    "transformer.next_logits",
    "next-logits-token",
    "This is the likeliest token. A logit for every token is needed; choosing comes later.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1, :])).argmax(dim=-1)


@mistake(
    "transformer.next_logits",
    "next-logits-embedding",
    "You used the table of embeddings. Some models have another matrix for the way out: model.unembed knows which.",
)
def _(x, model):
    return model.final_norm(x[..., -1, :]) @ model.embedding.weight.T


@mistake(
    "transformer.next_logits",
    "next-logits-vector",
    "This is the last vector, normed. model.unembed is missing, which compares it with every token.",
)
def _(x, model):
    return model.final_norm(x[..., -1, :])


@mistake(
    "transformer.next_logits",
    "next-logits-one-before",
    "You took the last vector but one: -1 is the last.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -2, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-len",
    "len(x) is the length of the first axis, the number of texts. The places lie along the axis before the last: x[..., -1, :].",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., len(x) - 1, :]))


@mistake(
    "transformer.next_logits",
    "next-logits-log-softmax",
    "These are logs of probabilities, after softmax. The logits are what unembed gives.",
)
def _(x, model):
    return model.unembed(model.final_norm(x[..., -1, :])).log_softmax(dim=-1)


@mistake(
    "transformer.next_logits",
    "next-logits-own-norm",
    "You normed by yourself, without the weights that belong to it: model.final_norm(...) has them.",
)
def _(x, model):
    return model.unembed(functional.rms_norm(x[..., -1, :], x.shape[-1:], None, 1e-5))


# ---- count_parameters ----


def _count(
    config,
    tables=None,
    shared=None,
    queries=None,
    outputs=1,
    matrices=None,
    d_mlp=None,
    norms=None,
    layers=None,
    positions=None,
    biases=None,
):
    """A count in which some of the numbers are taken otherwise."""
    d_model = config.d_model
    norm = d_model * config.norm_weights * (2 if config.norm == "layer" else 1)
    tables = (1 if config.tied else 2) if tables is None else tables
    shared = config.n_kv_heads * config.head_dim if shared is None else shared
    queries = d_model if queries is None else queries
    matrices = (3 if config.mlp == "swiglu" else 2) if matrices is None else matrices
    d_mlp = config.d_mlp if d_mlp is None else d_mlp
    norms = (2 * config.n_layers + 1) * norm if norms is None else norms(norm)
    layers = config.n_layers if layers is None else layers
    positions = config.positions == "learned" if positions is None else positions
    biases = config.biases if biases is None else biases
    total = tables * config.vocab_size * d_model + norms + positions * config.context * d_model
    total += layers * d_model * (queries + outputs * d_model + 2 * shared + matrices * d_mlp)
    if biases:
        in_mlp = (2 if config.mlp == "swiglu" else 1) * config.d_mlp
        total += config.n_layers * (3 * d_model + 2 * config.n_kv_heads * config.head_dim + in_mlp)
    return total


@mistake(
    "transformer.count_parameters",
    "count-tied-twice",
    "The table of embeddings is counted twice (162,826,560 for the real model). Where config.tied, the way out uses the same table.",
)
def _(config):
    return _count(config, tables=2)


@mistake(
    "transformer.count_parameters",
    "count-no-unembedding",
    "The unembedding is missing (174,563,733,504 for GPT-3). Where config.tied is False, it is a second table as large as the first.",
)
def _(config):
    return _count(config, tables=1)


@mistake(
    "transformer.count_parameters",
    "count-tied-turned",
    "tied the wrong way round: tied means one table for both, so the second is counted only where config.tied is False.",
)
def _(config):
    return _count(config, tables=2 if config.tied else 1)


@mistake(
    "transformer.count_parameters",
    "count-no-table",
    "The table of embeddings is missing (106,203,456 for the real model): a vector for each token is vocab_size × d_model dials.",
)
def _(config):
    return _count(config, tables=0)


@mistake(
    "transformer.count_parameters",
    "count-all-heads",
    "Keys and values were counted with all heads (147,786,048 for the real model). It has 9 heads that ask and only 3 that answer: "
    "those two matrices are d_model × (n_kv_heads × head_dim).",
)
def _(config):
    return _count(config, shared=config.d_model)


@mistake(
    "transformer.count_parameters",
    "count-heads-as-width",
    "Keys and values were counted as d_model × n_kv_heads. Each head gives head_dim numbers: n_kv_heads × head_dim.",
)
def _(config):
    return _count(config, shared=config.n_kv_heads)


@mistake(
    "transformer.count_parameters",
    "count-one-head",
    "Keys and values were counted for one head. There are n_kv_heads of them: n_kv_heads × head_dim.",
)
def _(config):
    return _count(config, shared=config.head_dim)


@mistake(
    "transformer.count_parameters",
    "count-key-only",
    "Of keys and values only one was counted. Each has a matrix of its own.",
)
def _(config):
    return _count(config) - config.n_layers * config.d_model * config.n_kv_heads * config.head_dim


@mistake(
    "transformer.count_parameters",
    "count-each-head-whole",
    "Each head was counted as if it had matrices of d_model × d_model. The heads share them: each has head_dim of the d_model columns.",
)
def _(config):
    return _count(
        config,
        queries=config.n_heads * config.d_model,
        shared=config.n_kv_heads * config.d_model,
    )


@mistake(
    "transformer.count_parameters",
    "count-no-output",
    "One of attention's two large matrices is missing (124,561,728 for the real model), most often the output: d_model × d_model in "
    "each layer, as the query.",
)
def _(config):
    return _count(config, outputs=0)


@mistake(
    "transformer.count_parameters",
    "count-two-matrices",
    "The MLP was counted with two matrices (107,972,928 for the real model). With a gate it has three: gate, up, down.",
)
def _(config):
    return _count(config, matrices=2)


@mistake(
    "transformer.count_parameters",
    "count-three-matrices",
    'The MLP was counted with three matrices also where there is no gate. Only "swiglu" has a gate; any other, as "gelu" or "relu2", '
    "has two: up and down.",
)
def _(config):
    return _count(config, matrices=3)


@mistake(
    "transformer.count_parameters",
    "count-one-matrix",
    "One of the MLP's matrices is missing, also where there is no gate. There is a way in and a way back: up and down.",
)
def _(config):
    return _count(config, matrices=2 if config.mlp == "swiglu" else 1)


@mistake(
    "transformer.count_parameters",
    "count-four-times",
    "The MLP was counted as 4 × d_model wide. That is a custom, GPT-3's too; the real model has 1,536 neurons, and config.d_mlp says so.",
)
def _(config):
    return _count(config, d_mlp=4 * config.d_model)


@mistake(
    "transformer.count_parameters",
    "count-no-norms",
    "The norms are missing (134,479,872 for the real model): two in each layer and one at the end, each d_model dials.",
)
def _(config):
    return _count(config, norms=lambda norm: 0)


@mistake(
    "transformer.count_parameters",
    "count-no-final-norm",
    "The final norm is missing (134,514,432 for the real model): two norms in each layer, and one more at the end.",
)
def _(config):
    return _count(config, norms=lambda norm: 2 * config.n_layers * norm)


@mistake(
    "transformer.count_parameters",
    "count-one-norm-a-layer",
    "Only one norm a layer was counted (134,497,728 for the real model). There are two, one before attention and one before the MLP.",
)
def _(config):
    return _count(config, norms=lambda norm: (config.n_layers + 1) * norm)


@mistake(
    "transformer.count_parameters",
    "count-final-norm-in-each-layer",
    "Three norms a layer were counted. There are two; the third stands once, at the very end.",
)
def _(config):
    return _count(config, norms=lambda norm: 3 * config.n_layers * norm)


@mistake(
    "transformer.count_parameters",
    "count-norms-always",
    "A norm was counted as d_model dials whatever the configuration says. Use norm_dials: GPT-3 as people count it has none there.",
)
def _(config):
    return _count(config, norms=lambda norm: (2 * config.n_layers + 1) * config.d_model)


@mistake(
    "transformer.count_parameters",
    "count-one-layer",
    "Only one layer was counted. There are n_layers of them.",
)
def _(config):
    return _count(config, layers=1, norms=lambda norm: 3 * norm)


@mistake(
    "transformer.count_parameters",
    "count-table-in-each-layer",
    "The table of embeddings was counted once for each layer. It stands once, below all layers.",
)
def _(config):
    return _count(config, tables=config.n_layers * (1 if config.tied else 2))


@mistake(
    "transformer.count_parameters",
    "count-positions-always",
    'A table of positions was counted that is not there. RoPE turns vectors and has no dials; only "learned" positions have a table.',
)
def _(config):
    return _count(config, positions=True)


@mistake(
    "transformer.count_parameters",
    "count-biases-always",
    "Biases were counted where the model has none: config.biases says.",
)
def _(config):
    return _count(config, biases=True)


@mistake(
    "transformer.count_parameters",
    "count-no-extras",
    "Positions that are learned, or biases, are missing: the lines that were given add them. Is a return standing above them?",
)
def _(config):
    return _count(config, positions=False, biases=False)


@mistake(
    "transformer.count_parameters",
    "count-fraction",
    "The number is right, and a fraction (134515008.0). Dials are whole: // divides without a rest, / makes a fraction.",
)
def _(config):
    return float(_count(config))


@mistake(
    "transformer.count_parameters",
    "count-mlp-once",
    "The MLP was counted in one layer only: n_layers × attention + MLP. Brackets are missing, n_layers × (attention + MLP).",
)
def _(config):
    in_one = config.d_model * config.d_mlp * (3 if config.mlp == "swiglu" else 2)
    return _count(config) - (config.n_layers - 1) * in_one


@mistake(
    "transformer.count_parameters",
    "count-attention-once",
    "Attention was counted in one layer only: n_layers × MLP + attention. Brackets are missing, n_layers × (attention + MLP).",
)
def _(config):
    in_one = 2 * config.d_model * (config.d_model + config.n_kv_heads * config.head_dim)
    return _count(config) - (config.n_layers - 1) * in_one


@mistake(
    "transformer.count_parameters",
    "count-norms-once",
    "The norms of one layer only were counted (134,481,600 for the real model). Each layer has two of its own, and one stands at the end.",
)
def _(config):
    return _count(config, norms=lambda norm: 3 * norm)


@mistake(
    "transformer.count_parameters",
    "count-head-dim-64",
    "head_dim is taken as 64, and that is the real model's. Use config.head_dim.",
)
def _(config):
    return _count(config, shared=config.n_kv_heads * 64)


@mistake(
    "transformer.count_parameters",
    "count-constant",
    "This is the real model's number, whatever the configuration.",
)
def _(config):
    return 134_515_008


@mistake(
    "transformer.count_parameters",
    "count-kv-without-d",
    "Keys and values were counted without what goes in: each matrix is d_model × (n_kv_heads × head_dim).",
)
def _(config):
    in_one = 2 * config.n_kv_heads * config.head_dim
    return _count(config, shared=0) + config.n_layers * in_one


@mistake(
    "transformer.count_parameters",
    "count-mlp-without-d",
    "The MLP's matrices were counted without d_model: each is d_model × d_mlp.",
)
def _(config):
    in_one = config.d_mlp * (3 if config.mlp == "swiglu" else 2)
    return _count(config, matrices=0) + config.n_layers * in_one


@mistake(
    "transformer.count_parameters",
    "count-one-head-of-each",
    "Each matrix of attention was counted for one head, d_model × head_dim. Query and output are for all n_heads (d_model × d_model), "
    "key and value for all n_kv_heads.",
)
def _(config):
    in_one = 4 * config.d_model * config.head_dim
    return _count(config, queries=0, shared=0, outputs=0) + config.n_layers * in_one


# ---- find_neuron ----


def _rows(before, after):
    """For each candidate: how far fact 0 falls, and how far each other fact moves."""
    falls = (before[0] - after[:, 0]).tolist()
    return falls, (after[:, 1:] - before[1:]).tolist()


def _deepest(falls, allowed):
    """The allowed row that falls most, or None."""
    rows = [row for row in range(len(falls)) if allowed[row]]
    return max(rows, key=falls.__getitem__) if rows else None


@mistake(
    "facts.find_neuron",
    "find-neuron-broke-the-machine",
    "You broke the machine, not the fact: the candidate with the largest fall takes other facts down with it. Leave out each "
    "that moves another fact by more than the limit.",
)
def _(before, after, limit=0.05):
    falls, _ = _rows(before, after)
    return _deepest(falls, [fall > 0 for fall in falls])


@mistake(
    "facts.find_neuron",
    "find-neuron-signed",
    "A fact that rises counts as unmoved here. Breaking goes both ways: take the size of the change, abs().",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(falls, [fall > 0 and min(row) >= -limit for fall, row in zip(falls, moved, strict=True)])


@mistake(
    "facts.find_neuron",
    "find-neuron-signed-up",
    "A fact that falls counts as unmoved here. Breaking goes both ways: take the size of the change, abs().",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(falls, [fall > 0 and max(row) <= limit for fall, row in zip(falls, moved, strict=True)])


@mistake(
    "facts.find_neuron",
    "find-neuron-mean",
    "You held the *mean* movement of the other facts to the limit: one that breaks hides among many that stand still. Each by itself "
    "must stay within it, so take the largest.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    means = [sum(map(abs, row)) / len(row) for row in moved]
    return _deepest(falls, [fall > 0 and mean <= limit for fall, mean in zip(falls, means, strict=True)])


@mistake(
    "facts.find_neuron",
    "find-neuron-sum",
    "You held the *sum* of all movements to the limit: many little ones then look like a break. Each by itself must stay within it.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    sums = [sum(map(abs, row)) for row in moved]
    return _deepest(falls, [fall > 0 and total <= limit for fall, total in zip(falls, sums, strict=True)])


@mistake(
    "facts.find_neuron",
    "find-neuron-mean-signed",
    "Up and down cancelled each other out: one fact rose, another fell, and their mean is 0. Take sizes, abs(), and the largest.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    means = [abs(sum(row) / len(row)) for row in moved]
    return _deepest(falls, [fall > 0 and mean <= limit for fall, mean in zip(falls, means, strict=True)])


@mistake(
    "facts.find_neuron",
    "find-neuron-any",
    "A candidate passed because *one* other fact stayed within the limit. All of them must.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    quiet = [min(map(abs, row)) <= limit for row in moved]
    return _deepest(falls, [fall > 0 and q for fall, q in zip(falls, quiet, strict=True)])


@mistake(
    "facts.find_neuron",
    "find-neuron-one-other",
    "Only fact 1 was looked at. The others are all from 1 on: after[:, 1:].",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(
        falls, [fall > 0 and abs(row[0]) <= limit for fall, row in zip(falls, moved, strict=True)]
    )


@mistake(
    "facts.find_neuron",
    "find-neuron-ids-lost",
    "The number is a place among those that were left, not among all candidates: ids lost. Leave nothing out of the list; make "
    "those that do not count 0 where they stand (masked_fill).",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    left = [fall for fall, row in zip(falls, moved, strict=True) if max(map(abs, row)) <= limit]
    return left.index(max(left)) if left and max(left) > 0 else None


@mistake(
    "facts.find_neuron",
    "find-neuron-smallest",
    "You took the smallest fall. The one without which fact 0 falls *most* is wanted.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    rows = [r for r, row in enumerate(moved) if falls[r] > 0 and max(map(abs, row)) <= limit]
    return min(rows, key=falls.__getitem__) if rows else None


@mistake(
    "facts.find_neuron",
    "find-neuron-rise",
    "You found the one that makes fact 0 likelier. A fall is before minus after.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    rises = [-fall for fall in falls]
    allowed = [rise > 0 and max(map(abs, row)) <= limit for rise, row in zip(rises, moved, strict=True)]
    return _deepest(rises, allowed)


@mistake(
    "facts.find_neuron",
    "find-neuron-change",
    "You took the largest *change* of fact 0, up or down. Only a fall says that something is gone.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    sizes = [abs(fall) for fall in falls]
    allowed = [size > 0 and max(map(abs, row)) <= limit for size, row in zip(sizes, moved, strict=True)]
    return _deepest(sizes, allowed)


@mistake(
    "facts.find_neuron",
    "find-neuron-no-none",
    "None was needed, and you gave a number: where no candidate lowers fact 0 and leaves the others alone, argmax still points somewhere.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    kept = [fall if max(map(abs, row)) <= limit else 0.0 for fall, row in zip(falls, moved, strict=True)]
    return kept.index(max(kept))


@mistake(
    "facts.find_neuron",
    "find-neuron-rise-will-do",
    "Among those that leave the others alone none lowers fact 0, and you gave one all the same. A rise or no change is no find: None.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(falls, [max(map(abs, row)) <= limit for row in moved])


@mistake(
    "facts.find_neuron",
    "find-neuron-falsy",
    "Candidate 0 was taken for none: 0 counts as False in an if. Ask `is None`, or ask whether any fall is above 0.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    return _deepest(falls, allowed) or None


@mistake(
    "facts.find_neuron",
    "find-neuron-below-the-limit",
    "A fact that moved exactly by the limit was counted as broken. *At most* the limit is <=, and broken is above it.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) < limit for fall, row in zip(falls, moved, strict=True)]
    return _deepest(falls, allowed)


@mistake(
    "facts.find_neuron",
    "find-neuron-limit-fixed",
    "The limit is always 0.05 here, whatever was asked for. Use the argument.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= 0.05 for fall, row in zip(falls, moved, strict=True)]
    return _deepest(falls, allowed)


@mistake(
    "facts.find_neuron",
    "find-neuron-fact-0-too",
    "Fact 0 was held to the limit as well, and it is the one that should fall. The others begin at 1: after[:, 1:].",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [
        0 < fall <= limit and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)
    ]
    return _deepest(falls, allowed)


@mistake(
    "facts.find_neuron",
    "find-neuron-relative",
    "You compared shares: a fact that goes from .02 to .05 more than doubles, and moved by .03. The limit is on the difference itself.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    was = before[1:].tolist()
    shares = [max(abs(m) / w for m, w in zip(row, was, strict=True)) for row in moved]
    return _deepest(falls, [fall > 0 and share <= limit for fall, share in zip(falls, shares, strict=True)])


@mistake(
    "facts.find_neuron",
    "find-neuron-first",
    "You took the first that leaves the others alone. Of all of those the one with the largest fall is wanted.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    for number, (fall, row) in enumerate(zip(falls, moved, strict=True)):
        if fall > 0 and max(map(abs, row)) <= limit:
            return number
    return None


@mistake(
    "facts.find_neuron",
    "find-neuron-quietest",
    "You took the one that moves the others least. That they stay within the limit is enough; of those, the largest fall wins.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    sizes = [max(map(abs, row)) for row in moved]
    rows = [row for row in range(len(falls)) if falls[row] > 0 and sizes[row] <= limit]
    return min(rows, key=sizes.__getitem__) if rows else None


@mistake(
    "facts.find_neuron",
    "find-neuron-trade",
    "You weighed the fall against the damage. The limit decides first who is in the race; among those only the fall counts.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    scores = [fall - max(map(abs, row)) for fall, row in zip(falls, moved, strict=True)]
    rows = [row for row in range(len(falls)) if falls[row] > 0 and max(map(abs, moved[row])) <= limit]
    best = max(range(len(scores)), key=scores.__getitem__)
    return best if rows else None


@mistake(
    "facts.find_neuron",
    "find-neuron-price",
    "You weighed the damage against the fall. It is a limit, not a price: first leave out each that moves another fact by more than "
    "the limit; among the rest only the fall counts.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    scores = [fall - sum(map(abs, row)) for fall, row in zip(falls, moved, strict=True)]
    return _deepest(scores, [score > 0 for score in scores])


@mistake(
    "facts.find_neuron",
    "find-neuron-price-of-largest",
    "You weighed the damage against the fall. It is a limit, not a price: first leave out each that moves another fact by more "
    "than the limit; among the rest only the fall counts.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    scores = [fall - max(map(abs, row)) for fall, row in zip(falls, moved, strict=True)]
    return _deepest(scores, [score > 0 for score in scores])


@mistake(
    "facts.find_neuron",
    "find-neuron-down-the-candidates",
    "It gave None, and candidate 1 fits. Is there one yes or no for each candidate: any(dim=-1)?",
)
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    broken = ((after[:, 1:] - before[1:]).abs() > limit).any(dim=0)
    fall = fall.masked_fill(broken, 0)
    return int(fall.argmax()) if (fall > 0).any() else None


@mistake(
    "facts.find_neuron",
    "find-neuron-fall",
    "This is how far the fact fell. Which candidate did it is asked: its number, which argmax gives.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    best = _deepest(falls, allowed)
    return None if best is None else falls[best]


@mistake(
    "facts.find_neuron",
    "find-neuron-minus-one",
    "Where there is none you gave -1. To Python that is the last candidate; None says that there is none.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    allowed = [fall > 0 and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    best = _deepest(falls, allowed)
    return -1 if best is None else best


@mistake(
    "facts.find_neuron",
    "find-neuron-nothing-left",
    "Where no candidate is left there is nothing to choose from, and max() stops. Ask first whether any is left.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    rows = [r for r, row in enumerate(moved) if falls[r] > 0 and max(map(abs, row)) <= limit]
    return max(rows, key=falls.__getitem__)


@mistake(
    "facts.find_neuron",
    "find-neuron-last",
    "You took the last that leaves the others alone: each new one takes the place of the one before. Compare its fall with the best so far.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    found = None
    for number, (fall, row) in enumerate(zip(falls, moved, strict=True)):
        if fall > 0 and max(map(abs, row)) <= limit:
            found = number
    return found


@mistake(
    "facts.find_neuron",
    "find-neuron-far-enough",
    "Fact 0 had to fall by more than the limit. The limit is for the others; any fall of fact 0 will do.",
)
def _(before, after, limit=0.05):
    falls, moved = _rows(before, after)
    return _deepest(
        falls, [fall > limit and max(map(abs, row)) <= limit for fall, row in zip(falls, moved, strict=True)]
    )
