"""Answers to `sampling.with_temperature` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong


@right("sampling.with_temperature")
def _(logits, temperature):
    if temperature == 0:
        cold = torch.full_like(logits, -math.inf)
        return cold.scatter(-1, logits.argmax(-1, keepdim=True), 0.0)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-multiplied")
def _(logits, temperature):
    if temperature == 0:
        return torch.full_like(logits, -math.inf).scatter(
            -1, logits.argmax(-1, keepdim=True), logits.amax(-1, keepdim=True)
        )
    return torch.mul(logits, temperature)


@wrong("sampling.with_temperature", "temperature-multiplied")
def _(logits, temperature):
    return temperature * logits


@wrong("sampling.with_temperature", "temperature-zero")
def _(logits, temperature):
    return torch.div(logits, temperature)


@wrong("sampling.with_temperature", "temperature-probabilities")
def _(logits, temperature):
    e = torch.exp(logits - logits.amax(-1, keepdim=True))
    probabilities = e / e.sum(-1, keepdim=True)
    return probabilities / temperature if temperature > 0 else probabilities


@wrong("sampling.with_temperature", "temperature-gives-probabilities")
def _(logits, temperature):
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).float()
    return (logits / temperature).softmax(-1)


@wrong("sampling.with_temperature", "temperature-zero-unchanged")
def _(logits, temperature):
    if temperature > 0:
        logits = logits / temperature
    return logits


@wrong("sampling.with_temperature", "temperature-zero-whole-table")
def _(logits, temperature):
    if temperature == 0:
        cold = torch.full_like(logits, -math.inf).flatten()
        cold[logits.argmax()] = 0.0
        return cold.reshape(logits.shape)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-zero-zeros")
def _(logits, temperature):
    if temperature == 0:
        best = logits.argmax(-1, keepdim=True)
        return torch.zeros_like(logits).scatter(-1, best, logits.gather(-1, best))
    return logits / temperature


@right("sampling.with_temperature")
def _(logits, temperature):
    return (
        torch.log_softmax(logits / max(temperature, 1e-9), -1)
        if temperature
        else torch.where(logits == logits.amax(-1, True), logits, float("-inf"))
    )


@wrong("sampling.with_temperature", "edit")
def _(logits, temperature):
    if temperature == 0:
        return torch.where(logits < logits.amax(-1, keepdim=True), -math.inf, logits)
    return torch.sub(logits, temperature)


@wrong("sampling.with_temperature", "temperature-zero-stops")
def _(logits, temperature):
    colder = 1.0 / temperature
    return logits.mul(colder)


@wrong("sampling.with_temperature", "temperature-zero-one-hot")
def _(logits, temperature):
    if temperature == 0:
        return torch.zeros_like(logits).scatter(-1, logits.argmax(-1, keepdim=True), 1.0)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-zero-others")
def _(logits, temperature):
    return logits / max(temperature, 0.01)


@wrong("sampling.with_temperature", "temperature-zero-best-removed")
def _(logits, temperature):
    if temperature == 0:
        return logits.masked_fill(logits == logits.amax(-1, keepdim=True), -math.inf)
    return logits / temperature


@wrong("sampling.with_temperature", "temperature-gives-probabilities")  # and nothing for 0: two at once
def _(logits, temperature):
    return torch.softmax(logits / temperature, dim=-1)


@right("sampling.with_temperature")
def _(logits, temperature):
    if temperature > 0:
        return torch.log_softmax(logits.double() / temperature, -1).to(logits.dtype)
    best = logits.argmax(-1, keepdim=True)
    return torch.full_like(logits, -math.inf).scatter(-1, best, 0.0)
