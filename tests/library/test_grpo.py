"""Rung `grpo`: advantages, losses and gradients against trl's and closed forms; learning; what is refused."""

import itertools
import math
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nextword import finetuning, grpo, kl, recipes, rollouts, training, verifiable
from nextword.grpo_parts.records import Config
from nextword.grpo_parts.refusals import NoSignal
from nextword.training import Diverged, TrainingConfig
from nextword.transformer import ModelConfig, Transformer

MEANS = {"sequence": "grpo", "token": "bnpo", "constant": "dr_grpo"}  # ours and trl's names
QUIET = [[verifiable.END, *b"1+1="], [verifiable.END, *b"2+1="]]


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def a_model(seed=0):
    config = ModelConfig(vocab_size=257, **recipes.shape(16, 1, 2, 64))
    return Transformer(config, seeded(seed))


def draw(n, generator):
    return [QUIET[i % 2] for i in range(n)]


# Advantages


@given(st.integers(1, 5), st.integers(2, 9), st.integers(0, 99), st.floats(-9, 9))
def test_what_is_added_to_a_groups_rewards_changes_nothing(prompts, group, seed, more):
    rewards = torch.randn(prompts, group, generator=seeded(seed), dtype=torch.float64)
    for advantages in (grpo.group_advantages, grpo.leave_one_out, lambda r: grpo.group_advantages(r, False)):
        found, moved = advantages(rewards), advantages(rewards + more)
        assert torch.allclose(found, moved, atol=1e-9)
        assert torch.allclose(found.sum(dim=1), torch.zeros(prompts, dtype=torch.float64), atol=1e-9)
        assert (found.argmax(dim=1) == rewards.argmax(dim=1)).all() and found.abs().max() > 0
        one = advantages(rewards[:1])
        assert torch.allclose(one, found[:1])  # another group has no say


def test_leave_one_out_is_the_groups_without_its_spread_a_little_longer():
    rewards = torch.randn(4, 5, generator=seeded())
    plain = grpo.group_advantages(rewards, divide=False)
    assert torch.allclose(grpo.leave_one_out(rewards), plain * 5 / 4, atol=1e-6)
    for row, found in zip(rewards, grpo.leave_one_out(rewards), strict=True):
        for i in range(5):
            others = torch.cat([row[:i], row[i + 1 :]])
            assert math.isclose(found[i], row[i] - others.mean(), abs_tol=1e-6)


@pytest.mark.parametrize("reward", [0.0, 1.0, 0.1, -3.3])
@pytest.mark.parametrize("group", [2, 3, 7, 8])
def test_equal_rewards_tell_nothing(reward, group):
    rewards = torch.full((2, group), reward)
    for advantages in (grpo.group_advantages(rewards), grpo.leave_one_out(rewards)):
        assert advantages.abs().max() < 1e-2 and not advantages.isnan().any()
    assert grpo.group_advantages(torch.ones(1, 4)).tolist() == [[0.0] * 4]


def test_a_spread_has_one_less_below_it():
    rewards = torch.tensor([[1.0, 0.0, 0.0, 0.0]])  # squares about the mean: 3/4; shared by three, 1/4
    found = grpo.group_advantages(rewards)
    assert torch.allclose(found, torch.tensor([[1.5, -0.5, -0.5, -0.5]]), atol=1e-3)


@pytest.mark.parametrize("shape", [(3, 1), (4,), (2, 2, 2)])
def test_an_answer_alone_is_refused(shape):
    for advantages in (grpo.group_advantages, grpo.leave_one_out):
        with pytest.raises(Exception, match="two answers|rewards"):
            advantages(torch.zeros(shape))
    with pytest.raises(ValueError, match="a group of 1 has no other answer"):
        Config(group=1)


def test_the_mean_of_a_gradient_over_all_groups_is_closed_form():
    """A coin with chance p of a right answer: RLOO's gradient is that of p, and no division makes it 1/n too small."""
    p, n = 0.3, 4
    slope = {True: 1 - p, False: -p}  # of log-probability by the coin's logit
    sums = {"others": 0.0, "group": 0.0}
    for outcome in itertools.product([True, False], repeat=n):
        chance = math.prod(p if right else 1 - p for right in outcome)
        rewards = torch.tensor([[float(right) for right in outcome]])
        pushes = torch.tensor([slope[right] for right in outcome])
        sums["others"] += chance * (grpo.leave_one_out(rewards)[0] * pushes).mean().item()
        sums["group"] += chance * (grpo.group_advantages(rewards, divide=False)[0] * pushes).mean().item()
    assert math.isclose(sums["others"], p * (1 - p), rel_tol=1e-5)
    assert math.isclose(sums["group"], p * (1 - p) * (n - 1) / n, rel_tol=1e-5)


