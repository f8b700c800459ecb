"""Problems for kernels of attention, what float64 says of them, and how far off a kernel may be.

Shared by whatever computes attention: the result of a kernel is judged by the error that torch makes in the same kind
of number, so that hard problems (scores of 100,000) may cost digits, and easy ones may not.
"""

import math
from typing import NamedTuple

import torch
from hypothesis import strategies as st
from torch.nn import functional

KINDS = ("normal", "one-hot", "constant", "huge")


class Problem(NamedTuple):
    """Query, key, value, what hides keys, and the tiles to work with."""

    query: torch.Tensor
    key: torch.Tensor
    value: torch.Tensor
    mask: dict
    blocks: dict

    def __repr__(self):
        shapes = ", ".join(str(tuple(x.shape)) for x in self[:3])
        return f"<{shapes}, {self.query.dtype}, {self.mask}, {self.blocks}>"


def make(
    *, seed=0, batch=(), n_kv_heads=1, group=1, queries=20, keys=20, head_dim=16, causal=True, window=None,
    block_queries=16, block_keys=16, dtype=torch.float32, kind="normal", scale=1.0,
) -> Problem:  # fmt: skip
    draw = torch.Generator().manual_seed(seed)
    shapes = [(*batch, n_kv_heads * group, queries, head_dim), *[(*batch, n_kv_heads, keys, head_dim)] * 2]
    query, key, value = (torch.randn(shape, generator=draw) for shape in shapes)
    if kind == "one-hot":
        query, key = (30 * functional.one_hot(x.argmax(dim=-1), head_dim).float() for x in (query, key))
    if kind == "constant":
        query, key = query[..., :1].expand(shapes[0]), key[..., :1, :].expand(shapes[1])
    if kind == "huge":  # scores of about 100,000, above and below 0
        query, key = 300 * query.sign(), 300 * key.sign() * math.sqrt(1e5 / 9e4 / math.sqrt(head_dim))
    query, key, value = (x.to(dtype) for x in (scale * query, key, scale * value))
    return Problem(
        query, key, value, {"causal": causal, "window": window},
        {"block_queries": block_queries, "block_keys": block_keys},
    )  # fmt: skip


@st.composite
def problems(draw, dtype=torch.float32, longest=130):
    return make(
        seed=draw(st.integers(0, 10_000)),
        batch=draw(st.sampled_from([(), (1,), (2,), (2, 1)])),
        n_kv_heads=draw(st.integers(1, 2)),
        group=draw(st.integers(1, 3)),
        queries=draw(st.integers(1, longest)),
        keys=draw(st.integers(1, longest)),
        head_dim=draw(st.sampled_from([1, 16, 24, 32, 64])),
        causal=draw(st.booleans()),
        window=draw(st.none() | st.integers(1, longest)),
        block_queries=draw(st.sampled_from([16, 32, 64])),
        block_keys=draw(st.sampled_from([16, 32, 64])),
        dtype=dtype,
        kind=draw(st.sampled_from(KINDS)),
        scale=draw(st.sampled_from([0.1, 1.0, 4.0])),
    )


def exact(problem: Problem) -> tuple[torch.Tensor, torch.Tensor]:
    """Output and log-sum-exp in float64, from the whole table; zeros and -inf where a query sees nothing."""
    query, key, value = (x.double() for x in problem[:3])
    key, value = (x.repeat_interleave(query.shape[-3] // x.shape[-3], dim=-3) for x in (key, value))
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    scores = scores.masked_fill(~visible(problem), -math.inf)
    return scores.softmax(dim=-1).nan_to_num(0) @ value, scores.logsumexp(dim=-1)


def visible(problem: Problem) -> torch.Tensor:
    """True where a query sees a key, as the words say: the last query at the last key; a window of 1 is one key."""
    queries, keys = problem.query.shape[-2], problem.key.shape[-2]
    ahead = torch.arange(keys)[None, :] - (torch.arange(queries)[:, None] + keys - queries)
    seen = torch.ones(queries, keys, dtype=torch.bool)
    if problem.mask["causal"]:
        seen &= ahead <= 0
    if problem.mask["window"] is not None:
        seen &= ahead + problem.mask["window"] > 0
    return seen


def torchs(problem: Problem) -> torch.Tensor:
    """Torch's own attention in the same kind of number."""
    seen = visible(problem)
    found = functional.scaled_dot_product_attention(
        *problem[:3], attn_mask=seen, enable_gqa=problem.query.shape[-3] != problem.key.shape[-3]
    )
    return found.masked_fill(~seen.any(dim=-1)[:, None], 0)


def furthest(found: torch.Tensor, needed: torch.Tensor) -> float:
    """The largest difference; infinite where one of the two is no finite number, and they are not the same."""
    apart = (found.double() - needed.double()).abs()
    apart[found.double() == needed.double()] = 0  # -inf and -inf, too
    return float(apart.nan_to_num(math.inf).max()) if apart.numel() else 0.0


def complaint(found, problem: Problem, c: float = 8) -> str | None:
    """What is wrong with an output and a log-sum-exp; None where both are as near as they can be asked to be.

    Allowed is twice torch's own error and `c` roundings; for scores beyond 8 so much more as they are larger, since a
    score of 100,000 is rounded to .008 in float32, whoever adds it up.
    """
    out, lse = found
    needed, needed_lse = exact(problem)
    if out.shape != needed.shape or lse.shape != needed_lse.shape or out.dtype != problem.query.dtype:
        return f"shapes {tuple(out.shape)}, {tuple(lse.shape)}, {out.dtype}"
    largest = float(needed_lse.masked_fill(needed_lse.isinf(), 0).abs().max()) if lse.numel() else 0.0
    unit = c * torch.finfo(lse.dtype).eps / 2 * max(1, largest / 8)
    size = max(float(needed.abs().max()), 1.0) if out.numel() else 1.0
    allowed = 2 * furthest(torchs(problem), needed) + (2 * torch.finfo(out.dtype).eps + unit) * size
    if furthest(out, needed) > allowed:
        return f"off by {furthest(out, needed):.3g} where {allowed:.3g} is allowed"
    if furthest(lse, needed_lse) > 8 * unit:
        return f"log-sum-exp off by {furthest(lse, needed_lse):.3g}"
    return None
