"""Drop-ins for training on one core in bfloat16: what the library gives, rounded to 16 bits, in less time.

A processor multiplies matrices of 16 bits so fast that most of a step goes elsewhere: attention's tables in float32,
copies from one kind of number to the other, and Muon's rounds, a matrix at a time. Here sums stay in float32, while
tables and products are kept in 16 bits, and matrices of one shape are turned together. The gradients are worked out by
hand (`torch.autograd.Function`): less is kept, and less is copied.

`with faster.dropped_in(): ...` puts them into the library's place; they are for models of `recipes.shape`, with queries
and keys that were normed, since the softmax here takes no maximum off. tests/library/test_faster_benchmark.py compares
them with the library's own.
"""

import functools
import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch
from torch import Tensor, nn
from torch.autograd import Function

from nextword import attention, optim
from nextword.base import overrides
from nextword.training import Run

SIXTEEN = torch.bfloat16
BLOCK = 128  # queries at a time: those after them are never worked out


class Normed(Function):
    """RMSNorm; with y = x / size, the blame of x is (g - y mean(g y)) / size for a blame g of y."""

    @staticmethod
    def forward(ctx, x: Tensor, eps: float) -> Tensor:
        ctx.kind, x = x.dtype, x.float()
        length = torch.linalg.vector_norm(x, dim=-1, keepdim=True)
        share = torch.rsqrt(length.square() / x.shape[-1] + eps)
        y = x * share
        ctx.save_for_backward(y, share)
        return y

    @staticmethod
    def backward(ctx, blame: Tensor) -> tuple:
        y, share = ctx.saved_tensors
        along = torch.linalg.vecdot(blame, y)[..., None] / y.shape[-1]
        return (blame - y * along).mul_(share).to(ctx.kind), None


