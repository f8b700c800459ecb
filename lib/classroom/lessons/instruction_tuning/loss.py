"""The mean surprise at the tokens that count, whatever stands at the other places."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from nextword import finetuning
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, overrides' own is refused
from nextword.finetuning import Example
from nextword.transformer import ModelConfig, Transformer

noise = shelf.noises(171)
CONFIG = ModelConfig(vocab_size=7, d_model=8, n_layers=1, n_heads=2, d_mlp=8, context=9, tied=False)
EXAMPLES = [Example((1, 2, 3, 4, 5, 6), 3), Example((6, 5, 4), 1)]


def ids(*shape: int, vocab: int = 5, seed: int = 0) -> torch.Tensor:
    return torch.randint(vocab, shape, generator=torch.Generator().manual_seed(seed))


def marks(*rows: str) -> torch.Tensor:
    """A mask as it is drawn: "..##" counts at its last two places."""
    return torch.tensor([[letter == "#" for letter in row] for row in rows])


def gives_gradients(check, function):
    """What is wrong with the gradients of a model whose loss it is; None where they are as with the library's own."""
    found, (tokens, mask) = [], finetuning.batch(EXAMPLES, 0)
    for one in (original(check.target), function):
        model = Transformer(CONFIG, torch.Generator().manual_seed(4))
        with torch.enable_grad(), overrides.replacing(check.target, one):
            try:
                finetuning.loss(model(tokens[:, :-1]), tokens, mask).backward()
            except Exception as error:
                says = "The value is right, but no gradient leads back from it. Is there a .item(), a float or a .detach()?"
                return Wrong("sft-loss-no-gradient", says, yours=f"{type(error).__name__}: {error}"[:200])
        found.append(model.unembedding.weight.grad)
    if not torch.allclose(*found, 1e-3, 1e-6):
        return Wrong(
            "sft-loss-other-gradient",
            "The value is right, and its gradient is not that of the mean surprise at what counts.",
        )
    return None


@check(
    "finetuning.loss",
    lives=gives_gradients,
    cases=[
        (
            torch.tensor([[[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]),
            torch.tensor([[1, 0, 2]]),
            marks(".#"),
        ),
        (
            torch.tensor([[[9.0, 0.0, 0.0], [0.0, 9.0, 0.0]]]),
            torch.tensor([[2, 0, 1]]),
            marks("##"),
        ),
        (noise(1, 4, 5), ids(1, 5), marks("..##")),
        (noise(2, 4, 5), ids(2, 5, seed=1), marks("...#", ".##.")),
        (noise(3, 4, 5), ids(3, 5, seed=2), marks("####", "#...", ".#..")),
        (3 * noise(2, 6, 7), ids(2, 7, vocab=7, seed=3), marks("..####", "##....")),
    ],
    awkward=[
        (noise(1, 1, 5), ids(1, 2, seed=5), marks("#")),
        (noise(5, 1, 5), ids(5, 2, seed=6), marks("#", "#", "#", "#", "#")),
        (noise(5, 5, 5), ids(5, 6, seed=7), marks(".....", "....#", "..##.", ".....", "#####")),
        (
            torch.tensor([[[1000.0, 0.0, -1000.0], [-1e4, 0.0, 1e4]]]),
            torch.tensor([[0, 0, 2]]),
            marks("##"),
        ),
        (torch.zeros(2, 3, 5), ids(2, 4), marks("..#", ".#.")),
    ],
)
def loss(logits, ids, mask):
    """Place by place, in 64 bits: those that count, added up and shared out."""
    found = []
    for text, row in enumerate(mask.tolist()):
        for place, counts in enumerate(row):
            if counts:
                scores = logits[text, place].double()
                found.append(scores.logsumexp(dim=0) - scores[ids[text, place + 1]])
    return torch.stack(found).mean().to(logits.dtype)


MEAN = "nats[mask].mean()"
edits(
    "finetuning.loss",
    (
        "sft-loss-of-everything",
        MEAN,
        "nats.mean()",
        "Every place counts, what was asked and what fills the rows up as well. Only where the mask is True something is to be learned.",
    ),
    (
        "sft-loss-mean-over-all",
        MEAN,
        "(nats * mask).mean()",
        "The right surprises are added up, and shared out over *all* places. Then a long question makes the loss of its reply small: divide by how many places count.",
    ),
    (
        "sft-loss-sum",
        MEAN,
        "nats[mask].sum()",
        "This is the whole surprise, summed. The *mean* is asked for, over all places that count.",
    ),
    (
        "sft-loss-mean-of-means",
        MEAN,
        "((nats * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)).mean()",
        "This is the mean of each text's own mean: a token of a short reply then weighs more than one of a long reply. Each token that counts weighs alike here.",
    ),
    (
        "sft-loss-sum-over-texts",
        MEAN,
        "nats[mask].sum() / len(ids)",
        "The sum was shared out over the texts. Share it out over the places that count.",
    ),
    (
        "sft-loss-not-shifted",
        "ids[:, 1:]",
        "ids[:, :-1]",
        "Each place is compared with the token that stands there, which was given to it. It is to be compared with the *next* one: ids[:, 1:].",
    ),
    (
        "sft-loss-mask-turned",
        MEAN,
        "(nats * ~mask).sum() / (~mask).sum().clamp(min=1)",
        "The mask is used the wrong way round: this is the surprise where it is False.",
    ),
    (
        "sft-loss-logits-blanked",
        [("logits.mT", "(logits * mask[..., None]).mT"), (MEAN, "nats.mean()")],
        "Logits of 0 are no silence: they hold all tokens equally likely, and cost the log of the vocabulary. Leave such places out of the mean instead.",
    ),
    (
        "sft-loss-wrong-sign",
        MEAN,
        "-nats[mask].mean()",
        "The sign is turned. A surprise is above 0, and smaller the likelier the true token was held.",
    ),
    (
        "sft-loss-bits",
        MEAN,
        "nats[mask].mean() / math.log(2)",
        "These are bits. The loss is told in nats: the natural logarithm.",
    ),
)
