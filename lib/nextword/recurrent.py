"""Rung `recurrent`: machines that read a text one token at a time, and keep what they have read in a state.

A cell takes the vector of one token and the state, and gives the next state, which is all that remains of the text so
far. It is as large after ten thousand tokens as after one.
Sources: Elman 1990 (the simple recurrent network); Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997); Gers,
Schmidhuber and Cummins (2000) for the forget gate; Jozefowicz, Zaremba and Sutskever (2015) for its bias of 1;
Pascanu, Mikolov and Bengio (2012, arXiv 1211.5063) for gradients over a distance.
"""

import math
from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional

from nextword import generation
from nextword.base.checks import check_ids
from nextword.base.shapes import Bool, Float, Tensor, Tokens
from nextword.generation import GREEDY, SamplingConfig
from nextword.recurrent_parts.config import MATRICES, PARTS, RecurrentConfig

# Of one layer: the hidden vector, and behind it an LSTM's cell.
State = Float[Tensor, "parts *batch d_hidden"]


def rnn_cell(
    x: Float[Tensor, "*batch d_model"],
    hidden: Float[Tensor, "*batch d_hidden"],
    read: Float[Tensor, "d_hidden d_model"],
    recur: Float[Tensor, "d_hidden d_hidden"],
    bias: Float[Tensor, "d_hidden"],
) -> Float[Tensor, "*batch d_hidden"]:
    """One step of a simple recurrent network: the next hidden vector, from a token's vector and the last one.

    >>> rnn_cell(torch.tensor([1.0]), torch.tensor([2.0]), torch.eye(1), -torch.eye(1), torch.ones(1))
    tensor([0.])
    """
    return torch.tanh(functional.linear(x, read, bias) + functional.linear(hidden, recur))


def lstm_cell(
    x: Float[Tensor, "*batch d_model"],
    hidden: Float[Tensor, "*batch d_hidden"],
    cell: Float[Tensor, "*batch d_hidden"],
    read: Float[Tensor, "4*d_hidden d_model"],
    recur: Float[Tensor, "4*d_hidden d_hidden"],
    bias: Float[Tensor, "4*d_hidden"],
) -> tuple[Float[Tensor, "*batch d_hidden"], Float[Tensor, "*batch d_hidden"]]:
    """One step of an LSTM: the next hidden vector and the next cell.

    The rows of the matrices make, in this order: the input gate, the forget gate, the candidate, the output gate.

    >>> hidden, cell = lstm_cell(*torch.zeros(2, 1), torch.ones(1), *torch.zeros(2, 4, 1), torch.zeros(4))
    >>> cell, hidden  # at 0 a gate is half open: half of the cell is kept, and half of its tanh is shown
    (tensor([0.5000]), tensor([0.2311]))
    """
    gates = functional.linear(x, read, bias) + functional.linear(hidden, recur)
    write, keep, candidate, show = gates.chunk(4, dim=-1)
    cell = torch.sigmoid(keep) * cell + torch.sigmoid(write) * torch.tanh(candidate)
    return torch.sigmoid(show) * torch.tanh(cell), cell


def unroll(
    x: Float[Tensor, "*batch seq_len d_model"], state: State, layer: nn.Module
) -> tuple[Float[Tensor, "*batch seq_len d_hidden"], State]:
    """A layer's hidden vector after each token, and its last state: one step after the other.

    `recurrent_parts.fused.unroll` is a drop-in that makes the steps outside Python.
    """
    hidden = []
    for vector in x.unbind(dim=-2):
        state = layer.step(vector, state)
        hidden.append(state[0])
    return torch.stack(hidden, dim=-2), state


def carry(state: Float[Tensor, "*parts batch d_hidden"], is_over: Bool[Tensor, "batch"]) -> Tensor:
    """What a state is when the next piece of each text begins: nothing of a text that is over, and no way back.

    Without a graph, the gradient stops at the piece's beginning: backpropagation through time, truncated.

    >>> carry(torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True), torch.tensor([True, False]))
    tensor([[0., 0.],
            [3., 4.]])
    """
    return state.detach().masked_fill(is_over[:, None], 0)


def gradient_by_distance(
    surprise: Float[Tensor, "texts"], vectors: Float[Tensor, "texts seq_len d_model"]
) -> Float[Tensor, "seq_len"]:
    """How much a text's surprise at its next token depends on each vector before it: the newest first.

    It is the length of the gradient, averaged over texts.

    >>> vectors = torch.ones(1, 3, 1, requires_grad=True)
    >>> gradient_by_distance((vectors * torch.tensor([[[1.0], [2.0], [4.0]]])).sum(dim=(1, 2)), vectors)
    tensor([4., 2., 1.])
    """
    [gradient] = torch.autograd.grad(surprise.sum(), vectors)
    return gradient.norm(dim=-1).mean(dim=0).flip(0)


