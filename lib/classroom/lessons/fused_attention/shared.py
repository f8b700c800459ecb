"""What several exercises of this lesson share: answers from whole tables in float64, and a life in a model."""

import math
from collections.abc import Callable

import torch

from classroom.judge import lives
from classroom.judge.registry import Check, Wrong
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, swap's own is refused
from nextword.kernels import flash_attention, online_softmax


def hidden(queries: int, keys: int, causal: bool, window: int | None) -> torch.Tensor:
    """True where a query may not see a key, cell by cell."""
    place = torch.arange(keys - queries, keys)[:, None]
    number = torch.arange(keys)[None, :]
    found = (number > place) if causal else torch.zeros(queries, keys, dtype=torch.bool)
    return found if window is None else found | (number + window <= place)


def exact(query, key, value, *, causal=True, window=None):
    """Attention and the log of the sum of exp(score), from the whole table; zeros and -inf where nothing is seen."""
    heads = [head * key.shape[-3] // query.shape[-3] for head in range(query.shape[-3])]
    scores = query.double() @ key.double()[..., heads, :, :].mT / math.sqrt(query.shape[-1])
    scores = scores.masked_fill(hidden(*scores.shape[-2:], causal, window), -math.inf)
    mixed = scores.softmax(dim=-1).nan_to_num(0) @ value.double()[..., heads, :, :]
    return mixed.to(query.dtype), scores.logsumexp(dim=-1).float()


def alike(yours, needed) -> bool:
    """Whether two pairs of output and log-sum-exp agree as far as their kinds of number can tell."""
    if not isinstance(yours, tuple | list) or not all(isinstance(x, torch.Tensor) for x in yours):
        return False
    pairs = list(zip(yours, needed, strict=False))
    sized = len(yours) == len(needed) and all(x.shape == y.shape for x, y in pairs)
    return sized and all(
        torch.allclose(x.double(), y.double(), *((1e-4, 2e-5) if x.dtype == torch.float32 else (2e-3, 2e-3)))
        for x, y in pairs
    )


def in_an_attention(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with online attention over eight blocks that runs on the function."""
    draw = torch.Generator().manual_seed(3)
    scores, values = 9 * torch.randn(24, generator=draw), torch.randn(24, 3, generator=draw)
    needed = scores.double().softmax(0) @ values.double()
    blocks = [(scores[i : i + 3].tolist(), values[i : i + 3].tolist()) for i in range(0, 24, 3)]
    try:
        with overrides.replacing(check.target, function):
            found = torch.tensor(online_softmax.attend(iter(blocks), 3), dtype=torch.float64)
    except Exception as error:
        says = "Every case is right, but the attention that runs on it stops: it must give what the next line can use."
        return Wrong("stops-in-the-attention", says, yours=f"{type(error).__name__}: {error}"[:200])
    if not torch.allclose(found, needed, atol=1e-6):
        says = "Every case is right, but attention over eight blocks differs when it runs on it."
        return Wrong("differs-in-the-attention", says)
    return None


def in_a_model(check: Check, function: Callable) -> Wrong | None:
    """What is wrong with a tiny model whose attention is the kernel of this lesson."""
    with overrides.replacing("attention.attend", original("kernels.flash_attention.attend")):
        assert flash_attention  # `attend` launches whatever stands at its rung
        return lives.in_a_model(check, function)
