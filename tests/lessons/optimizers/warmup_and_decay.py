"""Answers to `optim.warmup_and_decay` as readers might write them."""

from tests.lessons import right, wrong


@right("optim.warmup_and_decay")
def _(step, n_steps, n_warmup=0, n_decay=0):
    if step >= n_steps:
        return 0.0
    shares = [1.0]
    if n_warmup:
        shares.append((step + 1) / n_warmup)
    if n_decay:
        shares.append((n_steps - step) / n_decay)
    return min(shares)


@wrong("optim.warmup_and_decay", "schedule-begins-at-0")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = step / max(n_warmup, 1), (n_steps - step) / max(n_decay, 1)
    return max(min(rise, fall, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-ends-at-0")
def _(step, n_steps, n_warmup=0, n_decay=0):
    last = n_steps - 1
    rise, fall = (step + 1) / max(n_warmup, 1), (last - step) / max(n_decay, 1)
    return max(min(rise, fall, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-both-ends-at-0")
def _(step, n_steps, n_warmup=0, n_decay=0):
    last = n_steps - 1
    rise, fall = step / max(n_warmup, 1), (last - step) / max(n_decay, 1)
    return max(min(rise, fall, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-falls-late")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = (step + 1) / max(n_warmup, 1), (n_steps + 1 - step) / max(n_decay, 1)
    return max(min(rise, fall, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-no-warmup")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = (1 + step) / n_warmup, (n_steps - step) / max(n_decay, 1)
    return max(min(rise, fall, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-no-decay")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = (1 + step) / max(n_warmup, 1), (n_steps - step) / n_decay
    return max(min(rise, fall, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-neither")
def _(step, n_steps, n_warmup=0, n_decay=0):
    return max(min((1 + step) / n_warmup, (n_steps - step) / n_decay, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-above-1")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = (1 + step) / max(n_warmup, 1), (n_steps - step) / max(n_decay, 1)
    return max(min(rise, fall), 0.0)


@wrong("optim.warmup_and_decay", "schedule-below-0")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = (1 + step) / max(n_warmup, 1), (n_steps - step) / max(n_decay, 1)
    return min(rise, fall, 1.0)


@wrong("optim.warmup_and_decay", "schedule-product")
def _(step, n_steps, n_warmup=0, n_decay=0):
    share = min(1.0, (1 + step) / max(n_warmup, 1))
    share *= min(1.0, (n_steps - step) / max(n_decay, 1))
    return max(share, 0.0)


@wrong("optim.warmup_and_decay", "schedule-decays-at-once")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = (1 + step) / max(n_warmup, 1), 1 - step / n_steps
    return max(min(rise, fall, 1.0), 0.0)


@wrong("optim.warmup_and_decay", "schedule-turned")
def _(step, n_steps, n_warmup=0, n_decay=0):
    rise, fall = (1 + step) / max(n_warmup, 1), (n_steps - step) / max(n_decay, 1)
    return min(max(rise, fall, 0.0), 1.0)
