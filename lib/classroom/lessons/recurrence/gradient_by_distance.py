"""How much a prediction depends on each vector before it. What makes it hard: from which end a distance is counted."""

import torch

from classroom.judge.listed import edits
from classroom.judge.registry import View, check
from classroom.lessons.recurrence.shared import noises

noise = noises(135)


def see(gradient_by_distance, slopes: torch.Tensor, bends: bool = False) -> object:
    """What it gives for a surprise that has these slopes at ones: straight, or bent."""
    with torch.inference_mode(False), torch.enable_grad():
        vectors = torch.ones_like(slopes, requires_grad=True)
        surprise = (slopes * (vectors.square() / 2 if bends else vectors)).sum(dim=(1, 2))
        given = gradient_by_distance(surprise, vectors)
    return given.detach() if isinstance(given, torch.Tensor) else given


def call(slopes: torch.Tensor, bends: bool = False) -> str:
    texts, seq_len, d_model = slopes.shape
    return (
        f"gradient_by_distance(surprise, vectors) of {texts} texts, {seq_len} tokens, {d_model} numbers each"
    )


@check(
    "recurrent.gradient_by_distance",
    view=View(see, call),
    cases=[
        (torch.tensor([[[1.0], [2.0], [4.0]]]),),
        (torch.tensor([[[0.0, 0.0], [3.0, 4.0]]]),),
        (torch.tensor([[[1.0, 0.0], [0.0, 2.0]], [[-1.0, 0.0], [0.0, -2.0]]]),),
        (noise(3, 5, 2),),
        (noise(2, 4, 3), True),
    ],
    awkward=[
        (noise(1, 1, 1),),
        (noise(4, 1, 3), True),
        (noise(3, 3, 3),),
        (noise(5, 2, 1),),
        (torch.zeros(2, 3, 2),),
        (noise(1, 6, 4), True),
    ],
)
def gradient_by_distance(slopes, bends=False):
    """The slopes are the gradient, of both kinds: at ones x * x / 2 has the slope 1, too."""
    lengths = slopes.double().square().sum(-1).sqrt()  # (texts, seq_len)
    return torch.stack([lengths[:, -1 - back].mean() for back in range(slopes.shape[1])]).to(slopes.dtype)


LENGTHS = "gradient.norm(dim=-1).mean(dim=0).flip(0)"

edits(
    "recurrent.gradient_by_distance",
    (
        "distance-wrong-end",
        ".flip(0)",
        "",
        "It is measured from the wrong end: the first number is that of the text's *first* token, which is furthest from the prediction. The newest comes first: .flip(0).",
    ),
    (
        "distance-mean-first",
        LENGTHS,
        "gradient.mean(dim=0).norm(dim=-1).flip(0)",
        "The gradients of the texts were averaged before their length was taken, and those that point in opposite directions cancel. First the length of each, then the mean.",
    ),
    (
        "distance-summed",
        ".mean(dim=0)",
        ".sum(dim=0)",
        "The lengths of all texts are added up. The mean over texts is asked for.",
    ),
    (
        "distance-mean-surprise",
        "surprise.sum()",
        "surprise.mean()",
        "Every text's gradient came out too small, by the number of texts: the mean was taken twice, of the surprise and of the lengths. Pass the sum back.",
    ),
    (
        "distance-squared",
        "gradient.norm(dim=-1)",
        "gradient.square().sum(dim=-1)",
        "These are squares of lengths: the root is missing.",
    ),
    (
        "distance-absolute",
        "gradient.norm(dim=-1)",
        "gradient.abs().sum(dim=-1)",
        "The absolute values of a vector's numbers were added up. Its length is the root of the sum of their squares.",
    ),
    (
        "distance-over-texts",
        "gradient.norm(dim=-1).mean(dim=0)",
        "gradient.norm(dim=(0, 2))",
        "One length was taken over all texts together. Take the length of each text's gradient, and then the mean over texts.",
    ),
    (
        "distance-first-text",
        "surprise.sum()",
        "surprise[0]",
        "Only the first text has a say. Pass back the surprise of all: their sum.",
    ),
    (
        "distance-share",
        f"return {LENGTHS}",
        f"found = {LENGTHS}\n    return found / found.sum()",
        "These are shares that sum to 1. The lengths themselves are asked for.",
    ),
)
