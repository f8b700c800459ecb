"""Answers to `tensor_autograd.log_softmax` as readers might write them."""

import numpy as np

from nextword import tensor_autograd
from nextword.tensor_autograd import Tensor
from tests.lessons import right, wrong

TARGET = "tensor_autograd.log_softmax"


def _logs(x, dim):
    x = x - x.max(axis=dim, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=dim, keepdims=True))


@right(TARGET)
def _(a, dim):
    """With the probabilities kept, and the largest added back."""
    top = np.max(a.data, axis=dim, keepdims=True)
    powers = np.exp(a.data - top)
    total = np.sum(powers, axis=dim, keepdims=True)
    shares = powers / total
    return Tensor(
        a.data - (top + np.log(total)), (a,), lambda g: (g - shares * np.sum(g, axis=dim, keepdims=True),)
    )


@right(TARGET)
def _(a, dim):
    """Numbers along the last axis, by numpy's own log of a sum of powers."""
    x = np.moveaxis(a.data, dim, -1)
    logs = x - np.logaddexp.reduce(x, axis=-1)[..., None]

    def pass_back(grad):
        grad = np.moveaxis(grad, dim, -1)
        return (np.moveaxis(grad - np.exp(logs) * grad.sum(-1, keepdims=True), -1, dim),)

    return Tensor(np.moveaxis(logs, -1, dim), (a,), pass_back)


@right(TARGET)
def _(a, dim):
    """The way back by a whole table of slopes: 1 on the diagonal, minus the probability of the column."""
    logs = _logs(a.data, dim)

    def pass_back(grad):
        shares, blame = (np.moveaxis(x, dim, -1) for x in (np.exp(logs), grad))
        slopes = np.eye(shares.shape[-1], dtype=shares.dtype) - shares[..., None, :]
        return (np.moveaxis((blame[..., None, :] @ slopes)[..., 0, :], -1, dim),)

    return Tensor(logs, (a,), pass_back)


def _made(a, dim, back):
    """A tensor whose value is right, with another way back."""
    logs = _logs(a.data, dim)
    return Tensor(logs, (a,), lambda grad: (back(grad, np.exp(logs), logs),))


def _sum(x, dim):
    return np.sum(x, axis=dim, keepdims=True)


@wrong(TARGET, "logs-no-max")
def _(a, dim):
    logs = np.log(np.exp(a.data) / _sum(np.exp(a.data), dim))
    logs = a.data - np.log(_sum(np.exp(a.data), dim))
    return Tensor(logs, (a,), lambda grad: (grad - _sum(grad, dim) * np.exp(logs),))


@wrong(TARGET, "logs-log-of-zero")
def _(a, dim):
    powers = np.exp(a.data - a.data.max(axis=dim, keepdims=True))
    logs = np.log(powers / _sum(powers, dim))
    return Tensor(logs, (a,), lambda grad: (grad - _sum(grad, dim) * np.exp(logs),))


@wrong(TARGET, "logs-probabilities")
def _(a, dim):
    shares = np.exp(_logs(a.data, dim))
    return Tensor(shares, (a,), lambda grad: (grad - _sum(grad, dim) * np.exp(shares),))


@wrong(TARGET, "logs-back-no-sum")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - shares)


@wrong(TARGET, "logs-back-untouched")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad)


@wrong(TARGET, "logs-back-of-softmax")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: shares * grad - shares * _sum(shares * grad, dim))


@wrong(TARGET, "logs-back-logs-for-probabilities")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - _sum(grad, dim) * logs)


@wrong(TARGET, "logs-back-powers")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - _sum(grad, dim) * np.exp(a.data))


@wrong(TARGET, "logs-back-own-alone")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad * (1 - shares))


@wrong(TARGET, "logs-back-ignores-gradient")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: np.ones_like(grad) - shares)


@wrong(TARGET, "logs-no-keepdims")
def _(a, dim):
    x = a.data - a.data.max(axis=dim, keepdims=True)
    logs = x - np.log(np.sum(np.exp(x), axis=dim))
    return Tensor(logs, (a,), lambda grad: (grad - _sum(grad, dim) * np.exp(logs),))


@wrong(TARGET, "logs-back-no-keepdims")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - shares * np.sum(grad, axis=dim))


@wrong(TARGET, "logs-back-sum-of-all")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - shares * np.sum(grad))


@wrong(TARGET, "logs-back-mean")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - shares * _sum(grad, dim) / grad.shape[dim])


@wrong(TARGET, "logs-back-sum-inside")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - _sum(shares * grad, dim))


@wrong(TARGET, "logs-back-plus")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: shares * _sum(grad, dim) + grad)


@wrong(TARGET, "logs-last-axis")
def _(a, dim):
    return _made(a, -1, lambda grad, shares, logs: grad - shares * _sum(grad, -1))


@wrong(TARGET, "logs-back-axis")
def _(a, dim):
    return _made(a, dim, lambda grad, shares, logs: grad - shares * _sum(grad, -1))


@wrong(TARGET, "logs-no-tensor")
def _(a, dim):
    return _logs(a.data, dim)


@wrong(TARGET, "logs-no-parents")
def _(a, dim):
    return Tensor(_logs(a.data, dim))


@wrong(TARGET, "logs-no-parents")
def _(a, dim):
    """By the steps of the engine: the way back is theirs, and its parents others. (Right as a way, but not asked for.)"""
    shifted = a - Tensor(a.data.max(axis=dim, keepdims=True))
    return shifted - tensor_autograd.log(shifted.exp().sum(dim, keepdim=True))


@wrong(TARGET, "logs-no-way-back")
def _(a, dim):
    return Tensor(_logs(a.data, dim), (a,))


@wrong(TARGET, "logs-no-tuple")
def _(a, dim):
    logs = _logs(a.data, dim)
    return Tensor(logs, (a,), lambda grad: grad - _sum(grad, dim) * np.exp(logs))


@wrong(TARGET, "logs-changes-input")
def _(a, dim):
    a.data -= a.data.max(axis=dim, keepdims=True)
    logs = a.data - np.log(_sum(np.exp(a.data), dim))
    return Tensor(logs, (a,), lambda grad: (grad - _sum(grad, dim) * np.exp(logs),))


@wrong(TARGET, "logs-changes-gradient")
def _(a, dim):
    logs = _logs(a.data, dim)

    def pass_back(grad):
        grad -= _sum(grad, dim) * np.exp(logs)
        return (grad,)

    return Tensor(logs, (a,), pass_back)
