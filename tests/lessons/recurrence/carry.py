"""Answers to `recurrent.carry` as readers might write them."""

import torch

from tests.lessons import right, wrong


@right("recurrent.carry")
def _(state, is_over):
    return torch.where(is_over.unsqueeze(-1), torch.zeros((), dtype=state.dtype), state.detach())


@right("recurrent.carry")
def _(state, is_over):
    kept = state.detach().clone()
    kept[..., is_over, :] = 0
    return kept


@wrong("recurrent.carry", "carry-keeps-all")
def _(state, is_over):
    with torch.no_grad():
        return state.clone()


@wrong("recurrent.carry", "carry-turned")
def _(state, is_over):
    kept = state.detach().clone()
    kept[..., ~is_over, :] = 0
    return kept


@wrong("recurrent.carry", "carry-forgets-all")
def _(state, is_over):
    return torch.zeros_like(state).detach() if bool(is_over.any()) else state.detach()


@wrong("recurrent.carry", "carry-only-if-all")
def _(state, is_over):
    return torch.zeros_like(state).detach() if bool(is_over.all()) else state.detach()


@wrong("recurrent.carry", "carry-always-new")
def _(state, is_over):
    return state.detach().new_zeros(state.shape)


@wrong("recurrent.carry", "carry-by-feature")
def _(state, is_over):
    flags = [bool(is_over[i % len(is_over)]) for i in range(state.shape[-1])]
    return state.detach().masked_fill(torch.tensor(flags), 0)


@wrong("recurrent.carry", "carry-one-part")
def _(state, is_over):
    kept = state.detach().clone()
    first = kept[0] if kept.dim() > 2 else kept
    first[..., is_over, :] = 0
    return kept


@wrong("recurrent.carry", "carry-graph")
def _(state, is_over):
    return state.masked_fill(is_over[:, None], 0)


@wrong("recurrent.carry", "carry-changes-the-given")
def _(state, is_over):
    kept = state.detach()
    kept[..., is_over, :] = 0
    return kept


@wrong("recurrent.carry", "carry-no-tensor")
def _(state, is_over):
    return [row.detach() for row in state.masked_fill(is_over[:, None], 0)]
