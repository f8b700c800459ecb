"""Answers to `training.passages` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("training.passages")
def _(tokens, n, context, generator):
    last = len(tokens) - context - 1
    rows = []
    for _ in range(n):
        start = int(torch.randint(0, last + 1, (), generator=generator))
        rows.append(tokens[start : start + context + 1])
    return torch.stack(rows).to(torch.int64)


@right("training.passages")
def _(tokens, n, context, generator):
    starts = (torch.rand(n, generator=generator) * (len(tokens) - context)).long()
    return tokens.long().unfold(0, context + 1, 1)[starts]


@wrong("training.passages", "passages-not-a-tensor")
def _(tokens, n, context, generator):
    starts = torch.randint(len(tokens) - context, (n,), generator=generator).tolist()
    return [tokens[start : start + context + 1].tolist() for start in starts]


@wrong("training.passages", "passages-too-short")
def _(tokens, n, context, generator):
    starts = torch.randint(len(tokens) - context, (n,), generator=generator)
    return torch.stack([tokens[start : start + context] for start in starts]).long()


@wrong("training.passages", "passages-shape")
def _(tokens, n, context, generator):
    start = int(torch.randint(len(tokens) - context, (1,), generator=generator))
    return tokens[start : start + context + 1].long()


@wrong("training.passages", "passages-kind")
def _(tokens, n, context, generator):
    starts = torch.randint(len(tokens) - context, (n, 1), generator=generator)
    return tokens[starts + torch.arange(context + 1)]


@wrong("training.passages", "passages-places")
def _(tokens, n, context, generator):
    return torch.randint(len(tokens) - context, (n, 1), generator=generator) + torch.arange(context + 1)


@wrong("training.passages", "passages-no-runs")
def _(tokens, n, context, generator):
    return tokens[torch.randint(len(tokens), (n, context + 1), generator=generator)].long()


@wrong("training.passages", "passages-last-place")
def _(tokens, n, context, generator):
    starts = torch.randint(max(1, len(tokens) - context - 1), (n, 1), generator=generator)
    return tokens[starts + torch.arange(context + 1)].long()


@wrong("training.passages", "passages-first-place")
def _(tokens, n, context, generator):
    starts = torch.randint(1, max(2, len(tokens) - context), (n, 1), generator=generator)
    return tokens[starts + torch.arange(context + 1)].long()


@wrong("training.passages", "passages-not-everywhere")
def _(tokens, n, context, generator):
    blocks = len(tokens) // (context + 1)
    starts = (context + 1) * torch.randint(blocks, (n, 1), generator=generator)
    return tokens[starts + torch.arange(context + 1)].long()


@wrong("training.passages", "passages-not-alike")
def _(tokens, n, context, generator):
    starts = (torch.rand(n, 1, generator=generator) ** 1.5 * (len(tokens) - context)).long()
    return tokens[starts + torch.arange(context + 1)].long()


@wrong("training.passages", "passages-ignore-generator")
def _(tokens, n, context, generator):
    starts = torch.randint(len(tokens) - context, (n, 1))
    return tokens[starts + torch.arange(context + 1)].long()


@wrong("training.passages", "passages-no-chance")
def _(tokens, n, context, generator):
    return tokens[torch.arange(n)[:, None] % (len(tokens) - context) + torch.arange(context + 1)].long()


@wrong("training.passages", "passages-one-beginning")
def _(tokens, n, context, generator):
    start = torch.randint(len(tokens) - context, (1,), generator=generator)
    return tokens[start + torch.arange(context + 1)].long().repeat(n, 1)


@wrong("training.passages", "passages-restart-generator")
def _(tokens, n, context, generator):
    generator.manual_seed(generator.initial_seed())
    starts = torch.randint(len(tokens) - context, (n, 1), generator=generator)
    return tokens[starts + torch.arange(context + 1)].long()


@wrong("training.passages", "passages-one-stretch")
def _(tokens, n, context, generator):
    size = n * (context + 1)
    start = int(torch.randint(len(tokens) - size + 1, (1,), generator=generator))
    return tokens[start : start + size].view(n, context + 1).long()


@wrong("training.passages", "passages-one-stretch")
def _(tokens, n, context, generator):
    start = torch.randint(len(tokens) - n * context, (1,), generator=generator).item()
    return torch.stack([tokens[start + i * context :][: context + 1] for i in range(n)]).long()
