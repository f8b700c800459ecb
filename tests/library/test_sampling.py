"""Rung `sampling`: properties of every filter, and of the draw."""

import itertools
import math
import random

import pytest
import torch
import transformers
from hypothesis import given
from hypothesis import strategies as st

from nextword import sampling

numbers = st.floats(-30, 30, width=32)
rows = st.lists(numbers, min_size=1, max_size=12).map(torch.tensor)
tables = st.integers(1, 6).flatmap(
    lambda n: st.lists(st.lists(numbers, min_size=n, max_size=n), min_size=1, max_size=4).map(torch.tensor)
)
shares = st.floats(0.01, 1)


def kept(logits):
    return logits > sampling.REMOVED


@given(tables)
def test_softmax_is_torchs(logits):
    assert torch.allclose(sampling.softmax(logits), torch.softmax(logits, dim=-1), atol=1e-6)
    assert torch.allclose(sampling.softmax(logits).sum(dim=-1), torch.ones(len(logits)))


@given(rows, st.floats(-1e4, 1e4, width=32))
def test_softmax_does_not_mind_a_shift(logits, shift):
    moved = (logits.double() + shift).double()
    assert torch.allclose(sampling.softmax(moved), sampling.softmax(logits.double()), atol=1e-6)


@given(rows)
def test_temperature_towards_0_is_greedy(logits):
    order = logits.sort(descending=True).values
    if len(order) > 1 and order[0] - order[1] < 1e-3:
        return  # a tie has no single limit
    cold = sampling.softmax(sampling.with_temperature(logits, 1e-5))
    frozen = sampling.softmax(sampling.with_temperature(logits, 0))
    assert torch.allclose(cold, frozen)
    assert frozen.argmax() == sampling.greedy(logits) and frozen.max() == 1


@given(rows, st.floats(0.05, 20))
def test_temperature_is_a_power_of_the_probabilities(logits, temperature):
    powers = torch.softmax(logits.double(), dim=-1) ** (1 / temperature)
    needed = powers / powers.sum()
    assert torch.allclose(
        sampling.softmax(sampling.with_temperature(logits.double(), temperature)), needed, atol=1e-6
    )


def test_a_tiny_temperature_does_not_overflow():
    probabilities = sampling.softmax(sampling.with_temperature(torch.tensor([1e4, -1e4, 1e4 - 1]), 1e-38))
    assert probabilities.tolist() == [1, 0, 0]


@given(tables, st.integers(1, 9))
def test_top_k_keeps_k_and_they_are_the_largest(logits, k):
    filtered = sampling.top_k(logits, k)
    for row, after in zip(logits, filtered, strict=True):
        assert kept(after).sum() == min(k, len(row))
        assert torch.equal(after[kept(after)], row[kept(after)])
        if not kept(after).all():
            assert row[kept(after)].min() >= row[~kept(after)].max()


@given(tables, shares)
def test_top_p_keeps_the_smallest_set_that_reaches_p(logits, p):
    probabilities = torch.softmax(logits, dim=-1)
    for row, after in zip(probabilities, sampling.top_p(logits, p), strict=True):
        weights = row[kept(after)]
        assert weights.sum() >= p - 1e-5
        assert weights.sum() - weights.min() < p + 1e-5  # without its smallest it falls short
        if not kept(after).all():
            assert weights.min() >= row[~kept(after)].max()


@pytest.mark.parametrize("parts", [10, 20, 100])
def test_top_p_keeps_the_fewest_though_sums_are_rounded(parts):
    chance = random.Random(parts)
    for _ in range(400):
        ends = sorted(chance.sample(range(1, parts), chance.randint(1, 5)))
        shares = [b - a for a, b in zip([0, *ends], [*ends, parts], strict=True)]  # in whole parts
        whole = list(itertools.accumulate(sorted(shares, reverse=True)))
        logits = torch.tensor([share / parts for share in shares]).log() + chance.choice([0, 3, -3])
        for reach in {*whole[:-1], chance.randint(1, parts - 1)}:
            fewest = next(n for n, total in enumerate(whole, 1) if total >= reach)
            assert kept(sampling.top_p(logits, reach / parts)).sum() == fewest, (shares, reach)


def test_top_p_of_1_keeps_the_least_likely_too():
    assert kept(sampling.top_p(torch.tensor([100.0, 0.0, 90.0]), 1.0)).all()


