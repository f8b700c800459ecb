"""Answers to `generation.cache_bytes` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong

F32 = torch.float32


def size(dtype):
    return torch.zeros(1, dtype=dtype).element_size()


@right("generation.cache_bytes")
def _(config, seq_len, batch=1, dtype=F32):
    total = 0
    for _ in range(config.n_layers):
        keys = batch * seq_len * config.n_kv_heads * config.head_dim
        values = keys
        total += (keys + values) * size(dtype)
    return total


@right("generation.cache_bytes")
def _(config, seq_len, batch=1, dtype=F32):
    d_kv = config.d_model * config.n_kv_heads // config.n_heads
    return math.prod((2, config.n_layers, batch, seq_len, d_kv, dtype.itemsize))


@wrong("generation.cache_bytes", "cache-keys-only")
def _(config, seq_len, batch=1, dtype=F32):
    per_layer = batch * config.n_kv_heads * seq_len * config.head_dim
    return per_layer * config.n_layers * size(dtype)


@wrong("generation.cache_bytes", "cache-all-heads")
def _(config, seq_len, batch=1, dtype=F32):
    return 2 * config.d_model * config.n_layers * seq_len * batch * size(dtype)


@wrong("generation.cache_bytes", "cache-one-layer")
def _(config, seq_len, batch=1, dtype=F32):
    keys = config.n_kv_heads * config.head_dim * seq_len * batch
    return (keys + keys) * size(dtype)


@wrong("generation.cache_bytes", "cache-one-head")
def _(config, seq_len, batch=1, dtype=F32):
    return size(dtype) * (config.d_model // config.n_heads) * 2 * config.n_layers * seq_len * batch


@wrong("generation.cache_bytes", "cache-head-dim")
def _(config, seq_len, batch=1, dtype=F32):
    return size(dtype) * 2 * config.n_layers * config.n_kv_heads * seq_len * batch


@wrong("generation.cache_bytes", "cache-one-text")
def _(config, seq_len, batch=1, dtype=F32):
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_dim * size(dtype)
    return per_token * seq_len


@wrong("generation.cache_bytes", "cache-four-bytes")
def _(config, seq_len, batch=1, dtype=F32):
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_dim
    return 4 * per_token * seq_len * batch


@wrong("generation.cache_bytes", "cache-numbers")
def _(config, seq_len, batch=1, dtype=F32):
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_dim
    return per_token * seq_len * batch


@wrong("generation.cache_bytes", "cache-bits")
def _(config, seq_len, batch=1, dtype=F32):
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_dim
    return per_token * seq_len * batch * 8 * size(dtype)


@wrong("generation.cache_bytes", "cache-square")
def _(config, seq_len, batch=1, dtype=F32):
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_dim * size(dtype)
    return sum(per_token * seq_len * batch for _ in range(seq_len))


@wrong("generation.cache_bytes", "cache-whole-context")
def _(config, seq_len, batch=1, dtype=F32):
    per_token = 2 * config.n_layers * config.n_kv_heads * config.head_dim * size(dtype)
    return per_token * batch * config.context


@wrong("generation.cache_bytes", "cache-fraction")
def _(config, seq_len, batch=1, dtype=F32):
    head_dim = config.d_model / config.n_heads
    return 2 * config.n_layers * config.n_kv_heads * head_dim * size(dtype) * seq_len * batch
