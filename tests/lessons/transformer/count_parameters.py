"""Answers to `transformer.count_parameters` as readers might write them."""

from tests.lessons import right
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
