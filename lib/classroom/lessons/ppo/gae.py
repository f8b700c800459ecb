"""Advantages, from the last token back to the first.

What makes it hard: two values stand in each surprise, two numbers weigh what comes later, and a text ends before its row.
"""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.ppo.shared import in_a_round, mask, noises

noise = noises(193)


def row(*numbers: float) -> torch.Tensor:
    return torch.tensor([numbers])


def foresee(gae):
    """Where all was foreseen rightly, nothing came better: every advantage is 0."""
    rewards, chosen = noise(3, 6), mask(".xxxx.", "xxxxxx", "..xx..")
    came = (rewards * chosen).flip(1).cumsum(1).flip(1)
    given = gae(rewards, came, chosen, 1.0, 0.9)
    if given.shape == chosen.shape and given.abs().max() > 1e-5:
        says = "All was foreseen rightly here: each value is the sum of the rewards to come. Nothing came better, so every advantage is 0."
        raise Wrong(
            "gae-foreseen",
            says,
            "gae(rewards, their sums from each place on, mask, gamma=1.0, lam=0.9)",
            f"up to {given.abs().max():.2f}",
        )


@check(
    "ppo.gae",
    lives=in_a_round,
    behaviours=(foresee,),
    cases=[
        (row(0.0, 1.0), row(0.25, 0.5), mask("xx"), 1.0, 0.5),
        (row(0.0, 0.0, 8.0), row(0.0, 0.0, 0.0), mask("xxx"), 0.5, 1.0),
        (row(0.0, 0.0, 8.0), row(1.0, 2.0, 4.0), mask("xxx"), 1.0, 0.5),
        (row(0.0, 1.0, 0.0), row(0.0, 0.5, 7.0), mask(".x."), 1.0, 0.9),
        (row(0.0, 1.0, 2.0, 0.0), row(3.0, 0.5, 0.25, 7.0), mask(".xx."), 0.9, 0.8),
        (row(1.0, -2.0, 0.5), row(3.0, 0.5, 0.25), mask("xxx"), 0.9, 0.0),
        (noise(2, 5), noise(2, 5), mask("xxxxx", ".xxx."), 0.5, 0.9),
        (noise(3, 6), noise(3, 6), mask("xxx...", "..xxxx", "....x."), 1.0, 0.95),
    ],
    awkward=[
        (noise(1, 1), noise(1, 1), mask("x"), 0.7, 0.6),
        (noise(4, 1), noise(4, 1), mask("x", "x", "x", "x"), 0.7, 0.6),
        (noise(1, 8), noise(1, 8), mask("..xxxx.."), 0.7, 0.6),
        (noise(4, 4), noise(4, 4), mask(*["xxxx"] * 4), 0.0, 0.9),
        (noise(2, 7), noise(2, 7), mask("x......", "......x"), 0.8, 1.0),
        (torch.zeros(2, 3), torch.zeros(2, 3), mask("xx.", ".xx"), 1.0, 1.0),
        (torch.randint(5, (2, 4), generator=torch.Generator().manual_seed(1)).float(), noise(2, 4).float(), mask("xxxx", "xx.."), 1.0, 0.95),
    ],
)  # fmt: skip
def gae(rewards, values, mask, gamma=1.0, lam=0.95):
    """By the definition, text by text: a sum over all later surprises."""
    advantages = torch.zeros(rewards.shape, dtype=rewards.dtype)
    for text, chosen in enumerate(mask.tolist()):
        own = [place for place, is_own in enumerate(chosen) if is_own]
        foreseen = [values[text, place] for place in own] + [0.0]
        surprises = [
            rewards[text, place] + gamma * foreseen[i + 1] - foreseen[i] for i, place in enumerate(own)
        ]
        for i, place in enumerate(own):
            advantages[text, place] = sum((gamma * lam) ** (j - i) * surprises[j] for j in range(i, len(own)))
    return advantages


edits(
    "ppo.gae",
    (
        "gae-no-bootstrap",
        " + gamma * next_value - ",
        " - ",
        "What is foreseen at the next token is left out. A surprise is the reward, plus gamma times the *next* value, minus this value; only behind a text's end there is nothing.",
    ),
    (
        "gae-value-of-padding",
        "next_value = torch.where(mask[:, place], values[:, place], 0)",
        "next_value = values[:, place]",
        "At a text's last token the next value was taken from behind its end. Nothing more comes there, so the next value is 0.",
    ),
    (
        "gae-over-padding",
        [
            (
                "torch.where(mask[:, place], surprise + gamma * lam * advantage, 0)",
                "surprise + gamma * lam * advantage",
            ),
            (
                "next_value = torch.where(mask[:, place], values[:, place], 0)",
                "next_value = values[:, place]",
            ),
        ],
        "The mask is left out: what is given and what fills the row up gets advantages, and they run into the text's own. Where the mask is False, the advantage is 0, and nothing is handed on.",
    ),
    (
        "gae-values-swapped",
        "gamma * next_value - values[:, place]",
        "gamma * values[:, place] - next_value",
        "The two values have changed places. What is foreseen next comes in, times gamma; what was foreseen here is taken off.",
    ),
    (
        "gae-no-value",
        " - values[:, place]",
        "",
        "What was foreseen at this token is not taken off. An advantage says how much *better* it came than foreseen.",
    ),
    (
        "gae-no-gamma",
        " + gamma * next_value",
        " + next_value",
        "The next value is not multiplied by gamma: a token later, all is worth gamma times as much.",
    ),
    (
        "gae-gamma-and-lambda-exchanged",
        "gamma * next_value",
        "lam * next_value",
        "gamma and lambda are exchanged. Beside the next value stands gamma alone; later surprises are weighed by both.",
    ),
    (
        "gae-later-without-lambda",
        "gamma * lam * advantage",
        "gamma * advantage",
        "Later surprises are weighed by gamma alone. lambda is missing there: gamma * lam.",
    ),
    (
        "gae-td-error",
        " + gamma * lam * advantage",
        "",
        "Each place has its own surprise only, as if lambda were 0. Add what was found for the token behind it, times gamma and lambda.",
    ),
    (
        "gae-forwards",
        "reversed(range(rewards.shape[1]))",
        "range(rewards.shape[1])",
        "It runs from the first token to the last, so each advantage tells of what came *before*. Go backwards: reversed(range(...)).",
    ),
    (
        "gae-returns",
        "return advantages",
        "return torch.where(mask, advantages + values, 0)",
        "The values were added. That is what the value head will learn; the advantages are asked for.",
    ),
    (
        "gae-returns-leak",
        ...,
        """
        whole = (rewards * mask).sum(dim=1, keepdim=True)
        return torch.where(mask, whole - values, 0)
        """,
        "All rewards of the text are counted at each token, those before it as well. A token can answer only for what comes from it on.",
    ),
    (
        "gae-lambda-in-both",
        "gamma * next_value",
        "gamma * lam * next_value",
        "lambda stands beside the next value, too. It weighs later surprises only; the next value is multiplied by gamma alone.",
    ),
    (
        "gae-advantage-of-padding",
        [
            (
                "torch.where(mask[:, place], surprise + gamma * lam * advantage, 0)",
                "surprise + gamma * lam * advantage",
            ),
            ("return advantages", "return torch.where(mask, advantages, 0)"),
        ],
        "Places behind a text's end hand an advantage on to the text's own last token. Where the mask is False, nothing is handed on.",
    ),
)