# Losses, against trl


def tensors(seed=0, texts=6, places=7):
    g = seeded(seed)
    lengths = torch.tensor([7, 1, 3, 5, 2, 7])[:texts]
    mask = torch.arange(places)[None] < lengths[:, None]
    old = -torch.rand(texts, places, generator=g) * 3
    new = (old + 0.4 * torch.randn(texts, places, generator=g)).requires_grad_()
    reference = old + 0.3 * torch.randn(texts, places, generator=g)
    return new, old, reference, torch.randn(texts, generator=g), mask


def of_trl(new, old, reference, advantages, mask, loss_type, beta, longest, corrected=True):
    """The loss that trl's own trainer computes of the same tensors."""
    grpo_trainer = pytest.importorskip("trl.trainer.grpo_trainer")
    args = SimpleNamespace(use_bias_correction_kl=corrected, delta=None, steps_per_generation=1)
    accelerator = SimpleNamespace(num_processes=1, gather=lambda x: x, reduce=lambda x, **_: x)
    metrics = {"train": {}, "eval": {}}
    from collections import defaultdict

    metrics = {mode: defaultdict(list) for mode in metrics}
    self = SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *_, **__: (new, torch.zeros_like(new), None),
        aux_loss_enabled=False,
        top_entropy_quantile=1.0,
        off_policy_mask_threshold=None,
        importance_sampling_level="token",
        beta=beta,
        args=args,
        loss_type=loss_type,
        epsilon_low=0.2,
        epsilon_high=0.2,
        use_vllm=False,
        vllm_importance_sampling_correction=False,
        current_gradient_accumulation_steps=1,
        max_completion_length=longest,
        accelerator=accelerator,
        model=SimpleNamespace(training=True),
        _entropy_bonus_enabled=False,
        _metrics=metrics,
    )
    inputs = {
        "prompt_ids": torch.zeros(len(new), 1).long(),
        "prompt_mask": torch.ones(len(new), 1).long(),
        "completion_ids": torch.zeros_like(mask).long(),
        "completion_mask": mask.long(),
        "advantages": advantages,
        "old_per_token_logps": old,
        "ref_per_token_logps": reference,
        "num_items_in_batch": mask.sum(),
    }
    return grpo_trainer.GRPOTrainer._compute_loss(self, None, inputs)


@pytest.mark.parametrize("beta", [0.0, 0.1])
@pytest.mark.parametrize("mean", MEANS)
def test_losses_and_gradients_are_trls(mean, beta):
    for seed in range(4):
        new, old, reference, advantages, mask = tensors(seed)
        ours = grpo.token_losses(new, old, advantages, reference, 0.2, beta)
        ours = grpo.mean_of(ours, mask, mean, longest=9)
        theirs = of_trl(new, old, reference, advantages, mask, MEANS[mean], beta, longest=9)
        (gradient,), (needed,) = torch.autograd.grad(ours, new), torch.autograd.grad(theirs, new)
        assert torch.allclose(ours, theirs, atol=1e-6) and torch.allclose(gradient, needed, atol=1e-6)
        assert needed.abs().max() > 0.01


def test_dapo_is_the_mean_over_tokens():
    new, old, reference, advantages, mask = tensors()
    ours = grpo.mean_of(grpo.token_losses(new, old, advantages), mask, "token")
    assert torch.allclose(ours, of_trl(new, old, reference, advantages, mask, "dapo", 0.0, 9), atol=1e-6)


def test_without_the_ratio_the_gradient_of_the_distance_is_another():
    new, old, reference, advantages, mask = tensors()
    ours = grpo.mean_of(grpo.token_losses(new, old, advantages, reference, beta=1.0), mask, "token")
    theirs = of_trl(new, old, reference, advantages, mask, "bnpo", 1.0, 9, corrected=False)
    (gradient,), (other,) = torch.autograd.grad(ours, new), torch.autograd.grad(theirs, new)
    assert (gradient - other).abs().max() > 0.01


