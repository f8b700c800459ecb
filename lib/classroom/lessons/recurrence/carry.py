"""A state that goes on: without a graph, and without what belongs to a text that is over."""

import torch

from classroom.judge.comparison import kind
from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from classroom.lessons.recurrence.shared import noises

noise = noises(134)


def see(carry, state: torch.Tensor, is_over: torch.Tensor) -> torch.Tensor:
    """What it gives for a state behind which there is a graph; what it does to the state itself is judged here."""
    with torch.inference_mode(False), torch.enable_grad():
        leaf = state.clone().requires_grad_()
        given = leaf * 1.0
        carried = carry(given, is_over.clone())
    called = call(state, is_over)
    if not isinstance(carried, torch.Tensor):
        raise Wrong("carry-no-tensor", f"It gave {kind(carried)}. A state is one tensor.", called)
    if not torch.equal(given.detach().nan_to_num(7), state.nan_to_num(7)):
        says = "The state that was given is changed itself, and whoever holds it still, holds another one. Give a new one."
        raise Wrong("carry-changes-the-given", says, called)
    if carried.requires_grad:
        says = "A graph still hangs on what it gives: the blame of the next piece would run back through this one, and the "
        says += "one before, without end. .detach() cuts it off."
        raise Wrong("carry-graph", says, called)
    return carried


def call(state: torch.Tensor, is_over: torch.Tensor) -> str:
    return f"carry(a state of shape {tuple(state.shape)}, {is_over})"


def over(*flags: int) -> torch.Tensor:
    return torch.tensor(flags, dtype=torch.bool)


@check(
    "recurrent.carry",
    view=View(see, call),
    cases=[
        (torch.tensor([[1.0, 2.0], [3.0, 4.0]]), over(1, 0)),
        (noise(1, 1, 3, 2), over(0, 1, 0)),
        (noise(2, 2, 3, 3), over(1, 0, 0)),
        (noise(1, 2, 4, 3), over(0, 0, 0, 0)),
        (noise(1, 2, 2, 3), over(1, 1)),
        (noise(2, 1, 3, 3), over(0, 0, 1)),
    ],
    awkward=[
        (noise(1, 1, 1, 1), over(1)),
        (noise(1, 2, 1, 4), over(0)),
        (noise(2, 2, 2, 2), over(0, 1)),
        (noise(4, 2), over(1, 0, 1, 0)),
        (torch.tensor([[[torch.inf, 1.0], [2.0, 3.0]]]), over(1, 0)),
    ],
)
def carry(state, is_over):
    """Row by row."""
    rows = [
        torch.zeros_like(row) if gone else row for row, gone in zip(state.unbind(-2), is_over, strict=True)
    ]
    return torch.stack(rows, dim=-2)


edits(
    "recurrent.carry",
    (
        "carry-keeps-all",
        ".masked_fill(is_over[:, None], 0)",
        "",
        "What was remembered of a text that is over goes on into the next one. Those rows begin with zeros, as one who has read nothing.",
    ),
    (
        "carry-turned",
        "is_over[:, None]",
        "~is_over[:, None]",
        "It forgets the texts that go on, and remembers those that are over. It is the other way round.",
    ),
    (
        "carry-forgets-all",
        "is_over[:, None]",
        "is_over.any()",
        "Where one text is over, all are forgotten. Each row has a flag of its own.",
    ),
    (
        "carry-only-if-all",
        "is_over[:, None]",
        "is_over.all()",
        "A text that is over is forgotten only where all are over. Each row has a flag of its own.",
    ),
    (
        "carry-always-new",
        "state.detach().masked_fill(is_over[:, None], 0)",
        "torch.zeros_like(state)",
        "Everything is forgotten at every piece. A text that goes on keeps its state: that is what one has it for.",
    ),
    (
        "carry-by-feature",
        "is_over[:, None]",
        "is_over[: state.shape[-1]].repeat(state.shape[-1])[: state.shape[-1]]",
        "The flags were laid along the numbers of a vector, not along the texts. is_over[:, None] puts them on the axis before the last.",
    ),
    (
        "carry-one-part",
        "state.detach().masked_fill(is_over[:, None], 0)",
        "torch.cat([state.detach()[:1].masked_fill(is_over[:, None], 0), state.detach()[1:]]) if state.dim() > 2 else state.detach().masked_fill(is_over[:, None], 0)",
        "Only the first of the blocks is forgotten. A state has an axis of layers and one of parts in front (hidden and cell), and a text that is over is over in all of them.",
    ),
)
