"""Does a right function live in the library? A tiny model runs on it, in float32.

A check asks for it by `lives=in_a_model`; `in_training` asks for gradients too.
"""

import functools
from collections.abc import Callable

import torch

from classroom.judge.registry import Check, Wrong
from nextword import transformer
from nextword.attention_parts.kv_cache import KVCache
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, swap's own is refused
from nextword.transformer_parts.config import ModelConfig

SIZES = dict(vocab_size=11, d_model=16, n_layers=2, n_heads=4, n_kv_heads=2, d_mlp=24, context=16)


@functools.cache
def _model() -> transformer.Transformer:
    model = transformer.Transformer(ModelConfig(**SIZES), torch.Generator().manual_seed(7))
    for parameter in model.parameters():
        parameter.data.mul_(8)  # so that a wrong step shows in the logits
    return model


IDS = torch.tensor([[3, 1, 4, 1, 5], [9, 2, 6, 5, 3]])


def _all_at_once_and_one_by_one() -> torch.Tensor:
    """The logits of two texts: whole, then with the last token read on a cache of the others."""
    model, cache = _model(), KVCache()
    whole = model(IDS)
    first, last = model(IDS[:, :-1], cache), model(IDS[:, -1:], cache)
    end = transformer.next_logits(model.stream(IDS), model)
    return torch.cat([whole, first, last, end[:, None]], dim=1)


def compare(
    check: Check,
    function: Callable,
    run: Callable[[], object],
    alike: Callable[[object, object], bool],
    where: str,
    stops: str,
    differs: str,
    gradients: bool = False,
) -> Wrong | None:
    """What is wrong when a piece of the library runs on the function; None where all is as with the library's own.

    `run` gives what comes of it, and `alike` compares two of these. What is said begins "Every case is right, but", and
    ends in `stops` or `differs`.
    """
    with torch.inference_mode(False), torch.set_grad_enabled(gradients):
        with overrides.replacing(check.target, original(check.target)):
            needed = run()
        try:
            with overrides.replacing(check.target, function):
                yours = run()
        except Exception as error:
            says = f"Every case is right, but {stops}"
            return Wrong(f"stops-in-{where}", says, yours=f"{type(error).__name__}: {error}"[:200])
    return (
        None if alike(yours, needed) else Wrong(f"differs-in-{where}", f"Every case is right, but {differs}")
    )


def in_a_model(check: Check, function: Callable, gradients: bool = False) -> Wrong | None:
    """What is wrong with the model when it runs on the function; None where all is as with the library's own."""
    with torch.inference_mode(False), torch.set_grad_enabled(gradients):
        with overrides.replacing(check.target, original(check.target)):
            needed = _logits_and_gradients(gradients)
        try:
            with overrides.replacing(check.target, function):
                yours = _logits_and_gradients(gradients)
        except Exception as error:
            says = "Every case is right, but a model that runs on it stops: it must take what a model gives, too."
            return Wrong("stops-in-the-model", says, yours=f"{type(error).__name__}: {error}"[:200])
    for what, mine, own in zip(("logits", "gradients"), yours, needed, strict=False):
        if mine.dtype != own.dtype or not mine.allclose(own, 1e-3, 1e-4):
            says = f"Every case is right, but a model that runs on it gives other {what} than with the library's own."
            return Wrong("differs-in-the-model", says)
    return None


in_training = functools.partial(in_a_model, gradients=True)


def _logits_and_gradients(gradients: bool) -> list[torch.Tensor]:
    if not gradients:
        return [_all_at_once_and_one_by_one()]
    logits = _model()(IDS)
    found = torch.autograd.grad(logits.logsumexp(-1).sum(), [*_model().parameters()], allow_unused=True)
    return [logits.detach(), torch.cat([one.flatten() for one in found if one is not None])]