def test_the_price_of_distance_pulls_along_the_exact_divergence():
    """Over all tokens that the old policy may draw, the mean gradient is that of KL(policy || reference)."""
    policy, reference = (
        torch.randn(5, generator=seeded(1)).requires_grad_(),
        torch.randn(5, generator=seeded(2)),
    )
    logs = policy.log_softmax(0)[:, None]  # each token as a text of its own
    old = logs.detach() + 0.0
    zero = torch.zeros(5)
    losses = grpo.token_losses(logs, old, zero, reference.log_softmax(0)[:, None], clip=9.0, beta=1.0)
    (mean,) = torch.autograd.grad((old.exp() * losses).sum(), policy)
    (exact,) = torch.autograd.grad(kl.exact(policy, reference), policy)
    assert torch.allclose(mean, exact, atol=1e-6) and exact.abs().max() > 0.01


def test_advantages_are_trls():
    grpo_trainer = pytest.importorskip("trl.trainer.grpo_trainer")
    rewards = torch.randn(5, 6, generator=seeded(3))
    spread = grpo_trainer.nanstd(rewards, dim=1)[:, None]
    theirs = (rewards - rewards.mean(dim=1, keepdim=True)) / (
        spread + 1e-4
    )  # as in _generate_and_score_completions
    assert torch.allclose(grpo.group_advantages(rewards), theirs, atol=1e-6)


def test_rloo_at_the_first_step_is_trls():
    rloo_trainer = pytest.importorskip("trl.trainer.rloo_trainer")
    from collections import defaultdict

    new, _, _, _, mask = tensors()
    advantages = grpo.leave_one_out(torch.randn(2, 3, generator=seeded(4))).flatten()
    accelerator = SimpleNamespace(gather=lambda x: x, reduce=lambda x, **_: x)
    self = SimpleNamespace(
        _get_per_token_logps_and_entropies=lambda *_, **__: (new, torch.zeros_like(new), None),
        aux_loss_enabled=False,
        epsilon_low=0.2,
        epsilon_high=0.2,
        accelerator=accelerator,
        model=SimpleNamespace(training=True),
        _metrics={"train": defaultdict(list)},
    )
    inputs = {
        "prompt_ids": torch.zeros(6, 1).long(),
        "prompt_mask": torch.ones(6, 1).long(),
        "completion_ids": torch.zeros_like(mask).long(),
        "completion_mask": mask.long(),
        "advantages": advantages,
        "old_logps": (new.detach() * mask).sum(1),
    }
    theirs = rloo_trainer.RLOOTrainer._compute_loss(self, None, inputs)
    ours = grpo.mean_of(grpo.token_losses(new, new.detach(), advantages), mask, "constant", longest=1)
    (gradient,), (needed,) = torch.autograd.grad(ours, new), torch.autograd.grad(theirs, new)
    assert torch.allclose(gradient, needed, atol=1e-6) and needed.abs().max() > 0.01


def test_a_ratio_that_went_far_enough_gains_no_more_on_either_side():
    for advantage, ratio, moves in (
        (1, 1.3, False),
        (1, 0.7, True),
        (-1, 0.7, False),
        (-1, 1.3, True),
        (1, 1, True),
    ):
        new = torch.tensor([[float(ratio)]]).log().requires_grad_()
        grpo.token_losses(new, torch.zeros(1, 1), torch.tensor([float(advantage)])).sum().backward()
        assert bool(new.grad.abs() > 1e-6) == moves


def test_what_only_fills_a_row_up_has_no_say():
    new, old, reference, advantages, mask = tensors()
    bad = torch.where(mask, old, torch.nan)
    for mean in MEANS:
        losses = grpo.token_losses(new, bad, advantages)
        (gradient,) = torch.autograd.grad(grpo.mean_of(losses, mask, mean, 9), new)
        assert (gradient.isfinite() | ~mask).all()
        assert torch.allclose(
            grpo.mean_of(losses, mask, mean, 9),
            grpo.mean_of(grpo.token_losses(new, old, advantages), mask, mean, 9),
        )


# Learning


@pytest.fixture(scope="module")
def guesser():
    """A model that answers each question with a digit by chance, and stops."""
    model = a_model()
    digits = torch.randint(10, (400,), generator=seeded()).tolist()
    examples = [verifiable.example(f"{1 + i % 2}+1={digit}") for i, digit in enumerate(digits)]
    run = training.begin(model, TrainingConfig(80, batch=32, context=8))
    finetuning.finetune(run, examples, verifiable.END)
    return model


