"""Rung `ppo`: its formulas against sums written out, and trl; its rounds by what they must do and must not."""

import copy
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import kl, ppo, rollouts
from nextword.ppo_parts.records import Config
from nextword.tokenizer import Tokenizer
from nextword.training import Diverged
from nextword.transformer import ModelConfig, Transformer
from tests.library import trls_grpo

seeds = st.integers(0, 10_000)
rates = st.sampled_from([0.0, 0.3, 0.5, 0.95, 1.0])


def places(seed, n=4, length=7, many=1):
    """So many tables of numbers by chance."""
    chance = torch.Generator().manual_seed(seed)
    made = [torch.randn(n, length, generator=chance, dtype=torch.float64) for _ in range(many)]
    return made[0] if many == 1 else made


def a_mask(seed, n=4, length=7):
    """Masks as texts have them: some places given, some written, some behind the end; at least one written."""
    chance = torch.Generator().manual_seed(seed)
    starts = torch.randint(0, length - 1, (n, 1), generator=chance)
    lengths = 1 + torch.randint(0, length, (n, 1), generator=chance)
    at = torch.arange(length)
    return (at >= starts) & (at < starts + lengths)


# --- rewards


@given(seeds)
def test_rewards_of_a_text_add_up_to_its_score_less_its_distance(seed):
    (log_probs, reference), mask = places(seed, many=2), a_mask(seed)
    scores = torch.arange(4, dtype=torch.float64)
    rewards = ppo.per_token_rewards(scores, log_probs, reference, mask, beta=0.3)
    distance = ((log_probs - reference) * mask).sum(dim=1)
    assert torch.allclose(rewards.sum(dim=1), scores - 0.3 * distance)
    assert not rewards[~mask].any()


def test_rewards_place_by_place():
    mask = torch.tensor([[False, True, True, False], [True, True, True, True]])
    log_probs = torch.tensor([[9.0, -1.0, -2.0, 9.0], [-1.0, -1.0, -1.0, -1.0]])
    reference = torch.tensor([[0.0, -3.0, -1.0, 5.0], [-1.0, -2.0, -1.0, -1.5]])
    rewards = ppo.per_token_rewards(torch.tensor([10.0, -4.0]), log_probs, reference, mask, beta=0.5)
    needed = torch.tensor([[0.0, -1.0, 10.5, 0.0], [0.0, -0.5, 0.0, -4.25]])
    assert torch.equal(rewards, needed)


def test_rewards_take_no_notice_of_what_stands_outside_the_mask():
    mask = torch.tensor([[False, True, False]])
    rows = torch.tensor([[math.nan, -1.0, -math.inf]])
    rewards = ppo.per_token_rewards(torch.tensor([1.0]), rows, rows, mask, beta=0.5)
    assert torch.equal(rewards, torch.tensor([[0.0, 1.0, 0.0]]))


# --- advantages


def by_sums(rewards, values, mask, gamma, lam):
    """The definition, written out text by text: a sum of all later surprises, each worth gamma times lam less."""
    advantages = torch.zeros_like(rewards)
    for row in range(len(rewards)):
        own = mask[row].nonzero()[:, 0].tolist()
        foreseen = [values[row, t].item() for t in own] + [0.0]
        surprises = [
            rewards[row, t].item() + gamma * foreseen[i + 1] - foreseen[i] for i, t in enumerate(own)
        ]
        for i, t in enumerate(own):
            advantages[row, t] = sum((gamma * lam) ** j * later for j, later in enumerate(surprises[i:]))
    return advantages


@given(seeds, rates, rates)
def test_gae_is_the_sum_of_its_definition(seed, gamma, lam):
    (rewards, values), mask = places(seed, many=2), a_mask(seed)
    ours = ppo.gae(rewards, values, mask, gamma, lam)
    assert torch.allclose(ours, by_sums(rewards, values, mask, gamma, lam), atol=1e-12)


@given(seeds, rates)
def test_gae_with_lambda_0_is_the_td_error(seed, gamma):
    rewards, values = places(seed, many=2)
    all_written = torch.ones(4, 7, dtype=torch.bool)
    following = torch.cat([values[:, 1:], torch.zeros(4, 1, dtype=torch.float64)], dim=1)
    ours = ppo.gae(rewards, values, all_written, gamma, lam=0.0)
    assert torch.allclose(ours, rewards + gamma * following - values)


