"""Answers to `sampling.draw` as readers might write them."""

import torch

from tests.lessons import right, wrong
from tests.lessons.sampling.shared import rows


@right("sampling.draw")
def _(probabilities, generator=None):
    """Row by row, in Python."""
    flat, pins_ = probabilities.reshape(-1, probabilities.shape[-1]), []
    for row in flat.tolist():
        pin, end = torch.rand(1, generator=generator).item() * sum(row), 0.0
        for token, chance in enumerate(row):  # noqa: B007
            end += chance
            if pin < end:
                break
        pins_.append(token)
    return torch.tensor(pins_).reshape(probabilities.shape[:-1])


@right("sampling.draw")
def _(probabilities, generator=None):
    ends = probabilities.double().cumsum(-1)
    pin = torch.rand(probabilities.shape[:-1], generator=generator, dtype=torch.float64).unsqueeze(-1)
    return (pin * ends[..., -1:] < ends).to(torch.int64).argmax(-1)


def pins(probabilities, generator):
    return torch.rand((*probabilities.shape[:-1], 1), generator=generator)


@right("sampling.draw")
def _(probabilities, generator=None):
    flat = torch.multinomial(rows(probabilities), 1, generator=generator)
    return flat.reshape(probabilities.shape[:-1])


@right("sampling.draw")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    ids = torch.searchsorted(ends, pins(probabilities, generator) * ends[..., -1:], right=True).squeeze(-1)
    return ids.clamp(max=probabilities.shape[-1] - 1)


@right("sampling.draw")  # Gumbel's trick
def _(probabilities, generator=None):
    noise = torch.rand(probabilities.shape, generator=generator)
    return (probabilities.log() - (-noise.log()).log()).argmax(-1)


@wrong("sampling.draw", "draw-ignores-generator")
def _(probabilities, generator=None):
    return torch.multinomial(rows(probabilities), 1).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-never-varies")
def _(probabilities, generator=None):
    return probabilities.argmax(-1)


@wrong("sampling.draw", "draw-seeded-inside")
def _(probabilities, generator=None):
    generator = torch.Generator().manual_seed(0)
    return torch.multinomial(rows(probabilities), 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-one-pin")
def _(probabilities, generator=None):
    pin = torch.rand(1, generator=generator)
    return (probabilities.cumsum(-1) <= pin).sum(-1).clamp(max=probabilities.shape[-1] - 1)


@wrong("sampling.draw", "draw-uniform")
def _(probabilities, generator=None):
    return torch.multinomial((rows(probabilities) > 0).float(), 1, generator=generator).reshape(
        probabilities.shape[:-1]
    )


@wrong("sampling.draw", "draw-uniform")
def _(probabilities, generator=None):
    return torch.randint(probabilities.shape[-1], probabilities.shape[:-1], generator=generator)


@wrong("sampling.draw", "draw-softmax-again")
def _(probabilities, generator=None):
    again = torch.softmax(rows(probabilities), -1) * (rows(probabilities) > 0)
    return torch.multinomial(again, 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-softmax-again")  # the plain form of it: softmax makes the impossible possible
def _(probabilities, generator=None):
    again = torch.softmax(rows(probabilities), -1)
    return torch.multinomial(again, 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-log-again")
def _(probabilities, generator=None):
    logs = -rows(probabilities).clamp(min=1e-9).log() * (rows(probabilities) > 0)
    logs = torch.where(rows(probabilities) == 1, 1.0, logs)
    return torch.multinomial(logs, 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-not-accumulated")
def _(probabilities, generator=None):
    pin = pins(probabilities, generator)
    inside = pin < probabilities
    return torch.where(inside.any(-1), inside.float().argmax(-1), probabilities.shape[-1] - 1)


@wrong("sampling.draw", "draw-off-by-one")
def _(probabilities, generator=None):
    return (probabilities.cumsum(-1) <= pins(probabilities, generator)).sum(-1) + 1


@wrong("sampling.draw", "draw-past-the-end")
def _(probabilities, generator=None):
    return (probabilities.cumsum(-1) <= pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-not-a-tensor")
def _(probabilities, generator=None):
    return torch.multinomial(rows(probabilities), 1, generator=generator).flatten().tolist()


@wrong("sampling.draw", "draw-not-ids")
def _(probabilities, generator=None):
    return (
        torch.multinomial(rows(probabilities), 1, generator=generator)
        .reshape(probabilities.shape[:-1])
        .float()
    )


@wrong("sampling.draw", "draw-shape")
def _(probabilities, generator=None):
    return torch.multinomial(rows(probabilities), 1, generator=generator)


@wrong("sampling.draw", "draw-frequencies")
def _(probabilities, generator=None):
    squared = rows(probabilities) ** 2
    return torch.multinomial(squared, 1, generator=generator).reshape(probabilities.shape[:-1])


@wrong("sampling.draw", "draw-counts-after")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    return (ends > pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-not-ids")
def _(probabilities, generator=None):
    flat = probabilities.reshape(-1, probabilities.shape[-1])
    return torch.multinomial(flat, 1, generator=generator).reshape(probabilities.shape[:-1]).int()


@wrong("sampling.draw", "draw-axis")
def _(probabilities, generator=None):
    ends = torch.cumsum(probabilities, 0)
    return (ends <= pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-not-accumulated")
def _(probabilities, generator=None):
    return (probabilities <= pins(probabilities, generator)).sum(-1).clamp(max=probabilities.shape[-1] - 1)


@wrong("sampling.draw", "draw-ranks")
def _(probabilities, generator=None):
    ends = probabilities.sort(dim=-1, descending=True).values.cumsum(-1)
    return (ends <= pins(probabilities, generator)).sum(-1)


@wrong("sampling.draw", "draw-one-row")
def _(probabilities, generator=None):
    pin, end = torch.rand(1, generator=generator), 0.0
    for token, chance in enumerate(probabilities):
        end += chance
        if pin < end:
            return torch.tensor(token)
    return torch.tensor(len(probabilities) - 1)


@wrong("sampling.draw", "draw-pin-each-token")
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    return (ends <= torch.rand(ends.shape, generator=generator)).sum(-1).clamp(max=ends.shape[-1] - 1)


@wrong("sampling.draw", "draw-clamped")
def _(probabilities, generator=None):
    ids = (probabilities.cumsum(-1) <= pins(probabilities, generator)).sum(-1)
    return ids.clamp(max=probabilities.shape[-1] - 1)


@wrong("sampling.draw", "draw-clamped")  # the last end is pushed to 1
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    ends[..., -1] = 1.0
    return (ends <= pins(probabilities, generator)).sum(-1)


@right("sampling.draw")  # hint 3 by itself
def _(probabilities, generator=None):
    ends = probabilities.cumsum(dim=-1)
    return (ends <= pins(probabilities, generator) * ends[..., -1:]).sum(dim=-1)


@right("sampling.draw")  # the ruler is stretched, not the pin
def _(probabilities, generator=None):
    ends = probabilities.cumsum(-1)
    return (ends / ends[..., -1:] <= pins(probabilities, generator)).sum(-1)
