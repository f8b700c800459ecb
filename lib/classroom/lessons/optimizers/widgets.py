"""The pictures of lesson 11: paths through a valley, singular values on their way, losses over learning rates."""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from classroom.display import figures
from classroom.display.dial import Dial
from classroom.lessons.optimizers import landscapes
from classroom.lessons.optimizers.landscapes import Valley

COLOURS = {"sgd": figures.RED, "momentum": figures.GREEN, "adamw": figures.BLUE, "muon": figures.GOLD_INK}
NAMES = {"sgd": "SGD", "momentum": "momentum", "adamw": "AdamW", "muon": "Muon"}
EDGE = 1.25  # how far the picture of a valley reaches in each direction
RATES = (0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.065, 0.07, 0.08)
STEPS = 60
START = torch.tensor([[-1.0], [0.7]], dtype=landscapes.DOUBLE)


def contours(ax, where: Valley) -> None:
    """Lines of equal loss, and a cross at the bottom."""
    ticks = torch.linspace(-EDGE, EDGE, 121, dtype=landscapes.DOUBLE)
    across, up = torch.meshgrid(ticks, ticks, indexing="xy")
    heights = where.loss(torch.stack([across, up], dim=-1)[..., None])
    top = float(heights.max())
    levels = [top * share**2 for share in (0.06, 0.15, 0.3, 0.5, 0.75, 0.97)]
    ax.contour(ticks, ticks, heights.numpy(), levels=levels, colors=figures.GREY, linewidths=0.7, alpha=0.8)
    ax.plot(0, 0, "+", color=figures.INK, markersize=12, zorder=6)
    ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), xlabel="first dial", aspect="equal")


def path(ax, places: Tensor, rule: str, label: str = "") -> None:
    """One walk, a dot at each step."""
    x, y = (numbers.clamp(-10, 10).tolist() for numbers in places[:, :, 0].T)
    marker = figures.MARKERS[list(COLOURS).index(rule)]
    ax.plot(
        x, y, f"{marker}-", color=COLOURS[rule], markersize=3.5, linewidth=1.1, label=label or NAMES[rule]
    )


def paths(panels: Sequence[tuple[str, Valley, Mapping[str, Tensor]]], title: str):
    """A picture of one valley or more side by side, each with its walks by rule."""
    n = len(panels)
    drawing, axes = figures.figure(title if n == 1 else "", width=4.4 * n + 0.4, height=4.6, columns=n)
    for ax, (name, where, walks) in zip([axes] if n == 1 else axes, panels, strict=True):
        contours(ax, where)
        for rule, places in walks.items():
            path(ax, places, rule)
        if n > 1:
            ax.set_title(name, weight="normal", fontsize=11)
    first = axes if n == 1 else axes[0]
    first.set_ylabel("second dial")
    first.legend(loc="lower left", fontsize=9, frameon=True, framealpha=0.9, edgecolor="none")
    if n > 1:
        drawing.suptitle(title, x=0.02, ha="left", weight="bold", fontsize=12)
    return drawing


def learning_rates(where: Valley) -> Dial:
    """One dial: the learning rate. Plain SGD walks from one start, for so many steps."""

    def draw(rate: float):
        places = landscapes.walk("sgd", where, START, STEPS, rate)
        end = places[-1, :, 0].tolist()
        if max(map(abs, end)) > 1:
            title = f"At a rate of {rate} it flies out of the valley"
        elif math.hypot(*end) <= landscapes.NEAR * float(START.norm()):
            title = f"At a rate of {rate} it arrives"
        else:
            title = f"At a rate of {rate} it is on its way still after {STEPS} steps"
        inside = places.abs().amax(dim=(1, 2)) <= 2 * EDGE
        shown = places if inside.all() else places[: int(inside.long().argmin()) + 1]
        drawing = paths([("", where, {"sgd": shown})], title)
        numbers = ", ".join("far outside" if abs(number) > 9 else f"{number:.2f}" for number in end)
        factors = ", ".join(f"{1 - rate * float(c):.2f}" for c in where.curvatures)
        says = f"{title}. Dials after {STEPS} steps: {numbers}. Each step multiplies them by {factors}."
        return drawing, says

    return Dial("learning rate:", RATES, draw, start=0.06)


def singular_values(rounds: Sequence[Tensor], title: str):
    """A line for each singular value of a matrix, from round to round."""
    drawing, ax = figures.figure(title, width=7.2, height=3.8)
    values = torch.stack(list(rounds))
    ax.axhline(1, color=figures.GREY, linewidth=0.9, linestyle="--")
    ax.plot(values.numpy(), "o-", color=figures.BLUE, linewidth=1.1, markersize=3.5)
    ax.set(xlabel="rounds", ylabel="singular values", xticks=range(len(values)), ylim=(0, None))
    return drawing


def sweep(losses: Mapping[str, Mapping[float, float]], title: str, top: float):
    """Losses over learning rates, a line a rule; what broke stands at the top."""
    drawing, ax = figures.figure(title, width=8.4, height=4.2)
    for rule, found in losses.items():
        rates = sorted(found)
        shown = [min(found[rate], top) if math.isfinite(found[rate]) else top for rate in rates]
        marker = figures.MARKERS[list(COLOURS).index(rule)]
        ax.plot(
            rates, shown, f"{marker}-", color=COLOURS[rule], label=NAMES[rule], linewidth=1.5, markersize=5
        )
        best = min(rates, key=lambda rate: found[rate] if math.isfinite(found[rate]) else math.inf)
        ax.plot(best, found[best], marker, color=COLOURS[rule], markersize=12, fillstyle="none")
    ax.axhline(top, color=figures.GREY, linewidth=0.8, linestyle="--")
    ax.text(min(min(found) for found in losses.values()), top, "broken", va="bottom", fontsize=9)
    ax.set(xscale="log", xlabel="learning rate", ylabel="loss on unseen words, nats a letter")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.9), fontsize=9)
    return drawing


def schedule(shares: Sequence[float], title: str):
    """The share of the learning rate at each step."""
    drawing, ax = figures.figure(title, width=7.2, height=2.6)
    ax.fill_between(range(len(shares)), shares, color=figures.BLUE, alpha=0.15)
    ax.plot(shares, color=figures.BLUE, linewidth=2)
    ax.set(xlabel="step", ylabel="share of the rate", ylim=(0, 1.08), xlim=(0, len(shares) - 1))
    return drawing
