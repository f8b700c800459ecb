"""Rung `dpo`: learn from preferences directly, with no reward model and no samples: direct preference optimisation.

PPO looks for the policy with the most reward that does not go far from a reference. That policy can be written down;
turned round, it says which reward a policy is best for. So a policy *is* a reward model, and is fitted like one.
Sources: Rafailov et al. 2023 (DPO, arXiv 2305.18290), equations 4 to 7; Azar et al. 2023 (IPO, arXiv 2310.12036),
equation 17.
"""

import copy
import math
from collections.abc import Callable, Sequence

import torch
from torch.nn import functional

from nextword import finetuning, optim, rollouts
from nextword.base.shapes import Bool, Float, Int, Tensor
from nextword.dpo_parts import refusals
from nextword.dpo_parts.records import Config, Pair, Run, Step
from nextword.finetuning import Example
from nextword.optim import Group, Optimizer
from nextword.rollouts import Rollouts
from nextword.tokenizer import Tokenizer
from nextword.training import Diverged
from nextword.transformer import Transformer

Texts = Float[Tensor, "texts"]  # a number for each text
Pairs = Float[Tensor, "pairs"]  # a number for each pair


def optimum(
    reference: Float[Tensor, "*batch texts"], rewards: Float[Tensor, "*batch texts"], beta: float
) -> Float[Tensor, "*batch texts"]:
    """The chances that have the most of mean reward minus beta times the KL from the reference's chances (equation 4).

    >>> optimum(torch.tensor([0.5, 0.5]), torch.tensor([math.log(3), 0.0]), beta=1.0)
    tensor([0.7500, 0.2500])
    """
    return (reference.log() + rewards / beta).softmax(
        dim=-1
    )  # reference * exp(rewards / beta), and no overflow


def reply_log_probs(log_probs: Float[Tensor, "texts places"], mask: Bool[Tensor, "texts places"]) -> Texts:
    """The log-probability of each whole reply, in nats: the sum over the tokens that are its own.

    >>> reply_log_probs(torch.tensor([[-9.0, -1.0, -2.0]]), torch.tensor([[False, True, True]]))
    tensor([-3.])
    """
    return torch.where(mask, log_probs, 0).sum(dim=-1)


def implicit_rewards(log_probs: Texts, reference: Texts, beta: float) -> Texts:
    """The rewards for which this policy is the optimum, but for a constant of each prompt (equation 5).

    >>> implicit_rewards(torch.tensor([-3.0]), torch.tensor([-5.0]), beta=0.5)
    tensor([1.])
    """
    return beta * (log_probs - reference.detach())


def loss(
    chosen: Pairs, rejected: Pairs, reference_chosen: Pairs, reference_rejected: Pairs, beta: float
) -> Float[Tensor, ""]:
    """Bradley and Terry's loss on the implicit rewards: the mean surprise at people's choices, in nats (equation 7).

    All four are log-probabilities of whole replies.

    >>> same = torch.tensor([-3.0])
    >>> loss(same, same, same, same, beta=0.1)  # a policy that has learned nothing: log 2
    tensor(0.6931)
    """
    better = implicit_rewards(chosen, reference_chosen, beta)
    worse = implicit_rewards(rejected, reference_rejected, beta)
    return -functional.logsigmoid(better - worse).mean()


def ipo_loss(
    chosen: Pairs, rejected: Pairs, reference_chosen: Pairs, reference_rejected: Pairs, beta: float
) -> Float[Tensor, ""]:
    """IPO: the chosen reply shall have become likelier than the rejected one by 1 / (2 beta) nats, and not by more.

    >>> same = torch.tensor([-3.0])
    >>> ipo_loss(same + 5, same, same, same, beta=0.1)
    tensor(0.)
    """
    margin = (chosen - reference_chosen.detach()) - (rejected - reference_rejected.detach())
    return ((margin - 1 / (2 * beta)) ** 2).mean()