def sevens(texts):
    return torch.tensor([float(text.endswith("=7")) for text in texts])


def learn(model, reward=sevens, **settings):
    settings = {"rounds": 20, "prompts": 4, "seq_len": 8, "lr": 1e-2} | settings
    run = grpo.begin(model, verifiable.TOKENIZER, verifiable.END, reward, Config(**settings))
    return grpo.train(run, draw)


@pytest.mark.parametrize(
    "settings",
    [{}, {"divide": False}, {"baseline": "others", "mean": "constant"}, {"mean": "sequence"}, {"beta": 0.02}],
)
def test_a_model_learns_what_is_rewarded_and_the_given_one_stays_as_it_is(guesser, settings):
    before = [parameter.clone() for parameter in guesser.parameters()]
    run = learn(guesser, **settings)
    assert run.history[0].reward < 0.4 and len(run.history) == 20
    assert sum(noted.reward for noted in run.history[-5:]) / 5 > 0.85
    assert all(map(torch.equal, before, guesser.parameters()))
    assert (run.history[-1].kl is None) == (not settings.get("beta"))
    if settings.get("beta"):
        assert run.history[0].kl == 0 and 0.5 < run.history[-1].kl < 5


def test_the_same_seed_gives_the_same_run(guesser):
    first, again, other = (learn(guesser, rounds=3, seed=seed) for seed in (0, 0, 1))
    rewards = [[noted.reward for noted in run.history] for run in (first, again, other)]
    assert rewards[0] == rewards[1] != rewards[2]
    same = zip(first.policy.parameters(), again.policy.parameters(), strict=True)
    assert all(torch.equal(one, two) for one, two in same)


@pytest.mark.parametrize("reward", [0.1, 1 / 3, -7.7])
def test_groups_of_equal_rewards_turn_no_dial_by_rounding(guesser, reward):
    """The mean of seven times .1 is not .1, and AdamW would make a step of any length out of that."""
    run = grpo.begin(
        guesser,
        verifiable.TOKENIZER,
        verifiable.END,
        lambda texts: torch.full((len(texts),), reward),
        Config(group=7, seq_len=8, unfinished=reward),
    )
    grpo.iterate(run, draw(4, seeded()))
    assert all(map(torch.equal, guesser.parameters(), run.policy.parameters()))
    assert run.history[0].signal == 0


def test_log_probs_from_a_place_on_are_those_of_all(guesser):
    written = four_answers(guesser)
    whole = rollouts.log_probs(guesser, written.ids)
    assert torch.allclose(grpo.log_probs_from(guesser, written.ids, 3), whole[:, 3:], atol=1e-6)


@pytest.mark.parametrize("mean", MEANS)
def test_leaving_out_what_tells_nothing_changes_no_gradient(guesser, mean):
    """A row of advantage 0 has loss 0, but it counts in every mean."""
    config = Config(epochs=1, seq_len=8, mean=mean, longest=5)
    written, advantages = four_answers(guesser), torch.tensor([1.0, 0.0, -0.5, 0.0])
    run = grpo.begin(guesser, verifiable.TOKENIZER, verifiable.END, sevens, config)
    seen = []
    run.optimizer.step = lambda limit: seen.extend(
        parameter.grad.clone() for parameter in run.policy.parameters()
    )
    grpo.turn(run, written, advantages)
    log_probs = rollouts.log_probs(guesser, written.ids)
    losses = grpo.token_losses(log_probs, log_probs.detach(), advantages)
    needed = torch.autograd.grad(grpo.mean_of(losses, written.mask, mean, 5), list(guesser.parameters()))
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(seen, needed, strict=True))


def test_one_step_is_the_gradient_of_the_log_probabilities(guesser):
    """With old = new the first step follows advantage times the gradient of log p, worked out by autograd alone."""
    run = grpo.begin(guesser, verifiable.TOKENIZER, verifiable.END, sevens, Config(epochs=1, seq_len=8))
    written = four_answers(guesser)
    advantages = torch.tensor([1.0, -0.5, -0.5, 0.0])
    seen = {}
    run.optimizer.step = lambda limit: seen.update(
        {name: parameter.grad.clone() for name, parameter in run.policy.named_parameters()}
    )
    grpo.turn(run, written, advantages)
    log_probs = rollouts.log_probs(guesser, written.ids)
    loss = -(log_probs * written.mask * advantages[:, None]).sum() / written.mask.sum()
    needed = torch.autograd.grad(loss, list(guesser.parameters()))
    for (name, _), gradient in zip(guesser.named_parameters(), needed, strict=True):
        assert torch.allclose(seen[name], gradient, atol=1e-6), name


