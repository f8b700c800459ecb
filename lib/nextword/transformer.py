"""Rung `transformer`: one decoder, which a `ModelConfig` turns into a tiny model of ours, a GPT-2 or a Llama.

Each token has a vector, the stream. Block after block adds to it what attention finds elsewhere in the text, then
what the MLP knows; the last vector makes the prediction. The classes hold the parameters and call the functions,
so that a function of yours reaches models that were built before it.
Sources: Vaswani et al. 2017 (arXiv 1706.03762); Radford et al. 2019 (GPT-2); Touvron et al. 2023 (Llama, arXiv
2302.13971); Zhang and Sennrich 2019 (RMSNorm, arXiv 1910.07467); Shazeer 2020 (SwiGLU, arXiv 2002.05202).
"""

import math
from collections.abc import Callable
from contextlib import AbstractContextManager

import torch
from torch import nn
from torch.nn import functional

from nextword import attention
from nextword.attention_parts.kv_cache import KVCache, SideBySide
from nextword.base import checks
from nextword.base.precision import in_float32
from nextword.base.shapes import (
    Float,
    Keys,
    Logits,
    Mixed,
    Positions,
    Queries,
    Stream,
    Tensor,
    Tokens,
    Values,
    Vectors,
)
from nextword.transformer_parts import hooks
from nextword.transformer_parts.config import ModelConfig


@in_float32
def rms_norm(x: Vectors, weight: Tensor | None = None, eps: float = 1e-5) -> Vectors:
    """RMSNorm: each vector scaled so that the mean of its squares is 1, then each feature by its weight.

    >>> rms_norm(torch.tensor([[3.0, 4.0]]))
    tensor([[0.8485, 1.1314]])
    """
    scaled = x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + eps)  # 1 / sqrt
    return scaled if weight is None else scaled * weight


