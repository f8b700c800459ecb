"""How exact a kernel must be: against float64, beside what torch makes of the same numbers in the same precision."""

import torch
from torch import Tensor

ROUNDINGS = 8  # of the largest number, which torch's own error may fall short of by chance


def as_exact_as_torch(ours: Tensor, theirs: Tensor, exact: Tensor, largest_logit: float = 0.0) -> bool:
    """Whether our error is at most twice torch's, give or take a few roundings; NaN is never exact.

    A weight is the power of a logit in float32, and what rounds a large logit changes the weight by as large a share.
    """
    assert ours.shape == exact.shape and ours.dtype == theirs.dtype, (ours.shape, exact.shape, ours.dtype)
    if exact.numel() == 0:
        return True
    error, torch_error = ((x.double() - exact).abs().max().item() for x in (ours, theirs))
    unit = torch.finfo(ours.dtype).eps + torch.finfo(torch.float32).eps * largest_logit
    allowed = 2 * torch_error + ROUNDINGS * unit * max(exact.abs().max().item(), 1.0)
    return error <= allowed