@given(seeds)
def test_gae_with_both_1_is_what_came_less_what_was_foreseen(seed):
    (rewards, values), mask = places(seed, many=2), a_mask(seed)
    came = (rewards * mask).flip(1).cumsum(1).flip(1)
    assert torch.allclose(ppo.gae(rewards, values, mask, 1.0, 1.0), torch.where(mask, came - values, 0))


@given(seeds, rates)
def test_gae_of_a_perfect_foresight_is_0(seed, lam):
    rewards, mask = places(seed), a_mask(seed)
    came = (rewards * mask).flip(1).cumsum(1).flip(1)
    assert ppo.gae(rewards, came, mask, 1.0, lam).abs().max() < 1e-12


def test_gae_takes_no_notice_of_what_stands_outside_the_mask():
    rewards = torch.tensor([[math.nan, 1.0, 2.0, math.inf]])
    values = torch.tensor([[7.0, 0.5, 0.25, math.nan]])
    mask = torch.tensor([[False, True, True, False]])
    assert torch.equal(ppo.gae(rewards, values, mask, 1.0, 1.0), torch.tensor([[0.0, 2.5, 1.75, 0.0]]))


@given(seeds)
def test_whitened_has_mean_0_and_spread_1_over_the_mask(seed):
    mask = a_mask(seed)
    mask[0, :3] = True
    white = ppo.whiten(100 + 3 * places(seed), mask)
    assert white[mask].mean().abs() < 1e-9
    assert white[mask].std(correction=0).item() == pytest.approx(1)
    assert not white[~mask].any()


def test_what_is_all_alike_is_whitened_to_0():
    mask = torch.ones(3, 50, dtype=torch.bool)
    assert ppo.whiten(torch.full((3, 50), 0.1), mask).abs().max() < 1e-3
    assert not ppo.whiten(torch.tensor([[math.nan, 2.0]]), torch.tensor([[False, True]])).any()


# --- losses


@pytest.mark.parametrize(
    ("ratio", "advantage", "gain"),
    [
        (1.0, 2.0, 2.0),
        (1.5, 1.0, 1.2),  # has gone far enough: no more gain
        (0.5, 1.0, 0.5),  # has gone the wrong way: all of it counts
        (1.5, -1.0, -1.5),  # likelier although it came worse: all of it counts
        (0.5, -1.0, -0.8),  # has gone far enough
        (1.1, -1.0, -1.1),
        (0.9, 1.0, 0.9),
    ],
)
def test_clipping_case_by_case(ratio, advantage, gain):
    yes, log_probs = torch.tensor([[True]]), torch.tensor([[ratio]], dtype=torch.float64).log()
    log_probs = log_probs.requires_grad_()
    loss = ppo.clipped_loss(log_probs, torch.zeros(1, 1), torch.tensor([[advantage]]), yes, 0.2)
    assert loss.item() == pytest.approx(-gain)
    slope = torch.autograd.grad(loss, log_probs)[0].item()
    assert slope == pytest.approx(-gain if gain == pytest.approx(ratio * advantage) else 0)


@settings(max_examples=20)
@given(seeds, st.sampled_from([0.05, 0.2, 0.5]), st.sampled_from([0.0, 0.1]))
def test_loss_and_gradient_are_trls(seed, clip, beta):
    pytest.importorskip("trl")
    (logs, old, reference, advantages), mask = places(seed, many=4), a_mask(seed)
    ours, theirs = logs.clone().requires_grad_(), logs.clone().requires_grad_()
    our_loss = ppo.clipped_loss(ours, old, advantages, mask, clip)
    our_loss = our_loss + beta * rollouts.masked_mean(kl.k3(ours, reference), mask)
    their_loss = trls_grpo.loss(theirs, old, reference, advantages, mask, clip=clip, beta=beta)
    assert torch.allclose(our_loss, their_loss)
    assert torch.allclose(
        *(torch.autograd.grad(*pair)[0] for pair in ((our_loss, ours), (their_loss, theirs)))
    )


@given(seeds)
def test_an_unchanged_policy_has_the_gradient_of_the_log_probabilities(seed):
    (logs, advantages), mask = places(seed, many=2), a_mask(seed)
    ours = logs.clone().requires_grad_()
    gradient = torch.autograd.grad(ppo.clipped_loss(ours, logs, advantages, mask), ours)[0]
    assert torch.allclose(gradient, -torch.where(mask, advantages, 0) / mask.sum())


