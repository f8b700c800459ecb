"""The mean surprise of passages: all but the last token go in, and are compared with all but the first."""

import torch

from classroom.judge import shelf_tensors as shelf
from classroom.judge.listed import edits
from classroom.judge.registry import Wrong, check
from classroom.lessons.pretraining.shared import CONFIG
from nextword import training
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, overrides' own is refused
from nextword.transformer import Transformer

noise = shelf.noises(121)


def ids(*shape: int, vocab: int = 5, seed: int = 0) -> torch.Tensor:
    return torch.randint(vocab, shape, generator=torch.Generator().manual_seed(seed))


def gives_gradients(check, function):
    """What is wrong with the gradients of a model whose loss it is; None where they are as with the library's own."""
    found = []
    for one in (original(check.target), function):
        model = Transformer(CONFIG, torch.Generator().manual_seed(4))
        with torch.enable_grad(), overrides.replacing(check.target, one):
            try:
                training.loss(model(TOKENS[:, :-1]), TOKENS).backward()
            except Exception as error:
                says = "The value is right, but no gradient leads back from it. Is there a .item(), a float or a .detach()?"
                return Wrong("batch-loss-no-gradient", says, yours=f"{type(error).__name__}: {error}"[:200])
        found.append(model.unembedding.weight.grad)
    if not torch.allclose(*found, 1e-3, 1e-6):
        return Wrong(
            "batch-loss-other-gradient",
            "The value is right, and its gradient is not that of the mean surprise.",
        )
    return None


TOKENS = ids(3, 8, vocab=7, seed=9)


@check(
    "training.loss",
    lives=gives_gradients,
    cases=[
        (torch.tensor([[[2.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]), torch.tensor([[1, 0, 2]])),
        (torch.tensor([[[9.0, 0.0, 0.0], [0.0, 9.0, 0.0]]]), torch.tensor([[2, 0, 1]])),
        (noise(1, 4, 5), ids(1, 5)),
        (noise(3, 4, 5), ids(3, 5, seed=1)),
        (noise(4, 3, 5), ids(4, 4, seed=2)),
        (3 * noise(2, 6, 7), ids(2, 7, vocab=7, seed=3)),
        (noise(4, 5), ids(5, seed=4)),
    ],
    awkward=[
        (noise(1, 1, 5), ids(1, 2, seed=5)),
        (noise(5, 1, 5), ids(5, 2, seed=6)),
        (noise(5, 5, 5), ids(5, 6, seed=7)),
        (noise(2, 3, 4, 5), ids(2, 3, 5, seed=8)),
        (torch.tensor([[[1000.0, 0.0, -1000.0], [-1e4, 0.0, 1e4]]]), torch.tensor([[0, 2, 2]])),
        (torch.zeros(2, 3, 5), ids(2, 4)),
        (noise(1, 3, 1), torch.zeros(1, 4, dtype=torch.int64)),
    ],
)
def loss(logits, ids):
    rows, targets = logits.double().reshape(-1, logits.shape[-1]), ids[..., 1:].reshape(-1)
    surprise = [row.logsumexp(dim=0) - row[target] for row, target in zip(rows, targets, strict=True)]
    return torch.stack(surprise).mean().to(logits.dtype)


edits(
    "training.loss",
    (
        "batch-loss-not-shifted",
        "ids[..., 1:]",
        "ids[..., :-1]",
        "Each place is compared with the token that stands there, which was given to it. It is to be compared with the *next* one: ids[..., 1:].",
    ),
    (
        "batch-loss-sum",
        ".flatten())",
        '.flatten(), reduction="sum")',
        "This is the whole surprise, summed. The *mean* is asked for, over all places of all passages: then batches of any size compare.",
    ),
    (
        "batch-loss-mean-over-passages",
        ".flatten())",
        '.flatten(), reduction="sum") / len(ids)',
        "The sum was shared out over the passages only. Share it out over all places: each of them is an example.",
    ),
    (
        "batch-loss-softmax-first",
        "logits.flatten(0, -2)",
        "logits.softmax(-1).flatten(0, -2)",
        "softmax was taken twice: cross_entropy takes logits, and does it itself.",
    ),
    (
        "batch-loss-of-probabilities",
        "functional.cross_entropy(logits.flatten(0, -2), ids[..., 1:].flatten())",
        "-logits.softmax(-1).flatten(0, -2).gather(1, ids[..., 1:].flatten()[:, None]).mean()",
        "The log is missing: surprise is -log p, not -p.",
    ),
    (
        "batch-loss-bits",
        "functional.cross_entropy(logits.flatten(0, -2), ids[..., 1:].flatten())",
        "functional.cross_entropy(logits.flatten(0, -2), ids[..., 1:].flatten()) / math.log(2)",
        "These are bits. The loss is told in nats: the natural logarithm.",
    ),
    (
        "batch-loss-last-place",
        "functional.cross_entropy(logits.flatten(0, -2), ids[..., 1:].flatten())",
        "functional.cross_entropy(logits[..., -1, :].reshape(-1, logits.shape[-1]), ids[..., -1].flatten())",
        "Only the last place of each passage is asked. Every place is an example: it has a next token, too.",
    ),
    (
        "batch-loss-wrong-sign",
        "functional.cross_entropy(",
        "-functional.cross_entropy(",
        "The sign is turned. A surprise is above 0, and smaller the likelier the true token was held.",
    ),
    (
        "batch-loss-perplexity",
        "functional.cross_entropy(logits.flatten(0, -2), ids[..., 1:].flatten())",
        "functional.cross_entropy(logits.flatten(0, -2), ids[..., 1:].flatten()).exp()",
        "This is e to the power of the loss, called perplexity. The loss itself is the mean of -log p.",
    ),
)
