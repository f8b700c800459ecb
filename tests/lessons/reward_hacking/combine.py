"""Answers to `overoptimization.combine` as readers might write them."""

import torch

from tests.lessons import right, wrong

TARGET = "overoptimization.combine"


def units(rewards, samples):
    return torch.stack([(one - s.mean()) / s.std() for one, s in zip(rewards, samples, strict=True)])


@right(TARGET)
def _(rewards, samples, how="mean"):
    standard = units(rewards, samples)
    return standard.mean(0) if how == "mean" else standard.min(0).values


@right(TARGET)
def _(rewards, samples, how="mean"):
    spread, mean = torch.std_mean(samples, dim=1)
    standard = ((rewards.T - mean) / spread).T
    return standard.sum(dim=0) / len(standard) if how != "minimum" else standard.amin(dim=0)


@wrong(TARGET, "combine-raw")
def _(rewards, samples, how="mean"):
    return rewards.mean(0) if how == "mean" else rewards.min(0).values


@wrong(TARGET, "combine-of-the-texts")
def _(rewards, samples, how="mean"):
    standard = units(rewards, rewards)
    return standard.mean(0) if how == "mean" else standard.min(0).values


@wrong(TARGET, "combine-pooled")
def _(rewards, samples, how="mean"):
    standard = (rewards - samples.flatten().mean()) / samples.flatten().std()
    return standard.mean(0) if how == "mean" else standard.min(0).values


@wrong(TARGET, "combine-no-spread")
def _(rewards, samples, how="mean"):
    centred = (rewards.T - samples.mean(1)).T
    return centred.mean(0) if how == "mean" else centred.min(0).values


@wrong(TARGET, "combine-no-mean")
def _(rewards, samples, how="mean"):
    scaled = (rewards.T / samples.std(1)).T
    return scaled.mean(0) if how == "mean" else scaled.min(0).values


@wrong(TARGET, "combine-variance")
def _(rewards, samples, how="mean"):
    standard = ((rewards.T - samples.mean(1)) / samples.std(1) ** 2).T
    return standard.mean(0) if how == "mean" else standard.min(0).values


@wrong(TARGET, "combine-other-spread")
def _(rewards, samples, how="mean"):
    centred = (samples.T - samples.mean(1)).T
    spread = (centred**2).mean(1) ** 0.5
    standard = ((rewards.T - samples.mean(1)) / spread).T
    return standard.mean(0) if how == "mean" else standard.min(0).values


@wrong(TARGET, "combine-maximum")
def _(rewards, samples, how="mean"):
    standard = units(rewards, samples)
    return standard.mean(0) if how == "mean" else standard.max(0).values


@wrong(TARGET, "combine-always-mean")
def _(rewards, samples, how="mean"):
    return units(rewards, samples).mean(0)


@wrong(TARGET, "combine-exchanged")
def _(rewards, samples, how="mean"):
    standard = units(rewards, samples)
    return standard.mean(0) if how == "minimum" else standard.min(0).values


@wrong(TARGET, "combine-sum")
def _(rewards, samples, how="mean"):
    standard = units(rewards, samples)
    return sum(standard) if how == "mean" else standard.min(0).values


@wrong(TARGET, "combine-over-texts")
def _(rewards, samples, how="mean"):
    standard = units(rewards, samples)
    return standard.mean(-1) if how == "mean" else standard.min(-1).values


@wrong(TARGET, "combine-then-standardise")
def _(rewards, samples, how="mean"):
    reduce = (lambda x: x.mean(0)) if how == "mean" else (lambda x: x.min(0).values)
    return (reduce(rewards) - reduce(samples).mean()) / reduce(samples).std()