def test_value_loss_and_its_gradient():
    (values, old, advantages), mask = places(0, many=3), a_mask(0)
    values, old = values.requires_grad_(), old.requires_grad_()
    loss = ppo.value_loss(values, old, advantages, mask)
    apart = (values - (old + advantages))[mask]
    assert torch.allclose(loss, (apart**2).mean())
    loss.backward()
    assert old.grad is None
    assert torch.allclose(values.grad[mask], (2 * apart / mask.sum()).detach())


# --- rounds

END = "<|end|>"
TOKENIZER = Tokenizer([], special=(END,))
END_ID = TOKENIZER.id_of(END)
SIZES = {"vocab_size": 257, "d_model": 16, "n_layers": 1, "n_heads": 2, "d_mlp": 16, "context": 16}
PROMPTS = [[END_ID, 65], [END_ID, 66, 67]]


def a_model(seed=0, end_bias=3.0):
    """A tiny model that writes bytes, some of them letters, and comes to an end now and then."""
    model = Transformer(ModelConfig(**SIZES, tied=False), torch.Generator().manual_seed(seed))
    with torch.no_grad():
        direction = model.embedding.weight.mean(dim=0).sign()
        model.embedding.weight += direction
        model.unembedding.weight[97:102] += 0.3 * direction
        model.unembedding.weight[END_ID] += end_bias / 10 * direction
    return model


def letters(texts):
    """A taste that is easily learned: the share of the letter a."""
    return torch.tensor([text.count("a") / 4 for text in texts])


def a_run(reward=letters, model=None, **options):
    settings = {"rounds": 3, "texts": 16, "minibatch": 8, "seq_len": 12, "lr": 3e-3} | options
    return ppo.begin(model or a_model(), TOKENIZER, END_ID, PROMPTS, reward, Config(**settings))


def dials(model):
    return torch.cat([dial.detach().flatten() for dial in model.parameters()])


def test_the_reward_rises_and_the_reference_stays():
    model = a_model()
    before = dials(model).clone()
    run = ppo.train(a_run(model=model, rounds=10, texts=32, minibatch=16, lr=1e-2, max_kl=99))
    assert len(run.history) == 10
    assert run.history[-1].reward > run.history[0].reward + 0.3
    assert run.history[0].kl == pytest.approx(0, abs=1e-6)
    assert run.history[-1].kl > 0.5
    assert torch.equal(dials(model), before)
    assert run.reference is model


def test_the_same_seed_gives_the_same_texts_and_dials():
    runs = [ppo.train(a_run(seed=seed)) for seed in (5, 5, 6)]
    assert runs[0].history == runs[1].history != runs[2].history
    assert torch.equal(dials(runs[0].policy), dials(runs[1].policy))
    assert not torch.equal(dials(runs[0].policy), dials(runs[2].policy))


def test_a_constant_reward_moves_nothing_once_it_is_foreseen():
    """With beta 0, lambda 1 and a value head that foresees it, no advantage is left, and no dial has a gradient."""
    model = a_model()
    run = a_run(lambda texts: torch.full((len(texts),), 2.0), model, beta=0.0, unfinished=0.0, lam=1.0)
    torch.nn.init.constant_(run.value_head.bias, 2.0)
    ppo.iterate(run)
    assert run.history[0].value_error < 1e-9
    assert (dials(run.policy) - dials(model)).abs().max() < 1e-4


def test_learning_stops_when_the_policy_is_far():
    run = ppo.train(a_run(rounds=50, lr=1e-2, max_kl=0.5))
    assert run.is_far
    assert len(run.history) < 50
    assert all(one.kl < 0.5 for one in run.history[:-1])
    assert len(ppo.train(run).history) == len(run.history)  # and does not begin again


def test_beta_holds_it_back():
    free, held = (
        ppo.train(a_run(rounds=6, texts=32, minibatch=16, lr=6e-3, beta=beta, max_kl=99)).history[-1].kl
        for beta in (0.0, 1.0)
    )
    assert held < free / 2


def test_a_text_that_was_cut_off_costs():
    seen = []

    def nothing(texts):
        seen.extend(texts)
        return torch.zeros(len(texts))

    run = a_run(nothing, unfinished=-3.0)
    lived, noted = ppo.experience(run)
    assert 0 < noted.finished < 1
    assert noted.reward == pytest.approx(-3 * (1 - noted.finished))
    assert seen == lived.written.texts(TOKENIZER)


