"""Answers to `training.turn` as readers might write them."""

import math

from nextword import training
from tests.lessons import right, wrong


def _read(run, tokens, n, share):
    ids = training.passages(tokens, n, run.config.context, run.generator)
    part = training.loss(run.model(ids[:, :-1]), ids) / share
    part.backward()
    return part.item()


@right("training.turn")
def _(run, tokens):
    config = run.config
    parts = config.accumulate
    total = sum(_read(run, tokens, config.batch // parts, parts) for _ in range(parts))
    run.optimizer.step(training.rate(len(run.losses), config), limit=config.clip)
    run.losses += [total]
    return total


@right("training.turn")
def _(run, tokens):
    share, losses = training.rate(run.step, run.config), []
    for _ in range(run.config.accumulate):
        n = run.config.batch // run.config.accumulate
        ids = training.passages(tokens, n, run.config.context, run.generator)
        part = training.loss(run.model(ids[:, :-1]), ids)
        (part / run.config.accumulate).backward()
        losses.append(part.item())
    run.losses.append(sum(losses) / run.config.accumulate)
    run.optimizer.step(share, run.config.clip)
    return run.losses[-1]


@wrong("training.turn", "turn-gives-a-tensor")
def _(run, tokens):
    config, total = run.config, 0.0
    for _ in range(config.accumulate):
        ids = training.passages(tokens, config.batch // config.accumulate, config.context, run.generator)
        part = training.loss(run.model(ids[:, :-1]), ids) / config.accumulate
        part.backward()
        total = total + part
    run.optimizer.step(training.rate(run.step, config), config.clip)
    run.losses.append(float(total))
    return total


def _wrongly(run, tokens, n=None, share=None, rate=None, clip=True, noted=True, last=False):
    config, found = run.config, []
    for _ in range(config.accumulate):
        found.append(_read(run, tokens, n or config.batch // config.accumulate, share or config.accumulate))
    total = found[-1] if last else sum(found)
    rate = training.rate(run.step, config) if rate is None else rate
    run.optimizer.step(rate, *([config.clip] if clip else []))
    if noted:
        run.losses.append(total)
    return total


@wrong("training.turn", "turn-loss-not-shared")
def _(run, tokens):
    return _wrongly(run, tokens, share=1)


@wrong("training.turn", "turn-full-rate")
def _(run, tokens):
    return _wrongly(run, tokens, rate=1.0)


@wrong("training.turn", "turn-no-clip")
def _(run, tokens):
    return _wrongly(run, tokens, clip=False)


@wrong("training.turn", "turn-not-noted")
def _(run, tokens):
    return _wrongly(run, tokens, noted=False)


@wrong("training.turn", "turn-last-part")
def _(run, tokens):
    return _wrongly(run, tokens, last=True)


@wrong("training.turn", "turn-whole-batch-each-part")
def _(run, tokens):
    return _wrongly(run, tokens, n=run.config.batch)


@wrong("training.turn", "turn-noted-before")
def _(run, tokens):
    config, total = run.config, 0.0
    for _ in range(config.accumulate):
        total += _read(run, tokens, config.batch // config.accumulate, config.accumulate)
    run.losses.append(total)
    share = training.rate(run.step, config)
    run.optimizer.step(share, config.clip)
    return total


@wrong("training.turn", "turn-no-step")
def _(run, tokens):
    config, total = run.config, 0.0
    for _ in range(config.accumulate):
        total += _read(run, tokens, config.batch // config.accumulate, config.accumulate)
    run.losses.append(total)
    return total


@wrong("training.turn", "turn-no-backward")
def _(run, tokens):
    config, total = run.config, 0.0
    for _ in range(config.accumulate):
        ids = training.passages(tokens, config.batch // config.accumulate, config.context, run.generator)
        total += (training.loss(run.model(ids[:, :-1]), ids) / config.accumulate).item()
    run.optimizer.step(training.rate(run.step, config), config.clip)
    run.losses.append(total)
    return total


@wrong("training.turn", "turn-best-loss")
def _(run, tokens):
    return min(_wrongly(run, tokens), *run.losses, math.inf)


@wrong("training.turn", "turn-best-noted")
def _(run, tokens):
    total = _wrongly(run, tokens, noted=False)
    best = sorted([*run.losses, total])[0]
    run.losses += [best]
    return total
