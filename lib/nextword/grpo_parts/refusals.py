"""What nothing can be learned from is told in a sentence, and no dial is turned by it."""

import math
from collections.abc import Sequence

import torch

from nextword.base.shapes import Float, Tensor
from nextword.grpo_parts.records import Run


class NoSignal(ArithmeticError):
    """Round after round, all answers to each prompt got the same reward: nothing says which way to turn."""


def check_groups(rewards: Tensor) -> None:
    """Refuse rewards that are not two or more to each prompt, with a ValueError."""
    if rewards.dim() != 2 or rewards.shape[1] < 2:
        raise ValueError(
            f"rewards of shape {tuple(rewards.shape)}: a row for each prompt is needed, with two answers at least, "
            "for an answer is held against the others"
        )


def check_scores(scores: object, texts: Sequence[str]) -> Float[Tensor, "texts"]:
    """The rewards of texts, in float32; a ValueError says what is wrong with them, and with which."""
    if not isinstance(scores, torch.Tensor) or scores.shape != (len(texts),):
        came = tuple(scores.shape) if isinstance(scores, torch.Tensor) else type(scores).__name__
        raise ValueError(
            f"the reward gave {came} for {len(texts)} texts; a tensor with a number for each is needed"
        )
    scores = scores.detach().float().cpu()
    for score, text in zip(scores.tolist(), texts, strict=True):
        if not math.isfinite(score):
            raise ValueError(f"the reward of {text!r} is {score}, and needs to be a finite number")
    return scores


def check_signal(run: Run) -> None:
    """Raise `NoSignal`, with the likely cause, where the last `patience` rounds told nothing."""
    last = run.history[-run.config.patience :]
    if len(last) < run.config.patience or any(noted.signal for noted in last):
        return
    n = len(last) * run.config.prompts * run.config.group
    mean, seq_len = sum(noted.reward for noted in last) / len(last), run.config.seq_len
    if not any(noted.finished for noted in last):
        cause = f"none came to its end within {seq_len} tokens. Give them more room (seq_len), "
        cause += "or first teach the model to stop"
    elif all(noted.finished == 1 and noted.tokens == 1 for noted in last):
        cause = "nothing was written: each ended at once. Go back to an earlier policy, or the reference"
    elif mean == 0:
        cause = "all were wrong. Begin with easier prompts, or with a model that is right now and then"
    else:
        cause = f"their mean is {mean:.3g}. If that is the best there is, there is nothing left to learn"
    raise NoSignal(
        f"in {len(last)} rounds no group of answers held two different rewards. Of {n} answers, {cause}."
    )
