"""Answers to `optim.adamw` as readers might write them."""

import torch

from tests.lessons import right, wrong


def _means(gradient, mean, square, betas):
    return betas[0] * mean + (1 - betas[0]) * gradient, betas[1] * square + (
        1 - betas[1]
    ) * gradient * gradient


def _adamw(*, fix_mean=True, fix_square=True, l2=False, decay=True, sign=1, count=0, power=True, eps_in=False, root=True, down=1, keep=False, rate=True, mixed="mean", swap=False, whole=False, of_mean=False):  # fmt: skip
    """AdamW in other words, with one thing wrong or none."""

    def adamw(parameter, gradient, mean, square, n, *, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
        first, second = betas[::-1] if swap else betas
        if l2:
            gradient = gradient + parameter * weight_decay
        mean = mean * first + gradient * (1 if whole else 1 - first)
        square = square * second + (mean if of_mean else gradient).square() * (1 if whole else 1 - second)
        shares = [1 - (beta ** (n + count) if power else beta * n) for beta in (first, second)]
        ready = mean / shares[0] if fix_mean else mean
        size = square / shares[1] if fix_square else square
        if eps_in:
            divisor = torch.sqrt(size + eps)
        else:
            divisor = (torch.sqrt(size) if root else size) + eps
        turn = (gradient if mixed == "gradient" else ready) / divisor * lr * -down
        if decay and not l2:
            turn = turn - sign * (lr if rate else 1) * parameter * weight_decay
        return (turn, ready, size) if keep else (turn, mean, square)

    return adamw


right("optim.adamw")(_adamw())


@right("optim.adamw")
def _(parameter, gradient, mean, square, n, *, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    mean, square = _means(gradient, mean, square, betas)
    new = parameter - lr * weight_decay * parameter
    new = new - lr * mean / (1 - betas[0] ** n) / ((square / (1 - betas[1] ** n)) ** 0.5 + eps)
    return new - parameter, mean, square


for id, wrongly in {
    "adamw-no-correction": {"fix_mean": False, "fix_square": False},
    "adamw-mean-not-corrected": {"fix_mean": False},
    "adamw-square-not-corrected": {"fix_square": False},
    "adamw-correction-times-n": {"power": False},
    "adamw-counts-from-0": {"count": 1},
    "adamw-l2": {"l2": True},
    "adamw-no-decay": {"decay": False},
    "adamw-decay-without-rate": {"rate": False},
    "adamw-decay-grows": {"sign": -1},
    "adamw-eps-inside": {"eps_in": True},
    "adamw-no-root": {"root": False},
    "adamw-uphill": {"down": -1},
    "adamw-keeps-unbiased": {"keep": True},
    "adamw-square-of-mean": {"of_mean": True},
    "adamw-gradient-not-averaged": {"mixed": "gradient"},
    "adamw-betas-swapped": {"swap": True},
    "adamw-sums": {"whole": True},
}.items():
    wrong("optim.adamw", id)(_adamw(**wrongly))


@wrong("optim.adamw", "adamw-eps-before-correction")
def _(parameter, gradient, mean, square, n, *, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    mean, square = _means(gradient, mean, square, betas)
    rate = lr * (1 - betas[1] ** n) ** 0.5 / (1 - betas[0] ** n)
    return -rate * mean / (eps + square.sqrt()) - parameter * lr * weight_decay, mean, square


@wrong("optim.adamw", "adamw-new-place")
def _(parameter, gradient, mean, square, n, *, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    mean, square = _means(gradient, mean, square, betas)
    new = parameter * (1 - lr * weight_decay)
    new = new - lr * mean / (1 - betas[0] ** n) / ((square / (1 - betas[1] ** n)) ** 0.5 + eps)
    return new, mean, square


@wrong("optim.adamw", "adamw-list")
def _(parameter, gradient, mean, square, n, *, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    return list(
        _adamw()(parameter, gradient, mean, square, n, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)
    )


@wrong("optim.adamw", "changed-input")
def _(parameter, gradient, mean, square, n, *, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0):
    mean.mul_(betas[0]).add_(gradient, alpha=1 - betas[0])
    square.mul_(betas[1]).addcmul_(gradient, gradient, value=1 - betas[1])
    turn = -lr * mean / (1 - betas[0] ** n) / ((square / (1 - betas[1] ** n)).sqrt() + eps)
    return turn - lr * weight_decay * parameter, mean, square