def four_answers(model):
    return rollouts.sample(model, [QUIET[0]] * 4, verifiable.END, 8, seeded(3))


# What is refused, and told


def test_answers_that_are_all_wrong_are_told_and_turn_nothing(guesser):
    with pytest.raises(
        NoSignal, match="in 3 rounds no group .* Of 96 answers, all were wrong. Begin with easier"
    ):
        learn(guesser, lambda texts: torch.zeros(len(texts)), patience=3)
    run = grpo.begin(
        guesser, verifiable.TOKENIZER, verifiable.END, lambda t: torch.zeros(len(t)), Config(seq_len=8)
    )
    noted = grpo.iterate(run, draw(4, seeded()))
    assert noted.signal == 0 and noted.reward == 0
    assert all(map(torch.equal, guesser.parameters(), run.policy.parameters()))


def test_answers_that_are_all_right_are_told(guesser):
    with pytest.raises(NoSignal, match="their mean is 1. .* nothing left to learn"):
        learn(guesser, lambda texts: torch.ones(len(texts)), patience=2, unfinished=1.0)


class Stubborn(Transformer):
    """A model that ends each text at once, or never."""

    def __init__(self, ends: bool):
        super().__init__(ModelConfig(vocab_size=257, **recipes.shape(16, 1, 2, 64)), seeded())
        self.ends = ends

    def unembed(self, x):
        is_end = torch.arange(257) == verifiable.END
        return super().unembed(x).masked_fill(~is_end if self.ends else is_end, -99.0)


def test_a_model_that_never_ends_is_told():
    with pytest.raises(NoSignal, match="none came to its end within 8 tokens. Give them more room"):
        learn(Stubborn(ends=False), lambda texts: torch.ones(len(texts)), patience=2)


def test_a_model_that_writes_nothing_is_told():
    with pytest.raises(NoSignal, match="nothing was written: each ended at once"):
        learn(Stubborn(ends=True), patience=2)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_reward_that_is_no_number_is_refused_with_its_text(guesser, bad):
    def reward(texts):
        return torch.tensor([0.0, bad, *[1.0] * (len(texts) - 2)])

    with pytest.raises(
        ValueError, match=r"the reward of '\d\+1=.*' is (nan|inf), and needs to be a finite number"
    ):
        learn(guesser, reward)


@pytest.mark.parametrize("given", [0.5, torch.zeros(3), torch.zeros(32, 1), [0.0] * 32])
def test_rewards_of_another_shape_are_refused(guesser, given):
    with pytest.raises(ValueError, match="for 32 texts; a tensor with a number for each"):
        learn(guesser, lambda texts: given)


def test_dials_that_run_away_are_told_and_left_as_they_were(guesser):
    run = grpo.begin(guesser, verifiable.TOKENIZER, verifiable.END, sevens, Config(seq_len=8, lr=0.5))
    with pytest.raises(Diverged, match=r"round 0: the loss is nan.*lr is 0.5"):
        grpo.turn(run, four_answers(guesser), torch.full((4,), math.nan))
    assert all(map(torch.equal, guesser.parameters(), run.policy.parameters()))
    with pytest.raises((Diverged, ValueError), match="the loss is|logits are NaN"):
        learn(guesser, lr=1e30)


@pytest.mark.parametrize(
    "settings, says",
    [
        ({"rounds": 0}, "rounds is 0"),
        ({"group": 1}, "a group of 1"),
        ({"mean": "words"}, "mean is 'words'; there are: token, sequence, constant"),
        ({"baseline": "batch"}, "baseline is 'batch'"),
        ({"clip": -0.1}, "clip is -0.1"),
        ({"beta": math.nan}, "beta is nan"),
    ],
)
def test_options_that_cannot_be_are_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        Config(**settings)


def test_prompts_that_are_too_long_are_refused(guesser):
    with pytest.raises(ValueError, match="a prompt has 5 tokens, and texts are to have 5"):
        learn(guesser, seq_len=5)
