"""The moving pictures of lesson 10: one dial's loss, and blame on its way back through a graph."""

from collections.abc import Sequence

import numpy as np
from matplotlib.patches import FancyBboxPatch

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import autograd
from nextword.autograd import Value


def one_dial(places: Sequence[float], losses: Sequence[float], start: int) -> Dial:
    """A slider that turns one dial; the curve is the loss at each place, the straight line its slope here."""
    slopes = np.gradient(losses, places)

    def draw(i: int):
        slope = slopes[i]
        way = "left" if slope > 0 else "right"
        title = f"Here the loss {'rises' if slope > 0 else 'falls'} to the right: turn the dial to the {way}"
        if abs(slope) < 0.05 * np.abs(slopes).max():
            title = "Here the curve is nearly level: a small turn changes next to nothing"
        drawing, ax = figures.figure(title)
        ax.plot(places, losses, color=figures.BLUE)
        reach = 0.12 * (places[-1] - places[0])
        ends = np.array([places[i] - reach, places[i] + reach])
        ax.plot(ends, losses[i] + slope * (ends - places[i]), "--", color=figures.RED)
        ax.plot(places[i], losses[i], "o", color=figures.RED, markersize=9)
        ax.set(xlabel="where the dial stands", ylabel="loss, in nats")
        ax.set_ylim(min(losses) - 0.5, max(losses) + 0.5)
        says = f"The dial stands at {places[i]:.2f}, the loss is {losses[i]:.2f} nats, and its slope {slope:+.1f}."
        return drawing, says

    return Dial("the dial:", range(len(places)), draw, start, name=lambda i: f"{places[i]:.2f}")


def passing_back(end: Value, names: dict[Value, str]) -> Dial:
    """A graph whose numbers are asked one after the other, from the end to the beginning, by a slider."""
    order = autograd.topological_order(end)
    asked = [value for value in reversed(order) if value.parents]
    steps = ["nobody yet", *(names[value] for value in asked)]

    def draw(step: int):
        grads = gradients_after(order, asked[:step])
        now = asked[step - 1] if step else None
        return graph(order, names, grads, now), told(step, asked, names, grads)

    return Dial("asked so far:", range(len(steps)), draw, len(asked), name=lambda step: steps[step])


def gradients_after(order: list[Value], asked: list[Value]) -> dict[Value, float]:
    """Every number's gradient when only some have been asked; the end's is 1 from the beginning."""
    grads = dict.fromkeys(order, 0.0) | {order[-1]: 1.0}
    for value in asked:
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            grads[parent] += slope * grads[value]
    return grads


def told(step: int, asked: list[Value], names: dict[Value, str], grads: dict[Value, float]) -> str:
    """What happened in a step, in words."""
    if not step:
        return f"Nobody was asked yet. By how much does {names[asked[0]]} rise where it rises by 1? By 1."
    value = asked[step - 1]
    handed = [
        f"{slope:g} × {grads[value]:g} = {slope * grads[value]:g} to {names[parent]}"
        for parent, slope in zip(value.parents, value.slopes, strict=True)
    ]
    return (
        f"{names[value]} is asked. Its gradient is {grads[value]:g}, and it hands on {' and '.join(handed)}."
    )


def depths(order: list[Value]) -> dict[Value, int]:
    """How many steps a number stands from the beginning, by the longest way."""
    found = {}
    for value in order:
        found[value] = 1 + max((found[parent] for parent in value.parents), default=-1)
    return found


def graph(order: list[Value], names: dict[Value, str], grads: dict[Value, float], now: Value | None):
    """The numbers as boxes, from the beginning on the left to the end on the right, with the slopes between."""
    title = "Every number is asked after all that was made of it"
    drawing, ax = figures.figure(title, width=7.4, height=3.2)
    depth = depths(order)
    rows = {d: [value for value in order if depth[value] == d] for d in set(depth.values())}
    place = {
        value: (2.4 * d, 1.5 * ((len(row) - 1) / 2 - i))
        for d, row in rows.items()
        for i, value in enumerate(row)
    }
    for value in order:
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            over = depth[value] - depth[parent] > 1  # other boxes stand between
            arrow(ax, place[value], place[parent], f"× {slope:g}", value is now, over)
    for value, (x, y) in place.items():
        colour = figures.RED if value is now else figures.INK
        box = FancyBboxPatch(
            (x - 0.62, y - 0.45), 1.24, 0.9, boxstyle="round,pad=0.04", fc="white", ec=colour
        )
        box.set(linewidth=2.5 if value is now else 1.2, zorder=2)
        ax.add_patch(box)
        ax.text(x, y + 0.2, f"{names[value]} = {value.data:g}", ha="center", va="center", zorder=3)
        blame = f"gradient {grads[value]:g}"
        ax.text(x, y - 0.2, blame, ha="center", va="center", color=figures.RED, size=11, zorder=3)
    ax.set(xlim=(-0.8, 2.4 * max(rows) + 0.8), ylim=(min(y for _, y in place.values()) - 0.7, 1.6))
    ax.axis("off")
    return drawing


def arrow(
    ax, start: tuple[float, float], end: tuple[float, float], label: str, is_now: bool, over: bool
) -> None:
    """From a number back to one that it was made of, with the slope in the middle; a long way goes over the boxes."""
    style = {
        "arrowstyle": "->",
        "color": figures.RED if is_now else figures.GREY,
        "linewidth": 2 if is_now else 1.2,
    }
    (x0, y0), (x1, y1) = start, end
    start, end = ((x0, y0 + 0.52), (x1 + 0.68, y1 + 0.3)) if over else ((x0 - 0.68, y0), (x1 + 0.68, y1))
    ax.annotate("", end, start, arrowprops=style, zorder=1)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    ax.text(*middle, label, ha="center", va="center", size=11, color=figures.INK, backgroundcolor="white")
