"""Rung `autograd`: numbers that remember what they were made of, so that blame can be passed back.

Reverse-mode automatic differentiation of single numbers. Each number keeps its parents and, for each of them, a
slope: by how much the number rises where the parent rises by 1. A gradient is then a walk from the end back to the
beginning, on which slopes are multiplied along each path, and paths are added up: the chain rule.
Sources: Rumelhart, Hinton and Williams, "Learning representations by back-propagating errors" (1986); Karpathy's
micrograd, whose size this engine has.
"""

import math
from collections.abc import Callable, Sequence


class Value:
    """A number, the numbers that it was made of, and its slope with respect to each of them.

    >>> price, tax = Value(4.0), Value(0.5)
    >>> end = price * tax + price
    >>> backward(end)
    >>> end.data, price.grad, tax.grad
    (6.0, 1.5, 4.0)
    """

    def __init__(self, data: float, parents: tuple["Value", ...] = (), slopes: tuple[float, ...] = ()):
        self.data, self.parents, self.slopes = data, parents, slopes
        self.grad = 0.0  # the end's slope with respect to this number, once `backward` has been there

    def __add__(self, other: "Value | float") -> "Value":
        return add(self, as_value(other))

    def __mul__(self, other: "Value | float") -> "Value":
        return multiply(self, as_value(other))

    def __pow__(self, n: float) -> "Value":
        return power(self, n)

    def __neg__(self) -> "Value":
        return self * -1.0

    def __sub__(self, other: "Value | float") -> "Value":
        return self + -as_value(other)

    def __rsub__(self, other: float) -> "Value":
        return as_value(other) + -self

    def __truediv__(self, other: "Value | float") -> "Value":
        return self * as_value(other) ** -1.0

    def __rtruediv__(self, other: float) -> "Value":
        return as_value(other) * self**-1.0

    __radd__, __rmul__ = __add__, __mul__

    def __repr__(self) -> str:
        return f"Value({self.data:.4g}, grad={self.grad:.4g})"


def as_value(number: Value | float) -> Value:
    """A plain number as one that can have a gradient; a `Value` stays what it is."""
    return number if isinstance(number, Value) else Value(float(number))


def add(a: Value, b: Value) -> Value:
    """a + b. Where either rises by 1, so does the sum."""
    return Value(a.data + b.data, (a, b), (1.0, 1.0))


def multiply(a: Value, b: Value) -> Value:
    """a x b. Where a rises by 1, the product rises by b; and the other way round.

    >>> multiply(Value(3.0), Value(5.0)).slopes
    (5.0, 3.0)
    """
    return Value(a.data * b.data, (a, b), (b.data, a.data))


def power(a: Value, n: float) -> Value:
    """a to the power of a fixed number n, with slope n x a**(n - 1)."""
    if a.data < 0 and n != int(n):
        raise ValueError(f"{a.data:g} is below 0, and has no power of {n:g} among the real numbers")
    return Value(a.data**n, (a,), (n * a.data ** (n - 1) if n else 0.0,))


def exp(a: Value) -> Value:
    """e to the power of a, which is its own slope."""
    end = math.exp(a.data)
    return Value(end, (a,), (end,))


def log(a: Value) -> Value:
    """The natural logarithm, with slope 1 / a."""
    return Value(math.log(a.data), (a,), (1.0 / a.data,))


def topological_order(end) -> list:
    """All numbers (or tensors) that `end` was made of, and `end` itself: each once, and after its parents.

    >>> a = Value(1.0)
    >>> b = a + a
    >>> [value.data for value in topological_order(b * a)]
    [1.0, 2.0, 2.0]
    """
    order, met, waiting = [], set(), [(end, False)]
    while waiting:  # a list of our own, for a graph may be deeper than Python lets a function call itself
        value, parents_are_done = waiting.pop()
        if parents_are_done:
            order.append(value)
        elif value not in met:
            met.add(value)
            waiting.append((value, True))
            waiting.extend((parent, False) for parent in value.parents)
    return order


def backward(end: Value) -> None:
    """Give every number that `end` was made of its gradient: by how much `end` rises where that number rises by 1.

    A number is asked only when all that was made of it has been: until then its own gradient is not complete.

    >>> a = Value(3.0)
    >>> backward(a * a)
    >>> a.grad  # on two paths, 3 by each
    6.0
    """
    order = topological_order(end)
    for value in order:
        value.grad = 0.0
    end.grad = 1.0
    for value in reversed(order):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad


def finite_differences(loss: Callable, dials: Sequence[float], step: float = 1e-5) -> list[float]:
    """The gradient by trying: each dial is turned a little up and a little down, the others left alone.

    It needs no calculus and two calls of `loss` for each dial, and is right to about step**2.

    >>> [round(slope, 3) for slope in finite_differences(lambda dials: dials[0] * dials[1] ** 2, [2.0, 3.0])]
    [9.0, 12.0]
    """
    slopes = []
    for i, dial in enumerate(dials):
        up = loss([*dials[:i], dial + step, *dials[i + 1 :]])
        down = loss([*dials[:i], dial - step, *dials[i + 1 :]])
        slopes.append((up - down) / (2 * step))
    return slopes
