"""Rung `neural_ngram`: a counter whose table became a network, the first language model made of vectors.

It sees the last n tokens and nothing before them, as lesson 01's counters do. But it reads them as vectors, so that
what it learns of "swan" helps it with "duckling".
Source: Bengio, Ducharme, Vincent and Jauvin, "A Neural Probabilistic Language Model" (JMLR 2003), section 2.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn

from nextword.base.checks import check_ids, check_sizes
from nextword.base.shapes import Float, Stream, Tensor, Tokens


def windows(vectors: Stream, n: int) -> Float[Tensor, "*batch seq_len {n}*d_model"]:
    """Each place's own vector and the n - 1 before it, laid end to end, the oldest first; zeros before the text.

    >>> windows(torch.tensor([[1.0], [2.0], [3.0]]), 2)
    tensor([[0., 1.],
            [1., 2.],
            [2., 3.]])
    """
    if n < 1:
        raise ValueError(f"n is {n}, and is at least 1: a window holds a place's own vector")
    seq_len = vectors.shape[-2]
    nothing = vectors.new_zeros(*vectors.shape[:-2], n - 1, vectors.shape[-1])
    padded = torch.cat([nothing, vectors], dim=-2)  # (*batch, n - 1 + seq_len, d_model)
    return torch.cat([padded[..., start : start + seq_len, :] for start in range(n)], dim=-1)


@dataclass(frozen=True)
class NgramConfig:
    """The shape of a neural n-gram."""

    vocab_size: int  # how many tokens there are
    d_model: int  # numbers in each token's vector
    n: int  # tokens that it sees, the newest among them
    d_hidden: int  # neurons in the hidden layer
    context: int = 128  # the most tokens in a passage; of each place's past only n are seen

    def __post_init__(self):
        check_sizes(self, ("vocab_size", "d_model", "n", "d_hidden", "context"))


class NeuralNgram(nn.Module):
    """Bengio's model: a table of vectors, one layer of tanh neurons over the last n of them, and logits.

    >>> NeuralNgram(NgramConfig(vocab_size=10, d_model=4, n=3, d_hidden=8))(torch.tensor([[1, 2, 3]])).shape
    torch.Size([1, 3, 10])
    """

    def __init__(self, config: NgramConfig, generator: torch.Generator | None = None):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        self.layers = nn.ModuleList([nn.Linear(config.n * config.d_model, config.d_hidden)])
        self.unembedding = nn.Linear(config.d_hidden, config.vocab_size, bias=False)
        self.init_weights(generator)

    @torch.no_grad()
    def init_weights(self, generator: torch.Generator | None = None) -> None:
        """New parameters as the transformer's "fan_in": the logits are 0 at first, and all tokens equally likely."""
        self.embedding.weight.normal_(generator=generator)
        [hidden] = self.layers
        bound = math.sqrt(3 / hidden.weight.shape[1])
        hidden.weight.uniform_(-bound, bound, generator=generator)
        hidden.bias.zero_()
        self.unembedding.weight.zero_()

    def forward(self, ids: Tokens) -> Float[Tensor, "*batch seq_len vocab"]:
        """The logits for what comes after each token."""
        check_ids(ids, self.config.vocab_size)
        [hidden] = self.layers
        return self.unembedding(torch.tanh(hidden(windows(self.embedding(ids), self.config.n))))
