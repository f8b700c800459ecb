"""`sampling.with_temperature`: logits divided by a temperature. Hard: at 0 only the best of each row is left."""

import math

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.comparison import same, show
from classroom.judge.diagnosis import ask
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.sampling.shared import DEEP, REMOVED, ROW, ROWS, WIDE


def same_chances(yours, needed) -> bool:
    """Equal once softmaxed, and -inf in the same places: logits that are all shifted alike mean the same."""
    both = isinstance(yours, torch.Tensor) and isinstance(needed, torch.Tensor)
    if not both or yours.shape != needed.shape or not yours.is_floating_point():
        return False
    alike = same(torch.softmax(yours, dim=-1), torch.softmax(needed, dim=-1))
    return alike and torch.equal(yours == -math.inf, needed == -math.inf)


def gives_logits(with_temperature):
    """Other filters follow, and they take logits."""
    warm = ask("sampling.with_temperature", with_temperature, ROW, 2.0)
    shown = f"with_temperature({show(ROW)}, 2.0)", show(warm), show(ROW / 2)
    if same(warm, torch.softmax(ROW / 2, dim=-1)):
        says = (
            "You gave back probabilities. Give logits, so that other filters can follow; softmax comes last."
        )
        raise Wrong("temperature-gives-probabilities", says, *shown)
    if same(warm, torch.softmax(ROW, dim=-1) / 2):
        says = "Probabilities were divided by the temperature, so they no longer sum to 1. "
        says += "Divide logits, and give logits back."
        raise Wrong("temperature-probabilities", says, *shown)


def zero_leaves_the_best(with_temperature):
    """At temperature 0 the likeliest token of a row has probability 1, by however little it leads."""
    logits = torch.tensor([1.0, 1.01, 0.0])
    cold = ask("sampling.with_temperature", with_temperature, logits, 0.0)
    if not isinstance(cold, torch.Tensor) or cold.shape != logits.shape or not cold.is_floating_point():
        return  # that is said otherwise
    if cold.isnan().any() or torch.equal(cold, logits):
        return
    called, chances = "with_temperature([1.0, 1.01, 0.0], 0.0)", torch.softmax(cold, dim=-1)
    shown = (called, f"{show(cold)}: chances {show(chances)}", "chances [0, 1, 0]")
    if cold[1] == -math.inf < cold[0]:
        says = "At temperature 0 the best was removed and the others stayed: the comparison is upside down."
        raise Wrong("temperature-zero-best-removed", says, *shown)
    if min(cold[0], cold[2]) > -1000:
        says = "At temperature 0 only a logit of -inf rules the others out. "
        says += "(A small number in place of 0 does not, where two are nearly alike.)"
        raise Wrong("temperature-zero-others", says, *shown)
    if cold[0] != -math.inf or cold[2] != -math.inf:
        says = "A very low number is not yet impossible: where all logits are as low, it wins. Use -math.inf."
        raise Wrong("temperature-very-low", says, called, show(cold), "-inf for all but the best")


def zero_leaves_one_in_each_row(with_temperature):
    """Each row has a best of its own."""
    cold = ask("sampling.with_temperature", with_temperature, ROWS, 0.0)
    if isinstance(cold, torch.Tensor) and cold.shape == ROWS.shape and (cold > -math.inf).sum() == 1:
        says = "At temperature 0 one token was kept in the whole table. Each row keeps its own best: argmax along dim=-1."
        raise Wrong("temperature-zero-whole-table", says, f"with_temperature({show(ROWS)}, 0.0)", show(cold))


@check(
    "sampling.with_temperature",
    behaviours=[gives_logits, zero_leaves_one_in_each_row, zero_leaves_the_best],
    cases=[
        (ROW, 2.0),
        (ROW, 0.5),
        (ROWS, 1.0),
        (ROW, 0.0),
        (ROWS, 0.0),
        (-ROW, 0),
        (REMOVED, 0.7),
        (DEEP, 1.3),
        (WIDE, 0.25),
        (-ROW, 3),
    ],
    awkward=[(logits, temperature) for logits in shelf.LOGITS for temperature in (0.5, 0)],
    same=same_chances,
)
def with_temperature(logits, temperature):
    if temperature == 0:
        best = logits == logits.amax(dim=-1, keepdim=True)
        return torch.where(best, 0.0, -math.inf)
    return torch.stack([row.double() * (1 / temperature) for row in logits.unbind()]).float()


COLD = "logits.masked_fill(logits < logits.max(dim=-1, keepdim=True).values, -math.inf)"

edits(
    "sampling.with_temperature",
    (
        "temperature-multiplied",
        "logits / temperature",
        "logits * temperature",
        "Hotter made it colder: you multiplied. Dividing by a temperature above 1 draws the logits together.",
    ),
    (
        "temperature-zero",
        ...,
        "return logits / temperature",
        "Dividing by 0 gives inf and nan. The limit is greedy: keep the largest logit of each row, -inf for the others.",
    ),
    (
        "temperature-zero-stops",
        ...,
        "return logits * (1 / temperature)",
        "1 / temperature stops at 0. The limit is greedy: keep the largest logit of each row, -inf for the others.",
    ),
    (
        "temperature-zero-unchanged",
        COLD,
        "logits",
        "At temperature 0 nothing was changed. The limit is greedy: only the largest logit of each row is left.",
    ),
    (
        "temperature-zero-zeros",
        "-math.inf",
        "0.0",
        "At temperature 0 the others were set to 0. A logit of 0 is not impossible; -inf is: e to the -inf is 0.",
    ),
    (
        "temperature-zero-one-hot",
        COLD,
        f"{COLD}.softmax(dim=-1)",
        "At temperature 0 you gave 1 and 0, which are probabilities. As logits: 0 for the best and -inf for the others.",
    ),
)
