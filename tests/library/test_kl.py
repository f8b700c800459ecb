"""Rung `kl`: by value, by direction and by gradient, against sums over the whole distribution and torch's own."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.distributions import Categorical, kl_divergence

from nextword import kl

POLICY = torch.tensor([0.5, 0.3, 0.15, 0.05], dtype=torch.float64).log()
UNIFORM = torch.zeros(4, dtype=torch.float64)
logits = st.lists(st.floats(-6, 6), min_size=5, max_size=5).map(
    lambda x: torch.tensor(x, dtype=torch.float64)
)


def by_torch(policy, reference):
    return kl_divergence(Categorical(logits=policy), Categorical(logits=reference))


def true_gradient(divergence, policy, reference):
    dials = policy.clone().requires_grad_()
    return torch.autograd.grad(divergence(dials, reference), dials)[0]


def test_the_known_example():
    assert kl.exact(POLICY, UNIFORM).item() == pytest.approx(0.2442, abs=5e-5)
    assert kl.exact(UNIFORM, POLICY).item() == pytest.approx(0.3112, abs=5e-5)
    assert kl.expected(kl.k1, POLICY, UNIFORM).item() == pytest.approx(0.2442, abs=5e-5)
    assert kl.expected(kl.k3, POLICY, UNIFORM).item() == pytest.approx(0.2442, abs=5e-5)


def test_the_two_wrong_ones_of_a_book_are_told_apart():
    turned = kl.expected(lambda p, r: -kl.k1(p, r), POLICY, UNIFORM)
    ratio_turned = kl.expected(lambda p, r: (p - r).exp() - 1 - (p - r), POLICY, UNIFORM)
    assert turned.item() == pytest.approx(-0.2442, abs=5e-5)
    assert ratio_turned.item() == pytest.approx(0.2158, abs=5e-5)


@given(logits, logits)
def test_exact_is_torchs(policy, reference):
    assert torch.allclose(kl.exact(policy, reference), by_torch(policy, reference), atol=1e-12)
    assert kl.exact(policy, policy).abs() < 1e-12


@given(logits, logits)
def test_k1_and_k3_are_right_on_average_and_k2_is_not(policy, reference):
    exact = kl.exact(policy, reference)
    assert torch.allclose(kl.expected(kl.k1, policy, reference), exact, atol=1e-9)
    assert torch.allclose(kl.expected(kl.k3, policy, reference), exact, atol=1e-9)
    half_square = (policy.softmax(0) * (policy.log_softmax(0) - reference.log_softmax(0)) ** 2).sum() / 2
    assert torch.allclose(kl.expected(kl.k2, policy, reference), half_square)


def test_k2_is_off_by_a_seventh_here():
    assert kl.expected(kl.k2, POLICY, UNIFORM).item() == pytest.approx(0.2094, abs=5e-5)


@given(logits, logits)
def test_k2_and_k3_are_never_below_0(policy, reference):
    logs, reference_logs = policy.log_softmax(0), reference.log_softmax(0)
    assert (kl.k2(logs, reference_logs) >= 0).all()
    assert (kl.k3(logs, reference_logs) >= 0).all()


@given(logits, logits)
def test_as_a_loss_only_k2_follows_the_divergence(policy, reference):
    forward = true_gradient(by_torch, policy, reference)
    backward = true_gradient(lambda dials, other: by_torch(other, dials), policy, reference)
    assert torch.allclose(kl.gradient_as_loss(kl.k2, policy, reference), forward, atol=1e-9)
    assert torch.allclose(kl.gradient_as_loss(kl.k3, policy, reference), backward, atol=1e-9)
    assert kl.gradient_as_loss(kl.k1, policy, reference).abs().max() < 1e-12


@given(logits, logits)
def test_as_a_reward_only_k1_follows_the_divergence(policy, reference):
    forward = true_gradient(by_torch, policy, reference)
    backward = true_gradient(lambda dials, other: by_torch(other, dials), policy, reference)
    assert torch.allclose(kl.gradient_as_reward(kl.k1, policy, reference), forward, atol=1e-9)
    assert torch.allclose(kl.gradient_as_reward(kl.k3, policy, reference), forward - backward, atol=1e-9)


def test_the_wrong_gradients_differ_from_the_right_one():
    forward = true_gradient(by_torch, POLICY, UNIFORM)
    for wrong in (
        kl.gradient_as_loss(kl.k1, POLICY, UNIFORM),
        kl.gradient_as_loss(kl.k3, POLICY, UNIFORM),
        kl.gradient_as_reward(kl.k2, POLICY, UNIFORM),
        kl.gradient_as_reward(kl.k3, POLICY, UNIFORM),
    ):
        assert (wrong - forward).abs().max() > 0.02


def test_drawn_tokens_give_the_same_means_and_k3_is_steadier():
    chance = torch.Generator().manual_seed(0)
    near = POLICY + 0.3 * torch.randn(4, dtype=torch.float64, generator=chance)
    drawn = torch.multinomial(near.softmax(0), 200_000, replacement=True, generator=chance)
    logs, reference_logs = near.log_softmax(0)[drawn], POLICY.log_softmax(0)[drawn]
    exact, k1, k3 = kl.exact(near, POLICY), kl.k1(logs, reference_logs), kl.k3(logs, reference_logs)
    for guesses in (k1, k3):
        assert abs(guesses.mean() - exact) < 5 * guesses.std() / math.sqrt(len(drawn))
    assert k3.std() < k1.std() / 2


def test_the_gradients_leave_what_was_given_as_it_was():
    policy = POLICY.clone().requires_grad_()
    with torch.no_grad():
        kl.gradient_as_loss(kl.k2, policy, UNIFORM)
    assert policy.grad is None


def test_a_token_that_is_never_said_costs_nothing_and_one_that_the_reference_never_says_everything():
    never = torch.tensor([0.0, 0.0, -math.inf])
    assert kl.exact(never, torch.zeros(3)).item() == pytest.approx(math.log(1.5))
    assert kl.exact(torch.zeros(3), never) == math.inf


def test_small_distances_keep_their_digits():
    near = torch.tensor([-1.0]) + 1e-4
    assert kl.k3(near, torch.tensor([-1.0])).item() == pytest.approx(0.5e-8, rel=0.01)
