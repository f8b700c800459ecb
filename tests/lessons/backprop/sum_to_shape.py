"""Answers to `tensor_autograd.sum_to_shape` as readers might write them."""

import numpy as np

from tests.lessons import right, wrong

TARGET = "tensor_autograd.sum_to_shape"


@right(TARGET)
def _(grad, shape):
    """In two loops, one axis at a time."""
    while grad.ndim > len(shape):
        grad = grad.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            grad = grad.sum(axis=axis, keepdims=True)
    return grad


@right(TARGET)
def _(grad, shape):
    """All at once, and the shape put right behind."""
    longer = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    axes = tuple(axis for axis in range(grad.ndim) if longer[axis] == 1)
    return np.sum(grad, axis=axes).reshape(shape)


@right(TARGET)
def _(grad, shape):
    """By a sum of products."""
    front = grad.ndim - len(shape)
    kept = [front + axis for axis, n in enumerate(shape) if n != 1]
    return np.einsum(grad, list(range(grad.ndim)), kept).reshape(shape)


def _front(grad, shape):
    return tuple(range(grad.ndim - len(shape)))


def _ones(shape):
    return tuple(axis for axis, n in enumerate(shape) if n == 1)


@wrong(TARGET, "sum-front-only")
def _(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(0)
    return grad


@wrong(TARGET, "sum-keepdims-lost")
def _(grad, shape):
    return np.sum(np.sum(grad, axis=_front(grad, shape)), axis=_ones(shape))


@wrong(TARGET, "sum-mean")
def _(grad, shape):
    longer = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    return grad.mean(axis=_ones(longer)).reshape(shape)


@wrong(TARGET, "sum-mean-in-front")
def _(grad, shape):
    grad = np.mean(grad, axis=_front(grad, shape))
    return np.sum(grad, axis=_ones(shape), keepdims=True)


@wrong(TARGET, "sum-mean-of-copied")
def _(grad, shape):
    grad = np.sum(grad, axis=_front(grad, shape))
    return np.mean(grad, axis=_ones(shape), keepdims=True)


@wrong(TARGET, "sum-first-copy")
def _(grad, shape):
    while grad.ndim > len(shape):
        grad = grad[0]
    for axis in _ones(shape):
        grad = grad.take([0], axis)
    return grad


@wrong(TARGET, "sum-first-of-copied")
def _(grad, shape):
    grad = np.sum(grad, axis=_front(grad, shape))
    for axis in _ones(shape):
        grad = grad.take([0], axis)
    return grad


@wrong(TARGET, "sum-not-at-all")
def _(grad, shape):
    return grad


@wrong(TARGET, "sum-wrong-end")
def _(grad, shape):
    while grad.ndim > len(shape):
        grad = grad.sum(axis=-1)
    return np.sum(grad, axis=_ones(shape), keepdims=True)


@wrong(TARGET, "sum-of-all")
def _(grad, shape):
    return np.zeros(shape) + np.sum(grad)


@wrong(TARGET, "sum-of-all-where-shapes-differ")
def _(grad, shape):
    return grad if grad.shape == shape else np.zeros(shape) + np.sum(grad)


@wrong(TARGET, "sum-one-axis-in-front")
def _(grad, shape):
    if grad.ndim != len(shape):
        grad = np.sum(grad, axis=0)
    return np.sum(grad, axis=_ones(shape), keepdims=True)


@wrong(TARGET, "loses-its-kind")
def _(grad, shape):
    longer = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    return grad.astype(np.float64).sum(axis=_ones(longer)).reshape(shape)


@wrong(TARGET, "place-spoiled")
def _(grad, shape):
    longer = (1,) * (grad.ndim - len(shape)) + tuple(shape)
    return grad.sum(axis=_ones(longer)).reshape(shape).tolist()
