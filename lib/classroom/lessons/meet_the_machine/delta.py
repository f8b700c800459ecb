"""The picture of lesson 00: many stories from one beginning, as a river that branches."""

import math
import textwrap
from dataclasses import dataclass, field

import torch
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from classroom.display import figures
from nextword import generation
from nextword.black_box import LanguageModel
from nextword.generation import SamplingConfig

SHALLOW, DEEP = "#d9e8f5", "#86b3dc"  # water: of one story, and of all
THREAD = 0.6  # how wide one story flows, of the lane that it has
LEFT = -1.25  # where it springs
FLAT = 0.45  # the part of a step in which the river keeps its height; then it bends
STATION = {"boxstyle": "round,pad=0.25", "facecolor": figures.INK, "edgecolor": "none"}


def stories(
    real: LanguageModel, start: str, n: int = 40, length: int = 7, temperature: float = 0.8, seed: int = 1
) -> list[list[str]]:
    """n ways to go on from `start`, each so many pieces long: the loop of the lesson, for all of them at once."""
    generator, ids = torch.Generator().manual_seed(seed), real.ids(start).repeat(n, 1)
    config = SamplingConfig(max_new=length, temperature=temperature)
    steps = generation.generate_batch(real.model, ids, config, generator)
    told = torch.stack(list(steps), dim=1).tolist()  # (n, length)
    return [[real.tokenizer.decode([token]) for token in story] for story in told]


@dataclass
class Branch:
    """Stories that agree so far: the piece that they come to, how many they are, and where they part."""

    piece: str = ""
    n: int = 0
    likeliest: bool = False  # on the way of the likeliest pieces
    children: dict[str, "Branch"] = field(default_factory=dict)
    y: float = 0.0  # in lanes, from the top

    def add(self, story: list[str], n: int) -> None:
        """Let a story flow through here; n is 0 for the likeliest one, a line without width."""
        self.n += n
        self.likeliest |= n == 0
        if story:
            self.children.setdefault(story[0], Branch(story[0])).add(story[1:], n)

    def ordered(self) -> list["Branch"]:
        """The branches from top to bottom: the widest in the middle, the others in turn above and below."""
        widest_first = sorted(self.children.values(), key=lambda branch: -branch.n)
        return [*widest_first[1::2][::-1], *widest_first[0::2]]

    def lay_out(self, lane: float = 0.0) -> float:
        """Give each branch its height, from this lane on; returns the first lane that is free again."""
        first = lane
        for branch in self.ordered():
            lane = branch.lay_out(lane)
        if not self.children:
            lane += max(self.n, 1)
        self.y = (first + lane - 1) / 2
        return lane

    def banks(self) -> tuple[float, float]:
        """The upper and the lower bank of the river here."""
        return self.y - self.n * THREAD / 2, self.y + self.n * THREAD / 2

    def mouths(self) -> list[tuple["Branch", float, float]]:
        """Each branch, and its share of this river where they part: its upper and its lower bank."""
        shares, (top, _) = [], self.banks()
        for branch in self.ordered():
            shares.append((branch, top, top + branch.n * THREAD))
            top += branch.n * THREAD
        return shares

    def rest(self) -> str:
        """What is told from here on, where nobody parts any more."""
        told, here = self.piece, self
        while here.children:
            [here] = here.children.values()
            told += here.piece
        return told


def grown(told: list[list[str]], likeliest: list[str]) -> Branch:
    """The tree of all stories and of the likeliest one.

    >>> tree = grown([["a", "b"], ["a", "c"], ["d", "e"]], ["a", "c"])
    >>> tree.n, tree.children["a"].n, tree.children["a"].children["c"].likeliest
    (3, 2, True)
    """
    tree = Branch()
    for story in told:
        tree.add(story, 1)
    tree.add(likeliest, 0)
    tree.lay_out()
    return tree


def followers(tree: Branch) -> list[int]:
    """How many stories still are where the likeliest one is, piece after piece."""
    on = [branch for branch in tree.children.values() if branch.likeliest]
    return [on[0].n, *followers(on[0])] if on else []


