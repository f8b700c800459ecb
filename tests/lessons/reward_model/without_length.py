"""Answers to `reward_model.without_length` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _line(rewards, logs):
    """The slope, and logs less their mean."""
    logs = logs - logs.mean()
    squares = (logs * logs).sum()
    return ((rewards * logs).sum() / squares if squares > 1e-9 else torch.zeros(())), logs


@right("reward_model.without_length")
def _(rewards, lengths):
    slope, logs = _line(rewards - rewards.mean(), torch.log(lengths))
    return rewards - slope * logs


@right("reward_model.without_length")
def _(rewards, lengths):
    logs = torch.log(lengths.double())
    logs = logs - logs.mean()
    if float(logs.norm()) < 1e-6:
        return rewards
    unit = logs / logs.norm()
    return (rewards.double() - unit * (unit @ rewards.double())).to(rewards.dtype)


@wrong("reward_model.without_length", "length-no-log")
def _(rewards, lengths):
    slope, centred = _line(rewards, lengths.double())
    return (rewards - slope * centred).to(rewards.dtype)


@wrong("reward_model.without_length", "length-not-centred")
def _(rewards, lengths):
    logs = torch.log(lengths)
    return rewards - (rewards * logs).sum() / (logs * logs).sum().clamp(min=1e-6) * logs


@wrong("reward_model.without_length", "length-mean-gone")
def _(rewards, lengths):
    centred = rewards - rewards.mean()
    slope, logs = _line(centred, torch.log(lengths))
    return centred - slope * logs


@wrong("reward_model.without_length", "length-added")
def _(rewards, lengths):
    slope, logs = _line(rewards, torch.log(lengths))
    return slope * logs + rewards


@wrong("reward_model.without_length", "length-the-line")
def _(rewards, lengths):
    slope, logs = _line(rewards, torch.log(lengths))
    return slope * logs + rewards.mean()


@wrong("reward_model.without_length", "length-slope-turned")
def _(rewards, lengths):
    logs = torch.log(lengths) - torch.log(lengths).mean()
    centred = rewards - rewards.mean()
    return rewards - (centred * logs).sum() / (centred**2).sum().clamp(min=1e-6) * logs


@wrong("reward_model.without_length", "length-covariance")
def _(rewards, lengths):
    logs = torch.log(lengths) - torch.log(lengths).mean()
    return rewards - (logs * rewards).mean() * logs


@wrong("reward_model.without_length", "length-by-spread")
def _(rewards, lengths):
    logs = torch.log(lengths) - torch.log(lengths).mean()
    return rewards - (logs @ rewards.to(logs.dtype)) / logs.norm().clamp(min=1e-6) * logs


@wrong("reward_model.without_length", "length-all-alike")
def _(rewards, lengths):
    logs = torch.log(lengths) - torch.log(lengths).mean()
    return rewards - (rewards * logs).sum() / (logs**2).sum() * logs


@wrong("reward_model.without_length", "length-divided")
def _(rewards, lengths):
    return rewards.div(lengths)


@wrong("reward_model.without_length", "length-slope-one")
def _(rewards, lengths):
    return rewards - torch.log(lengths) + torch.log(lengths).mean()
