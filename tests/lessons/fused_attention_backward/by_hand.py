"""The gradients of attention on whole tables, with one step done otherwise: what a kernel with that slip would give.

A kernel goes through tiles, and leaves out those in which nobody sees anybody. Where a mask is forgotten, that counts.
"""

import math

import torch


def gone_through(queries: int, keys: int, causal: bool, window: int | None, over: str, last=False):
    """The pairs of query and key that stand in some tile of the loop; with `last`, in the last of a program's."""
    visited = torch.zeros(queries, keys, dtype=torch.bool)
    back = queries + keys if window is None else window - 1
    ahead, ours, theirs = 0 if causal else queries + keys, *((32, 64) if over == "keys" else (64, 32))
    for start in range(0, queries if over == "keys" else keys, ours):
        if over == "keys":
            first = max(start + keys - queries - back, 0)
            end = min(start + ours + keys - queries + ahead, keys)
        else:
            first = max(start + queries - keys - ahead, 0)
            end = min(start + ours + queries - keys + back, queries)
        for tile in list(range(first, end, theirs))[-1 if last else 0 :]:
            mine, other = slice(start, start + ours), slice(tile, tile + theirs)
            visited[(mine, other) if over == "keys" else (other, mine)] = True
    return visited


class Tables:
    """All that the two kernels make tile by tile, as whole tables in float64, with slips."""

    def __init__(self, over, case, causal, window, *slips):
        query, key, value, grad_out, lse, delta = (x.double() for x in case)
        group = query.shape[-3] // key.shape[-3]
        self.n_kv_heads, self.query, self.grad = key.shape[-3], query, grad_out
        self.keys, self.values = (x.repeat_interleave(group, dim=-3) for x in (key, value))
        scale = query.shape[-1] ** -0.5
        visited = gone_through(query.shape[-2], key.shape[-2], causal, window, over)
        behind = torch.arange(key.shape[-2] - query.shape[-2], key.shape[-2])[:, None] - torch.arange(
            key.shape[-2]
        )
        seen = visited & ((behind >= 0) | (not causal)) & (behind < (window or math.inf))
        if "no mask" in slips:
            seen = visited
        scores = query @ self.keys.mT * (1 if "scores not scaled" in slips else scale)
        logs = scores if "not divided" in slips else scores - lse[..., None]
        base = 2.0 if "power of two" in slips else math.e
        self.weights = torch.where(seen, base**logs, float("mask of zero" in slips)) * visited
        fits = grad_out @ (self.keys if "keys for values" in slips else self.values).mT
        above = fits - (0 if "no delta" in slips else -1 if "plus" in slips else 1) * delta[..., None]
        blamed = visited.double() if "no weight" in slips else self.weights
        self.blame = blamed * above * (1 if "blame not scaled" in slips else scale)
        self.last = gone_through(query.shape[-2], key.shape[-2], causal, window, over, last=True)

    def group_sum(self, table, rows, last=False):
        """Keys as rows, times what each query has; summed over the group, or the last head's last tile alone."""
        if last:
            group = table.shape[-3] // self.n_kv_heads
            return ((table * self.last).mT @ rows)[..., group - 1 :: group, :, :].float()
        return (table.mT @ rows).unflatten(-3, (self.n_kv_heads, -1)).sum(-3).float()
