"""Rung `grpo`: a model answers each question several times, and learns from what set its better answers apart.

There is no reward model and no value head: how good an answer is, is told by the other answers to the same question.
Sources: Shao et al. 2024 (DeepSeekMath, GRPO, arXiv 2402.03300), section 4.1; Ahmadian et al. 2024 (RLOO, arXiv
2402.14740); Liu et al. 2025 (Dr. GRPO, arXiv 2503.20783), section 3; Yu et al. 2025 (DAPO, arXiv 2503.14476).
"""

import copy
import math
import time
from collections.abc import Callable, Sequence

import torch

from nextword import kl, optim, rollouts
from nextword.base.shapes import Bool, Float, Int, Tensor
from nextword.grpo_parts import refusals
from nextword.grpo_parts.records import Config, Reward, Round, Run
from nextword.optim import Group
from nextword.tokenizer import Tokenizer
from nextword.training import Diverged
from nextword.transformer import Transformer

Groups = Float[Tensor, "prompts group"]  # a row for each question, a number for each of its answers
Places = Float[Tensor, "texts places"]  # a number for each token but the first
Mask = Bool[Tensor, "texts places"]  # which of these the policy chose
TINY = 1e-4  # added to a spread, so that nothing is divided by 0


def group_advantages(rewards: Groups, divide: bool = True) -> Groups:
    """By how much each answer beat the mean of its group, perhaps in units of the group's spread (n - 1 below it).

    >>> group_advantages(torch.tensor([[1.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0]]), divide=False)
    tensor([[ 0.7500, -0.2500, -0.2500, -0.2500],
            [ 0.0000,  0.0000,  0.0000,  0.0000]])
    """
    refusals.check_groups(rewards)
    above = rewards - rewards.mean(dim=1, keepdim=True)
    return above / (rewards.std(dim=1, keepdim=True) + TINY) if divide else above


def leave_one_out(rewards: Groups) -> Groups:
    """By how much each answer beat the mean of the *others* in its group: RLOO's advantages.

    >>> leave_one_out(torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    tensor([[ 1.0000, -0.3333, -0.3333, -0.3333]])
    """
    refusals.check_groups(rewards)
    n_others = rewards.shape[1] - 1
    return rewards - (rewards.sum(dim=1, keepdim=True) - rewards) / n_others


