"""DPO: its loss and gradients equal trl's, nothing beats its optimum, and a policy fitted to preferences gets there."""

import copy
import math
from random import Random

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from nextword import dpo, kl, optim, rollouts
from nextword.dpo import Config, Pair
from nextword.finetuning import Example
from nextword.optim import Group
from nextword.rollouts import Rollouts
from nextword.tokenizer import Tokenizer
from nextword.training import Diverged
from nextword.transformer import ModelConfig, Transformer
from tests.library import theirs, trl_dpo

END, VOCAB = 39, 40


def model(seed: int = 0, scale: float = 0.3) -> Transformer:
    """A tiny Llama, all of whose dials say something."""
    config = ModelConfig(vocab_size=VOCAB, d_model=16, n_layers=2, n_heads=2, d_mlp=32, context=32)
    made, generator = Transformer(config), torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for dials in made.parameters():
            dials.add_(scale * torch.randn(dials.shape, generator=generator))
    return made


def pairs(n: int = 6, seed: int = 1) -> list[Pair]:
    """Replies of many lengths to prompts of many lengths."""
    random = Random(seed)
    draw = lambda n: [random.randrange(END) for _ in range(n)]  # noqa: E731
    found = []
    for i in range(n):
        prompt = [END, *draw(i % 4)]
        found.append(
            Pair(*(Example((*prompt, *draw(random.randrange(9)), END), len(prompt)) for _ in range(2)))
        )
    return found


def moved(made: Transformer, by: float = 0.05) -> Transformer:
    other, generator = copy.deepcopy(made), torch.Generator().manual_seed(5)
    with torch.no_grad():
        for dials in other.parameters():
            dials.add_(by * torch.randn(dials.shape, generator=generator))
    return other


def our_loss(policy: Transformer, reference: Transformer, some: list[Pair], config: Config) -> torch.Tensor:
    with torch.no_grad():
        before = dpo.score(reference, some, END, config)
    chosen, rejected = dpo.score(policy, some, END, config)
    return (dpo.ipo_loss if config.loss == "ipo" else dpo.loss)(chosen, rejected, *before, config.beta)


@pytest.mark.parametrize(("ours", "trls"), [("dpo", "sigmoid"), ("ipo", "ipo")])
@pytest.mark.parametrize(("beta", "by"), [(0.1, 0.05), (0.5, 0.3)])
def test_loss_and_gradients_are_trls(ours, trls, beta, by):
    reference, some = model(), pairs()
    policy = moved(reference, by)
    trainer = trl_dpo.trainer(policy, reference, some, END, loss_type=[trls], beta=beta)
    needed, gradients = trl_dpo.loss_and_gradients(trainer)
    found = our_loss(policy, reference, some, Config(1, beta=beta, loss=ours))
    found.backward()
    assert found.item() == pytest.approx(needed.item(), rel=3e-6)
    assert (
        abs(found.item() - our_loss(reference, reference, some, Config(1, beta=beta, loss=ours)).item())
        > 1e-3
    )
    as_dials = copy.deepcopy(policy)
    with torch.no_grad():
        for dials, of in zip(as_dials.parameters(), policy.parameters(), strict=True):
            dials.copy_(of.grad)
    ours_by_name = dict(theirs.llama(as_dials).named_parameters())
    largest = max(gradient.abs().max() for gradient in gradients.values())
    for name, gradient in gradients.items():
        assert (ours_by_name[name] - gradient).abs().max() < 2e-5 * largest, name


def numbers(*shape: int, seed: int = 0, scale: float = 1.0) -> torch.Tensor:
    return scale * torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_loss_is_the_closed_form():
    four = numbers(4, 7, scale=20)
    margin = (four[0] - four[2]) - (four[1] - four[3])
    assert torch.allclose(dpo.loss(*four, beta=0.3), torch.log1p(torch.exp(-0.3 * margin)).mean())
    assert torch.allclose(dpo.ipo_loss(*four, beta=0.3), ((margin - 1 / 0.6) ** 2).mean())