def test_broken_off_it_goes_on_and_leaves_everything_usable():
    run, whole = a_run(rounds=4), a_run(rounds=4)

    def stop(run):
        if len(run.history) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ppo.train(run, stop)
    assert len(run.history) == 2
    assert dials(run.policy).isfinite().all()
    ppo.train(run)
    assert run.history == ppo.train(whole).history


def test_broken_off_in_the_middle_of_a_step_nothing_is_added_twice():
    run, whole = a_run(), a_run()
    for dial in run.policy.parameters():
        dial.grad = torch.ones_like(dial)  # as if backward() had just been done
    assert ppo.train(run).history == ppo.train(whole).history


def test_experience_is_what_the_parts_give():
    run = a_run()
    lived, _ = ppo.experience(run)
    written = lived.written
    log_probs = rollouts.log_probs(run.policy, written.ids)
    scores = letters(written.texts(TOKENIZER)) - 1.0 * ~written.finished
    rewards = ppo.per_token_rewards(scores, log_probs, log_probs, written.mask, 0.1)
    advantages = by_sums(rewards, torch.zeros_like(rewards), written.mask, 1.0, 0.95)
    assert torch.allclose(lived.log_probs, log_probs, atol=1e-6)
    assert torch.allclose(lived.advantages, advantages, atol=1e-5)


def test_a_reference_of_its_own():
    other = a_model(seed=3)
    run = ppo.begin(a_model(), TOKENIZER, END_ID, PROMPTS, letters, Config(texts=8, seq_len=12), other)
    _, noted = ppo.experience(run)
    assert run.reference is other
    assert noted.kl > 0.001


# --- what is refused, with nothing lost


@pytest.mark.parametrize(
    ("reward", "says"),
    [
        (
            lambda texts: torch.tensor([math.nan] + [0.0] * (len(texts) - 1)),
            "the reward of text 1, .A.*, is nan: it needs to be a finite",
        ),
        (
            lambda texts: torch.tensor([0.0] * (len(texts) - 1) + [math.inf]),
            "the reward of text 16, .BC.*, is inf",
        ),
        (lambda texts: torch.zeros(3), r"of shape \(3,\) for 16 texts; one number each"),
        (lambda texts: torch.zeros(len(texts), 1), r"of shape \(16, 1\) for 16 texts"),
        (lambda texts: [0.0] * len(texts), "gave list; a tensor with a number for each text is needed"),
    ],
)
def test_a_reward_that_is_none(reward, says):
    run = a_run(reward)
    before = dials(run.policy)
    with pytest.raises(ValueError, match=says):
        ppo.train(run)
    assert run.history == []
    assert torch.equal(dials(run.policy), before)


def test_whole_numbers_are_rewards_too():
    assert len(ppo.train(a_run(lambda texts: torch.tensor([len(text) for text in texts]))).history) == 3


def test_a_policy_that_never_ends_and_one_that_writes_nothing():
    with pytest.raises(
        ValueError, match="none of 16 texts came to its end within 12 tokens: give them more room"
    ):
        ppo.train(a_run(model=a_model(end_bias=-99)))
    with pytest.raises(ValueError, match="all 16 texts ended at once, with nothing written"):
        ppo.train(a_run(model=a_model(end_bias=99)))


def test_no_prompts_and_prompts_too_long():
    for prompts, says in (([], "a prompt is empty"), ([[END_ID] * 12], "a prompt has 12 tokens")):
        with pytest.raises(ValueError, match=says):
            ppo.begin(a_model(), TOKENIZER, END_ID, prompts, letters, Config(seq_len=12))


def test_dials_that_run_away():
    run = a_run(lr=1e8)
    with pytest.raises((Diverged, ValueError), match="try a third of it|NaN"):
        ppo.train(run)
    run = a_run()
    lived, _ = ppo.experience(run)
    before = copy.deepcopy(run.policy)
    broken = torch.full_like(lived.advantages, math.nan)
    with pytest.raises(Diverged, match="round 0: the loss is nan"):
        ppo.turn(run, lived, broken)
    assert torch.equal(dials(run.policy), dials(before))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"texts": 0}, "texts is 0"),
        ({"gamma": 1.5}, "gamma is 1.5"),
        ({"beta": -1}, "beta is -1"),
        ({"clip": math.nan}, "clip is nan"),
    ],
)
def test_options_that_are_none(options, says):
    with pytest.raises(ValueError, match=says):
        Config(**options)
