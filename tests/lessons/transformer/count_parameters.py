"""Answers to `transformer.count_parameters` as readers might write them."""

import numpy as np

from nextword import transformer
from tests.lessons import right, wrong
from tests.lessons.transformer.shared import extras, norm_dials, without

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


@wrong("transformer.count_parameters", "count-not-an-int")
def _(config):
    return np.int64(without()(config))


@wrong("transformer.count_parameters", "calls-the-library")
def _(config):
    return sum(dials.numel() for dials in transformer.Transformer(config).parameters())


@wrong("transformer.count_parameters", "calls-the-library")
def _(config):
    layer = transformer.Block(config, 0)
    return without()(config) + 0 * sum(dials.numel() for dials in layer.parameters())