def examples(written: Rollouts) -> list[Example]:
    """Texts that a model wrote, each as what was given and what counts."""
    rows = zip(written.ids.tolist(), written.starts.tolist(), written.ends.tolist(), strict=True)
    return [Example(tuple(row[:end]), start) for row, start, end in rows]


def example(opening: str, text: str, tokenizer: Tokenizer, end: int) -> Example:
    """A whole text that begins with its opening: the opening was given, and what follows counts, its end too."""
    given = (end, *tokenizer.encode(opening))
    return Example((*given, *tokenizer.encode(text.removeprefix(opening)), end), len(given))


def batch(
    pairs: Sequence[Pair], end: int
) -> tuple[Int[Tensor, "texts seq_len"], Bool[Tensor, "texts places"]]:
    """Pairs as one table, all chosen replies above all rejected ones, and which of its tokens but the first count."""
    return finetuning.batch([pair.chosen for pair in pairs] + [pair.rejected for pair in pairs], end)


def score(model: Transformer, pairs: Sequence[Pair], end: int, config: Config) -> tuple[Pairs, Pairs]:
    """A model's log-probabilities of the chosen replies and of the rejected ones; for IPO a mean over tokens."""
    ids, mask = batch(pairs, end)
    device = model.embedding.weight.device
    found = reply_log_probs(rollouts.log_probs(model, ids.to(device)), mask.to(device))
    if config.loss == "ipo":  # its authors' own reading: see trl's `DPOTrainer`
        found = found / mask.sum(dim=1).to(device)
    chosen, rejected = found.chunk(2)
    return chosen, rejected


def begin(model: Transformer, pairs: Sequence[Pair], end: int, config: Config) -> Run:
    """A run before its first step. A copy learns; the model is the reference, which is asked about each pair once."""
    refusals.check_pairs(pairs)
    with torch.no_grad():
        parts = [pairs[i : i + config.batch] for i in range(0, len(pairs), config.batch)]
        reference = torch.cat([torch.stack(score(model, part, end, config), dim=1) for part in parts])
    policy = copy.deepcopy(model).train()
    group = Group(dict(policy.named_parameters()), "adamw", config.lr, {"betas": (0.9, 0.95)})
    return Run(
        policy, pairs, reference, end, config, Optimizer([group]), torch.Generator().manual_seed(config.seed)
    )


def turn(run: Run) -> Step:
    """One step on some pairs drawn by chance; noted in the run's history.

    Raises `Diverged`, with all dials left as they were, where the loss is no number.
    """
    config = run.config
    run.policy.zero_grad()  # what a step that was broken off has left
    drawn = torch.randint(len(run.pairs), (config.batch,), generator=run.generator)
    chosen, rejected = score(run.policy, [run.pairs[i] for i in drawn], run.end, config)
    before = run.reference[drawn.to(run.reference.device)]
    function = ipo_loss if config.loss == "ipo" else loss
    total = function(chosen, rejected, before[:, 0], before[:, 1], config.beta)
    if not math.isfinite(total.item()):
        raise Diverged(
            f"step {len(run.history)}: the loss is {total.item()}. The dials have run away, most likely because the "
            f"learning rate is too high: try a third of it (lr is {config.lr:g})"
        )
    total.backward()
    share = optim.warmup_and_decay(
        len(run.history), config.steps, config.warmup, round(config.decay * config.steps)
    )
    run.optimizer.step(share, config.clip)
    better, worse = (chosen - before[:, 0]).detach(), (rejected - before[:, 1]).detach()
    accuracy = (better > worse).float().mean() + (better == worse).float().mean() / 2
    run.history.append(Step(total.item(), accuracy.item(), better.mean().item(), worse.mean().item()))
    return run.history[-1]


def train(run: Run, after_step: Callable[[Run], None] | None = None) -> Run:
    """Turn until the last step is made; `after_step` sees the run after each."""
    while len(run.history) < run.config.steps:
        turn(run)
        if after_step is not None:
            after_step(run)
    return run
