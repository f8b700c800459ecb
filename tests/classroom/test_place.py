"""Where a wrong answer parts from the right ways: what is claimed is true of the code, and often nothing is."""

import pytest
import torch

from classroom.judge import diagnosis, likeness, place, registry, tracing
from classroom.judge.sandbox import run
from nextword import embeddings, sampling


def said(target, function):
    return diagnosis.diagnose(registry.find(target), function)


def test_a_right_answer_that_is_spoiled():
    def clamped(vectors, low, high):
        return (vectors @ embeddings.unit(high - low)).clamp(min=0)

    wrong = said("embeddings.project_onto", clamped)
    assert wrong.id == "place-spoiled"
    assert (
        wrong.says
        == "`vectors @ embeddings.unit(high - low)` is the right answer already; `.clamp(min=0)` spoils it."
    )


def test_a_right_answer_with_a_name_that_is_spoiled_in_a_later_line():
    def halved(x, n_heads):
        split = x.unflatten(-1, (n_heads, -1)).transpose(-3, -2)
        more = split / n_heads
        return more

    wrong = said("attention.split_heads", halved)
    assert (
        wrong.id == "place-spoiled"
        and "`split` in line" in wrong.says
        and "`/ n_heads` spoils it" in wrong.says
    )


def test_where_values_part():
    def turned(vectors, vector):
        lengths = embeddings.unit(vectors)
        return lengths.T.flip(0) @ embeddings.unit(vector)

    wrong = said("embeddings.cosine", turned)
    assert wrong.id in ("place-parts", "raised", "value", "wrong-kind")
    if wrong.id == "place-parts":
        assert (
            "`lengths`" in wrong.says
            and "this line is wrong" not in wrong.says
            and "needed" not in wrong.says
        )


def test_right_up_to_a_line():
    def one_plus(x, weight=None, eps=1e-5):
        scaled = x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + eps)
        return scaled if weight is None else scaled * (1 + weight)

    wrong = said("transformer.rms_norm", one_plus)
    line = one_plus.__code__.co_firstlineno + 1
    assert wrong.id in ("place-line", "place-parts") and f"line {line}" in wrong.says


def both(target, function):
    """What place alone claims."""
    check = registry.find(target)
    outcomes, needed = [[run(f, case) for case in check.cases] for f in (function, check.right)]
    pairs = zip(outcomes, needed, strict=True)
    wrong = [n for n, (mine, right) in enumerate(pairs) if not mine.equals(right, check.same)]
    return place.find(check, function, outcomes, needed, wrong)


def in_a_loop(vectors, low, high):
    rows = []
    for row in vectors:
        right = row @ embeddings.unit(high - low)
        rows.append(right.clamp(min=0))
    return torch.stack(rows)


def in_another_order(vectors, low, high):
    toward = high - low
    return vectors @ toward / toward.abs().sum()  # vectors @ toward is no fault: a right way may divide later


def of_a_generator(vectors, low, high):
    yield vectors


def with_chance(vectors, low, high):
    return vectors @ embeddings.unit(high - low) + torch.rand(())


def too_many_steps(vectors, low, high):
    return sum([n for n in range(10)]) + vectors[..., 0]


CLOSED = torch.tensor(2.0)


def closed():
    two = torch.tensor(2.0)
    return lambda vectors, low, high: vectors[..., 0] * two


@pytest.mark.parametrize(
    "function", [in_a_loop, of_a_generator, with_chance, too_many_steps, closed(), print, torch.dot], ids=repr
)
def test_nothing_is_claimed_where_nothing_is_sure(function):
    assert both("embeddings.project_onto", function) == (None, None)


def test_a_step_that_may_be_another_order_of_the_same_work_is_not_named():
    spoiled, parted = both("embeddings.project_onto", in_another_order)
    assert spoiled is None and (parted is None or parted.id == "place-line")


def test_the_given_itself_is_never_the_right_answer():
    def below_one(logits, temperature):
        return logits * 2 / temperature

    spoiled, _ = both("sampling.with_temperature", below_one)
    assert spoiled is None


def test_nothing_is_said_of_right_functions_that_place_looks_at():
    for target, function in (
        ("sampling.softmax", lambda logits: torch.softmax(logits, dim=-1)),
        ("embeddings.unit", lambda vectors: torch.nn.functional.normalize(vectors, dim=-1)),
    ):
        assert said(target, function) is None


def test_a_function_is_traced_step_by_step():
    text = "def f(a, b=2):\n    c = a * b\n    return [c + i for i in range(2)] + [c]"
    recording = tracing.Recording(text, {}, "f", first_line=5)
    assert recording.run(lambda f: f(3)) is None
    seen = {step.text: step.value for step in recording.steps if step.kind == "expression"}
    assert seen["a * b"] == 6 and seen["[c + i for i in range(2)] + [c]"] == [6, 7, 6]
    assert [step.line for step in recording.steps if step.kind == "returns"] == [7]


def test_what_takes_too_many_steps_is_stopped():
    recording = tracing.Recording("def f():\n    n = 0\n    while True:\n        n = n + 1", {}, "f")
    with pytest.raises(tracing.TooMany):
        recording.run(lambda f: f())


def test_what_is_recorded_stays_when_it_is_changed_later():
    text = "def f(x):\n    y = x + 1\n    y += 1\n    return y"
    recording = tracing.Recording(text, {}, "f")
    recording.run(lambda f: f(torch.zeros(2)))
    assert recording.steps[0].value.tolist() == [1, 1]


def test_the_librarys_own_is_refused_in_a_trace_too():
    def calls(vectors):
        return embeddings.unit(vectors).abs()

    assert said("embeddings.unit", calls).id == "calls-the-library"


@pytest.mark.parametrize(
    "a, b, alike",
    [
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]) * (1 + 1e-6), True),
        (torch.tensor([1.0, 2.0]), torch.tensor([1.0, 2.0]) * (1 + 1e-4), False),
        (torch.tensor([1.0, -torch.inf]), torch.tensor([1.0, 5.0]), False),
        (torch.zeros(2), torch.zeros(1, 2), False),
        ([1, 2], (1, 2), True),
    ],
)
def test_equal(a, b, alike):
    assert likeness.equal(a, b) is alike


def test_what_tells():
    assert likeness.tells(torch.tensor([1.0, 2.0])) and likeness.tells("ab") and likeness.tells([1, 2])
    assert not likeness.tells(torch.ones(3)) and not likeness.tells(3.0) and not likeness.tells([1, 1])


def test_values_with_other_axes_of_length_1():
    values = likeness.Values()
    values.add(torch.tensor([[1.0], [2.0]]))
    assert values.has_squeezed(torch.tensor([1.0, 2.0])) and not values.has_squeezed(torch.tensor([1.0, 3.0]))


def test_proportional():
    logits = torch.randn(3, 4, generator=torch.Generator().manual_seed(1))
    assert likeness.proportional(logits.exp(), sampling.softmax(logits))
    assert not likeness.proportional(logits, sampling.softmax(logits))
