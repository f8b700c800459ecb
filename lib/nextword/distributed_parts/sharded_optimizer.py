"""Under rung `distributed`: the course's optimizer where each rank holds some rows of every parameter (a `DTensor`).

AdamW turns each dial by itself, so a rank turns its own rows. Muon needs the whole matrix: its singular values cannot
be told from a few rows. So all ranks put their rows together once a step, each works out the whole turn, and keeps its
own rows of it. That costs one all-gather of every matrix, and the same products on every rank.
Sources: Zhao et al. 2023 (FSDP, arXiv 2304.11277); Jordan 2024 (Muon).
"""

import torch
from torch.distributed.tensor import DTensor, distribute_tensor

from nextword import optim
from nextword.optim import Group, Optimizer


class ShardedOptimizer(Optimizer):
    """Turns parameters of which each rank holds some rows, as `Optimizer` would turn them whole."""

    @classmethod
    def of(cls, optimizer: Optimizer) -> "ShardedOptimizer":
        """The same rules for the same parameters, with memories of 0."""
        return cls(list({id(group): group for group, *_ in optimizer.all}.values()))

    def turn(
        self, group: Group, parameter: DTensor, given: tuple[DTensor, ...], **options
    ) -> tuple[DTensor, ...]:
        """What the group's rule makes of a gradient and memories, in rows as they came."""
        if group.rule == "muon":
            return muon_in_rows(parameter, *given, **options)
        return super().turn(group, parameter, given, **options)


def muon_in_rows(
    parameter: DTensor,
    gradient: DTensor,
    velocity: DTensor,
    *,
    lr: float,
    beta: float = 0.95,
    weight_decay: float = 0.0,
) -> tuple[DTensor, DTensor]:
    """Muon's turn and the new velocity, in rows; the matrix is whole only while its turn is made."""
    velocity = beta * velocity + (1 - beta) * gradient
    whole = (beta * velocity + (1 - beta) * gradient).full_tensor()
    # A gradient that equals its velocity looks ahead to itself: what is left of Muon is its turn.
    turn, _ = optim.muon(torch.zeros_like(whole), whole, whole, lr=lr, beta=beta)
    mesh, placements = parameter.device_mesh, parameter.placements
    turn = distribute_tensor(turn, mesh, placements, src_data_rank=None)  # each cuts its own: nothing is sent
    return turn - lr * weight_decay * parameter, velocity
