"""What several exercises of this lesson share: a small reward that learns, and shares compared as float32 knows them."""

import torch

from classroom.judge import comparison, lives
from classroom.judge.registry import Check, Wrong
from nextword import preferences, reward_model
from nextword.base.datasets import Rated
from nextword.reward_model import RewardConfig

RATINGS = (3, -1, 0, 2, -4, 1, 0, 4, -2, 2)
SOME = [Rated("film", f"film {i}", (rating, rating, RATINGS[-i])) for i, rating in enumerate(RATINGS)]


def close(yours, needed, nan: bool = False) -> bool:
    """Whether two plain numbers are the same, as closely as float32 knows them; anything else as ever."""
    if isinstance(yours, float | int) and isinstance(needed, float):
        yours, needed = torch.tensor(float(yours)), torch.tensor(needed)
    return comparison.same(yours, needed, nan)


def nearly(yours, needed, nan: bool = False) -> bool:
    """Whether two rows of rewards are the same: sums of some hundreds in float32 lose a little more."""
    if not comparison.is_tensor(yours) or yours.shape != needed.shape or not yours.is_floating_point():
        return comparison.same(yours, needed, nan)
    return yours.double().allclose(needed.double(), 1e-4, 3e-6 * float(1 + needed.abs().max()), equal_nan=nan)


def in_a_fit(check: Check, function) -> Wrong | None:
    """What is wrong when a reward learns and is judged on the function; None where nothing is."""
    return lives.compare(
        check,
        function,
        learned,
        lambda yours, needed: yours.allclose(needed, 1e-3, 1e-4),
        "the-fit",
        "a reward that learns on it stops. Is there a .item(), a float or a .detach() that cuts the way back?",
        "a reward that learns on it comes to other dials than with the library's own.",
        gradients=True,
    )


def learned() -> torch.Tensor:
    """The dials of a small reward, and its accuracy."""
    columns = torch.randn(len(SOME), 3, generator=torch.Generator().manual_seed(6))
    dials = reward_model.fit_columns(columns, SOME, RewardConfig(epochs=5, batch=5))
    return torch.cat([dials, torch.tensor([preferences.judge(columns @ dials, SOME)])])
