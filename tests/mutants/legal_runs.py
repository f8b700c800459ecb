"""Legal inputs by chance: passages with logits, texts to measure, runs of training; and whether passages are good."""

import torch

from nextword import training
from tests.mutants.chance import R, randn, ri


def logits_and_passages():
    shape, vocab = [ri(1, 4) for _ in range(ri(0, 2))], ri(2, 7)
    n = ri(1, 6)
    ids = torch.randint(vocab, (*shape, n + 1), generator=torch.Generator().manual_seed(ri(0, 9999)))
    return 2 * randn(*shape, n, vocab), ids


def windows():
    context = ri(1, 12)
    return ri(1, 40), context, ri(1, context)


def text_to_measure():
    """So many tokens, in pieces of that context and stride, by a model that is in training or not."""
    context = ri(1, 8)
    return ri(2, 60), context, R.choice([None, ri(1, context)]), R.random() < 0.5


def settings():
    """A configuration, and how many turns are made of it."""
    parts, steps = ri(1, 3), ri(2, 8)
    found = {
        "steps": steps,
        "batch": parts * ri(1, 3),
        "accumulate": parts,
        "context": ri(1, 6),
        "seed": ri(0, 99),
    }
    found |= {"warmup": ri(0, 3), "decay": R.choice([0.0, 0.5, 1.0]), "clip": R.choice([0.05, 1.0, 1e9])}
    return found, ri(1, 2)


def passages_are_bad(function) -> str:
    """In what passages of a long text differ from the library's own; nothing where they don't."""
    text = torch.arange(9, 70, dtype=torch.int32)
    for n, context in ((400, 5), (1, 1), (3, 60)):
        found = function(text, n, context, torch.Generator().manual_seed(n))
        whole = (found.shape, found.dtype) == ((n, context + 1), torch.int64)
        if not (whole and (found.diff(dim=1) == 1).all() and found.min() >= 9 and found.max() < 70):
            return f"{n} passages of {context} + 1 tokens are no runs of the text"
    starts = training.passages(text, 4000, 5, torch.Generator().manual_seed(1))[:, 0].unique()
    others = function(text, 4000, 5, torch.Generator().manual_seed(1))[:, 0].unique()
    return "" if torch.equal(starts, others) else "other places are beginnings"
