"""The moving pictures of lesson 06: what the heads of a layer look at, and arrows that turn from place to place."""

import math

import numpy as np
import torch
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Wedge

from classroom.display import figures
from classroom.display.dial import Dial
from nextword import attention

MOSTLY = 0.5  # a head that gives less than this to one place, on average, has no favourite
ACROSS = 5  # heads in a row
NAMES = {"before": "one back", "itself": "itself", "first": "the first"}


def habits(patterns: torch.Tensor) -> dict[str, torch.Tensor]:
    """The mean weight of each head on the piece before, on the piece itself, and on the first piece.

    The first two pieces are left out: for them, these are the same place.

    >>> {name: float(weight) for name, weight in habits(torch.eye(4)).items()}
    {'before': 0.0, 'itself': 1.0, 'first': 0.0}
    """
    return {
        "before": patterns.diagonal(-1, -2, -1)[..., 1:].mean(dim=-1),
        "itself": patterns.diagonal(0, -2, -1)[..., 2:].mean(dim=-1),
        "first": patterns[..., 2:, 0].mean(dim=-1),
    }


def favourite(shares: dict[str, float]) -> str | None:
    """Where most of a head's weight goes, or None where it has no favourite.

    >>> favourite({"before": 0.6, "itself": 0.2, "first": 0.1})
    'before'
    """
    best = max(shares, key=shares.get)
    return best if shares[best] > MOSTLY else None


def nine_heads(patterns: torch.Tensor, start: int) -> Dial:
    """The patterns (layer, head, query, key) of one sentence: all heads of the layer that the slider gives."""
    shares = {name: weight.tolist() for name, weight in habits(patterns).items()}

    def draw(layer: int):
        found = [{name: shares[name][layer][head] for name in shares} for head in range(patterns.shape[1])]
        likes = [favourite(share) for share in found]
        counts = {name: likes.count(name) for name in NAMES}
        some = f"{counts['before']} head{'' if counts['before'] == 1 else 's'}"
        title = f"Layer {layer}: {some} mostly one back, {counts['itself']} at itself, "
        title += f"{counts['first']} at the first piece, {likes.count(None)} without a favourite"
        return heads_side_by_side(patterns[layer], found, likes, title), told(layer, found, likes)

    return Dial("layer:", range(len(patterns)), draw, start=start)


def told(layer: int, found: list[dict[str, float]], likes: list[str | None]) -> str:
    """Which heads look where, as a sentence."""
    parts = []
    for name, where in NAMES.items():
        heads = [f"{head} ({found[head][name]:.2f})" for head, like in enumerate(likes) if like == name]
        if heads:
            parts.append(f"mostly {where}: {', '.join(heads)}")
    free = [str(head) for head, like in enumerate(likes) if like is None]
    if free:
        parts.append(f"no favourite: {', '.join(free)}")
    return f"The heads of layer {layer}, {'; '.join(parts)}."


def heads_side_by_side(
    patterns: torch.Tensor, found: list[dict[str, float]], likes: list[str | None], title: str
):
    """One small square a head; a row of it is a piece of the sentence, and the first column is gold."""
    with figures.look():
        rows = math.ceil((len(patterns) + 1) / ACROSS)
        drawing = Figure(figsize=(8.6, 0.4 + 2 * rows), layout="constrained")
        axes = drawing.subplots(rows, ACROSS)
        drawing.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=12)
    for ax in axes.flat:
        ax.axis("off")
    for head, (ax, pattern) in enumerate(zip(axes.flat, patterns, strict=False)):
        ax.imshow(painted(pattern), interpolation="nearest")
        like = likes[head]
        what = f"{NAMES[like]} {found[head][like]:.2f}" if like else "no favourite"
        ax.set_title(f"{head}: {what}", fontsize=9.5, weight="bold" if like else "normal", loc="left")
    legend = {"a row: the piece that asks": figures.INK, "blue: what it looks at": figures.BLUE}
    for line, (words, colour) in enumerate((legend | {"gold: the first piece": figures.GOLD_INK}).items()):
        axes.flat[-1].text(0, 0.7 - 0.18 * line, words, fontsize=9.5, color=colour)
    return drawing


def painted(pattern: torch.Tensor) -> np.ndarray:
    """Weights as colours: white for 0, blue for 1, and gold in the first column."""
    colour = np.tile(np.array(to_rgb(figures.BLUE)), (*pattern.shape, 1))
    colour[:, 0] = to_rgb(figures.GOLD)
    strength = pattern.numpy()[..., None] ** 0.7  # so that small weights are seen too
    return 1 - strength * (1 - colour)