def steps_in_a_row(n_tokens: int, n_layers: int, recurrent: bool, generating: bool) -> int:
    """How many layers' steps must follow one another, however many could be made at once.

    A layer's step at one token needs the layer below it there. A recurrent one needs its own last step besides, and
    whoever generates needs the token itself, which comes out of the last layer at the token before.

    >>> steps_in_a_row(1000, 2, recurrent=True, generating=False), steps_in_a_row(1000, 2, False, False)
    (1001, 2)
    """
    if generating:
        return n_tokens * n_layers
    return n_tokens + n_layers - 1 if recurrent else n_layers


class Layer(nn.Module):
    """The matrices of one recurrent layer: what reads the token, and what reads the last hidden vector."""

    def __init__(self, d_model: int, d_hidden: int, kind: str):
        super().__init__()
        self.kind = kind
        rows = MATRICES[kind] * d_hidden
        self.read, self.recur = nn.Linear(d_model, rows), nn.Linear(d_hidden, rows, bias=False)

    def step(self, x: Tensor, state: State) -> State:
        """The next state."""
        weights = self.read.weight, self.recur.weight, self.read.bias
        if self.kind == "rnn":
            return rnn_cell(x, state[0], *weights)[None]
        return torch.stack(lstm_cell(x, *state, *weights))


class Recurrent(nn.Module):
    """A language model of 2016: a table of vectors, recurrent layers, and logits from the last hidden vector.

    >>> model = Recurrent(RecurrentConfig(vocab_size=10, d_model=4, d_hidden=8))
    >>> logits, state = model.read(torch.tensor([[1, 2, 3]]))
    >>> logits.shape, state.shape  # (batch, seq_len, vocab), and (layers, hidden and cell, batch, d_hidden)
    (torch.Size([1, 3, 10]), torch.Size([1, 2, 1, 8]))
    """

    def __init__(self, config: RecurrentConfig, generator: torch.Generator | None = None):
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.d_model)
        widths = [config.d_model] + [config.d_hidden] * (config.n_layers - 1)
        self.layers = nn.ModuleList(Layer(width, config.d_hidden, config.kind) for width in widths)
        self.unembedding = nn.Linear(config.d_hidden, config.vocab_size, bias=False)
        self.init_weights(generator)

    @torch.no_grad()
    def init_weights(self, generator: torch.Generator | None = None) -> None:
        """New parameters: vectors of std 1, logits 0, matrices that keep sizes, forget gates open by a bias of 1."""
        self.embedding.weight.normal_(generator=generator)
        self.unembedding.weight.zero_()
        for layer in self.layers:
            for matrix in (layer.read.weight, layer.recur.weight):
                bound = math.sqrt(3 / matrix.shape[1])
                matrix.uniform_(-bound, bound, generator=generator)
            layer.read.bias.zero_()
            if layer.kind == "lstm":
                layer.read.bias.chunk(4)[1].fill_(1)

    def read(
        self, ids: Tokens, state: Tensor | None = None
    ) -> tuple[Float[Tensor, "*batch seq_len vocab"], Tensor]:
        """The logits for what comes after each token, and the state behind the last; a state that is given goes on."""
        check_ids(ids, self.config.vocab_size)
        if state is None:
            state = self.new_state(*ids.shape[:-1])
        if state.shape[2:-1] != ids.shape[:-1]:
            raise ValueError(
                f"a state of {math.prod(state.shape[2:-1])} texts cannot go on with {math.prod(ids.shape[:-1])}: "
                "give one row of tokens for each"
            )
        x, states = self.embedding(ids), []
        for layer, before in zip(self.layers, state, strict=True):
            x, after = unroll(x, before, layer)
            states.append(after)
        return self.unembedding(x), torch.stack(states)

    def new_state(self, *batch: int) -> Tensor:
        """The state of one who has read nothing: zeros."""
        shape = (self.config.n_layers, PARTS[self.config.kind], *batch, self.config.d_hidden)
        return self.embedding.weight.new_zeros(shape)

    def forward(self, ids: Tokens) -> Float[Tensor, "*batch seq_len vocab"]:
        """The logits for what comes after each token, of texts that begin here."""
        return self.read(ids)[0]


@torch.inference_mode()
def generate(
    model: Recurrent,
    ids: list[int],
    config: SamplingConfig = GREEDY,
    generator: torch.Generator | None = None,
) -> Iterator[int]:
    """The tokens that follow, one by one; each costs the same, however long the text."""
    if not ids:
        raise ValueError("there is no text to go on from: give at least one token")
    device = model.embedding.weight.device
    logits, state = model.read(torch.tensor([ids], device=device))
    for _ in range(config.max_new):
        token = generation.choose(logits[:, -1], config, generator)
        if token in config.stop:
            return
        yield token
        logits, state = model.read(torch.tensor([[token]], device=device), state)
