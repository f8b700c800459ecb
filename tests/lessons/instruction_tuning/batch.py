"""Answers to `finetuning.batch` as readers might write them."""

import torch

from nextword import rollouts
from tests.lessons import right, wrong


def _table(examples, end):
    return rollouts.pad([one.ids for one in examples], end)


def _mask(examples, first=lambda one: one.start, last=lambda one: len(one.ids)):
    """True where first <= token < last, told by the places of the tokens, of which the row's first is left out."""
    longest = max(len(one.ids) for one in examples)
    rows = [[first(one) <= place < last(one) for place in range(1, longest)] for one in examples]
    return torch.tensor(rows)


@right("finetuning.batch")
def _(examples, end):
    return _table(examples, end), _mask(examples)


@right("finetuning.batch")
def _(examples, end):
    rows = [torch.tensor(one.ids) for one in examples]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=end)
    places = torch.arange(1, ids.shape[1])
    starts = torch.tensor([[one.start] for one in examples])
    lengths = torch.tensor([[len(one.ids)] for one in examples])
    return ids, (places >= starts) & (places < lengths)


@wrong("finetuning.batch", "sft-asked-counts")
def _(examples, end):
    return _table(examples, end), _mask(examples, first=lambda one: 1)


@wrong("finetuning.batch", "sft-mask-not-shifted")
def _(examples, end):
    ids = _table(examples, end)
    mask = torch.zeros(ids.shape, dtype=torch.bool)
    for row, one in enumerate(examples):
        mask[row, one.start : len(one.ids)] = True
    return ids, mask[:, :-1]


@wrong("finetuning.batch", "sft-first-token-lost")
def _(examples, end):
    return _table(examples, end), _mask(examples, first=lambda one: one.start + 1)


@wrong("finetuning.batch", "sft-one-too-early")
def _(examples, end):
    return _table(examples, end), _mask(examples, first=lambda one: one.start - 1)


@wrong("finetuning.batch", "sft-filling-counts")
def _(examples, end):
    return _table(examples, end), _mask(examples, last=lambda one: 999)


@wrong("finetuning.batch", "sft-stop-not-learned")
def _(examples, end):
    return _table(examples, end), _mask(examples, last=lambda one: len(one.ids) - 1)


@wrong("finetuning.batch", "sft-filled-in-front")
def _(examples, end):
    longest = max(len(one.ids) for one in examples)
    rows = [[end] * (longest - len(one.ids)) + list(one.ids) for one in examples]
    return torch.tensor(rows), _mask(examples)


@wrong("finetuning.batch", "sft-filled-with-zeros")
def _(examples, end):
    return _table(examples, 0), _mask(examples)


@wrong("finetuning.batch", "sft-mask-turned")
def _(examples, end):
    return _table(examples, end), ~_mask(examples)


@wrong("finetuning.batch", "sft-mask-too-wide")
def _(examples, end):
    mask = _mask(examples)
    return _table(examples, end), torch.cat([mask, torch.zeros(len(mask), 1, dtype=torch.bool)], dim=1)
