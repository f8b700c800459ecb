"""The weights from scores and one number a row. The oracle goes number by number, in Python."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Named, check
from classroom.lessons.fused_attention_backward.shared import scores

noise = shelf.noises(142)


def case(query: torch.Tensor, key: torch.Tensor, more: float = 0.0, **mask) -> tuple:
    """A case whose lse is that of these keys; with `more`, of others besides, as where this is one tile of many."""
    lse = scores(query, key, **{"causal": True, "window": None} | mask).logsumexp(-1) + more
    return query, key, lse.float(), Named(**mask)


@check(
    "attention_backward.weights_again",
    cases=[
        (torch.zeros(1, 2, 1), torch.zeros(1, 2, 1), torch.tensor([[0.0, math.log(2)]])),
        case(torch.tensor([[[2.0], [1.0]]]), torch.tensor([[[0.0], [1.0]]])),
        case(torch.tensor([[[2.0], [1.0]]]), torch.tensor([[[0.0], [1.0]]]), causal=False),
        case(torch.tensor([[[2.0], [1.0]]]), torch.tensor([[[0.0], [1.0]]]), more=1.0),
        case(noise(1, 3, 4), noise(1, 3, 4)),
        case(noise(1, 2, 4), noise(1, 5, 4)),
        case(noise(1, 6, 4), noise(1, 6, 4), window=2),
        case(noise(4, 3, 4), noise(2, 3, 4)),
        case(noise(2, 2, 3, 9), noise(2, 2, 3, 9), causal=False),
    ],
    awkward=[
        case(noise(1, 1, 4), noise(1, 1, 4)),
        case(noise(1, 1, 1), noise(1, 4, 1)),
        case(noise(2, 3, 1, 4, 5), noise(2, 3, 1, 4, 5)),
        case(noise(3, 4, 2), noise(1, 7, 2), causal=False, window=3),
        case(30 * noise(1, 3, 4), 30 * noise(1, 3, 4)),
        (
            torch.ones(1, 2, 4),
            torch.ones(1, 1, 4),
            torch.tensor([[-math.inf, 2.0]]),
        ),  # the first sees nothing
    ],
)
def weights_again(query, key, lse, *, causal=True, window=None):
    table = scores(query, key, causal, window)
    found = [0.0 if score == -math.inf else math.exp(score - total) for score, total in pairs(table, lse)]
    return torch.tensor(found).reshape(table.shape).to(query.dtype)


def pairs(table: torch.Tensor, lse: torch.Tensor):
    """Each score with the lse of its row."""
    rows = zip(table.flatten(end_dim=-2).tolist(), lse.double().flatten().tolist(), strict=True)
    return ((score, total) for row, total in rows for score in row)


SCORES = "attention.scores(query, attention.repeat_kv(key, query.shape[-3]))"
edits(
    "attention_backward.weights_again",
    (
        "again-no-exp",
        "torch.exp((scores - lse[..., None]).masked_fill(unseen, -math.inf))",
        "(scores - lse[..., None]).masked_fill(unseen, -math.inf)",
        "These are the logs of the weights: score minus lse. e to their power makes weights of them, torch.exp(...).",
    ),
    (
        "again-quotient",
        "torch.exp((scores - lse[..., None]).masked_fill(unseen, -math.inf))",
        "torch.exp(scores.masked_fill(unseen, -math.inf)) / lse[..., None]",
        "The exponentials were divided by lse, which is the *log* of their sum. A quotient is a difference of logs: exp(score - lse).",
    ),
    (
        "again-softmax",
        "torch.exp((scores - lse[..., None]).masked_fill(unseen, -math.inf))",
        "torch.nan_to_num(torch.softmax(scores.masked_fill(unseen, -math.inf), dim=-1))",
        "softmax sums up these keys anew, and never looks at lse. A kernel that sees one tile of many keys could not do that: "
        "exp(score - lse) needs no sum.",
    ),
    (
        "again-not-divided",
        "scores - lse[..., None]",
        "scores",
        "The exponentials were not divided by their row's sum: take lse off before e to the power is taken.",
    ),
    (
        "again-plus",
        "scores - lse",
        "scores + lse",
        "lse was added, which multiplies by the sum. To divide by it, take lse off.",
    ),
    (
        "again-no-scale",
        SCORES,
        "query @ attention.repeat_kv(key, query.shape[-3]).transpose(-2, -1)",
        "The scores are not divided by the square root of head_dim, and lse was made of scores that are: attention.scores does it.",
    ),
    (
        "again-no-mask",
        ".masked_fill(unseen, -math.inf)",
        "",
        "Keys that a query does not see have a weight here. They were left out of lse, too: put -inf in their place, and e to its power is 0.",
    ),
    (
        "again-mask-turned-round",
        "~attention.visible",
        "attention.visible",
        "What is seen was hidden, and what is hidden seen: attention.visible is True where a query *may* see a key, so ~ turns it round.",
    ),
    (
        "again-mask-of-zero",
        "unseen, -math.inf",
        "unseen, 0.0",
        "0 was put in the place of what is not seen, and e to the 0 is 1: the largest weight there can be. Put -inf there.",
    ),
    (
        "again-no-window",
        "causal, window, scores.device",
        "causal, None, scores.device",
        "The window is not heeded: hand it on to attention.visible.",
    ),
    (
        "again-always-causal",
        "causal, window, scores.device",
        "True, window, scores.device",
        "The future is hidden even where causal is False: hand causal on to attention.visible.",
    ),
)