def test_a_policy_that_has_learned_nothing_is_as_surprised_as_by_a_coin():
    chosen, rejected = numbers(2, 5, scale=30)
    for beta in (0.01, 0.1, 5.0):
        assert dpo.loss(chosen, rejected, chosen, rejected, beta).item() == pytest.approx(math.log(2))
        assert dpo.ipo_loss(chosen, rejected, chosen, rejected, beta).item() == pytest.approx(
            1 / (4 * beta**2)
        )


def test_exchanging_a_pair_turns_the_sign_of_its_margin():
    four = numbers(4, 1, scale=20)
    margin = (four[0] - four[2]) - (four[1] - four[3])
    there, back = dpo.loss(*four, beta=0.2), dpo.loss(four[1], four[0], four[3], four[2], beta=0.2)
    assert (back - there).item() == pytest.approx(0.2 * margin.item())  # log s(x) - log s(-x) = x


def test_what_a_prompt_adds_to_both_replies_cancels():
    four, prompt = numbers(4, 6, scale=5), numbers(6, seed=2, scale=50)
    for function in (dpo.loss, dpo.ipo_loss):
        assert torch.allclose(function(*(four + prompt), beta=0.2), function(*four, beta=0.2))


@pytest.mark.parametrize("far", [-5000.0, 5000.0])
def test_no_margin_is_too_far(far):
    chosen = torch.tensor([far], requires_grad=True)
    zero = torch.zeros(1)
    found = dpo.loss(chosen, zero, zero, zero, beta=1.0)
    found.backward()
    assert found.item() == pytest.approx(max(0.0, -far)) and chosen.grad.item() == (-1 if far < 0 else 0)


def test_no_gradient_reaches_the_reference():
    four = [numbers(5, seed=i).requires_grad_() for i in range(4)]
    for function in (dpo.loss, dpo.ipo_loss):
        for one in four:
            one.grad = None
        function(*four, beta=0.1).backward()
        assert all(one.grad.abs().min() > 0 for one in four[:2]) and all(one.grad is None for one in four[2:])


def test_implicit_rewards():
    assert dpo.implicit_rewards(torch.tensor([-3.0, -8.0]), torch.tensor([-5.0, -7.0]), 0.5).tolist() == [
        1,
        -0.5,
    ]


def test_reply_log_probs_is_a_sum_over_the_mask_whatever_stands_outside():
    log_probs, mask = numbers(4, 6), torch.rand(4, 6, generator=torch.Generator().manual_seed(3)) < 0.5
    needed = [
        sum(p for p, own in zip(row, yes, strict=True) if own)
        for row, yes in zip(log_probs.tolist(), mask.tolist(), strict=True)
    ]
    for outside in (0.0, math.nan, -math.inf):
        found = dpo.reply_log_probs(log_probs.masked_fill(~mask, outside), mask)
        assert found.tolist() == pytest.approx(needed)
    assert dpo.reply_log_probs(log_probs, torch.zeros(4, 6, dtype=torch.bool)).tolist() == [0] * 4


def worth(chances: torch.Tensor, reference: torch.Tensor, rewards: torch.Tensor, beta: float) -> torch.Tensor:
    """What the policy is to have the most of."""
    return (chances * rewards).sum(-1) - beta * kl.exact(chances.log(), reference.log().expand_as(chances))


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.3, 1.0, 10.0]))
def test_nothing_is_better_than_the_optimum(seed, beta):
    reference, rewards = numbers(6, seed=seed).softmax(-1), numbers(6, seed=seed + 1, scale=2)
    best = dpo.optimum(reference, rewards, beta)
    at_best = worth(best, reference, rewards, beta)
    others = numbers(200, 6, seed=seed + 2, scale=3).softmax(-1)
    near = (best.log() + 0.01 * numbers(200, 6, seed=seed + 3)).softmax(-1)
    for some in (others, near):
        assert (worth(some, reference, rewards, beta) <= at_best + 1e-9).all()
        # what is lacking is beta times the KL from the optimum
        short = beta * kl.exact(some.log(), best.log().expand_as(some))
        assert torch.allclose(at_best - worth(some, reference, rewards, beta), short)
    log_z = torch.logsumexp(reference.log() + rewards / beta, 0)
    assert at_best.item() == pytest.approx(beta * log_z.item(), abs=1e-9)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.sampled_from([0.05, 0.3, 1.0]))
