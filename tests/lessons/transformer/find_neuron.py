"""Answers to `neuron_ablation.find_neuron` as readers might write them."""

import math

import torch

from tests.lessons import right, wrong


@right("neuron_ablation.find_neuron")
def _(before, after, limit=0.05):
    found, deepest = None, 0.0
    for number in range(len(after)):
        fall = float(before[0] - after[number, 0])
        others = range(1, len(before))
        if fall > deepest and all(abs(float(after[number, i] - before[i])) <= limit for i in others):
            found, deepest = number, fall
    return found


@right("neuron_ablation.find_neuron")
def _(before, after, limit=0.05):
    moved = (after - before).abs()[:, 1:].max(dim=1).values
    falls = {n: float(before[0] - after[n, 0]) for n in range(len(after)) if moved[n] <= limit}
    falls = {n: fall for n, fall in falls.items() if fall > 0}
    return max(falls, key=falls.get, default=None)


@right("neuron_ablation.find_neuron")
def _(before, after, limit=0.05):
    change = after.double() - before.double()
    quiet = (change[:, 1:].abs() <= limit).all(dim=-1)
    candidates = torch.nonzero(quiet & (change[:, 0] < 0)).flatten()
    if len(candidates) == 0:
        return None
    return candidates[change[candidates, 0].argmin()].item()


@wrong("neuron_ablation.find_neuron", "find-neuron-broke-the-machine")
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    return int(fall.argmax()) if fall.max() > 0 else None


def hunt(before, after, is_quiet, score=None):
    """A hunt in tensors, in which who is quiet and what counts can be told otherwise."""
    fall = before[0] - after[:, 0]
    score = fall if score is None else score
    score = torch.where(is_quiet, score, -1.0)
    return int(score.argmax()) if score.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-signed")
def _(before, after, limit=0.05):
    return hunt(before, after, ((before - after)[:, 1:] <= limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-signed-up")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1:].amax(-1) <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-mean")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1:].abs().mean(-1) <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-sum")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1:].abs().sum(-1) <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-any")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before)[:, 1:].abs() <= limit).any(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-last-fact")
def _(before, after, limit=0.05):
    return hunt(before, after, (after - before)[:, 1].abs() <= limit)


@wrong("neuron_ablation.find_neuron", "find-neuron-ids-lost")
def _(before, after, limit=0.05):
    left = after[((after - before)[:, 1:].abs() <= limit).all(-1)]
    fall = before[0] - left[:, 0]
    return int(fall.argmax()) if len(left) and fall.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-none-too-soon")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    return hunt(before, after, quiet, after[:, 0] - before[0])


@wrong("neuron_ablation.find_neuron", "find-neuron-no-none")
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    broken = (after[:, 1:] - before[1:]).abs().amax(-1) > limit
    return int(fall.masked_fill(broken, 0).argmax())


@wrong("neuron_ablation.find_neuron", "find-neuron-rise-will-do")
def _(before, after, limit=0.05):
    fall = before[0] - after[:, 0]
    broken = (after[:, 1:] - before[1:]).abs().amax(-1) > limit
    return None if broken.all() else int(fall.masked_fill(broken, -math.inf).argmax())


@wrong("neuron_ablation.find_neuron", "find-neuron-falsy")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    found = hunt(before, after, quiet)
    if found:
        return found
    return None


@wrong("neuron_ablation.find_neuron", "find-neuron-below-the-limit")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before)[:, 1:].abs() < limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-none-too-soon")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before)[:, 1:].abs() <= 0.05).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-fact-0-too")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after - before).abs() <= limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-none-too-soon")
def _(before, after, limit=0.05):
    return hunt(before, after, ((after[:, 1:] / before[1:] - 1).abs() <= limit).all(-1))


@wrong("neuron_ablation.find_neuron", "find-neuron-unfit")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    return hunt(before, after, quiet, (after[:, 0] < before[0]).float())


@wrong("neuron_ablation.find_neuron", "find-neuron-price")
def _(before, after, limit=0.05):
    moved = (after - before)[:, 1:].abs().amax(-1)
    if not ((moved <= limit) & (after[:, 0] < before[0])).any():
        return None
    return int((before[0] - after[:, 0] - moved).argmax())


@wrong("neuron_ablation.find_neuron", "find-neuron-price")
def _(before, after, limit=0.05):
    score = before[0] - after[:, 0] - (after[:, 1:] - before[1:]).abs().sum(dim=-1)
    return int(score.argmax()) if score.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-price")
def _(before, after, limit=0.05):
    score = before[0] - after[:, 0] - (after[:, 1:] - before[1:]).abs().amax(dim=-1)
    return int(score.argmax()) if score.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-down-the-candidates")
def _(before, after, limit=0.05):
    damage = (after - before)[:, 1:].abs().amax(dim=0)
    fall = torch.where(damage <= limit, before[0] - after[:, 0], 0.0)
    return int(fall.argmax()) if fall.max() > 0 else None


@wrong("neuron_ablation.find_neuron", "find-neuron-fall")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1)
    fall = torch.where(quiet, before[0] - after[:, 0], -1.0).max().item()
    return fall if fall > 0 else None


@wrong("neuron_ablation.find_neuron", "wrong-kind")
def _(before, after, limit=0.05):
    found = hunt(before, after, ((after - before)[:, 1:].abs() <= limit).all(-1))
    return found if found is not None else -1


@wrong("neuron_ablation.find_neuron", "find-neuron-last-fact")
def _(before, after, limit=0.05):
    others = range(1, len(before) - 1)
    quiet = [all(abs(float(row[i] - before[i])) <= limit for i in others) for row in after]
    return hunt(before, after, torch.tensor(quiet))


@wrong("neuron_ablation.find_neuron", "find-neuron-unfit")
def _(before, after, limit=0.05):
    quiet = ((after - before)[:, 1:].abs() <= limit).all(-1) & (after[:, 0] < before[0])
    return max((number for number, good in enumerate(quiet.tolist()) if good), default=None)


@wrong("neuron_ablation.find_neuron", "find-neuron-none-too-soon")
def _(before, after, limit=0.05):
    if ((after[:, 1:] - before[1:]).abs() > limit).any():  # of any candidate
        return None
    return int(after[:, 0].argmin())


@wrong("neuron_ablation.find_neuron", "find-neuron-none-too-soon")
def _(before, after, limit=0.05):
    fits = [i for i, row in enumerate(after) if ((row[1:] - before[1:]).abs() <= limit).all()]
    falls = [float(before[0] - after[i, 0]) for i in fits]
    if not falls or max(falls) <= 0.2:
        return None
    return fits[falls.index(max(falls))]
