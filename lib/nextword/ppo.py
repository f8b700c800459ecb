"""Rung `ppo`: a model writes, its texts are rewarded, and what came better than foreseen becomes likelier.

In a round texts are written, each gets a reward, for the distance from a reference some is taken off at each token,
and all is shared out over the tokens as advantages. Then a few steps follow, and none gains by going far.
Sources: Schulman et al. 2017 (PPO, arXiv 1707.06347), equations 7 and 9; Schulman et al. 2015 (GAE, arXiv 1506.02438),
equation 16; Ouyang et al. 2022 (InstructGPT, arXiv 2203.02155), section 3.5.
"""

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import nn

from nextword import kl, optim, rollouts
from nextword.base.shapes import Bool, Float, Int, Tensor
from nextword.optim import Group
from nextword.ppo_parts import refusals
from nextword.ppo_parts.records import Config, Experience, Reward, Round, Run
from nextword.tokenizer import Tokenizer
from nextword.training import Diverged
from nextword.transformer import Transformer

Places = Float[Tensor, "texts places"]  # a number for each token but the first
Mask = Bool[Tensor, "texts places"]  # which of these the policy chose
BETAS = (0.9, 0.95)  # how long AdamW remembers: a short while, for the texts keep changing


def per_token_rewards(
    scores: Float[Tensor, "texts"], log_probs: Places, reference_log_probs: Places, mask: Mask, beta: float
) -> Places:
    """At each token -beta times the distance from the reference (by k1); at a text's last token its score, too.

    >>> row, mask = torch.zeros(1, 4), torch.tensor([[False, True, True, False]])
    >>> per_token_rewards(torch.tensor([1.0]), row - 1, row - 3, mask, beta=0.25)
    tensor([[ 0.0000, -0.5000,  0.5000,  0.0000]])
    """
    places = torch.arange(mask.shape[1], device=mask.device)
    last = (places * mask).argmax(dim=1)  # (texts,)
    rewards = torch.where(mask, -beta * kl.k1(log_probs, reference_log_probs), 0)
    rewards[torch.arange(len(rewards)), last] += scores
    return rewards


def gae(rewards: Places, values: Places, mask: Mask, gamma: float = 1.0, lam: float = 0.95) -> Places:
    """Generalised advantage estimates: how much better it came than foreseen, from each token on.

    `values[:, t]` is what was foreseen before token t was chosen; behind a text's last token nothing more comes.

    >>> gae(torch.tensor([[0.0, 1.0]]), torch.tensor([[0.25, 0.5]]), torch.tensor([[True, True]]), lam=0.5)
    tensor([[0.5000, 0.5000]])
    """
    advantages = torch.zeros_like(rewards)
    advantage = next_value = torch.zeros_like(rewards[:, 0])
    for place in reversed(range(rewards.shape[1])):
        surprise = rewards[:, place] + gamma * next_value - values[:, place]  # the TD error
        advantage = torch.where(mask[:, place], surprise + gamma * lam * advantage, 0)
        next_value = torch.where(mask[:, place], values[:, place], 0)
        advantages[:, place] = advantage
    return advantages


def whiten(advantages: Places, mask: Mask) -> Places:
    """Shifted and divided so that over the mask the mean is 0 and the spread 1; outside it 0.

    >>> whiten(torch.tensor([[3.0, 5.0, 99.0]]), torch.tensor([[True, True, False]]))
    tensor([[-1.,  1.,  0.]])
    """
    centred = advantages - rollouts.masked_mean(advantages, mask)
    spread = rollouts.masked_mean(centred**2, mask).sqrt()
    return torch.where(mask, centred / spread.clamp(min=1e-4), 0)  # where all are alike, 0


def clipped_loss(
    log_probs: Places, old_log_probs: Places, advantages: Places, mask: Mask, clip: float = 0.2
) -> Float[Tensor, ""]:
    """PPO's loss: minus the mean of ratio times advantage, where a ratio that has gone far enough gains no more.

    >>> one, yes = torch.ones(1, 2), torch.tensor([[True, True]])
    >>> clipped_loss(torch.tensor([[3.0, 0.5]]).log(), 0 * one, torch.tensor([[1.0, 1.0]]), yes)  # -(1.2 + 0.5) / 2
    tensor(-0.8500)
    """
    ratio = (log_probs - old_log_probs).exp()
    clipped = ratio.clamp(1 - clip, 1 + clip)
    return -rollouts.masked_mean(torch.minimum(ratio * advantages, clipped * advantages), mask)


def value_loss(values: Places, old_values: Places, advantages: Places, mask: Mask) -> Float[Tensor, ""]:
    """The mean squared distance from what did come: what had been foreseen, plus by how much it came better.

    >>> one, yes = torch.ones(1, 2), torch.tensor([[True, True]])
    >>> value_loss(one, 2 * one, 3 * one, yes)
    tensor(16.)
    """
    came = (old_values + advantages).detach()
    return rollouts.masked_mean((values - came) ** 2, mask)


