"""The judge looks at arrays of numpy and at graphs of objects as it does at tensors: same, shown, changed, copied."""

import math

import numpy as np
import pytest

from classroom.judge import comparison, diagnosis, likeness, registry
from classroom.judge.comparison import differs_in_kind, has_nan, kind, nearly, same, show
from classroom.judge.sandbox import run
from nextword.autograd import Value
from nextword.tensor_autograd import Tensor

ROW = np.array([0.1 + 0.2, 1.0])


@pytest.mark.parametrize(
    "a, b, alike",
    [
        (ROW, np.array([0.3, 1.0]), True),
        (ROW, np.array([0.3, 1.001]), False),
        (ROW, np.array([[0.3, 1.0]]), False),  # broadcasting would make them equal
        (ROW, [0.3, 1.0], False),
        (np.array(3.0), np.float64(3.0), True),  # what a sum over all axes leaves
        (np.array(3.0), 3.0, False),
        (np.array([1, 2]), np.array([1.0, 2.0]), True),
        (np.array([True]), np.array([1.0]), False),
        (np.array(["a"]), np.array(["a"]), True),
        (np.array([math.nan]), np.array([math.nan]), False),
        (np.float32([1 / 3]), np.array([1 / 3]), True),
        ({"a": [ROW]}, {"a": [np.array([0.3, 1.0])]}, True),
    ],
)
def test_arrays_are_the_same_up_to_rounding(a, b, alike):
    assert same(a, b) is alike and same(b, a) is alike


def test_a_nan_is_found_and_can_be_taken_for_equal():
    hole = np.array([1.0, math.nan])
    assert has_nan({"a": (hole,)}) and not has_nan(ROW) and not has_nan(np.array([1]))
    assert same(hole, hole.copy(), nan=True) and not same(hole, hole.copy())


def test_arrays_are_shown_and_named():
    assert show(ROW) == "array([0.3, 1])" and show({"a": np.array(2.5)}) == "{'a': array(2.5)}"
    assert kind(ROW) == "an array of fractions" and kind(np.array([1])) == "an array of int64"
    assert differs_in_kind(ROW[None], ROW) == "Its shape is (1, 2), and (2,) is needed."
    assert differs_in_kind([0.3, 1.0], ROW) == "It gave a list, and an array of fractions is needed."
    assert show([math.sin]) == "[sin]"


def test_nearly_and_likeness_know_arrays():
    assert nearly(ROW, ROW + 0.001) and not nearly(ROW, ROW + 0.1) and not nearly(ROW, ROW[:1])
    assert likeness.equal(ROW, ROW.copy()) and not likeness.equal(ROW, ROW + 0.001)
    assert likeness.tells(ROW) and not likeness.tells(np.ones(3))


def test_a_changed_array_is_noticed_and_the_case_stays_as_it_was():
    def vandal(x):
        x *= 2
        return x.sum()

    case = (np.ones(3),)
    assert run(vandal, case).changed_input and case[0].sum() == 3
    assert not run(lambda x: x * 2, case).changed_input


def chain(n=3):
    x = Value(2.0)
    for _ in range(n):
        x = Value(2 * x.data, (x, x), (1.0, 1.0))
    return x


def test_graphs_are_the_same_by_what_they_hold():
    assert same(chain(), chain()) and not same(chain(), chain(2))
    assert same([chain(40)], [chain(40)])  # 2**40 paths
    a, b = Value(2.0), Value(2.0)
    assert not same(Value(4.0, (a, a), (2.0, 2.0)), Value(4.0, (a, b), (2.0, 2.0)))  # one thing is not two
    assert not same(Value(4.0, (a, b), (2.0, 2.0)), Value(4.0, (a, a), (2.0, 2.0)))
    assert same(Tensor([1.0, 2.0]), Tensor([1.0, 2.0])) and not same(Tensor([1.0, 2.0]), Tensor([1.0, 3.0]))
    assert not same(Value(1.0), Tensor(1.0)) and not same(Value(1.0), 1.0)


def test_a_changed_value_deep_in_a_graph_is_noticed():
    def marks(end):
        end.parents[0].parents[0].grad = 1.0

    assert run(marks, (chain(),)).changed_input
    assert not run(lambda end: end.data, (chain(),)).changed_input


def test_another_kind_of_fraction_is_told():
    check = registry.Check(
        "tensor_autograd.sum_to_shape", lambda grad, shape: grad, [(np.float32([1.0, 2.0]), (2,))]
    )
    wrong = diagnosis.diagnose(check, lambda grad, shape: grad.astype(np.float64))
    assert wrong.id == "loses-its-kind" and "float64, and float32 is needed" in wrong.says


def test_what_changes_its_input_is_judged_through_a_view():
    def see(add_one, numbers):
        numbers = list(numbers)
        add_one(numbers)
        return numbers

    def call(numbers):
        return f"x = {numbers}; add_one(x)"

    view = registry.View(see, call)
    check = registry.Check(
        "autograd.backward", lambda numbers: [n + 1 for n in numbers], [([1, 2],), ([5],)], view=view
    )

    def adds(end):
        for i in range(len(end)):
            end[i] += 1

    def adds_two(end):
        for i in range(len(end)):
            end[i] += 2

    assert diagnosis.diagnose(check, adds) is None
    wrong = diagnosis.diagnose(check, adds_two)
    assert (wrong.call, wrong.yours, wrong.needed) == ("x = [1, 2]; add_one(x)", "[3, 4]", "[2, 3]")
    check.mistakes.append(registry.Mistake("adds-two", "It adds two.", adds_two))
    assert diagnosis.diagnose(check, lambda end: adds_two(end)).id == "adds-two"
    assert diagnosis.diagnose(check, lambda end, more: None).id == "wrong-arguments"


def test_objects_with_an_equality_of_their_own_keep_it():
    class Always:
        def __init__(self, n):
            self.n = n

        def __eq__(self, other):
            return True

    assert same(Always(1), Always(2)) and not comparison.is_bare_object(Always(1))
