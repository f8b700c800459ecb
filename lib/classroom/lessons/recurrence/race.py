"""Four machines with as many dials, and the settings with which each learns in the race of lesson 13.

`benchmarks/recurrence.py` says how the rates were chosen: a few were tried for each machine, by the loss on the tales
that it learns from.
"""

import torch
from torch import nn

from nextword import neural_ngram, recipes, recurrent
from nextword.recurrent_parts.config import RecurrentConfig
from nextword.training import TrainingConfig
from nextword.transformer import ModelConfig, Transformer

NAMES = ("neural n-gram", "RNN", "LSTM", "transformer")
CONTEXT, BATCH = 128, 8  # tokens in a passage, passages in a step
RATES = {  # Muon's for matrices, AdamW's for the table of vectors, AdamW's for the rest
    "neural n-gram": (0.03, 0.1, 0.01),
    "RNN": (0.03, 0.1, 0.01),
    "LSTM": (0.03, 0.1, 0.03),
    "transformer": (0.06, 0.1, 0.01),
}


def machine(name: str, vocab_size: int, seed: int = 0) -> nn.Module:
    """One of the four, with new dials: about 320,000 where there are 512 tokens.

    >>> [sum(p.numel() for p in machine(name, 512).parameters()) for name in NAMES]
    [319768, 322300, 320616, 319488]
    """
    generator = torch.Generator().manual_seed(seed)
    if name == "transformer":
        return Transformer(ModelConfig(vocab_size, **recipes.shape(96, 2, 2, CONTEXT)), generator)
    if name == "neural n-gram":
        return neural_ngram.NeuralNgram(neural_ngram.NgramConfig(vocab_size, 64, 8, 280, CONTEXT), generator)
    kind, width = {"RNN": ("rnn", 220), "LSTM": ("lstm", 146)}[name]
    return recurrent.Recurrent(RecurrentConfig(vocab_size, width, width, kind, context=CONTEXT), generator)


def settings(name: str, steps: int, seed: int = 0) -> TrainingConfig:
    """How it learns in the race."""
    rates = dict(zip(("lr_matrices", "lr_embedding", "lr_unembedding"), RATES[name], strict=True))
    return TrainingConfig(steps, BATCH, CONTEXT, **rates, seed=seed)
