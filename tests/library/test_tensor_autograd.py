"""Rung `tensor_autograd`: each operation's way back against torch's, whatever the shapes."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nextword import autograd, tensor_autograd
from nextword.tensor_autograd import Tensor

shapes = arrays.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)


def noise(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def agree(function, *data):
    """The same lines on our tensors and on torch's: one end, one gradient for each input."""
    mine, theirs = [Tensor(x) for x in data], [torch.tensor(x, requires_grad=True) for x in data]
    ends = function(*mine), function(*theirs)
    assert ends[0].shape == ends[1].shape and np.allclose(ends[0].data, ends[1].detach(), 1e-10, 1e-12)
    blame = noise(*ends[0].shape, seed=9)
    tensor_autograd.backward((ends[0] * blame).sum())
    (ends[1] * torch.tensor(blame)).sum().backward()
    for ours, torchs in zip(mine, theirs, strict=True):
        assert ours.grad.shape == ours.shape and np.allclose(ours.grad, torchs.grad, 1e-9, 1e-11)


@given(shapes)
def test_broadcasting_is_undone(pair):
    left, right = pair.input_shapes
    for function in (lambda a, b: a + b, lambda a, b: a * b, lambda a, b: a - b, lambda a, b: a / b):
        agree(function, noise(*left), 2 + np.abs(noise(*right, seed=1)))


@given(shapes, st.tuples(*[st.integers(1, 3)] * 3))
def test_matmul_of_stacks(pair, sizes):
    (left, right), (n, k, m) = pair.input_shapes, sizes
    agree(lambda a, b: a @ b, noise(*left, n, k), noise(*right, k, m, seed=1))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: x**3,
        lambda x: -x,
        lambda x: x.exp(),
        lambda x: (x * x + 0.5).log(),
        lambda x: x.relu(),
        lambda x: x.sum(),
        lambda x: x.sum(1),
        lambda x: x.sum(-1, keepdim=True) * x,
        lambda x: x.mean(),
        lambda x: x.mean(0),
        lambda x: x.log_softmax(-1),
        lambda x: x.log_softmax(1),
        lambda x: x.softmax(0),
        lambda x: x.reshape(4, 6),
        lambda x: x.transpose(0, 2),
        lambda x: x.transpose(-2, -1) @ x,
        lambda x: x[1],
        lambda x: x[[0, 1, 1, 0, 1]],  # picked twice, blamed twice
        lambda x: x[[0, 1, 1], [2, 0, 0]],
        lambda x: x[:, 1:],
        lambda x: 1 - 2 / (3 + x * x),
        lambda x: x + x.new_tensor([1.0, 2.0, 3.0, 4.0]),
    ],
)
def test_each_operation_goes_back_as_torchs_does(function):
    agree(function, noise(2, 3, 4))


def test_large_numbers_in_log_softmax():
    agree(lambda x: x.log_softmax(-1), np.array([[1000.0, 0.0, -1000.0], [-1e4, -1e4, 5.0]]))


@given(shapes)
def test_sum_to_shape_is_the_transpose_of_broadcasting(pair):
    """For any gradient g: (broadcast x) . g equals x . (g summed back)."""
    [shape, _], whole = pair.input_shapes, pair.result_shape
    x, grad = noise(*shape), noise(*whole, seed=1)
    back = tensor_autograd.sum_to_shape(grad, shape)
    assert back.shape == shape
    assert np.isclose((np.broadcast_to(x, whole) * grad).sum(), (x * back).sum())


def test_scalars_and_tensors_agree():
    numbers = noise(3)
    values = [autograd.Value(float(x)) for x in numbers]
    end = (
        autograd.log(autograd.exp(values[0]) + autograd.exp(values[1]) + autograd.exp(values[2])) - values[1]
    )
    autograd.backward(end)
    tensor = Tensor(numbers)
    tensor_autograd.backward(-tensor.log_softmax(-1)[1])
    assert np.allclose(tensor.grad, [value.grad for value in values])


def test_asking_twice_gives_the_same_and_each_way_once():
    a = Tensor([2.0, 3.0])
    middle = a * a
    end = (middle + middle).sum()
    tensor_autograd.backward(end)
    first = a.grad.copy()
    tensor_autograd.backward(end)
    assert np.array_equal(a.grad, first) and np.array_equal(first, [8.0, 12.0])


def test_float32_stays_float32():
    a = Tensor(np.ones((2, 2), dtype=np.float32))
    end = ((a * 2 + 1 - a / 3).softmax(-1).log() ** 2).mean()
    tensor_autograd.backward(end)
    assert end.data.dtype == a.grad.dtype == np.float32 and Tensor([1, 2]).data.dtype == np.float64


def test_what_cannot_be_done_is_said():
    with pytest.raises(ValueError, match="a gradient is that of one number"):
        tensor_autograd.backward(Tensor([1.0, 2.0]))
    with pytest.raises(ValueError, match="two matrices"):
        Tensor([1.0]) @ Tensor([[1.0]])


def test_plain_arrays_on_either_side():
    a, plain = Tensor([1.0, 2.0]), np.array([10.0, 20.0])
    for end in (plain * a, a * plain, plain + a, plain - a, plain / a):
        assert isinstance(end, Tensor) and end.shape == (2,)
    table = Tensor([[1.0, 2.0]])
    tensor_autograd.backward((table @ np.array([[3.0], [4.0]])).sum())
    assert table.grad.tolist() == [[3.0, 4.0]]
    zero = Tensor([0.0, 2.0])
    tensor_autograd.backward((zero**0).sum())
    assert zero.grad.tolist() == [0.0, 0.0]