def layer_norm(
    x: Vectors, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Vectors:
    """LayerNorm: each vector moved to mean 0 and scaled to variance 1, then each feature by its weight and bias.

    >>> layer_norm(torch.tensor([[3.0, 5.0]]))
    tensor([[-1.0000,  1.0000]])
    """
    return functional.layer_norm(x, x.shape[-1:], weight, bias, eps)


def mlp(x: Vectors, layer: nn.Module) -> Vectors:
    """SwiGLU feed-forward: d_mlp neurons that a gate opens, then back to d_model; each position by itself."""
    return layer.down(functional.silu(layer.gate(x)) * layer.up(x))


def mlp_without_gate(x: Vectors, layer: nn.Module, activation: str) -> Vectors:
    """The older feed-forward network: d_mlp neurons, an activation ("gelu" or "relu2"), then back to d_model."""
    hidden = layer.up(x)
    if activation == "gelu":
        return layer.down(functional.gelu(hidden, approximate="tanh"))
    return layer.down(functional.relu(hidden).square())


def block(x: Stream, layer: nn.Module, positions: Positions, cache: KVCache | None = None) -> Stream:
    """A pre-norm residual block: add what attention finds, then what the MLP knows; each reads a normed copy."""
    x = x + layer.attention(layer.attention_norm(x), positions, cache)
    return x + layer.mlp(layer.mlp_norm(x))


def next_logits(x: Stream, model: nn.Module) -> Logits:
    """A logit for each token that may come next: the final norm and the unembedding of the last vector."""
    return model.unembed(model.final_norm(x[..., -1, :]))


def count_parameters(config: ModelConfig) -> int:
    """How many parameters a model of this configuration has.

    >>> from nextword.transformer_parts.config import GPT3_MATRICES
    >>> f"{count_parameters(GPT3_MATRICES):,}"
    '175,181,291,520'
    """
    return sum(config.parameters_by_kind().values())


class Norm(nn.Module):
    """The parameters of a norm, of the kind that the configuration names."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.eps, self.is_rms = config.norm_eps, config.norm == "rms"
        self.weight = nn.Parameter(torch.ones(config.d_model)) if config.norm_weights else None
        has_bias = config.norm_weights and not self.is_rms
        self.bias = nn.Parameter(torch.zeros(config.d_model)) if has_bias else None

    def forward(self, x: Vectors) -> Vectors:
        if self.is_rms:
            return rms_norm(x, self.weight, self.eps)
        return layer_norm(x, self.weight, self.bias, self.eps)


class Attention(nn.Module):
    """The four matrices of a layer's attention."""

    def __init__(self, config: ModelConfig, number: int):
        super().__init__()
        self.config, self.number = config, number
        d_model, d_kv = config.d_model, config.n_kv_heads * config.head_dim
        self.query = nn.Linear(d_model, d_model, bias=config.biases)
        self.key = nn.Linear(d_model, d_kv, bias=config.biases)
        self.value = nn.Linear(d_model, d_kv, bias=config.biases)
        self.output = nn.Linear(d_model, d_model, bias=config.biases)
        self.hook_points = nn.ModuleDict(  # they do nothing: a hook needs a module to hang on
            {name: nn.Identity() for name in ("query_ready", "key_ready", "value_ready")}
        )

    def forward(self, x: Stream, positions: Positions, cache: KVCache | None = None) -> Stream:
        config, points = self.config, self.hook_points
        query = attention.split_heads(self.query(x), config.n_heads)  # (*batch, n_heads, seq_len, head_dim)
        key = attention.split_heads(self.key(x), config.n_kv_heads)  # (*batch, n_kv_heads, seq_len, head_dim)
        value = attention.split_heads(self.value(x), config.n_kv_heads)
        if config.qk_norm:
            query, key = rms_norm(query), rms_norm(key)
        if config.positions == "rope":
            query = attention.rope(query, positions, config.rope_base)
            key = attention.rope(key, positions, config.rope_base)
        query, key, value = (
            points["query_ready"](query),
            points["key_ready"](key),
            points["value_ready"](value),
        )
        return self.output(attention.merge_heads(self.mix(query, key, value, cache)))

    def mix(self, query: Queries, key: Keys, value: Values, cache: KVCache | None = None) -> Mixed:
        """What attention finds, in a text and in what its cache keeps; of texts side by side, in each by itself."""
        if isinstance(cache, SideBySide):
            return torch.cat([self.mix(*text) for text in cache.split(query, key, value)], dim=-2)
        if cache is not None:
            key, value = cache.extend(self.number, key, value)
        return attention.attend(query, key, value, causal=True, window=self.config.window)


class MLP(nn.Module):
    """The two or three matrices of a layer's MLP."""

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.activation = config.mlp
        self.up = nn.Linear(config.d_model, config.d_mlp, bias=config.biases)
        self.down = nn.Linear(config.d_mlp, config.d_model, bias=config.biases)
        if self.activation == "swiglu":
            self.gate = nn.Linear(config.d_model, config.d_mlp, bias=config.biases)

    def forward(self, x: Vectors) -> Vectors:
        return mlp(x, self) if self.activation == "swiglu" else mlp_without_gate(x, self, self.activation)


class Block(nn.Module):
    """The parameters of one layer."""

    def __init__(self, config: ModelConfig, number: int):
        super().__init__()
        self.attention_norm, self.attention = Norm(config), Attention(config, number)
        self.mlp_norm, self.mlp = Norm(config), MLP(config)

    def forward(self, x: Stream, positions: Positions, cache: KVCache | None = None) -> Stream:
        return block(x, self, positions, cache)


class Transformer(nn.Module):
    """The whole machine: embedding, layers, final norm, unembedding; with new parameters, drawn at random.

    >>> config = ModelConfig(vocab_size=10, d_model=8, n_layers=2, n_heads=2, d_mlp=16, context=32)
    >>> Transformer(config)(torch.tensor([[1, 2, 3]])).shape  # a row of logits after each token
    torch.Size([1, 3, 10])
    """

    def __init__(self, config: ModelConfig, generator: torch.Generator | None = None):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        if config.positions == "learned":
            self.positions = nn.Embedding(config.context, config.d_model)
        self.layers = nn.ModuleList(Block(config, number) for number in range(config.n_layers))
        self.final_norm = Norm(config)
        if not config.tied:
            self.unembedding = nn.Linear(config.d_model, config.vocab_size, bias=False)
        self.init_weights(generator)

    @torch.no_grad()
    def init_weights(self, generator: torch.Generator | None = None) -> None:
        """New parameters: biases 0, norms 1, matrices by chance.

        "gpt2": std 0.02, residual projections 0.02 / sqrt(2 n_layers). Each layer adds to the stream twice, and the
        smaller projections keep the variance of the sum bounded.
        "fan_in": embeddings std 1; a matrix that reads n numbers uniform within sqrt(3 / n), which keeps their size;
        and 0 for what writes to the stream or to the logits, so that a new model's layers do nothing yet.
        """
        for name, parameter in self.named_parameters():
            adds_to_stream = name.endswith(("output.weight", "down.weight"))
            if parameter.dim() == 1:
                parameter.fill_(0 if name.endswith("bias") else 1)
            elif self.config.init == "gpt2":
                std = 0.02 / math.sqrt(2 * self.config.n_layers) if adds_to_stream else 0.02
                parameter.normal_(std=std, generator=generator)
            elif adds_to_stream or name == "unembedding.weight":
                parameter.zero_()
            elif name in ("embedding.weight", "positions.weight"):
                parameter.normal_(generator=generator)
            else:
                bound = math.sqrt(3 / parameter.shape[1])
                parameter.uniform_(-bound, bound, generator=generator)

    def stream(self, ids: Tokens, cache: KVCache | None = None) -> Stream:
        """The vector of each token after the last layer; with a cache, `ids` go on where it ends."""
        start = 0 if cache is None else cache.length
        check_ids(ids, start, self.config)
        positions = torch.arange(start, start + ids.shape[-1], device=ids.device)
        x = self.embedding(ids)  # (*batch, seq_len, d_model)
        if self.config.positions == "learned":
            x = x + self.positions(positions)
        if self.config.embedding_norm:
            x = rms_norm(x)
        for layer in self.layers:
            x = layer(x, positions, cache)
        if cache is not None:
            cache.advance(ids.shape[-1])
        return x

    def forward(self, ids: Tokens, cache: KVCache | None = None) -> Float[Tensor, "*batch seq_len vocab"]:
        """The logits for what comes after each token."""
        return self.unembed(self.final_norm(self.stream(ids, cache)))

    def unembed(self, x: Vectors) -> Float[Tensor, "*places vocab"]:
        """How well each vector matches the vector of each token."""
        return functional.linear(x, self.embedding.weight if self.config.tied else self.unembedding.weight)

    def hooked(self, functions: dict[str, Callable]) -> AbstractContextManager:
        """In a `with` block, show vectors to functions, which may give back others: see `hooks`."""
        return hooks.hooked(self, functions)

    def recorded(self, *points: str) -> AbstractContextManager[dict[str, Tensor]]:
        """In a `with` block, keep the vectors of these hook points: see `hooks`."""
        return hooks.recorded(self, *points)


def check_ids(ids: Tokens, start: int, config: ModelConfig) -> None:
    """Refuse tokens that the model cannot read, with a ValueError."""
    checks.check_ids(ids, config.vocab_size)
    if start + ids.shape[-1] > config.context:
        raise ValueError(
            f"the text is {start + ids.shape[-1]} tokens long, and this model reads at most {config.context}: "
            "shorten it"
        )