def rms_norm(x: Tensor, weight: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """RMSNorm, in float32 also of queries and keys of 16 bits, since RoPE turns them next."""
    if weight is not None or not torch.is_autocast_enabled(x.device.type):
        return overrides.original("transformer.rms_norm")(x, weight, eps)
    return Normed.apply(x, eps)


class Turned(Function):
    """RoPE: each pair of features is a complex number, and is multiplied by an arrow of length 1."""

    @staticmethod
    def forward(ctx, x: Tensor, arrows: Tensor) -> Tensor:
        ctx.arrows, ctx.kind = arrows, x.dtype
        return times(x, arrows).to(SIXTEEN)

    @staticmethod
    def backward(ctx, blame: Tensor) -> tuple:
        return times(blame, ctx.arrows.conj().resolve_conj()).to(ctx.kind), None  # turned back


def times(x: Tensor, arrows: Tensor) -> Tensor:
    """Pairs of features multiplied as complex numbers."""
    pairs = torch.view_as_complex(x.float().unflatten(-1, (-1, 2)))
    return torch.view_as_real(pairs * arrows).flatten(-2)


@functools.lru_cache(8)
def arrows_of(n: int, head_dim: int, base: float) -> Tensor:
    """cos + i sin of the angles at places 0 to n - 1."""
    angles = attention.angles(torch.arange(n), head_dim, base)
    return torch.polar(torch.ones_like(angles), angles)


def rope(x: Tensor, positions: Tensor, base: float = 10_000.0) -> Tensor:
    """Rotary position embedding of a text that begins at place 0."""
    if not torch.is_autocast_enabled(x.device.type):
        return overrides.original("attention.rope")(x, positions, base)
    return Turned.apply(x, arrows_of(len(positions), x.shape[-1], base))


@functools.lru_cache(8)
def future(queries: int, keys: int) -> Tensor:
    """What is added to scores: -inf where a key comes after its query; the last query stands at the last key."""
    return attention.mask_future(torch.zeros(queries, keys)).to(SIXTEEN)


class Mixed(Function):
    """Causal attention, BLOCK queries at a time, over just the keys up to the last of them.

    With p = exp(scores), mixed = p v / sums. Whoever divides the blame by the sums has the blame of p's scores as
    p (blame v^T - blame . mixed).
    """

    @staticmethod
    def forward(ctx, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        shape, size = query.shape, 1 / math.sqrt(query.shape[-1])
        query, key, value = (x.to(SIXTEEN).reshape(-1, *x.shape[-2:]) for x in (query, key, value))
        mixed, tables, sums = torch.empty_like(query), [], []
        for rows, seen in blocks(query.shape[-2]):
            mask = future(rows.stop - rows.start, rows.stop)
            table = torch.baddbmm(mask, query[:, rows], key[:, seen].mT, alpha=size).exp_()
            tables.append(table)
            sums.append(table.sum(-1, keepdim=True, dtype=torch.float32))
            mixed[:, rows] = torch.bmm(table, value[:, seen]) / sums[-1]
        ctx.save_for_backward(query, key, value, mixed, *tables, *sums)
        return mixed.view(shape)

    @staticmethod
    def backward(ctx, blame: Tensor) -> tuple:
        query, key, value, mixed, *rest = ctx.saved_tensors
        tables, sums, size = rest[: len(rest) // 2], rest[len(rest) // 2 :], 1 / math.sqrt(query.shape[-1])
        shape, blame, of_query = blame.shape, blame.reshape(query.shape), torch.empty_like(query)
        of_key, of_value = (torch.zeros_like(x, dtype=torch.float32) for x in (key, value))
        for (rows, seen), table, total in zip(blocks(query.shape[-2]), tables, sums, strict=True):
            shared = blame[:, rows] / total
            along = torch.linalg.vecdot(shared, mixed[:, rows].float())[..., None]
            shared = shared.to(SIXTEEN)
            of_scores = torch.baddbmm(-along.to(SIXTEEN), shared, value[:, seen].mT).mul_(table)
            of_query[:, rows] = torch.bmm(of_scores, key[:, seen]).mul_(size)
            of_key[:, seen] += torch.bmm(of_scores.mT, query[:, rows]).mul_(size)
            of_value[:, seen] += torch.bmm(table.mT, shared)
        return of_query.view(shape), of_key.to(SIXTEEN).view(shape), of_value.to(SIXTEEN).view(shape)


def blocks(n: int) -> list[tuple[slice, slice]]:
    """Which queries are worked out together, and the keys that some of them see.

    >>> blocks(200)
    [(slice(0, 128, None), slice(0, 128, None)), (slice(128, 200, None), slice(0, 200, None))]
    """
    return [
        (slice(start, min(n, start + BLOCK)), slice(0, min(n, start + BLOCK))) for start in range(0, n, BLOCK)
    ]


def attend(
    query: Tensor, key: Tensor, value: Tensor, *, causal: bool = True, window: int | None = None
) -> Tensor:
    """Attention as models in training want it: causal, of a whole text, a head of keys for each of queries."""
    if not torch.is_autocast_enabled(query.device.type) or window or not causal or query.shape != key.shape:
        return overrides.original("attention.attend")(query, key, value, causal=causal, window=window)
    return Mixed.apply(query, key, value)


class Gated(Function):
    """SwiGLU's silu(gate) up, with silu(x) = x sigmoid(x), whose slope is s + x s (1 - s)."""

    @staticmethod
    def forward(ctx, gate: Tensor, up: Tensor) -> Tensor:
        opened = torch.sigmoid(gate)
        silu = gate * opened
        ctx.save_for_backward(up, opened, silu)
        return silu * up

    @staticmethod
    def backward(ctx, blame: Tensor) -> tuple:
        up, opened, silu = ctx.saved_tensors
        return (blame * up).mul_(opened + silu * (1 - opened)), blame * silu


def mlp(x: Tensor, layer: nn.Module) -> Tensor:
    """SwiGLU feed-forward."""
    if not torch.is_autocast_enabled(x.device.type):
        return overrides.original("transformer.mlp")(x, layer)
    return layer.down(Gated.apply(layer.gate(x), layer.up(x)))


def newton_schulz(matrices: Tensor, n_rounds: int = 5, eps: float = 1e-7) -> Tensor:
    """Muon's rounds for a stack of matrices of one shape, all in 16 bits."""
    a, b, c = optim.ROUND
    is_tall = matrices.shape[-2] > matrices.shape[-1]
    x = matrices.mT if is_tall else matrices
    x = (x / x.norm(dim=(-2, -1), keepdim=True).clamp(min=eps)).to(SIXTEEN).contiguous()
    for _ in range(n_rounds):
        gram = torch.bmm(x, x.mT)
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return (x.mT if is_tall else x).float()


class Together(optim.Optimizer):
    """Muon and AdamW as in the library, matrices of one shape turned together, and memories changed in place."""

    def __init__(self, groups: list[optim.Group]):
        super().__init__(groups)
        self.stacks = {}  # by group and shape: names
        for number, group in enumerate(groups):
            for name, parameter in group.parameters.items():
                self.stacks.setdefault((number, parameter.shape), []).append(name)
        self.groups, self.velocities = list(groups), {}

    @torch.no_grad()
    def step(self, share: float = 1.0, limit: float = math.inf) -> None:
        """Turn all once; nothing is clipped."""
        if limit != math.inf:
            raise ValueError("the faster optimizer clips nothing: train with clip=math.inf")
        self.n += 1
        for (number, shape), names in self.stacks.items():
            group = self.groups[number]
            parameters = [group.parameters[name] for name in names]
            lr = group.lr * share
            if group.rule == "muon":
                self.muon((number, shape), parameters, lr, **group.settings)
            else:
                for name, parameter in zip(names, parameters, strict=True):
                    self.adamw(name, parameter, lr, **group.settings)
            for parameter in parameters:
                parameter.grad = None

    def muon(
        self, stack: tuple, parameters: list[Tensor], lr: float, beta: float, weight_decay: float
    ) -> None:
        """Turn matrices of one shape."""
        gradient = torch.stack([parameter.grad for parameter in parameters])
        velocity = self.velocities.setdefault(stack, torch.zeros_like(gradient))
        velocity.lerp_(gradient, 1 - beta)
        turns = newton_schulz(gradient.lerp_(velocity, beta))
        rows, columns = turns.shape[-2:]
        torch._foreach_mul_(parameters, 1 - lr * weight_decay)
        torch._foreach_add_(parameters, list(turns), alpha=-lr * math.sqrt(max(1, rows / columns)))

    def adamw(self, name: str, parameter: Tensor, lr: float, betas: tuple[float, float]) -> None:
        """Turn one tensor."""
        gradient, mean, square = parameter.grad, self.memory[f"{name}.mean"], self.memory[f"{name}.square"]
        mean.lerp_(gradient, 1 - betas[0])
        square.mul_(betas[1]).addcmul_(gradient, gradient, value=1 - betas[1])
        below = (square / (1 - betas[1] ** self.n)).sqrt_().add_(1e-8)
        parameter.addcdiv_(mean, below, value=-lr / (1 - betas[0] ** self.n))


def hasten(run: Run) -> Run:
    """The same run at its first step, with the faster optimizer."""
    groups = {id(group): group for group, *_ in run.optimizer.all}
    run.optimizer = Together(list(groups.values()))
    return run


@contextmanager
def dropped_in() -> Iterator[None]:
    """In a `with` block the library trains with the functions above; they work in 16 bits under autocast alone."""
    own = {
        "transformer.rms_norm": rms_norm,
        "transformer.mlp": mlp,
        "attention.rope": rope,
        "attention.attend": attend,
    }
    with ExitStack() as block:
        for target, function in own.items():
            block.enter_context(overrides.replacing(target, function))
        yield
