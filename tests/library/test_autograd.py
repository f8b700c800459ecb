"""Rung `autograd`: gradients of single numbers, against torch and against trying."""

import math

import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st

from nextword import autograd
from nextword.autograd import Value

numbers = st.floats(-3, 3)


def formula(a, b, c, log=torch.log, exp=torch.exp):
    """Every operation, each number on several paths."""
    d = a * b + c - a / (b**2 + 1.5)
    e = exp(d * 0.3) * d + 2 * a - (1 - c)
    return log(e**2 + 1) * d + 3 / (a**2 + 2) - -b


def ours(numbers):
    values = [Value(x) for x in numbers]
    end = formula(*values, log=autograd.log, exp=autograd.exp)
    autograd.backward(end)
    return end.data, [value.grad for value in values]


@given(st.tuples(numbers, numbers, numbers))
def test_gradients_are_torchs(numbers):
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in numbers]
    end = formula(*leaves)
    end.backward()
    value, grads = ours(numbers)
    assert math.isclose(value, end.item(), rel_tol=1e-12, abs_tol=1e-12)
    needed = torch.stack([leaf.grad for leaf in leaves])
    assert torch.tensor(grads, dtype=torch.float64).allclose(needed, 1e-9, 1e-9)


@given(st.tuples(numbers, numbers, numbers))
def test_gradients_are_what_trying_finds(numbers):
    slopes = autograd.finite_differences(lambda dials: ours(dials)[0], list(numbers))
    assert torch.allclose(torch.tensor(slopes), torch.tensor(ours(numbers)[1]), 1e-6, 1e-6)


def test_finite_differences_are_central_and_leave_the_dials_alone():
    dials = [1.0, -2.0]
    [slope, other] = autograd.finite_differences(lambda x: x[0] ** 3 + x[1], dials, step=0.1)
    assert math.isclose(slope, 3 + 0.1**2) and math.isclose(other, 1)  # one-sided would be off by 0.3
    assert dials == [1.0, -2.0] and autograd.finite_differences(sum, []) == []


def test_asking_twice_gives_the_same():
    a = Value(3.0)
    middle = a * a
    end = middle * a
    autograd.backward(end)
    autograd.backward(end)
    assert (a.grad, middle.grad, end.grad) == (27.0, 3.0, 1.0)
    autograd.backward(middle)  # of another end the same numbers have other gradients
    assert a.grad == 6.0


def test_a_number_that_the_end_does_not_depend_on_keeps_its_0():
    a, b = Value(1.0), Value(2.0)
    autograd.backward(a * 2)
    assert (a.grad, b.grad) == (2.0, 0.0)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=30))
def test_the_order_has_each_once_and_parents_first(pairs):
    values = [Value(1.0)]
    for left, right in pairs:
        values.append(values[left % len(values)] + values[right % len(values)])
    order = autograd.topological_order(values[-1])
    place = {value: i for i, value in enumerate(order)}
    assert len(place) == len(order) and order[-1] is values[-1]
    assert all(place[parent] < place[value] for value in order for parent in value.parents)


def test_a_deep_graph_and_one_with_very_many_paths():
    a = end = Value(1.0)
    for _ in range(60):
        end = end + end  # 2**60 paths
    for _ in range(20_000):
        end = end + 0.0
    autograd.backward(end)
    assert a.grad == 2.0**60


@given(numbers, numbers)
def test_plain_numbers_on_either_side(a, b):
    assume(abs(a) > 0.01)
    x = Value(a)
    for mine, needed in (
        (b - x, b - a),
        (b / x, b / a),
        (x / 2, a / 2),
        (b + x, a + b),
        (-x, -a),
        (x - b, a - b),
    ):
        assert math.isclose(mine.data, needed, rel_tol=1e-12, abs_tol=1e-12)


def test_a_number_shows_its_value_and_gradient():
    assert repr(Value(1.23456)) == "Value(1.235, grad=0)"
    with pytest.raises(ValueError):
        autograd.log(Value(0.0))


def test_powers_at_their_edges():
    zero = Value(0.0)
    autograd.backward(zero**0)
    assert zero.grad == 0.0
    with pytest.raises(ValueError, match="has no power of 0.5"):
        Value(-8.0) ** 0.5
