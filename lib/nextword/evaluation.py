"""Rung `evaluation`: how surprised is a model by text that it never saw?

Text is only read here, and nothing is learned from it. Bits per byte compare models whatever their tokens are.
"""

import torch
from torch import nn
from torch.nn import functional

from nextword import ngram
from nextword.base.shapes import Tensor

TOGETHER = 16  # pieces that are read at a time


def windows(n_tokens: int, context: int, stride: int) -> list[tuple[int, int, int]]:
    """The pieces in which a text is measured, as (start, end, counted): read from start, counted from there on.

    A piece predicts at most `context` tokens, and a new one begins after every `stride`. Each token but the first,
    which nothing predicts, is counted once.

    >>> windows(10, context=4, stride=3)
    [(0, 5, 1), (3, 8, 5), (5, 10, 8)]
    """
    pieces, counted = [], 1
    while counted < n_tokens:
        end = min(n_tokens, counted + (context if counted == 1 else stride))
        pieces.append((max(0, end - context - 1), end, counted))
        counted = end
    return pieces


def evaluate(model: nn.Module, tokens: Tensor, context: int, stride: int | None = None) -> float:
    """The mean surprise at a text that is only read, in nats per token; nothing is learned from it.

    It is read in pieces of `context` tokens, some at a time. With a stride below that they overlap, and every token
    but those of the first piece is predicted from at least context - stride tokens before it.
    """
    if len(tokens) < 2:
        raise ValueError("nothing predicts a text's first token: give a text of two tokens or more")
    stride = context if stride is None else stride
    if not 1 <= stride <= context:
        raise ValueError(f"stride is {stride}, and is 1 to {context}, the context")
    pieces, was_training = windows(len(tokens), context, stride), model.training
    model.eval()
    try:
        with torch.no_grad():
            together = (pieces[start : start + TOGETHER] for start in range(0, len(pieces), TOGETHER))
            total = sum(surprise(model, tokens, some) for some in together)
    finally:
        model.train(was_training)
    return total / (len(tokens) - 1)


def surprise(model: nn.Module, tokens: Tensor, pieces: list[tuple[int, int, int]]) -> float:
    """The whole surprise, in nats, at what counts of pieces that are equally long."""
    ids = torch.stack([tokens[start:end] for start, end, _ in pieces]).long()
    ids = ids.to(model.embedding.weight.device)
    nats = functional.cross_entropy(model(ids[:, :-1]).mT, ids[:, 1:], reduction="none")  # (pieces, tokens)
    return sum(
        row[counted - start - 1 :].double().sum().item()
        for row, (start, _, counted) in zip(nats, pieces, strict=True)
    )


def bits_per_byte(model: nn.Module, ids: Tensor, n_bytes: int) -> float:
    """A text's whole surprise in bits, shared out over its bytes; its first token, such as END, is given.

    Each token is predicted from at least half of what the model can read, where there is so much.
    """
    context = model.config.context
    nats = evaluate(model, ids, context, max(1, context // 2)) * (len(ids) - 1)
    return ngram.bits_per_byte(nats, n_bytes)
