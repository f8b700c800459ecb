"""Attention of one query from blocks that come once: the loop of an online softmax, in plain Python."""

import math

import torch

from classroom.judge.comparison import show
from classroom.judge.listed import edits
from classroom.judge.registry import View, Wrong, check
from classroom.lessons.fused_attention.shared import in_an_attention

draw = torch.Generator().manual_seed(92)
INF = math.inf


def block(n: int, value_dim: int = 2, times: float = 3.0) -> tuple[list, list]:
    """Scores and values by chance."""
    scores = times * torch.randn(n, generator=draw)
    return scores.tolist(), torch.randn(n, value_dim, generator=draw).tolist()


def see(attend, blocks, value_dim):
    """What it gives where each block can be had once, and is written over as soon as the next is asked for."""
    left = []

    def come():
        for scores, values in blocks:
            scores, values = list(scores), [list(value) for value in values]
            left.append(len(scores))
            yield scores, values
            values[:] = [[math.nan] * len(value) for value in values]
        left.append(None)

    found = attend(come(), value_dim)
    if found is not None and left[-1:] != [None] and len(left) < len(blocks):
        says = f"It took {len(left)} of {len(blocks)} blocks. Go through all of them: for scores, values in blocks."
        raise Wrong("loop-not-all-blocks", says, call(blocks, value_dim), show(found))
    return found


def call(blocks, value_dim):
    return f"attend({show(blocks)}, value_dim={value_dim})"


@check(
    "kernels.online_softmax.attend",
    lives=in_an_attention,
    view=View(see, call),
    cases=[
        ([([0.0], [[1.0]]), ([0.0, 0.0], [[4.0], [7.0]])], 1),
        ([([1.0, 2.0], [[1.0, 0.0], [0.0, 1.0]])], 2),
        ([([0.0], [[1.0]]), ([math.log(3)], [[5.0]])], 1),
        ([([math.log(3)], [[5.0]]), ([0.0], [[1.0]])], 1),
        ([block(3), block(3), block(3)], 2),
        ([block(1), block(5), block(2), block(4)], 2),
        ([([1000.0, 0.0], [[1.0], [2.0]]), ([1000.0], [[4.0]])], 1),
        ([([-1000.0], [[1.0]]), ([-1001.0], [[2.0]])], 1),
        ([([-INF, 0.0], [[9.0], [1.0]]), ([-INF], [[9.0]]), ([0.0], [[3.0]])], 1),
        ([([-INF], [[9.0]]), ([-INF, -INF], [[9.0], [9.0]])], 1),
        ([], 3),
    ],
    awkward=[
        ([block(1, 1)], 1),
        ([block(1, 4, 40.0) for _ in range(9)], 4),
        ([([-INF], [[9.0, 9.0]]), block(4)], 2),
        ([block(4), ([-INF], [[9.0, 9.0]])], 2),
        ([([0.0], [[2.0]])] * 6, 1),
        ([([1000.0], [[1.0]]), ([2000.0], [[3.0]]), ([-5.0], [[7.0]])], 1),
        ([([-1000.0], [[1.0]]), ([-2000.0, -100.0], [[3.0], [4.0]])], 1),
        ([block(4, 2, 300.0), block(3, 2, 300.0)], 2),
    ],
)
def attend(blocks, value_dim):
    scores = [score for block, _ in blocks for score in block]
    values = [value for _, block in blocks for value in block]
    if not scores or max(scores) == -INF:
        return [0.0] * value_dim
    weights = torch.tensor(scores, dtype=torch.float64).softmax(dim=0)
    return (weights @ torch.tensor(values, dtype=torch.float64)).tolist()


MERGE, END = "online_softmax.merge(seen, block)", "x / seen.total if seen.total else 0.0"
edits(
    "kernels.online_softmax.attend",
    (
        "loop-last-block",
        MERGE,
        "block",
        "Only the last block is left at the end: each new summary took the place of what was seen. Merge it in: online_softmax.merge(seen, block).",
    ),
    (
        "loop-never-merged",
        "seen = online_softmax.merge(seen, block)",
        "online_softmax.merge(seen, block)",
        "At the end, what was seen is still empty: no block was merged into it, or what merge gave was not kept. seen = online_softmax.merge(seen, block).",
    ),
    (
        "loop-not-divided",
        END,
        "x",
        "The mix was never divided. seen.mixed is a sum of values times powers; divided by seen.total, the weights sum to 1.",
    ),
    (
        "loop-by-zero",
        END,
        "x / seen.total if seen.total else math.nan",
        "Where nothing was to be seen the total is 0, and 0 divided by 0 is no number. Such a query takes nothing: zeros.",
    ),
    (
        "loop-divided-in-each-block",
        [
            (
                MERGE,
                "online_softmax.merge(seen, block._replace(mixed=[x / (block.total or 1.0) for x in block.mixed]))",
            ),
        ],
        "Each block was divided by its own total before it was merged. A block with many keys then counts no more than one with a single key: divide once, at the end.",
    ),
    (
        "loop-mean-of-blocks",
        ...,
        """
        found, n = [0.0] * value_dim, 0
        for scores, values in blocks:
            block = online_softmax.summarise(scores, values)
            found, n = [a + x / (block.total or 1.0) for a, x in zip(found, block.mixed)], n + 1
        return [a / max(n, 1) for a in found]
        """,
        "Each block was given a softmax of its own, and the mean of the blocks was taken. All scores share one softmax: merge the summaries.",
    ),
    (
        "loop-by-number",
        ...,
        """
        seen, n = online_softmax.empty(value_dim), 0
        for scores, values in blocks:
            n += len(scores)
            seen = online_softmax.merge(seen, online_softmax.summarise(scores, values))
        return [x / n if n else 0.0 for x in seen.mixed]
        """,
        "The mix was divided by how many keys there were. The weights sum to 1 if it is divided by the sum of the powers: seen.total.",
    ),
    (
        "loop-collected",
        ...,
        """
        blocks = list(blocks)
        scores = [score for block, _ in blocks for score in block]
        values = [value for _, block in blocks for value in block]
        if not scores:
            return [0.0] * value_dim
        seen = online_softmax.summarise(scores, values)
        return [x / seen.total if seen.total else 0.0 for x in seen.mixed]
        """,
        "All blocks were collected first, and by then the earlier ones are gone: here each is written over when the next one comes. Make its summary at once, in the loop.",
    ),
    (
        "loop-sums-without-maximum",
        ...,
        """
        seen = online_softmax.empty(value_dim)
        for scores, values in blocks:
            block = online_softmax.summarise(scores, values)
            mixed = [a + x for a, x in zip(seen.mixed, block.mixed)]
            seen = online_softmax.Summary(max(seen.maximum, block.maximum), seen.total + block.total, mixed)
        return [x / seen.total if seen.total else 0.0 for x in seen.mixed]
        """,
        "Totals and mixes of different blocks were added as they stand, though each block's powers were taken from a maximum of its own. online_softmax.merge scales them first.",
    ),
)