def under_words(pieces: list[str], head_dim: int, base: float):
    """Under each piece of a text its arrows, one row for each speed, all of which pointed right at place 0."""
    angles = attention.angles(torch.arange(len(pieces)), head_dim, base)
    title = "A fast arrow tells neighbours apart, a slow one the beginning from the end"
    drawing, ax = figures.figure(title, width=9.2, height=0.9 + 0.72 * angles.shape[1])
    for place, piece in enumerate(pieces):
        ax.text(place, 0.75, piece.strip(), ha="left", va="bottom", rotation=35, fontsize=10)
        for row, angle in enumerate(angles[place].tolist()):
            clock(ax, (place, -1.05 * row))
            arrow(ax, (place, -1.05 * row), angle, figures.BLUE)
    for row, speed in enumerate(angles[1].tolist()):
        ax.text(
            -0.75, -1.05 * row, f"{math.degrees(speed):.1f}°\na place", ha="right", va="center", fontsize=9
        )
    ax.set(xlim=(-2, len(pieces) + 0.6), ylim=(-1.05 * angles.shape[1] + 0.45, 2.3), aspect="equal")
    ax.axis("off")
    turned = ", ".join(f"{math.degrees(angle):.0f}°" for angle in angles[-1].tolist())
    return drawing, f"By place {len(pieces) - 1}, “{pieces[-1]}”, the arrows have turned by {turned}."


def turning(head_dim: int, base: float, distance: int = 2) -> Dial:
    """The arrows of a key and of a query some places later, both moved along by as much as the slider says."""
    pointing_right = torch.tensor([[1.0, 0.0] * (head_dim // 2)])

    def draw(moved: int):
        places = torch.tensor([moved, moved + distance])
        key, query = (attention.rope(pointing_right, place[None], base) for place in places)
        score = float(attention.scores(query, key))
        angles = attention.angles(places, head_dim, base)
        between = [f"{math.degrees(angle):.0f}°" for angle in (angles[1] - angles[0]).tolist()]
        drawing = two_on_each_clock(angles.tolist(), between, places.tolist(), score, moved)
        says = f"Key at place {moved:,}, query at place {moved + distance:,}: {', '.join(between)} between them, "
        cosines = " + ".join(f"{math.cos(angle):.2f}" for angle in (angles[1] - angles[0]).tolist())
        return drawing, f"{says}score ({cosines}) / √{head_dim} = {score:.2f}.".replace("-", "−")

    steps = [0, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 50, 100, 1000]
    return Dial("places further on:", steps, draw, start=0, name=lambda moved: f"{moved:,}")


def two_on_each_clock(
    angles: list[list[float]], between: list[str], places: list[int], score: float, moved: int
):
    """For each speed a face with the key's arrow in blue and the query's in gold, and what lies between them."""
    title = f"{places[1] - places[0]} places apart: the angles between the arrows make the score"
    if moved:
        title = f"Both {moved:,} places further on: all arrows turned, no angle between two changed"
    with figures.look():
        drawing = Figure(figsize=(8.6, 2.9))
        axes = drawing.subplots(1, len(between))
        drawing.subplots_adjust(left=0.0, right=0.73, bottom=0.02, top=0.9, wspace=0.02)
        drawing.suptitle(title, x=0.01, y=0.99, ha="left", weight="bold", fontsize=12)
    for ax, low, high, angle in zip(axes, *angles, between, strict=True):
        clock(ax, (0, 0), 1.0)
        wedge = (math.degrees(low), math.degrees(high))
        ax.add_patch(Wedge((0, 0), 0.5, *wedge, facecolor=figures.GREY, alpha=0.5, linewidth=0))
        arrow(ax, (0, 0), low, figures.BLUE, 0.97, 3)
        arrow(ax, (0, 0), high, figures.GOLD, 0.97, 3)
        ax.text(0, -1.32, angle, ha="center", weight="bold", fontsize=12)
        ax.set(xlim=(-1.1, 1.1), ylim=(-1.42, 1.1), aspect="equal")
        ax.axis("off")
    for height, words, colour in (
        (0.68, f"key at place {places[0]:,}", figures.BLUE),
        (0.56, f"query at place {places[1]:,}", figures.GOLD_INK),
        (0.40, f"score {score:.2f}", figures.INK),
    ):
        drawing.text(0.745, height, words, color=colour, weight="bold", fontsize=12)
    return drawing


def clock(ax, at: tuple[float, float], radius: float = 0.44) -> None:
    """The face in which an arrow turns."""
    ax.add_patch(Circle(at, radius, facecolor="#f7fafc", edgecolor="#cbd5e0", linewidth=0.8))


def arrow(
    ax, at: tuple[float, float], angle: float, colour: str, length: float = 0.42, width: float = 1.6
) -> None:
    """An arrow from the middle of its face; angle 0 points right, and it turns to the left."""
    tip = (at[0] + length * math.cos(angle), at[1] + length * math.sin(angle))
    style = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", tip, at, arrowprops=style | {"mutation_scale": 6 + 3 * width})