def test_what_is_nearly_0_does_what_it_says():
    twins = torch.tensor([1.0, 2.0, 2.0])
    for temperature in (1e-46, 1e-320, 5e-324):
        for kind in (torch.float32, torch.float64):
            cold = sampling.with_temperature(twins.to(kind), temperature)
            assert sampling.softmax(cold).tolist() == [0, 0.5, 0.5]
    assert kept(sampling.top_p(torch.tensor([1.0, 3.0, 2.0]), 1e-320)).tolist() == [False, True, False]
    assert kept(sampling.top_k(twins, 10**30)).all()


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16])
def test_in_16_bits_softmax_rounds_once(kind):
    logits = (3 * torch.randn(50, 300, generator=torch.Generator().manual_seed(0))).to(kind)
    needed = torch.softmax(logits.double(), dim=-1)
    assert torch.equal(sampling.softmax(logits), torch.softmax(logits.float(), dim=-1).to(kind))
    assert ((sampling.softmax(logits).double().sum(dim=-1) - 1).abs() < 0.003).all()
    once = (needed.to(kind).double() - needed).abs().mean()
    assert (sampling.softmax(logits).double() - needed).abs().mean() < 1.01 * once


def test_whole_numbers_are_no_logits():
    with pytest.raises(TypeError, match="need to be fractions"):
        sampling.check_kind(torch.tensor([1, 2]))


@given(tables)
def test_p_of_1_and_min_p_of_0_keep_all(logits):
    assert kept(sampling.top_p(logits, 1.0)).all() and kept(sampling.min_p(logits, 0.0)).all()


@given(tables, shares)
def test_min_p_is_relative_to_the_likeliest(logits, p):
    probabilities = sampling.softmax(logits)
    needed = probabilities >= p * probabilities.amax(dim=-1, keepdim=True)
    assert torch.equal(kept(sampling.min_p(logits, p)), needed)


@given(tables)
def test_filters_leave_their_input_alone(logits):
    before = logits.clone()
    for changed in (
        sampling.top_k(logits, 1),
        sampling.top_p(logits, 1.0),
        sampling.with_temperature(logits, 0),
    ):
        changed[..., 0] = 99.0
        assert torch.equal(logits, before)


def test_draws_come_in_proportion():
    probabilities = torch.tensor([0.6, 0.0, 0.3, 0.1])
    ids = sampling.draw(probabilities.repeat(20_000, 1), torch.Generator().manual_seed(0))
    seen = torch.bincount(ids, minlength=4)
    expected = probabilities * 20_000
    chi_square = ((seen - expected) ** 2 / expected)[probabilities > 0].sum()
    assert seen[1] == 0
    assert chi_square < 16  # 2 degrees of freedom: happens by chance once in 3,000 times


def test_a_draw_follows_its_generator_alone():
    row = torch.full((50, 30), 1 / 30)
    torch.manual_seed(1)
    one = sampling.draw(row, torch.Generator().manual_seed(3))
    torch.manual_seed(2)
    assert torch.equal(one, sampling.draw(row, torch.Generator().manual_seed(3)))
    assert not torch.equal(one, sampling.draw(row, torch.Generator().manual_seed(4)))


def test_a_pin_at_the_very_end_stays_on_the_ruler(monkeypatch):
    monkeypatch.setattr(torch, "rand", lambda shape, **kwargs: torch.ones(shape, dtype=torch.float64))
    assert sampling.draw(torch.tensor([0.2, 0.3, 0.4999, 0.0])) == 2


@pytest.mark.parametrize("shape", [(4,), (2, 4), (2, 3, 4)])
def test_shapes(shape):
    logits = torch.zeros(shape)
    assert sampling.sample(logits, temperature=0.9, k=3, p=0.9).shape == shape[:-1]
    assert sampling.greedy(logits).tolist() == torch.zeros(shape[:-1]).long().tolist()


