"""Broadcasting undone: what was copied along an axis is added up, until the gradient has its parent's shape."""

import numpy as np

from classroom.judge.listed import edits
from classroom.judge.registry import check
from classroom.lessons.backprop.shared import in_training

chance = np.random.default_rng(105)
TABLE = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
CUBE = np.arange(24.0).reshape(2, 3, 4)


def noise(*shape: int) -> np.ndarray:
    return chance.normal(size=shape)


@check(
    "tensor_autograd.sum_to_shape",
    lives=in_training,
    cases=[
        (TABLE, (3,)),
        (TABLE, (2, 1)),
        (TABLE, (1, 3)),
        (TABLE, (2, 3)),
        (TABLE, (1, 1)),
        (TABLE, (1,)),
        (TABLE, ()),
        (CUBE, (3, 4)),
        (CUBE, (3, 1)),
        (CUBE, (1, 4)),
        (CUBE, (2, 1, 4)),
        (CUBE, (2, 1, 1)),
        (CUBE, (4,)),
        (np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]]), (3,)),
        (np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]]), (3, 1)),
        (np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0], [64.0, 128.0, 256.0]]), (1, 3)),
    ],
    awkward=[
        (np.array(3.0), ()),
        (np.array([3.0]), ()),
        (np.array([3.0]), (1,)),
        (np.array([[[5.0]]]), (1,)),
        (noise(1, 3), (3,)),
        (noise(1, 3), (1, 3)),
        (noise(4, 1, 3), (1, 3)),
        (noise(4, 1, 3), (1, 1)),
        (noise(3, 3, 3, 3), (3, 1, 3)),
        (noise(3, 3, 3), (1, 3, 1)),
        (noise(2, 3, 4, 5), (1, 5)),
        (noise(2, 3, 4, 5), (2, 1, 1, 5)),
        (noise(2, 3, 4, 5), (3, 1, 1)),
        (noise(2, 2).astype(np.float32), (2,)),
        (np.zeros((3, 2)), (1, 2)),
    ],
)
def sum_to_shape(grad, shape):
    end = np.zeros(shape, grad.dtype)
    for place in np.ndindex(grad.shape):
        own = place[len(place) - len(shape) :]  # without the axes in front
        end[tuple(0 if n == 1 else i for i, n in zip(own, shape, strict=True))] += grad[place]
    return end


FRONT = "grad = grad.sum(axis=tuple(range(in_front)))"
COPIED = "grad.sum(axis=copied, keepdims=True)"
edits(
    "tensor_autograd.sum_to_shape",
    (
        "sum-front-only",
        COPIED,
        "grad",
        "The axes in front were added up, and the axes of length 1 were not: what was copied along them belongs together, too.",
    ),
    (
        "sum-keepdims-lost",
        ", keepdims=True",
        "",
        "The sums are right, and the axes of length 1 got lost: keepdims=True keeps them, with length 1.",
    ),
    (
        "sum-mean",
        [(FRONT, FRONT.replace("sum", "mean")), (COPIED, COPIED.replace("sum", "mean"))],
        "The copies' gradients were averaged. Each copy does its share of harm, so they are added up: sum, not mean.",
    ),
    (
        "sum-mean-in-front",
        FRONT,
        FRONT.replace("sum", "mean"),
        "Along the axes in front the mean was taken. Each copy does its share of harm, so they are added up: sum.",
    ),
    (
        "sum-mean-of-copied",
        COPIED,
        COPIED.replace("sum", "mean"),
        "Along the axes of length 1 the mean was taken. Each copy does its share of harm, so they are added up: sum.",
    ),
    (
        "sum-first-copy",
        ...,
        """
        grad = grad[(0,) * (grad.ndim - len(shape))]
        return grad[tuple(slice(0, n) for n in shape)]
        """,
        "This is the gradient of the first copy alone, cut out. All copies are one and the same number: add up their gradients.",
    ),
    (
        "sum-first-of-copied",
        COPIED,
        "grad[tuple(slice(0, n) for n in shape)]",
        "Along an axis of length 1 only the first copy's gradient was kept. All copies are one number: add up their gradients.",
    ),
    (
        "sum-not-at-all",
        ...,
        "return grad * 1",
        "The gradient came back as it was, in the shape of the end. It must have the parent's: sum over what was copied.",
    ),
    (
        "sum-wrong-end",
        "tuple(range(in_front))",
        "tuple(range(grad.ndim - in_front, grad.ndim))",
        "The axes at the end were added up. Broadcasting puts new axes in front: sum over the first ones.",
    ),
    (
        "sum-of-all",
        ...,
        "return np.full(shape, grad.sum())",
        "Every number was given the sum of all. Only what was copied from it belongs to it: sum over those axes alone.",
    ),
    (
        "sum-of-all-where-shapes-differ",
        ...,
        "return grad if grad.shape == tuple(shape) else np.full(shape, grad.sum())",
        "Where the shapes differ, every number was given the sum of all. Only what was copied from it belongs to it.",
    ),
    (
        "sum-one-axis-in-front",
        FRONT,
        "grad = grad.sum(axis=0) if in_front else grad",
        "One axis in front was added up, and there can be several: as many as grad has more than the shape.",
    ),
)