def begin(
    model: Transformer,
    tokenizer: Tokenizer,
    end: int,
    prompts: Sequence[Sequence[int]],
    reward: Reward,
    config: Config,
    reference: Transformer | None = None,
) -> Run:
    """A run before its first round. A copy learns; the model stays, and is the reference where no other is given."""
    rollouts.check_prompts(prompts, config.seq_len, model.config.context)
    policy, head = copy.deepcopy(model).train(), nn.Linear(model.config.d_model, 1)
    nn.init.zeros_(head.weight), nn.init.zeros_(head.bias)  # at first it foresees nothing
    heads = {f"value.{name}": dial for name, dial in head.named_parameters()}
    groups = [
        Group(dict(policy.named_parameters()), "adamw", config.lr, {"betas": BETAS}),
        Group(heads, "adamw", config.lr_value, {"betas": BETAS}),
    ]
    what = (policy, reference or model, tokenizer, end, prompts, reward, config, head)
    return Run(*what, optim.Optimizer(groups), torch.Generator().manual_seed(config.seed))


def read(
    model: Transformer, ids: Int[Tensor, "texts seq_len"], value_head: nn.Linear
) -> tuple[Float[Tensor, "texts seq_len-1"], Float[Tensor, "texts seq_len-1"]]:
    """The log-probability of each token but the first, and what the value head foresees just before it."""
    vectors = model.final_norm(model.stream(ids[:, :-1]))  # (texts, seq_len-1, d_model)
    return rollouts.token_log_probs(model.unembed(vectors), ids[:, 1:]), value_head(vectors)[..., 0]


@torch.no_grad()
def experience(run: Run) -> tuple[Experience, Round]:
    """Let the policy write, have its texts rewarded, and share out the rewards; and what is to be noted of it.

    Raises a ValueError where texts or rewards are such that nothing can be learned from them.
    """
    config, prompts = run.config, run.prompts
    prompts = [prompts[i % len(prompts)] for i in range(config.texts)]
    written = rollouts.sample(run.policy, prompts, run.end, config.seq_len, run.generator)
    refusals.check_written(written)
    texts, mask = written.texts(run.tokenizer), written.mask
    rewarded = refusals.check_scores(run.reward(texts), texts)
    scores = rewarded + config.unfinished * ~written.finished
    log_probs, values = read(run.policy, written.ids, run.value_head)
    reference_log_probs = rollouts.log_probs(run.reference, written.ids)
    rewards = per_token_rewards(scores, log_probs, reference_log_probs, mask, config.beta)
    advantages = gae(rewards, values, mask, config.gamma, config.lam)
    distance = (kl.k3(log_probs, reference_log_probs) * mask).sum(dim=1)  # nats, (texts,)
    noted = Round(
        reward=scores.mean().item(),
        kl=distance.mean().item(),
        finished=written.finished.float().mean().item(),
        tokens=mask.sum(dim=1).float().mean().item(),
    )
    return Experience(written, log_probs, values, advantages), noted


def turn(run: Run, lived: Experience, whitened: Places) -> tuple[float, float]:
    """One step on some texts; gives the share of their tokens outside the clip, and the value head's error.

    Raises `Diverged`, with all dials left as they were, where the loss is no number.
    """
    config, mask = run.config, lived.written.mask
    for parameter in (*run.policy.parameters(), *run.value_head.parameters()):
        parameter.grad = None  # what a step that was broken off has left
    log_probs, values = read(run.policy, lived.written.ids, run.value_head)
    error = value_loss(values, lived.values, lived.advantages, mask)
    loss = clipped_loss(log_probs, lived.log_probs, whitened, mask, config.clip) + config.value_weight * error
    if not math.isfinite(loss.item()):
        raise Diverged(
            f"round {len(run.history)}: the loss is {loss.item()}. The dials have run away, most likely because the "
            f"learning rate is too high: try a third of it (lr is {config.lr:g})"
        )
    loss.backward()
    run.optimizer.step(limit=config.clip_gradient)
    outside = ((log_probs - lived.log_probs).exp() - 1).abs() > config.clip
    return rollouts.masked_mean(outside.float(), mask).item(), error.item()


def iterate(run: Run) -> Round:
    """One round: write, reward, share out, and turn the dials a few times. It is noted in the run's history."""
    lived, noted = experience(run)
    whitened = whiten(lived.advantages, lived.written.mask)
    for _ in range(run.config.epochs):
        parts = torch.randperm(len(lived.written), generator=run.generator).split(run.config.minibatch)
        told = [turn(run, lived[part], whitened[part]) for part in parts]
    clipped, error = (sum(numbers) / len(told) for numbers in zip(*told, strict=True))
    run.history.append(replace(noted, clipped=clipped, value_error=error))
    return run.history[-1]


def train(run: Run, after_round: Callable[[Run], None] | None = None) -> Run:
    """Round after round, until all are done or the policy is `max_kl` away; `after_round` sees the run after each."""
    while len(run.history) < run.config.rounds and not run.is_far:
        iterate(run)
        if after_round is not None:
            after_round(run)
    return run