def mean_of(values: Places, mask: Mask, over: str, longest: int = 1) -> Float[Tensor, ""]:
    """One number of many tokens': their mean, the mean of the texts' means, or their sum by texts times `longest`.

    >>> values, mask = torch.tensor([[1.0, 9.0], [4.0, 2.0]]), torch.tensor([[True, False], [True, True]])
    >>> [mean_of(values, mask, over, longest=2).item() for over in ("token", "sequence", "constant")]
    [2.3333332538604736, 2.0, 1.75]
    """
    values = values.masked_fill(~mask, 0)
    if over == "sequence":  # GRPO as it was published
        return (values.sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()
    if over == "token":  # DAPO
        return values.sum() / mask.sum().clamp(min=1)
    return values.sum() / (len(values) * longest)  # Dr. GRPO; and RLOO, with longest = 1


def token_losses(
    log_probs: Places,
    old_log_probs: Places,
    advantages: Float[Tensor, "texts"],
    reference_log_probs: Places | None = None,
    clip: float = 0.2,
    beta: float = 0.0,
) -> Places:
    """At each token minus PPO's clipped gain, with its text's advantage; perhaps the price of leaving the reference.

    >>> token_losses(torch.tensor([[3.0, 0.5]]).log(), torch.zeros(1, 2), torch.tensor([2.0]))
    tensor([[-2.4000, -1.0000]])
    """
    ratio = (log_probs - old_log_probs).exp()
    gained, allowed = ratio * advantages[:, None], ratio.clamp(1 - clip, 1 + clip) * advantages[:, None]
    losses = -torch.minimum(gained, allowed)
    if not beta:
        return losses
    # times the ratio: without it the gradient is that of the other direction, KL(reference || policy)
    return losses + beta * ratio * kl.k3(log_probs, reference_log_probs)


def begin(model: Transformer, tokenizer: Tokenizer, end: int, reward: Reward, config: Config) -> Run:
    """A run before its first round. What learns is a copy; the model stays as it is, and is the reference."""
    policy = copy.deepcopy(model).train()
    group = Group(dict(policy.named_parameters()), "adamw", config.lr, {"betas": (0.9, 0.95)})
    generator = torch.Generator().manual_seed(config.seed)
    return Run(policy, model, tokenizer, end, reward, config, optim.Optimizer([group]), generator)


def iterate(run: Run, prompts: Sequence[Sequence[int]]) -> Round:
    """One round: answer each prompt several times, have the answers rewarded, and turn the dials a few times.

    What came of it is noted in the run's history. Where all answers to each prompt got one reward, no dial is turned.
    """
    began, config = time.process_time(), run.config
    repeated = [prompt for prompt in prompts for _ in range(config.group)]
    written = rollouts.sample(run.policy, repeated, run.end, config.seq_len, run.generator)
    texts = written.texts(run.tokenizer)
    scores = refusals.check_scores(run.reward(texts), texts)
    scores = torch.where(written.finished, scores, config.unfinished)
    groups = scores.view(-1, config.group)  # (prompts, group)
    tells = (groups != groups[:, :1]).any(dim=1)  # (prompts,)
    others = config.baseline == "others"
    advantages = leave_one_out(groups) if others else group_advantages(groups, config.divide)
    advantages = torch.where(tells[:, None], advantages, 0).flatten()  # rounding alone must turn no dial
    distance = turn(run, written, advantages) if tells.any() or config.beta else None
    noted = Round(
        reward=scores.mean().item(),
        signal=tells.float().mean().item(),
        finished=written.finished.float().mean().item(),
        tokens=written.mask.sum(dim=1).float().mean().item(),
        kl=distance,
        seconds=time.process_time() - began,
    )
    run.history.append(noted)
    return noted


def turn(run: Run, written: rollouts.Rollouts, advantages: Float[Tensor, "texts"]) -> float | None:
    """A few steps with the same texts; gives how far from the reference they were, in nats a text, if that has a price.

    Raises `Diverged`, with the dials as they were before that step, where the loss is no number.
    """
    config, old, reference = run.config, None, None
    first = int(written.starts.min()) - 1  # before it all was given
    mask = written.mask[:, first:]
    tells = (advantages != 0) | bool(config.beta)  # the others' losses are 0, and need not be worked out
    ids = written.ids[tells]
    if config.beta:
        with torch.no_grad():
            reference = log_probs_from(run.reference, ids, first)
    for _ in range(config.epochs):
        run.policy.zero_grad()  # what a step that was broken off has left
        log_probs = log_probs_from(run.policy, ids, first)
        old = log_probs.detach() if old is None else old  # the dials that wrote are those of the first step
        losses = torch.zeros(mask.shape)
        losses[tells] = token_losses(log_probs, old, advantages[tells], reference, config.clip, config.beta)
        loss = mean_of(losses, mask, config.mean, config.longest)
        if not math.isfinite(loss.item()):
            raise Diverged(
                f"round {len(run.history)}: the loss is {loss.item()}. The dials have run away, most likely as the "
                f"learning rate is too high: try a third of it (lr is {config.lr:g})"
            )
        loss.backward()
        run.optimizer.step(limit=config.clip_gradient)
    return (kl.k1(old, reference) * mask).sum(dim=1).mean().item() if config.beta else None


def log_probs_from(model: Transformer, ids: Int[Tensor, "texts seq_len"], first: int) -> Places:
    """As `rollouts.log_probs`, without the first so many tokens: to read them costs less than to predict them."""
    vectors = model.final_norm(model.stream(ids[:, :-1])[:, first:])
    return rollouts.token_log_probs(model.unembed(vectors), ids[:, first + 1 :])


def train(
    run: Run,
    draw: Callable[[int, torch.Generator], Sequence[Sequence[int]]],
    after_round: Callable[[Run], None] | None = None,
) -> Run:
    """Round after round with new prompts, given by `draw(how many, generator)`; `after_round` sees the run after each.

    Raises `NoSignal`, with the likely cause, where round after round no group held two different rewards.
    """
    while len(run.history) < run.config.rounds:
        iterate(run, draw(run.config.prompts, run.generator))
        if after_round is not None:
            after_round(run)
        refusals.check_signal(run)
    return run
