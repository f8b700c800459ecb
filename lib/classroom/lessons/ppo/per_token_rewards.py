"""A text's score and its distance from the reference, as a reward at each token."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.ppo.shared import in_a_round, mask, noises

noise = noises(192)


def add_up(per_token_rewards):
    """A text's rewards add up to its score less beta times its whole distance, which is taken off once."""
    log_probs, reference, chosen = noise(3, 6), noise(3, 6), mask("..xxx.", ".xxxxx", "x.....")
    scores = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    needed = scores - 0.5 * ((log_probs - reference) * chosen).sum(dim=1)
    given = per_token_rewards(scores, log_probs, reference, chosen, 0.5)
    if given.shape != log_probs.shape:
        return  # the cases say it better
    if not given.sum(dim=1).allclose(needed, 1e-4, 1e-6):
        says = "A text's rewards must add up to its score less beta times its distance: the sum over its tokens, taken off once."
        shown = [" ".join(f"{x:.2f}" for x in row.tolist()) for row in (given.sum(dim=1), needed)]
        raise Wrong("rewards-sum", says, "per_token_rewards(three texts, beta=0.5).sum(dim=1)", *shown)


@check(
    "ppo.per_token_rewards",
    lives=in_a_round,
    behaviours=(add_up,),
    cases=[
        (torch.tensor([1.0]), torch.tensor([[-1.0, -1.0, -1.0]]), torch.tensor([[-3.0, -2.0, -1.5]]), mask("xxx"), 0.5),
        (torch.tensor([1.0]), torch.tensor([[-1.0, -1.0, -1.0, -1.0]]), torch.tensor([[-3.0, -2.0, -1.5, -4.0]]), mask(".xx."), 0.5),
        (torch.tensor([10.0, -4.0]), noise(2, 4), noise(2, 4), mask(".xx.", "xxxx"), 0.5),
        (torch.tensor([2.0, 3.0]), noise(2, 5), noise(2, 5), mask("..xxx", ".x..."), 0.1),
        (torch.tensor([2.0, 3.0]), noise(2, 5), noise(2, 5), mask(".xxx.", "xx..."), 0.0),
        (torch.zeros(3), noise(3, 5), noise(3, 5), mask(".xxx.", "xx...", "...xx"), 2.0),
    ],
    awkward=[
        (torch.tensor([1.0]), noise(1, 1), noise(1, 1), mask("x"), 0.3),
        (noise(4), noise(4, 1), noise(4, 1), mask("x", "x", "x", "x"), 0.3),
        (noise(1), noise(1, 7), noise(1, 7), mask("....xx."), 0.3),
        (noise(5), noise(5, 5), noise(5, 5), mask(*["..xx."] * 5), 1.0),
    ],
)  # fmt: skip
def per_token_rewards(scores, log_probs, reference_log_probs, mask, beta):
    """Text by text, and token by token."""
    rewards = torch.zeros(log_probs.shape, dtype=log_probs.dtype)
    for row, chosen in enumerate(mask.tolist()):
        own = [place for place, is_own in enumerate(chosen) if is_own]
        for place in own:
            rewards[row, place] = beta * (reference_log_probs[row, place] - log_probs[row, place])
        rewards[row, own[-1]] = rewards[row, own[-1]] + scores[row]
    return rewards


edits(
    "ppo.per_token_rewards",
    (
        "rewards-kl-sign",
        "-beta * kl.k1",
        "beta * kl.k1",
        "The distance is *rewarded*: its sign is turned. It is a price: minus beta times (the policy's log-probability minus the reference's).",
    ),
    (
        "rewards-no-mask",
        "torch.where(mask, -beta * kl.k1(log_probs, reference_log_probs), 0)",
        "-beta * kl.k1(log_probs, reference_log_probs)",
        "What was given and what only fills the row up is paid for, too. Where the mask is False, the reward is 0: torch.where(mask, price, 0).",
    ),
    (
        "rewards-score-everywhere",
        "rewards[torch.arange(len(rewards)), last] += scores",
        "rewards = rewards + scores[:, None] * mask",
        "The score is given at every token. People judge a whole text: it is given once, at the last token.",
    ),
    (
        "rewards-score-in-last-column",
        "rewards[torch.arange(len(rewards)), last] += scores",
        "rewards[:, -1] += scores",
        "The score went into the last column, which for a short text lies behind its end. The last token of each text is the last place where its mask is True.",
    ),
    (
        "rewards-score-first",
        "last = (places * mask).argmax(dim=1)",
        "last = mask.int().argmax(dim=1)",
        "The score stands at the first token that the policy chose. It is given when the text is whole: at the last.",
    ),
    (
        "rewards-last-by-count",
        "last = (places * mask).argmax(dim=1)",
        "last = mask.sum(dim=1) - 1",
        "The last place was found by counting the chosen tokens. Before them stands what was given: count from the row's beginning.",
    ),
    (
        "rewards-score-replaces",
        "] += scores",
        "] = scores.to(rewards.dtype)",
        "At the last token the score took the place of the price. Add it: that token costs as the others do.",
    ),
    (
        "rewards-kl-twice",
        "] += scores",
        "] += scores - beta * torch.where(mask, log_probs - reference_log_probs, 0).sum(dim=1)",
        "The distance is taken off twice: at each token, and once more from the score of the text. Each nat has one price.",
    ),
    (
        "rewards-kl-per-text",
        [
            (
                "torch.where(mask, -beta * kl.k1(log_probs, reference_log_probs), 0)",
                "torch.zeros_like(log_probs)",
            ),
            (
                "] += scores",
                "] += scores - beta * torch.where(mask, log_probs - reference_log_probs, 0).sum(dim=1)",
            ),
        ],
        "The whole distance is taken off at the last token. Take it off where it arises, token by token: then each knows its own price.",
    ),
    (
        "rewards-k3",
        "kl.k1",
        "kl.k3",
        "The price is k3. As a *reward*, only k1 pushes towards the reference in the right way: the difference of the log-probabilities.",
    ),
    (
        "rewards-no-beta",
        "-beta * kl.k1",
        "-kl.k1",
        "beta is missing: it says what a nat costs.",
    ),
    (
        "rewards-no-price",
        "torch.where(mask, -beta * kl.k1(log_probs, reference_log_probs), 0)",
        "torch.zeros_like(log_probs)",
        "Nothing is taken off for the distance: the policy may go as far as it likes.",
    ),
    (
        "rewards-of-probabilities",
        "kl.k1(log_probs, reference_log_probs)",
        "(log_probs.exp() - reference_log_probs.exp())",
        "The difference of the probabilities was taken. The price is that of their logs, in nats.",
    ),
    (
        "rewards-beta-of-score",
        "] += scores",
        "] += beta * scores",
        "The score is multiplied by beta, too. beta is the price of the distance alone.",
    ),
    (
        "rewards-score-shared",
        "rewards[torch.arange(len(rewards)), last] += scores",
        "rewards = rewards + (scores / mask.sum(dim=1))[:, None] * mask",
        "The score is shared out over all tokens. It is given once, at the last: who earned it, the advantages will say.",
    ),
)