@pytest.mark.parametrize(
    "call, sentence",
    [
        (lambda: sampling.greedy(torch.tensor([0.0, math.nan])), "NaN"),
        (lambda: sampling.sample(torch.full((3,), -math.inf)), "no token is left"),
        (lambda: sampling.sample(torch.tensor([[0.0, 1.0], [-math.inf, -math.inf]])), "no token is left"),
        (lambda: sampling.sample(torch.tensor([0.0, math.inf])), "overflowed"),
        (lambda: sampling.greedy(torch.zeros(2, 0)), "hold no token"),
        (lambda: sampling.top_k(torch.zeros(3), 0), "k is 1 or more"),
        (lambda: sampling.check_k(math.nan), "k = nan .* a whole number"),
        (lambda: sampling.check_k(2.5), "k = 2.5 .* a whole number"),
        (lambda: sampling.top_p(torch.zeros(3), math.nan), "p is above 0 and at most 1"),
        (lambda: sampling.with_temperature(torch.zeros(3), math.inf), "not possible"),
        (lambda: sampling.draw(torch.tensor([math.inf, 1.0])), "inf, and 1 is the most"),
        (lambda: sampling.draw(torch.zeros(2, 0)), "hold no token"),
        (lambda: sampling.top_p(torch.zeros(3), 0.0), "p is above 0 and at most 1"),
        (lambda: sampling.top_p(torch.zeros(3), 90.0), "p is above 0 and at most 1"),
        (lambda: sampling.min_p(torch.zeros(3), -0.1), "p is between 0 and 1"),
        (lambda: sampling.with_temperature(torch.zeros(3), -1.0), "it is 0 .* or above"),
        (lambda: sampling.with_temperature(torch.zeros(3), math.nan), "not possible"),
        (lambda: sampling.draw(torch.tensor([0.5, -0.5, 1.0])), "negative"),
        (lambda: sampling.draw(torch.zeros(3)), "sums to 0"),
        (lambda: sampling.draw(torch.tensor([0.5, math.nan])), "NaN"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_log_probabilities_of_tokens_are_those_of_cross_entropy():
    generator = torch.Generator().manual_seed(0)
    logits, ids = (
        torch.randn(3, 7, 11, generator=generator),
        torch.randint(0, 11, (3, 7), generator=generator),
    )
    needed = torch.nn.functional.cross_entropy(logits[:, :-1].transpose(1, 2), ids[:, 1:], reduction="none")
    assert torch.allclose(-sampling.token_logprobs(logits, ids), needed, atol=1e-6)
    assert torch.equal(sampling.token_logprobs(logits[:, :-1], ids), sampling.token_logprobs(logits, ids))
    assert sampling.token_logprobs(logits[:, :1], ids[:, :1]).shape == (3, 0)


@pytest.mark.parametrize("penalty", [1.0, 1.2, 2.5])
def test_repetition_penalty_is_theirs(penalty):
    theirs = transformers.RepetitionPenaltyLogitsProcessor(penalty)
    for seed in range(10):
        chance = torch.Generator().manual_seed(seed)
        logits = 3 * torch.randn(3, 40, generator=chance)
        ids = torch.randint(40, (3, 1 + 5 * seed), generator=chance)
        assert torch.equal(sampling.repetition_penalty(logits, ids, penalty), theirs(ids, logits))


def test_repetition_penalty_leaves_what_was_not_said_and_counts_once():
    logits = torch.tensor([3.0, -3.0, 1.0, 0.0])
    changed = sampling.repetition_penalty(logits, torch.tensor([0, 1, 0, 3]), 1.5)
    assert changed.tolist() == [2.0, -4.5, 1.0, 0.0] and logits.tolist() == [3.0, -3.0, 1.0, 0.0]
    for penalty in (0.5, math.inf, math.nan):
        with pytest.raises(ValueError, match="is not possible: it is 1"):
            sampling.repetition_penalty(logits, torch.tensor([0]), penalty)


def test_a_distribution_is_what_sample_draws_from():
    logits = torch.tensor([2.0, 1.0, 0.5, -1.0])
    for settings in ((1.0, None, 1.0, 0.0), (0.7, 3, 0.9, 0.0), (1.0, None, 1.0, 0.3), (0.0, None, 1.0, 0.0)):
        needed = sampling.distribution(logits, *settings)
        drawn = sampling.sample(
            logits.repeat(8000, 1), *settings[:3], torch.Generator().manual_seed(3), settings[3]
        )
        came = torch.bincount(drawn, minlength=4) / 8000
        assert (came[needed == 0] == 0).all() and (came - needed).abs().max() < 0.03
        assert math.isclose(float(needed.sum()), 1, abs_tol=1e-6)
    kept = sampling.distribution(logits, floor=0.3) > 0
    assert kept.tolist() == (logits.exp() >= 0.3 * logits.exp().max()).tolist()
