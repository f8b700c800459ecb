"""The log of softmax and its way back. torch's own is the authority, its value and its gradient."""

import numpy as np
import torch

from classroom.judge.comparison import is_array, kind, same, show
from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from classroom.lessons.backprop.shared import in_training
from nextword.tensor_autograd import Tensor

chance = np.random.default_rng(106)


def noise(*shape: int) -> np.ndarray:
    return chance.normal(size=shape)


def see(log_softmax, numbers: np.ndarray, dim: int, grad: np.ndarray) -> dict[str, np.ndarray]:
    """The value, and what becomes of a gradient on the way back."""
    a, called = Tensor(numbers.copy()), shown(numbers, dim, grad)
    end = log_softmax(a, dim)
    if not isinstance(end, Tensor):
        says = f"It gave {'nothing back' if end is None else kind(end)}, and a Tensor is needed: "
        says += "tensor_autograd.Tensor(numbers, (a,), pass_back)."
        raise Wrong("logs-no-tensor", says, called)
    if not (isinstance(end.parents, tuple | list) and len(end.parents) == 1 and end.parents[0] is a):
        says = "The tensor does not know what it was made of: its parents are (a,), with the comma that makes a tuple."
        raise Wrong("logs-no-parents", says, called)
    if not callable(end.pass_back):
        says = "The tensor has no way back: Tensor(numbers, (a,), pass_back), with a function that takes a gradient."
        raise Wrong("logs-no-way-back", says, called)
    if not same(a.data, numbers):
        says = "It changes the numbers of a themselves (-= works in place): write shifted = a.data - ..., which makes new ones."
        raise Wrong("logs-changes-input", says, called)
    given, value = grad.copy(), end.data.copy()
    back = end.pass_back(given)
    if not isinstance(back, tuple | list) or len(back) != 1:
        says = f"pass_back gave {kind(back)}. Needed is a tuple with one gradient for each parent, here one: (gradient,)."
        raise Wrong("logs-no-tuple", says, called)
    if not same(given, grad) or not same(a.data, numbers) or not same(end.data, value, nan=True):
        says = "pass_back changes the gradient that it is given, or the numbers of the tensor: make new ones."
        raise Wrong("logs-changes-gradient", says, called)
    if not is_array(back[0]):
        raise Wrong(
            "logs-not-an-array", f"pass_back gave ({kind(back[0])},), and an array is needed.", called
        )
    return {"value": end.data, "passed back": back[0]}


def shown(numbers: np.ndarray, dim: int, grad: np.ndarray) -> str:
    return f"end = log_softmax(Tensor({show(numbers.tolist())}), {dim}); end.pass_back({show(grad)})"


ROW = np.array([0.0, 1.0, 3.0])
SQUARE = np.array([[0.0, 1.0, 3.0], [2.0, 2.0, 0.0], [1.0, -1.0, 5.0]])
BLAME = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.5, -1.0, 3.0]])


@check(
    "tensor_autograd.log_softmax",
    view=View(see, shown),
    lives=in_training,
    cases=[
        (np.array([0.0, 0.0]), -1, np.array([1.0, 0.0])),
        (ROW, -1, np.array([0.0, 1.0, 0.0])),
        (ROW, 0, np.array([1.0, -2.0, 0.5])),
        (SQUARE, -1, BLAME),
        (SQUARE, 1, np.ones((3, 3))),
        (SQUARE, 0, BLAME),
        (noise(2, 4), -1, noise(2, 4)),
        (noise(2, 4), 0, noise(2, 4)),
        (noise(2, 3, 4), 1, noise(2, 3, 4)),
        (noise(3, 3, 3), -1, noise(3, 3, 3)),
        (np.array([1000.0, 999.0, 0.0]), -1, np.array([0.0, 1.0, 2.0])),
        (np.array([[-1000.0, -1001.0], [0.0, 1.0]]), -1, np.array([[1.0, 0.0], [0.0, 1.0]])),
    ],
    awkward=[
        (np.array([5.0]), -1, np.array([2.0])),
        (np.array([[5.0], [6.0]]), 0, np.array([[2.0], [1.0]])),
        (np.array([[[0.5, -1.0, 2.0]]]), 1, np.array([[[1.0, 1.0, 1.0]]])),
        (noise(2, 3, 4, 5), -3, noise(2, 3, 4, 5)),
        (20 * noise(3, 5), -1, noise(3, 5)),
        (noise(2, 3).astype(np.float32), -1, noise(2, 3).astype(np.float32)),
        (ROW, -1, np.zeros(3)),
        (np.zeros((2, 4)), -1, noise(2, 4)),
        (np.array([[2.0, 0.0, -700.0], [1e5, 0.0, -1e5]]), -1, noise(2, 3)),
    ],
)
def log_softmax(numbers, dim, grad):
    a = torch.tensor(numbers, requires_grad=True)
    end = torch.log_softmax(a, dim)
    end.backward(torch.tensor(grad))
    return {"value": end.detach().numpy(), "passed back": a.grad.numpy()}


