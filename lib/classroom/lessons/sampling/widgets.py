"""The moving pictures of lesson 02: a ruler of words with pins in it, and bars that a filter greys out."""

import torch

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import sampling

COLOURS = ["#2b6cb0", "#dd6b20", "#2f855a", "#b83280", "#6b46c1", "#319795", "#b7791f", "#c53030"]
REST = "#cbd5e0"
NARROW = 0.014  # of the ruler: a segment that is hardly seen has no name


def ruler(shares: list[float], labels: list[str], pins: list[float], title: str):
    """Segments of [0, 1] as long as the shares, the last one grey, with pins dropped on them."""
    drawing, ax = figures.figure(title, height=2.6)
    ends = torch.tensor(shares).cumsum(0).tolist()
    colours = [*COLOURS[: len(shares) - 1], REST]
    for label, share, end, colour in zip(labels, shares, ends, colours, strict=True):
        ax.barh(0, share, left=end - share, color=colour, edgecolor="white", height=0.6)
        if share > 0.012 * len(label) + 0.01:  # where the word fits
            ink = figures.INK if colour == REST else "white"
            ax.text(end - share / 2, 0, label, ha="center", va="center", color=ink, fontsize=9)
        elif share > NARROW:  # below it: no segment is known by its colour alone
            ax.text(end - share / 2, -0.36, label, ha="center", va="top", rotation=90, fontsize=8.5)
    for pin in pins:
        ax.plot([pin, pin], [0.35, 0.75], color=figures.INK, linewidth=1)
        ax.plot(pin, 0.78, "o", color=figures.INK, markersize=4)
    ax.set(xlim=(0, 1), ylim=(-1.3, 1), yticks=[], xticks=[0, 0.25, 0.5, 0.75, 1])
    ax.spines["left"].set_visible(False)
    return drawing


def best_and_rest(
    probabilities: torch.Tensor, vocabulary: list[str], n: int = 8
) -> tuple[list[float], list[str]]:
    """The n likeliest words with their shares, and everything else in one."""
    top = probabilities.sort(descending=True, stable=True)
    shares = top.values[:n].tolist()
    rest = max(0.0, 1 - sum(shares))
    return [*shares, rest], [*(vocabulary[i] for i in top.indices[:n]), f"{len(vocabulary) - n:,} others"]


def pin_and_ruler(logits: torch.Tensor, vocabulary: list[str], n_pins: int = 20) -> Dial:
    """Temperature stretches the segments; the pins stay where the seed dropped them."""
    pins = torch.rand(n_pins, generator=torch.Generator().manual_seed(5)).tolist()

    def draw(temperature: float):
        probabilities = sampling.softmax(sampling.with_temperature(logits, temperature))
        shares, labels = best_and_rest(probabilities, vocabulary)
        ends = torch.tensor(shares).cumsum(0)
        hits = [min(int((ends <= pin).sum()), len(shares) - 1) for pin in pins]
        on_best, on_rest = hits.count(0), hits.count(len(shares) - 1)
        title = f"Temperature {temperature:g}: {on_best} of {n_pins} pins hit “{labels[0]}”"
        says = f"Temperature {temperature:g}: “{labels[0]}” holds {shares[0]:.2f} of the ruler; "
        says += f"{on_rest} of {n_pins} pins fall on the {labels[-1]}, which hold {shares[-1]:.2f}."
        return ruler(shares, labels, pins, title), says

    return Dial("temperature", [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 4], draw, start=1)


def filtered_bars(logits: torch.Tensor, vocabulary: list[str], n: int = 12) -> Dial:
    """The likeliest words; what top-k removes turns grey, and the kept ones share the whole."""
    order = logits.argsort(descending=True, stable=True)[:n]
    words, before = [vocabulary[i] for i in order], sampling.softmax(logits)

    def draw(k: int):
        after = sampling.softmax(sampling.top_k(logits, k))
        shares = after[order].tolist()
        drawing, ax = figures.figure(f"k = {k:,}: what is removed goes to the kept ones", height=3.6)
        figures.bars(ax, words, shares, [figures.BLUE if share else REST for share in shares])
        ax.barh(range(n), before[order].tolist(), color="none", edgecolor=figures.INK, linewidth=0.6)
        ax.set_xlabel("probability (outlined: before the filter)")
        ax.set_xlim(0, 1)  # fixed, so that the bars are seen to grow
        kept = float(before[order[: min(k, n)]].sum()) if k < n else float(before[after > 0].sum())
        says = f"k = {k:,}: the kept words had {kept:.2f} of the probability before, and share all of it now."
        return drawing, says

    steps = [k for k in (1, 2, 3, 5, 10, 100, 1000) if k < len(vocabulary)]
    return Dial("top-k", [*steps, len(vocabulary)], draw, start=5, name=lambda k: f"{k:,}")
