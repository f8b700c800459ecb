"""The moving pictures of lesson 04: words in space, and a ruler that the reader makes."""

import torch
from matplotlib.figure import Figure

from classroom.display import figures
from classroom.display.dial import Dial
from classroom.display.typed import Typed
from nextword import embeddings
from nextword.embeddings import Embeddings

COLOURS = (figures.BLUE, figures.RED, figures.GREEN, figures.GOLD, "#6b46c1")
HOW = "Type two words, a colon, and the words to place: cat cats: one two three"
LONGEST = 16  # words on one ruler


def in_space(own: Embeddings, groups: dict[str, list[str]]) -> Dial:
    """Words of a few kinds as points in space, seen from the angle that the slider gives."""
    words = [word for group in groups.values() for word in group]
    vectors = torch.stack([own[word] for word in words])
    points, _ = embeddings.truncated_svd(vectors - vectors.mean(dim=0), 3)
    within, between = togetherness(vectors, [len(group) for group in groups.values()])
    looks = zip(groups.items(), COLOURS, figures.MARKERS, strict=False)
    kinds = [(name, colour, shape) for (name, group), colour, shape in looks for _ in group]

    def draw(angle: int):
        with figures.look():
            drawing = Figure(figsize=(7.5, 4.6))
            ax = drawing.add_axes((0, 0, 1, 0.92), projection="3d")
            drawing.suptitle("Words of a kind stand together", x=0.02, ha="left", weight="bold", fontsize=12)
        for place, (word, point, kind) in enumerate(zip(words, points.tolist(), kinds, strict=True)):
            name, colour, shape = kind
            name = name if kind not in kinds[:place] else None  # each kind once in the legend
            ax.plot(*([x] for x in point), shape, color=colour, markersize=5, linestyle="", label=name)
            side = {"ha": "left" if place % 2 else "right", "va": "bottom" if place % 4 < 2 else "top"}
            ax.text(*point, f" {word} ", color=colour, fontsize=9, **side)
        ax.legend(loc="center left", bbox_to_anchor=(-0.28, 0.5), frameon=False)
        ax.set(xticklabels=[], yticklabels=[], zticklabels=[])
        ax.set_box_aspect((1, 1, 0.75), zoom=1.25)
        ax.view_init(elev=18, azim=angle)
        kind = f"of one kind {within:.2f}, of different kinds {between:.2f}"
        says = f"From {angle} degrees. Mean cosine of two words {kind}."
        return drawing, says

    return Dial("angle:", range(0, 360, 30), draw, start=210, name=lambda angle: f"{angle}°")


def togetherness(vectors: torch.Tensor, sizes: list[int]) -> tuple[float, float]:
    """The mean cosine of two words of one group, and of two words of different groups."""
    cosines = torch.stack([embeddings.cosine(vectors, vector) for vector in vectors])
    group = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    same = group[:, None] == group
    return float(cosines[same & ~torch.eye(len(group), dtype=torch.bool)].mean()), float(
        cosines[~same].mean()
    )


def your_ruler(own: Embeddings, start: str = "village city: hamlet town paris tokyo") -> Typed:
    """Two words make a direction, and any list of words lands on it."""

    def draw(typed: str):
        low, high, words = parse(typed)
        places = own.project_onto(low, high, list(dict.fromkeys([low, high, *words])))
        order = sorted(dict.fromkeys(words), key=places.get)
        drawing = drawn(places, order, low, high)
        return drawing, f"From {low} to {high}: {', '.join(f'{word} {places[word]:.2f}' for word in order)}."

    return Typed("your ruler:", start, draw)


def parse(typed: str) -> tuple[str, str, list[str]]:
    """The two ends and the words to place; a ValueError says how to type them.

    >>> parse("cat cats: one, two")
    ('cat', 'cats', ['one', 'two'])
    """
    before, colon, after = typed.lower().replace(",", " ").partition(":")
    ends, words = before.split(), after.split()
    if not colon or len(ends) != 2:
        raise ValueError(f"{HOW}.")
    if not words:
        raise ValueError(f"There is nothing to place yet. {HOW}.")
    if len(words) > LONGEST:
        raise ValueError(f"{len(words)} words are too many to read on one ruler: {LONGEST} at most.")
    return *ends, words


def drawn(places: dict[str, float], order: list[str], low: str, high: str):
    """The ruler: its two ends below the line in gold, the words above it, one step higher each."""
    title = f"From “{low}” to “{high}”: {order[0]} comes first, {order[-1]} last"
    if len(order) == 1:
        title = f"“{order[0]}” on the ruler from “{low}” to “{high}”"
    drawing, ax = figures.figure(title, height=1.2 + 0.22 * len(order))
    ax.axhline(0, color=figures.INK, linewidth=1)
    for step, word in enumerate(order, start=1):
        ax.plot([places[word]] * 2, [0, step], color=figures.GREY, linewidth=0.8)
        ax.plot(places[word], 0, "o", color=figures.BLUE, markersize=5)
        ax.text(places[word], step, f" {word}", va="center", color=figures.BLUE)
    for end in (low, high):
        ax.plot(places[end], 0, "D", color=figures.GOLD, markersize=7)
        ax.text(places[end], -0.5, end, ha="center", va="top", color=figures.GOLD_INK)
    ax.set(ylim=(-1.7, len(order) + 0.8), yticks=[])
    ax.margins(x=0.12)
    ax.spines["left"].set_visible(False)
    return drawing
