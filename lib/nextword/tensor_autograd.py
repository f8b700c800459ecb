"""Rung `tensor_autograd`: the same engine for whole tensors, over numpy.

Where a number kept a slope for each parent, a tensor keeps one function, `pass_back`: it takes the gradient of the
end with respect to the tensor, and gives that with respect to each parent (a vector-Jacobian product). Methods are
named as torch names them, so that a model written for one engine runs on the other.
Source: Baydin and others, "Automatic differentiation in machine learning: a survey" (2018, arXiv 1502.05767).
"""

from collections.abc import Callable, Sequence

import numpy as np

from nextword import autograd

Array = np.ndarray | np.floating  # numpy gives a number by itself a kind of its own


class Tensor:
    """An array, the tensors that it was made of, and how a gradient is passed back to them.

    >>> table, vector = Tensor([[1.0, 2.0], [3.0, 4.0]]), Tensor([10.0, 20.0])
    >>> backward((table * vector).sum())
    >>> vector.grad  # of the vector each row took a share
    array([4., 6.])
    """

    def __init__(self, data, parents: tuple["Tensor", ...] = (), pass_back: Callable | None = None):
        self.data = np.asarray(data)
        if self.data.dtype.kind != "f":
            self.data = self.data.astype(np.float64)
        self.parents, self.pass_back = parents, pass_back
        self.grad: Array | None = None

    __array_ufunc__ = None  # numpy leaves `array * tensor` to us

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def __add__(self, other) -> "Tensor":
        return add(self, self.as_mine(other))

    def __mul__(self, other) -> "Tensor":
        return multiply(self, self.as_mine(other))

    def __pow__(self, n: float) -> "Tensor":
        return power(self, n)

    def __matmul__(self, other: "Tensor") -> "Tensor":
        return matmul(self, self.as_mine(other))

    def __neg__(self) -> "Tensor":
        return self * -1.0

    def __sub__(self, other) -> "Tensor":
        return self + -self.as_mine(other)

    def __rsub__(self, other) -> "Tensor":
        return self.as_mine(other) + -self

    def __truediv__(self, other) -> "Tensor":
        return self * self.as_mine(other) ** -1.0

    def __rtruediv__(self, other) -> "Tensor":
        return self.as_mine(other) * self**-1.0

    __radd__, __rmul__ = __add__, __mul__

    def __getitem__(self, places) -> "Tensor":
        return pick(self, places)

    def exp(self) -> "Tensor":
        return exp(self)

    def log(self) -> "Tensor":
        return log(self)

    def relu(self) -> "Tensor":
        return relu(self)

    def sum(self, dim: int | None = None, keepdim: bool = False) -> "Tensor":
        return total(self, dim, keepdim)

    def mean(self, dim: int | None = None, keepdim: bool = False) -> "Tensor":
        n = self.data.size if dim is None else self.shape[dim]
        return self.sum(dim, keepdim) * (1 / n)

    def log_softmax(self, dim: int) -> "Tensor":
        return log_softmax(self, dim)

    def softmax(self, dim: int) -> "Tensor":
        return self.log_softmax(dim).exp()

    def reshape(self, *shape: int) -> "Tensor":
        return reshape(self, shape)

    def transpose(self, dim0: int, dim1: int) -> "Tensor":
        return transpose(self, dim0, dim1)

    def new_tensor(self, data) -> "Tensor":
        """Plain numbers as a tensor of this one's kind; no gradient leads back from it."""
        return Tensor(np.asarray(data, dtype=self.data.dtype))

    def as_mine(self, other) -> "Tensor":
        """What stands on the other side of an operator: a tensor as it is, plain numbers as one of this kind."""
        return other if isinstance(other, Tensor) else self.new_tensor(other)

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(self.data, precision=4)})"


