"""Under rung `ppo`: what cannot be learned from is refused before any dial is turned."""

import math
from collections.abc import Sequence

import torch

from nextword.base.shapes import Float, Tensor
from nextword.rollouts import Rollouts


def check_written(written: Rollouts) -> None:
    """Refuse texts of which none says anything about how to write, with a ValueError."""
    n, room = len(written), written.ids.shape[1]
    if not written.finished.any():
        raise ValueError(
            f"none of {n} texts came to its end within {room} tokens: give them more room (seq_len), or first train "
            "the policy on shorter texts"
        )
    if (written.mask.sum(dim=1) == 1).all() and written.finished.all():
        raise ValueError(
            f"all {n} texts ended at once, with nothing written: go back to an earlier policy, or the reference"
        )


def check_scores(scores: object, texts: Sequence[str]) -> Float[Tensor, "texts"]:
    """The rewards of texts, in float32; a ValueError says what is wrong with them, and with which."""
    if not isinstance(scores, torch.Tensor):
        raise ValueError(
            f"the reward gave {type(scores).__name__}; a tensor with a number for each text is needed"
        )
    if scores.shape != (len(texts),):
        raise ValueError(
            f"the reward gave a tensor of shape {tuple(scores.shape)} for {len(texts)} texts; one number each is needed"
        )
    scores = scores.detach().float()
    for number, (score, text) in enumerate(zip(scores.tolist(), texts, strict=True), 1):
        if not math.isfinite(score):
            raise ValueError(
                f"the reward of text {number}, {text!r}, is {score}: it needs to be a finite number"
            )
    return scores
