"""What several exercises of this lesson share: problems, their answers by torch's autograd, and a try inside autograd."""

import math
from collections.abc import Callable

import torch

from classroom.judge.registry import Check, Named, Wrong
from nextword.base import overrides
from nextword.base.overrides import original  # by name: under guard, swap's own is refused

Tensor = torch.Tensor


def close(a: object, b: object) -> bool:
    """Whether two answers are the same up to what float32 sums lose, in whatever order a kernel adds."""
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(close(x, y) for x, y in zip(a, b, strict=True))
    if not isinstance(a, Tensor) or not isinstance(b, Tensor) or a.shape != b.shape:
        return False
    largest = float(b.abs().max()) if b.numel() else 0.0
    return bool(a.double().allclose(b.double(), 1e-3, 2e-5 * max(largest, 1.0)))


def seen(queries: int, keys: int, causal: bool, window: int | None) -> Tensor:
    """Which key each query sees, the last at the last; counted out one by one."""
    table = torch.zeros(queries, keys, dtype=torch.bool)
    for query in range(queries):
        for key in range(keys):
            behind = query + keys - queries - key
            table[query, key] = (behind >= 0 or not causal) and (window is None or behind < window)
    return table


def scores(query: Tensor, key: Tensor, causal: bool, window: int | None) -> Tensor:
    """The table of scores in float64, -inf where a query sees nothing."""
    key = key.double().repeat_interleave(query.shape[-3] // key.shape[-3], dim=-3)
    table = torch.einsum("...qd,...kd->...qk", query.double(), key) / math.sqrt(query.shape[-1])
    return table.masked_fill(~seen(*table.shape[-2:], causal, window), -math.inf)


def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool, window: int | None) -> Tensor:
    """Attention from the whole table, in float64; 0 for a query that sees nothing."""
    table = scores(query, key, causal, window)
    weights = table.masked_fill(table.isneginf(), -1e300).softmax(-1) * ~table.isneginf()
    value = value.double().repeat_interleave(query.shape[-3] // value.shape[-3], dim=-3)
    return torch.einsum("...qk,...kd->...qd", weights, value)


def by_autograd(
    query: Tensor, key: Tensor, value: Tensor, grad_out: Tensor, causal: bool, window: int | None
) -> tuple[Tensor, ...]:
    """The gradients of query, key and value, by torch's autograd."""
    with torch.inference_mode(False), torch.enable_grad():
        leaves = [x.clone().double().requires_grad_() for x in (query, key, value)]
        out = attend(*leaves, causal, window)
        found = torch.autograd.grad(out, leaves, grad_out.clone().double())
    return tuple(x.to(query.dtype) for x in found)


def problem(
    seed: int, queries: int, keys: int, heads=(1, 1), batch=(), head_dim=4, scale=1.0, **mask
) -> tuple:
    """A case for a kernel: query, key, value, the output's gradient, lse and delta, and the mask by name."""
    generator = torch.Generator().manual_seed(seed)
    query, grad_out = (
        scale * torch.randn(*batch, heads[0], queries, head_dim, generator=generator) for _ in range(2)
    )
    key, value = (
        scale * torch.randn(*batch, heads[1], keys, head_dim, generator=generator) for _ in range(2)
    )
    return with_sums(query, key, value, grad_out, **mask)


def with_sums(query: Tensor, key: Tensor, value: Tensor, grad_out: Tensor, **mask) -> tuple:
    """The same case, with the two numbers of each query that the forward pass and `delta` leave."""
    seen_by = {"causal": True, "window": None} | mask
    lse = scores(query, key, **seen_by).logsumexp(-1).float()
    delta = (attend(query, key, value, **seen_by) * grad_out.double()).sum(-1).float()
    return query, key, value, grad_out, lse, delta, Named(**seen_by)


SMALL = with_sums(
    torch.tensor([[[2.0], [0.0]]]),
    torch.tensor([[[0.0], [1.0]]]),
    torch.tensor([[[1.0], [3.0]]]),
    torch.tensor([[[1.0], [1.0]]]),
)
CASES = [  # in tiles of 32 queries and 64 keys: several of each in the longer ones
    SMALL,
    problem(1, 3, 3),
    problem(2, 3, 3, causal=False),
    problem(3, 40, 40, head_dim=8),
    problem(4, 5, 9, heads=(4, 2), batch=(2,)),
    problem(5, 40, 70, heads=(2, 2), causal=False),
    problem(6, 50, 50, window=7),
]
AWKWARD = [
    problem(7, 1, 1),
    problem(8, 1, 77, heads=(3, 1)),
    problem(9, 35, 20, head_dim=2),  # the first queries see nothing
    problem(10, 33, 97, heads=(2, 1), batch=(1, 2), head_dim=20, causal=False, window=40),
    problem(11, 20, 20, scale=3.0),
    tuple(x.transpose(-2, -3) if x.ndim == 4 else x for x in problem(12, 3, 3, heads=(3, 3), batch=(2,))[:4])
    + problem(12, 3, 3, heads=(3, 3), batch=(2,))[4:],
]
AWKWARD[-1] = with_sums(*AWKWARD[-1][:4])  # tensors whose rows do not lie one after another


def in_autograd(check: Check, function: Callable) -> Wrong | None:
    """What is wrong when `attend` passes its blame back through the function; None where all is as with the library's."""
    with torch.inference_mode(False), torch.enable_grad():
        with overrides.replacing(check.target, original(check.target)):
            needed = _gradients()
        try:
            with overrides.replacing(check.target, function):
                yours = _gradients()
        except Exception as error:
            says = "Every case is right, but attention that passes its blame back through it stops."
            return Wrong("stops-in-autograd", says, yours=f"{type(error).__name__}: {error}"[:200])
    for mine, own, limit in zip(yours, needed, (1e-4, 1e-2, 1e-9), strict=True):
        for name, x, y in zip(("query", "key", "value"), mine, own, strict=True):
            if x.dtype != y.dtype or not x.double().allclose(y.double(), limit, limit):
                says = f"Every case is right, but in {str(y.dtype).removeprefix('torch.')} the {name}'s gradient "
                says += "is another than with the library's own."
                if y.dtype == torch.float64 and x.double().allclose(y, 1e-4, 1e-4):
                    says += " It is close: is a step done in float32, whatever came in?"
                return Wrong("differs-in-autograd", says)
    return None


def _gradients() -> list[tuple[Tensor, ...]]:
    from nextword import kernels
    from nextword.kernels import flash_attention_backward

    found = []
    for dtype in (torch.float32, torch.float16, torch.float64):
        x = problem(13, 20, 36, heads=(2, 1), batch=(2,), head_dim=8)[:4]
        device = "cpu" if kernels.interpreted else "cuda"
        *leaves, grad_out = (one.to(device, dtype).requires_grad_() for one in x)
        out = flash_attention_backward.attend(*leaves, window=30)
        found.append(torch.autograd.grad(out, leaves, grad_out.detach()))
    return found