def sum_to_shape(grad: Array, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: what was copied along an axis on the way there is added up on the way back.

    >>> sum_to_shape(np.ones((3, 2)), (2,)), sum_to_shape(np.ones((3, 2)), (3, 1))
    (array([3., 3.]), array([[2.],
           [2.],
           [2.]]))
    """
    in_front = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(in_front)))
    copied = tuple(axis for axis, n in enumerate(shape) if n == 1 and grad.shape[axis] != 1)
    return grad.sum(axis=copied, keepdims=True)


def add(a: Tensor, b: Tensor) -> Tensor:
    """a + b, broadcast."""

    def pass_back(grad):
        return sum_to_shape(grad, a.shape), sum_to_shape(grad, b.shape)

    return Tensor(a.data + b.data, (a, b), pass_back)


def multiply(a: Tensor, b: Tensor) -> Tensor:
    """a x b, number by number, broadcast."""

    def pass_back(grad):
        return sum_to_shape(grad * b.data, a.shape), sum_to_shape(grad * a.data, b.shape)

    return Tensor(a.data * b.data, (a, b), pass_back)


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """a @ b, of matrices or of stacks of them.

    Entry (i, j) was made of row i of a and column j of b: its gradient goes back along both.
    """

    def pass_back(grad):
        return (
            sum_to_shape(grad @ b.data.swapaxes(-1, -2), a.shape),
            sum_to_shape(a.data.swapaxes(-1, -2) @ grad, b.shape),
        )

    if min(a.data.ndim, b.data.ndim) < 2:
        raise ValueError(
            f"@ needs two matrices, or stacks of them; it got the shapes {a.shape} and {b.shape}"
        )
    return Tensor(a.data @ b.data, (a, b), pass_back)


def power(a: Tensor, n: float) -> Tensor:
    """Each number to the power of a fixed n."""
    return Tensor(a.data**n, (a,), lambda grad: (grad * n * a.data ** (n - 1) if n else 0 * grad,))


def exp(a: Tensor) -> Tensor:
    """e to the power of each number."""
    end = np.exp(a.data)
    return Tensor(end, (a,), lambda grad: (grad * end,))


def log(a: Tensor) -> Tensor:
    """The natural logarithm of each number."""
    return Tensor(np.log(a.data), (a,), lambda grad: (grad / a.data,))


def relu(a: Tensor) -> Tensor:
    """Each number, or 0 where it is below: there no gradient comes through."""
    return Tensor(np.maximum(a.data, 0), (a,), lambda grad: (grad * (a.data > 0),))


def total(a: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The sum along an axis, or of all numbers: each of them is blamed alike."""

    def pass_back(grad):
        if dim is not None and not keepdim:
            grad = np.expand_dims(grad, dim)
        return (np.broadcast_to(grad, a.shape).copy(),)

    return Tensor(a.data.sum(axis=dim, keepdims=keepdim), (a,), pass_back)


def log_softmax(a: Tensor, dim: int) -> Tensor:
    """The log of softmax along an axis, where large numbers neither overflow nor become log 0.

    A number that rises pulls its own log up, and all the others down by its probability.
    """
    shifted = a.data - a.data.max(axis=dim, keepdims=True)
    end = shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))

    def pass_back(grad):
        return (grad - np.exp(end) * grad.sum(axis=dim, keepdims=True),)

    return Tensor(end, (a,), pass_back)


def pick(a: Tensor, places) -> Tensor:
    """Some of a tensor's numbers or rows, as in a[places]; one that was picked twice is blamed twice."""

    def pass_back(grad):
        whole = np.zeros_like(a.data)
        np.add.at(whole, places, grad)
        return (whole,)

    return Tensor(a.data[places], (a,), pass_back)


def reshape(a: Tensor, shape: Sequence[int]) -> Tensor:
    """The same numbers in another shape."""
    return Tensor(a.data.reshape(shape), (a,), lambda grad: (grad.reshape(a.shape),))


def transpose(a: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two axes swapped, and swapped again on the way back."""
    return Tensor(a.data.swapaxes(dim0, dim1), (a,), lambda grad: (grad.swapaxes(dim0, dim1),))


def backward(end: Tensor) -> None:
    """Give every tensor that `end` was made of its gradient, as `autograd.backward` does for numbers.

    Raises ValueError where `end` is not one number: "by how much does it rise" has an answer for one only.
    """
    if end.data.size != 1:
        raise ValueError(
            f"a gradient is that of one number, such as a loss; this tensor has the shape {end.shape}"
        )
    order = autograd.topological_order(end)
    for tensor in order:
        tensor.grad = None
    end.grad = np.ones_like(end.data)
    for tensor in reversed(order):
        if not tensor.parents:
            continue
        for parent, grad in zip(tensor.parents, tensor.pass_back(tensor.grad), strict=True):
            parent.grad = grad if parent.grad is None else parent.grad + grad
