"""Answers to `autograd.multiply` as readers might write them."""

from nextword import autograd
from nextword.autograd import Value
from tests.lessons import right, wrong

TARGET = "autograd.multiply"


def _made(data, parents=(), slopes=()):
    """A value that holds whatever it is given: the tests' own checks of types look at Value(...)."""
    end = Value(0.0)
    end.data, end.parents, end.slopes = data, parents, slopes
    return end


@right(TARGET)
def _(a, b):
    end = Value(a.data * b.data)
    end.parents = (a, b)
    end.slopes = (b.data, a.data)
    return end


@right(TARGET)
def _(a, b):
    parents, slopes = [], []
    for one, other in ((a, b), (b, a)):
        parents.append(one)
        slopes.append(other.data)
    return Value(parents[0].data * parents[1].data, tuple(parents), tuple(slopes))


@right(TARGET)
def _(a, b):
    """Both pairs the other way round."""
    return Value(a.data * b.data, (b, a), (a.data, b.data))


@wrong(TARGET, "multiply-plain")
def _(a, b):
    return a.data * b.data


@wrong(TARGET, "calls-the-library")
def _(a, b):
    return a * b


@wrong(TARGET, "multiply-no-value")
def _(a, b):
    return a.data * b.data, (a, b), (b.data, a.data)


@wrong(TARGET, "multiply-no-value")
def _(a, b):
    Value(a.data * b.data, (a, b), (b.data, a.data))


@wrong(TARGET, "multiply-slopes-not-plain")
def _(a, b):
    return _made(a.data * b.data, (a, b), (b, a))


@wrong(TARGET, "multiply-no-pair")
def _(a, b):
    return _made(a.data * b.data, (a, b), b.data)


@wrong(TARGET, "multiply-changes")
def _(a, b):
    a.grad, b.grad = b.data, a.data
    return Value(a.data * b.data, (a, b), (b.data, a.data))


@wrong(TARGET, "multiply-changes")
def _(a, b):
    a.data *= b.data
    return a


@wrong(TARGET, "multiply-data-not-plain")
def _(a, b):
    return _made(Value(a.data * b.data), (a, b), (b.data, a.data))


@wrong(TARGET, "multiply-slopes-swapped")
def _(a, b):
    end = Value(a.data * b.data, (a, b))
    end.slopes = tuple(parent.data for parent in end.parents)
    return end


@wrong(TARGET, "multiply-slopes-of-sum")
def _(a, b):
    end = autograd.add(a, b)
    end.data = a.data * b.data
    return end


@wrong(TARGET, "multiply-no-parents")
def _(a, b):
    end = Value(0.0)
    end.data = b.data * a.data
    return end


@wrong(TARGET, "multiply-no-slopes")
def _(a, b):
    return Value(b.data * a.data, parents=(a, b))


@wrong(TARGET, "multiply-slopes-as-parents")
def _(a, b):
    return _made(a.data * b.data, slopes=(a, b), parents=(b.data, a.data))


@wrong(TARGET, "multiply-slopes-swapped")
def _(a, b):
    return Value(a.data * b.data, parents=(b, a), slopes=(b.data, a.data))


@wrong(TARGET, "multiply-parents-copied")
def _(a, b):
    return Value(a.data * b.data, tuple(Value(one.data) for one in (a, b)), (b.data, a.data))


@wrong(TARGET, "multiply-parents-numbers")
def _(a, b):
    parents = tuple(one.data for one in (a, b))
    return _made(parents[0] * parents[1], parents, parents[::-1])


@wrong(TARGET, "multiply-adds")
def _(a, b):
    return Value(sum((a.data, b.data)), (a, b), (b.data, a.data))


@wrong(TARGET, "multiply-slopes-whole")
def _(a, b):
    product = a.data * b.data
    return Value(product, (a, b), (product,) * 2)
