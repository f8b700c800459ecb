"""The causal mask: -inf where a key comes after the query, where there may be fewer queries than keys."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import same, show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check
from classroom.judge.sandbox import run
from classroom.lessons.attention.shared import keeps_its_kind

noise = shelf.noises(53)
NINE = torch.arange(1.0, 10.0).reshape(3, 3)


def leaves_the_scores_alone(mask_future):
    """What came in stays as it was: said first, since nothing else can be judged before."""
    outcome = run(mask_future, (NINE,))
    if outcome.changed_input:
        says = "It changes the scores that came in. `scores = scores.clone()` makes a copy to work on; "
        says += "or take masked_fill, which gives a new table."
        raise Wrong("changed-input", says, "mask_future([[1, 2, 3], [4, 5, 6], [7, 8, 9]])")


def hides_for_good(mask_future):
    """What is hidden has the one score that softmax turns into exactly 0."""
    yours = ask("attention.mask_future", mask_future, NINE)
    if isinstance(yours, torch.Tensor) and yours.shape == NINE.shape:
        seen, hidden = yours.tril(), yours[torch.ones(3, 3).triu(1) > 0]
        if same(seen, NINE.tril()) and (hidden < -20).all() and hidden.isfinite().any():
            says = "A very low score is not yet impossible: where all that is seen is as low, it wins. Use -math.inf."
            raise Wrong("hide-very-low", says, "mask_future([[1, 2, 3], [4, 5, 6], [7, 8, 9]])", show(yours))


@check(
    "attention.mask_future",
    lives=in_a_model,
    before=[leaves_the_scores_alone],
    behaviours=[hides_for_good, keeps_its_kind("attention.mask_future", NINE)],
    cases=[
        (NINE,),
        (torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),),
        (torch.tensor([[3.0, 1.0, 2.0, 4.0]]),),
        (torch.zeros(2, 2),),
        (torch.tensor([[7.0]]),),
        (-torch.arange(1.0, 16.0).reshape(3, 5),),
        (torch.tensor([[1.0, 2.0, 3.0], [-math.inf, 5.0, 6.0], [-math.inf, -math.inf, 9.0]]),),
        (torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]),),
        (noise(2, 3, 3),),
        (noise(3, 3, 3),),
        (noise(2, 2, 3, 6),),
        (noise(1, 4, 12, 12),),
    ],
    awkward=[
        *((noise(*shape, shape[-1] + 1),) for shape in shelf.STREAMS),
        (noise(3, 1, 1),),
        (noise(2, 3, 4, 5),),
        (torch.tensor([[-2e9, 0.0], [-1e30, -3e38]]),),
    ],
)
def mask_future(scores):
    queries, keys = scores.shape[-2:]
    hidden = scores.clone()
    for query in range(queries):
        # the last query sees all, the one before it all but the last, ...
        hidden[..., query, keys - (queries - 1 - query) :] = -math.inf
    return hidden


SQUARE = "The mask is square, and there can be fewer queries than keys. It needs the shape of the scores: torch.ones_like(scores)."
edits(
    "attention.mask_future",
    (
        "hide-own-place",
        "keys - queries",
        "keys - queries - 1",
        "One place too many is hidden: a query may not see its own key. The first word of a text then sees nothing, and softmax gives nan.",
    ),
    (
        "hide-own-place-top-left",
        "keys - queries",
        "-1",
        "Two things. A query may see its own key, and only what comes after it is hidden. "
        "And with fewer queries than keys the last query stands at the last key: shift the diagonal by keys - queries.",
    ),
    (
        "hide-one-late",
        "keys - queries",
        "keys - queries + 1",
        "One place too few is hidden: each query sees the next word. The machine would be shown the answer. Its own key is the last that it may see.",
    ),
    (
        "hide-upside-down",
        "~sees",
        "sees",
        "Upside down: what may be seen is hidden, and the future is left. Hide where the key comes after the query.",
    ),
    (
        "hide-top-left",
        "keys - queries",
        "0",
        "With fewer queries than keys the mask stands too far left. The last query stands at the last key, and must see all: "
        "shift the diagonal by keys - queries.",
    ),
    (
        "hide-square-of-keys",
        "torch.ones_like(scores, dtype=torch.bool).tril(keys - queries)",
        "torch.ones(keys, keys, dtype=torch.bool).tril()",
        SQUARE,
    ),
    (
        "hide-square-of-queries",
        "torch.ones_like(scores, dtype=torch.bool).tril(keys - queries)",
        "torch.ones(queries, queries, dtype=torch.bool).tril()",
        SQUARE,
    ),
    (
        "hide-zero",
        "-math.inf",
        "0.0",
        "Hidden scores are 0 here, and e to the 0 is 1: the future still gets a share. Only -inf gives a share of 0: masked_fill.",
    ),
    (
        "hide-zero-top-left",
        [("-math.inf", "0.0"), ("keys - queries", "0")],
        "Two things. Hidden scores are 0 here, and e to the 0 is 1: only -inf gives a share of 0. "
        "And the last query sees the last key, also where there are fewer queries than keys.",
    ),
    (
        "hide-zero-times-infinity",
        "scores.masked_fill(~sees, -math.inf)",
        "scores + ~sees * -math.inf",
        "0 times infinity is nan. Don't multiply by -inf: choose it where it is needed, with masked_fill.",
    ),
    (
        "hide-zero-times-infinity-top-left",
        "scores.masked_fill(~sees, -math.inf)",
        "scores + torch.ones_like(scores).triu(1) * -math.inf",
        "0 times infinity is nan. Don't multiply by -inf: choose it where it is needed, with masked_fill.",
    ),
    (
        "hide-where-zero",
        "~sees",
        "scores.tril(keys - queries) == 0",
        "A score that happens to be 0 was hidden too. Make the mask out of places, torch.ones_like(scores).tril(...), not out of the scores.",
    ),
    (
        "hide-nothing",
        "return scores.masked_fill(~sees, -math.inf)",
        "return scores.clone()",
        "The scores came back as they were. masked_fill gives a new tensor and leaves the old one: return what it gives. "
        "(Or is the diagonal so far right that nothing lies beyond?)",
    ),
    (
        "hide-mask-only",
        "scores.masked_fill",
        "torch.zeros_like(scores).masked_fill",
        "This is the mask: 0 and -inf. Needed are the scores, with -inf where the mask hides.",
    ),
    (
        "hide-yes-or-no",
        "scores.masked_fill(~sees, -math.inf)",
        "~sees",
        "This is the mask: True and False. Needed are the scores, with -inf where the mask hides: scores.masked_fill(mask, -math.inf).",
    ),
)

TWO_AXES = (
    "scores[q, k] names the first two axes; with heads in front those are others. Write scores[..., q, k]."
)
TWO_AXES_TOP_LEFT = (
    "Two things. With fewer queries than keys the last query stands at the last key, and must see all: each query sees "
    f"keys - queries more. And {TWO_AXES}"
)
BY_CELL = """
    def mask_future(scores):
        queries, keys = scores.shape[-2:]
        hidden = scores.clone()
        for query in range(queries):
            for key in range(query + 1 + keys - queries, keys):
                hidden[..., query, key] = -math.inf
        return hidden
"""
BY_ROW = """
    def mask_future(scores):
        queries, keys = scores.shape[-2:]
        hidden = scores.clone()
        for query in range(queries):
            hidden[..., query, query + 1 + keys - queries :] = -math.inf
        return hidden
"""

edits(
    "attention.mask_future",
    ("hide-two-axes", "..., ", "", TWO_AXES),
    ("hide-two-axes-top-left", [("..., ", ""), (" + keys - queries", "")], TWO_AXES_TOP_LEFT),
    source=BY_CELL,
)
edits(
    "attention.mask_future",
    ("hide-two-axes-by-row", "..., ", "", TWO_AXES),
    ("hide-two-axes-by-row-top-left", [("..., ", ""), (" + keys - queries", "")], TWO_AXES_TOP_LEFT),
    source=BY_ROW,
)
