"""What several exercises of this lesson share: masks as texts have them, gradients, and a round of a tiny policy."""

import torch

from classroom.judge import lives
from classroom.judge import shelf_tensors as shelf
from classroom.judge.registry import Check, Wrong
from nextword import ppo
from nextword.base.overrides import original  # by name: under guard, its own is refused
from nextword.ppo_parts.records import Config
from nextword.tokenizer import Tokenizer
from nextword.transformer import ModelConfig, Transformer

END = "<|end|>"
TOKENIZER = Tokenizer([], special=(END,))
SIZES = {
    "vocab_size": 257,
    "d_model": 8,
    "n_layers": 1,
    "n_heads": 2,
    "d_mlp": 8,
    "context": 12,
    "tied": False,
}


def noises(seed: int):
    """A source of tensors by chance, of 64 bits."""
    noise = shelf.noises(seed)
    return lambda *shape: noise(*shape).double()


def mask(*rows: str) -> torch.Tensor:
    """Which places the policy chose: a letter a place, x where it did."""
    return torch.tensor([[letter == "x" for letter in row] for row in rows])


def gradients(check: Check, function, *given: torch.Tensor) -> Wrong | None:
    """What is wrong with the gradient at the first of what is given; None where it is as with the library's own."""
    found = []
    for one in (original(check.target), function):
        first = given[0].detach().clone().requires_grad_()
        with torch.inference_mode(False), torch.enable_grad():
            try:
                found.append(torch.autograd.grad(one(first, *given[1:]).sum(), first)[0])
            except Exception as error:
                says = "The value is right, but no gradient leads back from it. Is there a .item(), a float or a .detach()?"
                return Wrong(
                    f"{check.name}-no-gradient", says, yours=f"{type(error).__name__}: {error}"[:200]
                )
    if not torch.allclose(*found, 1e-4, 1e-7):
        says = (
            "The value is right, and its gradient is another one, so that the policy would turn elsewhere. "
        )
        return Wrong(
            f"{check.name}-other-gradient", says + "Is there a .detach() on a part that has to learn?"
        )
    return None


def in_a_round(check: Check, function) -> Wrong | None:
    """What is wrong when two rounds of a tiny policy run on the function; None where all is as with the library's own."""
    return lives.compare(
        check,
        function,
        _two_rounds,
        lambda yours, needed: yours.allclose(needed, 1e-3, 1e-5),
        "a-round",
        "a round of learning that runs on it stops: it must take what a policy gives, too.",
        "a round of learning on it ends with other dials than with the library's own.",
        gradients=True,
    )


def _two_rounds() -> torch.Tensor:
    """What is noted of two rounds, and a tiny policy's dials after them."""
    model, end = Transformer(ModelConfig(**SIZES), torch.Generator().manual_seed(3)), TOKENIZER.id_of(END)
    with torch.no_grad():
        model.embedding.weight += 1
        model.unembedding.weight[97:101] += 0.8
        model.unembedding.weight[end] += 0.6
    config = Config(rounds=2, texts=6, minibatch=3, seq_len=9, lr=1e-2, max_kl=99)
    prompts = [[end, 65], [end, 66, 67]]
    run = ppo.train(ppo.begin(model, TOKENIZER, end, prompts, _counts, config))
    noted = [[one.reward, one.kl, one.clipped, one.value_error] for one in run.history]
    dials = [dial.detach().flatten() for dial in run.policy.parameters()]
    return torch.cat([torch.tensor(noted).flatten(), *dials])


def _counts(texts: list[str]) -> torch.Tensor:
    return torch.tensor([text.count("a") - text.count("b") / 2 for text in texts])
