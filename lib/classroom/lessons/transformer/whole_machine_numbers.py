"""The numbers of the whole machine on one text: all that hooks see of one run, and what follows from it.

A `place` is the number of a piece of the text; every function of a `Reading` speaks of the stream at one place.
"""

from dataclasses import dataclass

import torch

from nextword import attention, sampling, transformer
from nextword.black_box import LanguageModel

READ, SHOWN = 2_000, 20  # characters of a long text that are read at all; pieces that are run
SEEN = (
    "*.stream",
    "*.query",
    "*.key",
    "*.mixed",
    "*.attention",
    "*.middle",
    "*.neurons",
    "*.mlp",
    "final",
    "normed",
)
EMPTY = "There is no text, so there is nothing to run. Type a sentence."


@dataclass(frozen=True)
class Reading:
    """One text that went through the model, and the vectors that were seen on the way."""

    machine: LanguageModel
    ids: list[int]
    whole: bool  # False: the text was longer
    seen: dict[str, torch.Tensor]

    @property
    def n_layers(self) -> int:
        """How many layers the model has."""
        return self.machine.model.config.n_layers

    @property
    def n_heads(self) -> int:
        """How many heads that ask each layer has."""
        return self.machine.model.config.n_heads

    def piece(self, token: int) -> str:
        """The text of one token."""
        return self.machine.tokenizer.decode([token])

    def vector(self, point: str, place: int) -> torch.Tensor:
        """What a hook point such as "3.mlp" saw at one place."""
        return self.seen[point][0, place]

    def stream(self, layers: int, place: int) -> torch.Tensor:
        """The stream after so many layers have added to it."""
        return self.vector("final" if layers == self.n_layers else f"{layers}.stream", place)

    def head_adds(self, layer: int, place: int) -> torch.Tensor:
        """The vector that each head adds to the stream: what it found, through its columns of the output matrix.

        The heads' vectors together are what attention adds, but for a bias of the matrix, which is no head's.
        """
        columns = self.machine.model.layers[layer].attention.output.weight.unflatten(1, (self.n_heads, -1))
        found = self.vector(f"{layer}.mixed", place).unflatten(-1, (self.n_heads, -1))
        return torch.einsum("mhd,hd->hm", columns, found)  # (n_heads, d_model)

    def pattern(self, layer: int, head: int, place: int) -> torch.Tensor:
        """How much one head takes from each piece so far: weights that sum to 1."""
        window = self.machine.model.config.window
        query, key = (self.seen[f"{layer}.{name}"] for name in ("query", "key"))
        return attention.weights(query, key, causal=True, window=window)[0, head, place, : place + 1]

    def neurons(self, layer: int, place: int, n: int = 5) -> list[tuple[int, float]]:
        """The neurons that fire most, up or down: each one's number, and how strongly."""
        values = self.vector(f"{layer}.neurons", place)
        loudest = values.abs().topk(min(n, len(values))).indices.tolist()
        return [(number, float(values[number])) for number in loudest]

    def logits(self, place: int, layers: int | None = None) -> torch.Tensor:
        """A logit for each token that may come next, from the stream after so many layers (all, if None)."""
        x = self.stream(self.n_layers if layers is None else layers, place)
        return transformer.next_logits(x[None, None], self.machine.model)[0].float()

    def chances(self, place: int, layers: int | None = None, n: int = 5) -> list[tuple[int, float]]:
        """The n likeliest tokens and their probabilities."""
        found = sampling.softmax(self.logits(place, layers)).topk(n)
        return list(zip(found.indices.tolist(), found.values.tolist(), strict=True))


@torch.inference_mode()
def read(machine: LanguageModel, text: str) -> Reading:
    """Run the model once over a text, or over the beginning of a long one; a ValueError where there is none."""
    ids = machine.tokenizer.encode(text[:READ])
    if not ids:
        raise ValueError(EMPTY)
    whole = len(ids) <= SHOWN and len(text) <= READ
    with machine.model.recorded(*SEEN) as seen:
        machine.model(torch.tensor([ids[:SHOWN]], device=machine.model.embedding.weight.device))
    return Reading(machine, ids[:SHOWN], whole, seen)


def size(vector: torch.Tensor) -> float:
    """The length of a vector."""
    return float(vector.float().norm())