def test_the_optimums_implicit_rewards_are_the_rewards_but_for_a_constant(seed, beta):
    reference, rewards = numbers(6, seed=seed).softmax(-1), numbers(6, seed=seed + 1)
    best = dpo.optimum(reference, rewards, beta)
    lacking = rewards - dpo.implicit_rewards(best.log(), reference.log(), beta)
    assert lacking.max().item() == pytest.approx(lacking.min().item(), abs=1e-9)


def test_the_optimum_at_its_limits():
    reference = torch.tensor([0.7, 0.2, 0.1, 0.0])
    assert torch.allclose(
        dpo.optimum(reference, torch.full((4,), 9.0), 0.1), reference
    )  # a constant moves nothing
    assert torch.allclose(dpo.optimum(reference, torch.tensor([0.0, 5, 1, 9]), 1e9), reference)
    far = dpo.optimum(reference, torch.tensor([0.0, 5, 1, 9]), 1e-4)  # exp(50,000) is no number
    assert far.tolist() == [0, 1, 0, 0]
    stack = dpo.optimum(reference.repeat(2, 1), torch.tensor([[0.0, 1, 0, 0], [0, 0, 1, 0]]), 1.0)
    assert torch.allclose(stack.sum(-1), torch.ones(2)) and stack[0, 1] > stack[1, 1]


def test_a_policy_that_is_fitted_to_preferences_arrives_at_the_optimum_of_the_rewards_behind_them():
    """No reward is given to it: only how often each reply is preferred to each other one."""
    beta, rewards = 0.4, torch.tensor([1.0, 0.2, -0.5, 0.0])
    reference = torch.tensor([0.1, 0.2, 0.3, 0.4])
    prefers = torch.sigmoid(rewards[:, None] - rewards)
    logits = reference.log().clone().requires_grad_()
    optimizer = optim.Optimizer([Group({"logits": logits}, "adamw", 0.03)])
    first, second = torch.combinations(torch.arange(4)).T
    for step in range(400):
        logs = logits.log_softmax(0)
        there = torch.nn.functional.logsigmoid(
            beta * ((logs - reference.log())[first] - (logs - reference.log())[second])
        )
        back = torch.nn.functional.logsigmoid(
            beta * ((logs - reference.log())[second] - (logs - reference.log())[first])
        )
        (-(prefers[first, second] * there + prefers[second, first] * back).mean()).backward()
        optimizer.step(1 - step / 400)
    assert torch.allclose(logits.detach().softmax(0), dpo.optimum(reference, rewards, beta), atol=2e-3)


def test_written_texts_become_examples():
    written = Rollouts(
        torch.tensor([[39, 4, 5, 39], [39, 4, 6, 7]]), torch.tensor([2, 2]), torch.tensor([4, 4]), 39
    )
    assert dpo.examples(written) == [Example((39, 4, 5, 39), 2), Example((39, 4, 6, 7), 2)]
    ids, mask = dpo.batch([Pair(*dpo.examples(written))], 39)
    assert torch.equal(ids, written.ids) and torch.equal(mask, written.mask)


def test_a_text_becomes_an_example_behind_its_opening():
    tokenizer = Tokenizer([], special=("<|end|>",))
    found = dpo.example("ab", "abc.", tokenizer, 256)
    assert found == Example((256, 97, 98, 99, 46, 256), 3)


