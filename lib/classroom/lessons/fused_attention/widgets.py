"""The moving pictures of lesson 09: an online softmax block by block, and the tiles that a mask leaves."""

import math
from collections.abc import Sequence

import numpy as np

from classroom.display import figures
from classroom.display.dial import Dial
from classroom.lessons.fused_attention.film import Film
from nextword.kernels import online_softmax, tiles
from nextword.kernels.online_softmax import Summary


def growth(lengths: Sequence[int], taken: dict[str, Sequence[int]]) -> figures.Picture:
    """How the bytes of several ways grow with the length of a text; powers of ten on both axes."""
    drawing, ax = figures.figure("Twice the text: four times the memory with a table, twice without")
    for (label, values), colour, marker in zip(
        taken.items(), (figures.GOLD_INK, figures.BLUE), figures.MARKERS, strict=False
    ):
        ax.plot(lengths, values, marker=marker, color=colour)
        ax.text(lengths[-1] * 1.08, values[-1], label, color=colour, va="center", weight="bold")
    ax.set(xscale="log", yscale="log", xlim=(lengths[0] * 0.9, lengths[-1] * 1.8))
    ax.set(xlabel="words in the text", ylabel="bytes at the most")
    ax.set_xticks(lengths, [str(n) for n in lengths])
    ax.minorticks_off()
    grown = [round(values[-1] / values[-2]) for values in taken.values()]
    told = ", ".join(f"{label} {times} times" for label, times in zip(taken, grown, strict=True))
    return figures.Picture(drawing, f"The memory of one head. When the text doubles, it grows: {told}.")


def block_by_block(scores: Sequence[float], values: Sequence[float], block: int) -> Film:
    """One query's scores, a block at a time, and what it keeps of all those before."""
    seen = summaries(scores, values, block)
    answer = seen[-1].mixed[0] / seen[-1].total

    def draw(step: int):
        drawing, (left, right) = figures.figure(told(step, seen), width=8, height=3.4, columns=2)
        _scores(left, scores, block, step, seen[step].maximum)
        _so_far(right, seen[: step + 1], answer, len(seen))
        return drawing, told(step, seen)

    grew = sum(after.maximum > before.maximum for before, after in zip(seen, seen[1:], strict=False)) - 1
    says = (
        f"{len(scores)} scores in {len(seen) - 1} blocks of {block}. Each block is read once and forgotten; a maximum, a "
        f"total and a mix are kept. {grew} times a larger score comes, and what was summed is scaled down. After the last "
        "block the answer is that of the whole softmax."
    )
    return Film(range(1, len(seen)), draw, says)


def summaries(scores: Sequence[float], values: Sequence[float], block: int) -> list[Summary]:
    """What is kept before the first block, after it, after the second, and so on."""
    seen = [online_softmax.empty(1)]
    for first in range(0, len(scores), block):
        here = slice(first, first + block)
        summary = online_softmax.summarise(scores[here], [[value] for value in values[here]])
        seen.append(online_softmax.merge(seen[-1], summary))
    return seen


def told(step: int, seen: list[Summary]) -> str:
    """What happened in a step, in words."""
    before, after = seen[step - 1], seen[step]
    if before.total == 0:
        return f"Block {step}: the first maximum is {after.maximum:.1f}"
    if after.maximum == before.maximum:
        return f"Block {step}: no larger score; this block's powers are added"
    shrink = math.exp(before.maximum - after.maximum)
    return f"Block {step}: a larger score. What was summed becomes {shrink:.2f} times as much"


def _scores(ax, scores: Sequence[float], block: int, step: int, maximum: float) -> None:
    """The bars of one block; of those before and after only places are left."""
    here = range((step - 1) * block, min(step * block, len(scores)))
    ax.bar(here, [scores[i] for i in here], color=figures.BLUE)
    before = range(0, (step - 1) * block)
    ax.plot(before, [0] * len(before), "x", color=figures.GREY, markersize=5)
    ax.axhline(maximum, color=figures.RED, linestyle="--")
    ax.text(
        len(scores) - 0.4,
        maximum + 0.15,
        f"maximum {maximum:.1f}",
        color=figures.RED,
        ha="right",
        va="bottom",
    )
    ax.set(xlim=(-0.7, len(scores) - 0.3), ylim=(min(scores) - 0.6, max(scores) + 1.3))
    ax.set(xlabel="key (a cross: read and forgotten)", ylabel="score")


def _so_far(ax, seen: list[Summary], answer: float, n: int) -> None:
    """The answer after each block so far, and where it will end."""
    found = [summary.mixed[0] / summary.total for summary in seen[1:]]
    ax.axhline(answer, color=figures.GREY, linestyle="--")
    ax.text(
        0.98, 0.04, "dashed: softmax of all", color=figures.INK, ha="right", size=9, transform=ax.transAxes
    )
    ax.plot(range(1, len(seen)), found, "o-", color=figures.GREEN)
    total = f"total {seen[-1].total:.2f}"
    ax.text(0.98, 0.96, total, color=figures.GREEN, ha="right", va="top", size=10, transform=ax.transAxes)
    ax.set(
        xlim=(0.5, n + 0.9), ylim=(answer - 1.6, answer + 1.6), xlabel="blocks read", ylabel="answer so far"
    )


def tiles_left(queries: int, block: int, windows: Sequence[int | None]) -> Dial:
    """A slider over what a query may see; the table of scores in tiles, with those that are passed over."""
    all_of_them = (queries // block) ** 2

    def draw(index: int):
        mask = masks[index]
        rows = tiles.visited(queries, queries, block, block, **mask)
        n = sum(map(len, rows))
        drawing, ax = figures.figure(f"{n} of {all_of_them} tiles are left to compute", width=5.4, height=4.6)
        _table(ax, queries, block, rows, mask)
        says = f"{names[index].capitalize()}: {n} of {all_of_them} tiles of {block} by {block}, {n / all_of_them:.0%}."
        return drawing, says

    masks = [{"causal": False}, *({"causal": True, "window": window} for window in windows)]
    names = ["all keys", *("the past" if window is None else f"a window of {window}" for window in windows)]
    return Dial("a query sees:", range(len(masks)), draw, 1, name=lambda index: names[index])


def _table(ax, queries: int, block: int, rows: list[list[int]], mask: dict) -> None:
    """Blue: computed whole. Gold with a slash: computed, and partly hidden. White: passed over."""
    n = queries // block
    for i in range(n):
        for first in rows[i]:
            columns = np.arange(first, min(first + block, queries))
            ahead = columns[None, :] - np.arange(i * block, (i + 1) * block)[:, None]
            hidden = (ahead > 0) & mask["causal"]
            if mask.get("window"):
                hidden |= ahead <= -mask["window"]
            colour, hatch = (figures.GOLD, "//") if hidden.any() else (figures.BLUE, None)
            square = {"facecolor": colour, "edgecolor": "white", "hatch": hatch, "align": "edge"}
            ax.barh(i, len(columns) / block, height=1, left=first / block, **square)
    ax.set(xlim=(0, n), ylim=(n, 0), aspect="equal", xlabel="tiles of keys", ylabel="blocks of queries")
    ax.set(xticks=[0, n // 2, n], yticks=[0, n // 2, n])
    ax.text(n * 0.98, n * 0.04, "blue: whole\ngold, striped: partly hidden", ha="right", va="top", size=9)
