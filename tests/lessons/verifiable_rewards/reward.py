"""Answers to `verifiable.reward` as readers might write them."""

import torch

from nextword import verifiable
from tests.lessons import right, wrong


def _final(text):
    return text[max(text.rfind("="), text.rfind(",")) + 1 :]


def _told(texts, is_right):
    return torch.tensor([1.0 if is_right(text, f"{verifiable.shown(text)[-1]}") else 0.0 for text in texts])


@right("verifiable.reward")
def _(texts):
    return _told(texts, lambda text, needed: _final(text) == needed)


@right("verifiable.reward")
def _(texts):
    found = torch.zeros(len(texts))
    for i, text in enumerate(texts):
        _, _, answer = text.rpartition("=")
        *_, last = answer.split(",")
        if last == str(verifiable.shown(text)[-1]):
            found[i] = 1
    return found


@wrong("verifiable.reward", "reward-anywhere")
def _(texts):
    return _told(texts, lambda text, needed: text.rpartition("=")[2].count(needed) > 0)


@wrong("verifiable.reward", "reward-anywhere-in-the-text")
def _(texts):
    return _told(texts, lambda text, needed: text.find(needed) >= 0)


@wrong("verifiable.reward", "reward-last-letter")
def _(texts):
    return _told(texts, lambda text, needed: text.endswith(needed))


@wrong("verifiable.reward", "reward-first-answer")
def _(texts):
    return _told(texts, lambda text, needed: text.rpartition("=")[2].partition(",")[0] == needed)


@wrong("verifiable.reward", "reward-no-steps")
def _(texts):
    return _told(texts, lambda text, needed: text[text.rfind("=") + 1 :] == needed)


@wrong("verifiable.reward", "reward-all-steps")
def _(texts):
    return torch.tensor([float(text.split("=")[-1] == verifiable.answer(text, True)) for text in texts])


@wrong("verifiable.reward", "reward-first-shown")
def _(texts):
    return torch.tensor([float(_final(text) == str(verifiable.shown(text)[0])) for text in texts])


@wrong("verifiable.reward", "reward-turned")
def _(texts):
    return 1 - _told(texts, lambda text, needed: _final(text) == needed)


@wrong("verifiable.reward", "reward-of-the-batch")
def _(texts):
    told = _told(texts, lambda text, needed: _final(text) == needed)
    return told.mean().expand(len(texts)).clone()