def test_scores_are_what_the_model_gives_each_reply_alone():
    made, some = model(), pairs()
    for mean in (False, True):
        found = dpo.score(made, some, END, Config(1, loss="ipo" if mean else "dpo"))
        for which, scores in zip(("chosen", "rejected"), found, strict=True):
            for pair, value in zip(some, scores.tolist(), strict=True):
                one = getattr(pair, which)
                own = rollouts.log_probs(made, torch.tensor([one.ids]))[0, one.start - 1 :]
                assert value == pytest.approx((own.mean() if mean else own.sum()).item(), rel=1e-5)


def test_a_run_begins_at_a_coins_surprise_and_leaves_the_reference_alone():
    made, some = model(), pairs()
    kept = copy.deepcopy(made.state_dict())
    run = dpo.begin(made, some, END, Config(20, batch=4, lr=0.01))
    first = dpo.turn(run)
    assert first.loss == pytest.approx(math.log(2), abs=1e-5) and first.accuracy == 0.5
    assert first.chosen == pytest.approx(0, abs=1e-4)
    dpo.train(run)
    assert len(run.history) == 20 and run.history[-1].loss < 0.5 and run.history[-1].accuracy > 0.7
    assert all(torch.equal(dials, kept[name]) for name, dials in made.state_dict().items())
    again = dpo.train(dpo.begin(made, some, END, Config(20, batch=4, lr=0.01)))
    assert again.history == run.history
    other = dpo.train(dpo.begin(made, some, END, Config(20, batch=4, lr=0.01, seed=1)))
    assert other.history != run.history


@pytest.mark.parametrize("loss", ["dpo", "ipo"])
def test_what_is_preferred_becomes_likelier_than_what_is_not(loss):
    """Token 1 is preferred to token 2; pairs that were not learned from follow, and a turned judge turns it round."""
    made = model(scale=0.1)
    prompts = [[END, token] for token in range(3, 30)]
    some = [Pair(Example((*prompt, 1, END), 2), Example((*prompt, 2, END), 2)) for prompt in prompts]
    turned = [Pair(pair.rejected, pair.chosen) for pair in some]
    gaps = []
    for learned in (some[:20], turned[:20]):
        run = dpo.train(dpo.begin(made, learned, END, Config(25, batch=8, lr=0.01, loss=loss, beta=0.2)))
        chosen, rejected = dpo.score(run.policy, some[20:], END, run.config)
        before = dpo.score(made, some[20:], END, run.config)
        gaps.append((chosen - before[0]) - (rejected - before[1]))
    assert gaps[0].min() > 0.5 and gaps[1].max() < -0.5


def test_a_step_that_goes_wrong_turns_nothing():
    run = dpo.begin(model(), pairs(), END, Config(5, batch=4))
    run.reference[:] = math.nan
    kept = copy.deepcopy(run.policy.state_dict())
    with pytest.raises(Diverged, match="step 0: the loss is nan.*lr is 0.0003"):
        dpo.turn(run)
    assert (
        all(torch.equal(dials, kept[name]) for name, dials in run.policy.state_dict().items())
        and not run.history
    )


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ([], "there is no pair to learn from"),
        ([Pair(Example((39, 1, 2), 2), Example((39, 3, 2), 2))], "pair 0 have different prompts"),
        ([Pair(Example((39, 1, 2), 2), Example((39, 1, 2), 2))], "both replies are the same"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        dpo.begin(model(), wrong, END, Config(1))


@pytest.mark.parametrize(
    ("options", "says"),
    [({"beta": 0.0}, "beta is 0.0"), ({"loss": "kto"}, "loss is 'kto'"), ({"steps": 0}, "steps is 0")],
)
def test_settings_that_make_no_sense_are_refused(options, says):
    with pytest.raises(ValueError, match=says):
        Config(**({"steps": 1} | options))
