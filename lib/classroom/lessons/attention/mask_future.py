"""Exercise `attention.mask_future`: its cases, its right answer found otherwise, and how people get it wrong."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import same, show
from classroom.judge.diagnosis import ask
from classroom.judge.lives import in_a_model
from classroom.judge.registry import Wrong, check, mistake
from classroom.judge.sandbox import run
from classroom.lessons.attention.shared import _below, _keeps_its_kind, _offset, _random, more

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
    behaviours=[hides_for_good, _keeps_its_kind("attention.mask_future", NINE)],
    cases=[
        (NINE,),
        (torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),),
        (torch.tensor([[3.0, 1.0, 2.0, 4.0]]),),
        (torch.zeros(2, 2),),
        (torch.tensor([[7.0]]),),
        (-torch.arange(1.0, 16.0).reshape(3, 5),),
        (torch.tensor([[1.0, 2.0, 3.0], [-math.inf, 5.0, 6.0], [-math.inf, -math.inf, 9.0]]),),
        (torch.tensor([[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]),),
        (_random(2, 3, 3),),
        (_random(3, 3, 3),),
        (_random(2, 2, 3, 6),),
        (_random(1, 4, 12, 12),),
    ],
    awkward=[
        *((more(*shape, shape[-1] + 1),) for shape in shelf.STREAMS),
        (more(3, 1, 1),),
        (more(2, 3, 4, 5),),
        (torch.tensor([[-2e9, 0.0], [-1e30, -3e38]]),),
    ],
)
def mask_future(scores):
    queries, keys = scores.shape[-2:]
    hidden = scores.clone()
    for query in range(queries):
        seen = keys - (
            queries - 1 - query
        )  # the last query sees all, the one before it all but the last, ...
        hidden[..., query, seen:] = -math.inf
    return hidden


@mistake(
    "attention.mask_future",
    "hide-own-place",
    "One place too many is hidden: a query may not see its own key. The first word of a text then sees nothing, and softmax gives nan.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores) - 1), -math.inf)


@mistake(
    "attention.mask_future",
    "hide-one-late",
    "One place too few is hidden: each query sees the next word. The machine would be shown the answer. Its own key is the last that it may see.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores) + 1), -math.inf)


@mistake(
    "attention.mask_future",
    "hide-upside-down",
    "Upside down: what may be seen is hidden, and the future is left. Hide where the key comes after the query.",
)
def _(scores):
    return scores.masked_fill(_below(scores, _offset(scores)), -math.inf)


@mistake(
    "attention.mask_future",
    "hide-past",
    "The past is hidden, and the future is left. tril keeps what is on and below the diagonal, triu what is on and above it.",
)
def _(scores):
    return scores.masked_fill(_below(scores, _offset(scores) - 1), -math.inf)


@mistake(
    "attention.mask_future",
    "hide-zero",
    "Hidden scores are 0 here, and e to the 0 is 1: the future still gets a share. Only -inf gives a share of 0: masked_fill.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores)), 0.0)


@mistake(
    "attention.mask_future",
    "hide-zero-top-left",
    "Two things. Hidden scores are 0 here, and e to the 0 is 1: only -inf gives a share of 0. "
    "And the last query sees the last key, also where there are fewer queries than keys.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, 0), 0.0)


@mistake(
    "attention.mask_future",
    "hide-zero-times-infinity",
    "0 times infinity is nan. Don't multiply by -inf: choose it where it is needed, with masked_fill.",
)
def _(scores):
    return scores + (~_below(scores, _offset(scores))).to(scores.dtype) * -math.inf


@mistake(
    "attention.mask_future",
    "hide-plus-infinity",
    "The future has +inf, the best score there is. What is hidden has -inf, with a minus.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores)), math.inf)


@mistake(
    "attention.mask_future",
    "hide-top-left",
    "With fewer queries than keys the mask stands too far left. The last query stands at the last key, and must see all: "
    "shift the diagonal by keys - queries.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, 0), -math.inf)


_TWO_AXES = (
    "scores[q, k] names the first two axes; with heads in front those are others. Write scores[..., q, k]."
)


_TWO_AXES_TOP_LEFT = (
    "Two things. With fewer queries than keys the last query stands at the last key, and must see all: each query sees "
    "keys - queries more. And " + _TWO_AXES
)


def _cell_by_cell(scores, late):
    """Hidden in a loop that names the first two axes."""
    queries, keys = scores.shape[-2:]
    scores = scores.clone()
    for query in range(queries):
        for key in range(query + 1 + late, keys):
            scores[query, key] = -math.inf
    return scores


def _row_by_row(scores, late):
    """The same with a slice, which may be empty where a single place would not be found."""
    scores = scores.clone()
    for query in range(scores.shape[-2]):
        scores[query, query + 1 + late :] = -math.inf
    return scores


@mistake("attention.mask_future", "hide-two-axes", _TWO_AXES)
def _(scores):
    return _cell_by_cell(scores, _offset(scores))


@mistake("attention.mask_future", "hide-two-axes-top-left", _TWO_AXES_TOP_LEFT)
def _(scores):
    return _cell_by_cell(scores, 0)


@mistake("attention.mask_future", "hide-two-axes-by-row", _TWO_AXES)
def _(scores):
    return _row_by_row(scores, _offset(scores))


@mistake("attention.mask_future", "hide-two-axes-by-row-top-left", _TWO_AXES_TOP_LEFT)
def _(scores):
    return _row_by_row(scores, 0)


def _hidden_by(scores, side):
    """Hidden by a square mask, whether or not it fits."""
    return scores.masked_fill(torch.ones(side, side).triu(1) > 0, -math.inf)


_SQUARE = "The mask is square, and there can be fewer queries than keys. It needs the shape of the scores: torch.ones_like(scores)."


@mistake("attention.mask_future", "hide-square-of-keys", _SQUARE)
def _(scores):
    return _hidden_by(scores, scores.shape[-1])


@mistake("attention.mask_future", "hide-square-of-queries", _SQUARE)
def _(scores):
    return _hidden_by(scores, scores.shape[-2])


@mistake(
    "attention.mask_future",
    "hide-square-of-the-first-axis",
    "len(scores) is its first axis, which is how many tables there are where several come at once. "
    "The mask needs the shape of the scores: torch.ones_like(scores).",
)
def _(scores):
    return _hidden_by(scores, len(scores))


@mistake(
    "attention.mask_future",
    "hide-where-zero",
    "A score that happens to be 0 was hidden too. Make the mask out of places, torch.ones_like(scores).tril(...), not out of the scores.",
)
def _(scores):
    kept = scores.tril(_offset(scores))
    return kept.masked_fill(kept == 0, -math.inf)


@mistake(
    "attention.mask_future",
    "hide-where-not-zero",
    "A future score that happens to be 0 was not hidden. Make the mask out of places, torch.ones_like(scores).tril(...), not out of the scores.",
)
def _(scores):
    return scores.masked_fill(scores.triu(_offset(scores) + 1) != 0, -math.inf)


@mistake(
    "attention.mask_future",
    "hide-shifted-left",
    "With fewer queries than keys the diagonal was shifted the wrong way, and the first query sees nothing: it is keys - queries, not queries - keys.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, -_offset(scores)), -math.inf)


@mistake(
    "attention.mask_future",
    "hide-nothing",
    "The scores came back as they were. masked_fill gives a new tensor and leaves the old one: return what it gives. (Or is the diagonal so far right that nothing lies beyond?)",
)
def _(scores):
    return scores.clone()


@mistake(
    "attention.mask_future",
    "hide-all",
    "Everything is hidden. Is the mask all True? tril of ones is True on and below the diagonal only.",
)
def _(scores):
    return torch.full_like(scores, -math.inf)


@mistake(
    "attention.mask_future",
    "hide-mask-only",
    "This is the mask: 0 and -inf. Needed are the scores, with -inf where the mask hides.",
)
def _(scores):
    return torch.zeros_like(scores).masked_fill(~_below(scores, _offset(scores)), -math.inf)


@mistake(
    "attention.mask_future",
    "hide-yes-or-no",
    "This is the mask: True and False. Needed are the scores, with -inf where the mask hides: scores.masked_fill(mask, -math.inf).",
)
def _(scores):
    return ~_below(scores, _offset(scores))


@mistake(
    "attention.mask_future",
    "hide-may-see",
    "This is the mask: True and False. Needed are the scores, with -inf where the mask hides: scores.masked_fill(mask, -math.inf).",
)
def _(scores):
    return _below(scores, _offset(scores))


@mistake(
    "attention.mask_future",
    "hide-softmaxed",
    "These are weights already: softmax comes later. Here it is enough to put -inf where the future is.",
)
def _(scores):
    return torch.softmax(scores.masked_fill(~_below(scores, _offset(scores)), -math.inf), dim=-1)


@mistake(
    "attention.mask_future",
    "hide-turned",
    "Rows and columns are turned. The row is who asks: row 0, the first query, sees the first key alone.",
)
def _(scores):
    return scores.masked_fill(~_below(scores, _offset(scores)), -math.inf).mT