def delta(told: list[list[str]], likeliest: list[str], start: str) -> tuple[Figure, str]:
    """The stories as a river, as wide as their number, and the likeliest one as a dark line; and what it shows."""
    tree, end = grown(told, likeliest), len(likeliest) + 0.8
    ways, along = len({tuple(story) for story in told}), followers(tree)
    drawing, ax = figures.figure(f"{len(told)} times the same beginning: {ways} different stories", 10, 7)
    ax.set(xlim=(LEFT, end), ylim=(max(len(told), 1) + 0.5, -1))
    ax.axis("off")
    depth = LinearSegmentedColormap.from_list("water", [SHALLOW, DEEP])
    water = [depth(math.log(max(n, 1)) / math.log(len(told) + 1)) for n in range(len(told) + 1)]
    ribbon(ax, [(LEFT, *tree.banks()), (FLAT, *tree.banks())], water[tree.n])
    draw_branches(ax, tree, 0, end, water)
    draw_likeliest(ax, tree)
    ax.text(LEFT + 0.08, tree.y, "\n".join(textwrap.wrap(start, 18)), va="center", fontsize=10)
    fade(ax, end)
    most = sorted(tree.children.values(), key=lambda branch: -branch.n)[:2]
    says = " and ".join(f"{branch.n} go on with “{shown(branch.piece)}”" for branch in most)
    says = f"Of {len(told)} stories, {says}. The dark line is the likeliest piece each time; "
    return drawing, f"{says}{', '.join(map(str, along))} of them are on it, piece after piece."


def draw_branches(ax: Axes, river: Branch, step: int, end: float, water: list) -> None:
    """The branches of a river, theirs, and the piece of text at the head of each."""
    for branch, top, bottom in river.mouths():
        alone = branch.n < 2 and not branch.likeliest
        stop = step + 1 + FLAT if branch.children and not alone else end
        if branch.n:
            upper, lower = branch.banks()
            places = [(step + FLAT, top, bottom), (step + 1, upper, lower), (stop, upper, lower)]
            ribbon(ax, places, water[branch.n])
        if alone:
            put(ax, step + 1.03, branch.y, branch.rest(), 7.5)
            continue
        if not branch.likeliest:
            put(ax, step + 1.03, branch.y, branch.piece, 8 + min(branch.n, 10) / 5)
        draw_branches(ax, branch, step + 1, end, water)


def put(ax: Axes, x: float, y: float, piece: str, size: float, **more) -> None:
    """Words on the water; a $ among them is a $."""
    ax.text(x, y, shown(piece), va="center_baseline", fontsize=size, zorder=4, parse_math=False, **more)


def ribbon(ax: Axes, places: list[tuple[float, float, float]], colour) -> None:
    """Water between two banks, which bend smoothly from each (x, upper, lower) to the next."""
    upper = bend([(x, top) for x, top, _ in places])
    lower = bend([(x, bottom) for x, _, bottom in reversed(places)])
    codes = [Path.MOVETO, *[Path.CURVE4] * (len(upper) - 1), Path.LINETO, *[Path.CURVE4] * (len(lower) - 1)]
    ax.add_patch(PathPatch(Path([*upper, *lower], codes), facecolor=colour, edgecolor=colour, linewidth=0.3))


def bend(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Control points of a curve that leaves and reaches each point level."""
    curve = [points[0]]
    for (x, y), (to_x, to_y) in zip(points, points[1:], strict=False):
        middle = (x + to_x) / 2
        curve += [(middle, y), (middle, to_y), (to_x, to_y)]
    return curve


def draw_likeliest(ax: Axes, tree: Branch) -> None:
    """The dark line of the likeliest pieces, each of them a station on it."""
    points, step, here = [(0.1, tree.y)], 0, tree
    while on := [mouth for mouth in here.mouths() if mouth[0].likeliest]:
        [(here, top, bottom)] = on
        points += [(step + FLAT, (top + bottom) / 2), (step + 1, here.y)]
        put(ax, step + 1.06, here.y, here.piece, 9, color="white", bbox=STATION)
        step += 1
    curve = bend([*points, (step + 0.6, here.y)])
    codes = [Path.MOVETO, *[Path.CURVE4] * (len(curve) - 1)]
    ax.add_patch(PathPatch(Path(curve, codes), fill=False, edgecolor=figures.INK, linewidth=2, zorder=3))


def fade(ax: Axes, end: float) -> None:
    """Let the water run out into white at the right, under the words: the stories go on."""
    white = [[(1, 1, 1, step / 50) for step in range(51)]]
    ax.imshow(white, extent=(end - 1.6, end, *ax.get_ylim()), aspect="auto", zorder=2)


def shown(piece: str) -> str:
    """A piece of text on one line."""
    return piece.strip(" ").replace("\n", "↵")
