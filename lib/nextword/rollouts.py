"""Rung `rollouts`: texts that a model writes by itself, many at once, and how likely it held each of their tokens.

Whoever wants to change what a model says must first let it speak. A rollout is one such text: the tokens that were
given, those that the model chose, and where they end.
Source: Ouyang et al. 2022 (InstructGPT, arXiv 2203.02155), section 3; "rollout" is reinforcement learning's word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from nextword import sampling
from nextword.attention_parts.kv_cache import KVCache
from nextword.base.shapes import Bool, Float, Int, Tensor
from nextword.tokenizer import Tokenizer
from nextword.transformer import Transformer


@dataclass(frozen=True)
class Rollouts:
    """Many texts side by side, one a row; behind a text's end its row holds `end` again and again."""

    ids: Int[Tensor, "texts seq_len"]
    starts: Int[Tensor, "texts"]  # where in its row the model's own first token stands
    ends: Int[Tensor, "texts"]  # the place behind its last token, which is `end` where the text came to one
    end: int  # the token that ends a text

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def mask(self) -> Bool[Tensor, "texts places"]:
        """Which of `ids[:, 1:]` the model chose: not what was given, nor what only fills a row up.

        >>> Rollouts(torch.tensor([[9, 4, 5, 9, 9]]), torch.tensor([2]), torch.tensor([4]), 9).mask
        tensor([[False,  True,  True, False]])
        """
        places = torch.arange(1, self.ids.shape[1], device=self.ids.device)
        return (places >= self.starts[:, None]) & (places < self.ends[:, None])

    @property
    def finished(self) -> Bool[Tensor, "texts"]:
        """Which texts came to their end; the others were cut off."""
        last = self.ids.gather(1, self.ends[:, None] - 1)[:, 0]
        return (last == self.end) & (self.ends > self.starts)

    def texts(self, tokenizer: Tokenizer) -> list[str]:
        """All texts as people read them, what was given and what was written, without the marks of an end."""
        rows = zip(self.ids.tolist(), self.ends.tolist(), strict=True)
        return [tokenizer.decode([token for token in row[:end] if token != self.end]) for row, end in rows]

    def __getitem__(self, chosen: Tensor | slice | list[int]) -> "Rollouts":
        """Some of the texts."""
        return Rollouts(self.ids[chosen], self.starts[chosen], self.ends[chosen], self.end)


def pad(rows: Sequence[Sequence[int]], end: int) -> Int[Tensor, "texts seq_len"]:
    """Rows of different lengths as one table, filled up with `end` on the right, where no earlier token sees it.

    >>> pad([[1, 2, 3], [4]], end=0)
    tensor([[1, 2, 3],
            [4, 0, 0]])
    """
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[end] * (longest - len(row))] for row in rows])


@torch.no_grad()
def sample(
    model: Transformer,
    prompts: Sequence[Sequence[int]],
    end: int,
    seq_len: int,
    generator: torch.Generator | None = None,
    temperature: float = 1.0,
) -> Rollouts:
    """Let a model write on from each prompt, until it says `end` or the text has `seq_len` tokens, prompt included.

    All texts are read with one cache, a token at a time. Where one prompt is longer than another, its own tokens are
    put in place of those that were drawn, so that no text is ever padded in front.
    """
    check_prompts(prompts, seq_len, model.config.context)
    lengths = torch.tensor([len(prompt) for prompt in prompts])
    given = pad(prompts, end)  # (texts, longest prompt)
    ids = torch.full((len(prompts), seq_len), end)
    ids[:, : given.shape[1]] = given
    ends, is_over = torch.full_like(lengths, seq_len), torch.zeros(len(prompts), dtype=torch.bool)
    cache, read = KVCache(), 0
    device = model.embedding.weight.device
    for place in range(int(lengths.min()), seq_len):
        stream = model.stream(ids[:, read:place].to(device), cache)[:, -1]  # (texts, d_model)
        logits = model.unembed(model.final_norm(stream)).float().cpu()
        drawn = sampling.sample(logits, temperature=temperature, generator=generator)
        written = (place >= lengths) & ~is_over
        ids[:, place] = torch.where(written, drawn, ids[:, place])
        ends[written & (drawn == end)] = place + 1
        is_over |= written & (drawn == end)
        read = place
        if is_over.all():
            break
    longest = int(ends.max())
    return Rollouts(ids[:, :longest], lengths, ends, end)


def log_probs(model: Transformer, ids: Int[Tensor, "texts seq_len"]) -> Float[Tensor, "texts seq_len-1"]:
    """The log of the chance, in nats, that the model gave to each token but the first of its row."""
    return token_log_probs(model(ids[:, :-1]), ids[:, 1:])


def token_log_probs(
    logits: Float[Tensor, "texts places vocab"], chosen: Int[Tensor, "texts places"]
) -> Float[Tensor, "texts places"]:
    """The log-softmax of each row of logits at the token that was chosen there.

    >>> token_log_probs(torch.zeros(1, 1, 4), torch.tensor([[2]])).exp()
    tensor([[0.2500]])
    """
    return -functional.cross_entropy(logits.mT, chosen, reduction="none")


def masked_mean(values: Float[Tensor, "*shape"], mask: Bool[Tensor, "*shape"]) -> Float[Tensor, ""]:
    """The mean of the values where the mask is True; 0 where it is True nowhere.

    >>> masked_mean(torch.tensor([1.0, 3.0, float("nan")]), torch.tensor([True, True, False]))
    tensor(2.)
    """
    return values.masked_fill(~mask, 0).sum() / mask.sum().clamp(min=1)


def check_prompts(prompts: Sequence[Sequence[int]], seq_len: int, context: int) -> None:
    """Refuse what cannot be written on from, with a ValueError."""
    if not prompts or not all(prompts):
        raise ValueError(
            "a prompt is empty: give at least one token for each, such as the one that ends a text"
        )
    if max(map(len, prompts)) >= seq_len:
        raise ValueError(
            f"a prompt has {max(map(len, prompts))} tokens, and texts are to have {seq_len} at most"
        )
    if seq_len > context + 1:
        raise ValueError(
            f"texts of {seq_len} tokens are too long: this model reads {context} before the last"
        )
