"""What several exercises of this lesson share: noise of 64 bits, and small models that learn on a function."""

import torch

from classroom.judge import lives
from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import Check, Wrong
from nextword import neural_ngram, recurrent, training
from nextword.recurrent_parts.config import RecurrentConfig

IDS = torch.randint(7, (3, 9), generator=torch.Generator().manual_seed(3))


def noises(seed: int):
    """A source of tensors by chance, of 64 bits."""
    noise = shelf.noises(seed)
    return lambda *shape: noise(*shape).double()


def models() -> list[torch.nn.Module]:
    """One of each kind, with logits that are not 0."""
    made = [neural_ngram.NeuralNgram(neural_ngram.NgramConfig(7, 4, 3, 6), torch.Generator().manual_seed(1))]
    for kind in ("rnn", "lstm"):
        config = RecurrentConfig(7, 4, 5, kind, n_layers=2)
        made.append(recurrent.Recurrent(config, torch.Generator().manual_seed(1)))
    for model in made:
        model.unembedding.weight.data.normal_(generator=torch.Generator().manual_seed(2))
    return made


def in_a_model(check: Check, function) -> Wrong | None:
    """What is wrong when models read and learn on the function; None where all is as with the library's own."""
    return lives.compare(
        check,
        function,
        _logits_and_gradients,
        lambda yours, needed: all(map(_close, yours, needed)),
        "the-model",
        "a model that runs on it stops: it must take what a model gives, too.",
        "a model that learns on it goes another way than with the library's own.",
        gradients=True,
    )


def _close(yours: torch.Tensor, needed: torch.Tensor) -> bool:
    return yours.dtype == needed.dtype and yours.allclose(needed, 1e-3, 1e-5)


def _logits_and_gradients() -> list[torch.Tensor]:
    found = []
    for model in models():
        logits = model(IDS[:, :-1])
        training.loss(logits, IDS).backward()
        found += [logits.detach(), *(parameter.grad for parameter in model.parameters())]
    return found