BACK = "grad - np.exp(end) * grad.sum(axis=dim, keepdims=True)"
VALUE = "shifted - np.log(np.exp(shifted).sum(axis=dim, keepdims=True))"
edits(
    "tensor_autograd.log_softmax",
    (
        "logs-no-max",
        "a.data - a.data.max(axis=dim, keepdims=True)",
        "a.data",
        "e to the 1000 is more than any number holds, and of very small ones only 0 is left. "
        "Take the largest of each row away first: the shares stay as they are.",
    ),
    (
        "logs-log-of-zero",
        VALUE,
        "np.log(np.exp(shifted) / np.exp(shifted).sum(axis=dim, keepdims=True))",
        "A small probability was rounded to 0 before its log was taken, which gives -inf. "
        "The log of a quotient is a difference: shifted - log(sum).",
    ),
    (
        "logs-probabilities",
        VALUE,
        "np.exp(shifted) / np.exp(shifted).sum(axis=dim, keepdims=True)",
        "These are probabilities, and their logs are needed.",
    ),
    (
        "logs-back-no-sum",
        BACK,
        "grad - np.exp(end)",
        "On the way back the probabilities stand alone. All that came in along the row pulls at them: np.exp(end) times the sum of grad.",
    ),
    (
        "logs-back-untouched",
        BACK,
        "grad * 1",
        "The gradient comes back as it went in: as if each number pulled at its own log alone. "
        "It also pulls all the others down, by its probability.",
    ),
    (
        "logs-back-of-softmax",
        BACK,
        "np.exp(end) * (grad - (np.exp(end) * grad).sum(axis=dim, keepdims=True))",
        "This is the way back of softmax. Its log has another: grad - probabilities * (the sum of grad).",
    ),
    (
        "logs-back-logs-for-probabilities",
        "np.exp(end)",
        "end",
        "On the way back the logs stand where probabilities belong: np.exp(end).",
    ),
    (
        "logs-back-powers",
        "np.exp(end)",
        "np.exp(a.data)",
        "On the way back e to the power of the numbers stands where probabilities belong. "
        "The probabilities are e to the power of the logs that you made.",
    ),
    (
        "logs-back-own-alone",
        BACK,
        "grad - np.exp(end) * grad",
        "On the way back each number hears of its own gradient alone. It pulls at all the logs of its row: "
        "its probability times the sum of their gradients.",
    ),
    (
        "logs-back-ignores-gradient",
        BACK,
        "1 - np.exp(end)",
        "The gradient that came in is not used: this is a number's slope with respect to its own log. Take grad, and its sum.",
    ),
    (
        "logs-no-keepdims",
        "np.exp(shifted).sum(axis=dim, keepdims=True)",
        "np.exp(shifted).sum(axis=dim)",
        "An axis got lost in the sum, so that one row's sum is taken from another row: keepdims=True keeps it, with length 1.",
    ),
    (
        "logs-back-no-keepdims",
        "grad.sum(axis=dim, keepdims=True)",
        "grad.sum(axis=dim)",
        "On the way back an axis got lost in the sum of grad, so that one row is blamed for another: keepdims=True keeps it.",
    ),
    (
        "logs-back-sum-of-all",
        "grad.sum(axis=dim, keepdims=True)",
        "grad.sum()",
        "On the way back grad was added up over everything. Rows know nothing of each other: sum along dim, keepdims=True.",
    ),
    (
        "logs-back-mean",
        "grad.sum(axis=dim",
        "grad.mean(axis=dim",
        "On the way back the mean of grad was taken, and its sum is needed.",
    ),
    (
        "logs-back-sum-inside",
        BACK,
        "grad - (np.exp(end) * grad).sum(axis=dim, keepdims=True)",
        "The sum was taken of probability times grad. It is of grad alone, and the probability stands before it: np.exp(end) * grad.sum(...).",
    ),
    (
        "logs-back-plus",
        "grad - np.exp(end)",
        "grad + np.exp(end)",
        "A number that rises pushes the others' logs down: minus the probabilities, not plus.",
    ),
    (
        "logs-last-axis",
        ("axis=dim", "every"),
        "axis=-1",
        "It goes along the last axis, whatever dim says: axis=dim.",
    ),
    (
        "logs-back-axis",
        "grad.sum(axis=dim",
        "grad.sum(axis=-1",
        "On the way back the sum goes along the last axis, whatever dim says: axis=dim.",
    ),
)
