"""The pictures of lesson 14: the seven matmuls of the way back, and who owns which tile of the table."""

import numpy as np
from matplotlib.patches import Rectangle

from classroom.display import figures
from classroom.display.dial import Dial

# Of each matmul: the kernel that makes it, what it makes, of what, and what that is. A T turns a table round.
MATMULS = (
    ("keys", "S", "Q", "K.T", "the scores, made again"),
    ("keys", "dV", "P.T", "dO", "the values' gradient: dO by the weights"),
    ("keys", "dP", "dO", "V.T", "the weights' gradient"),
    ("keys", "dK", "dS.T", "Q", "the keys' gradient: queries by the scores' blame"),
    ("queries", "S", "Q", "K.T", "the scores, made a second time"),
    ("queries", "dP", "dO", "V.T", "the weights' gradient, a second time"),
    ("queries", "dQ", "dS", "K", "the queries' gradient: keys by the scores' blame"),
)
TABLES = ("S", "P", "dP", "dS")  # a number for each query and key; everything else is long and narrow
LONG, NARROW, APART = 1.0, 0.46, 3.8  # of boxes, and from one matmul to the next


def seven_matmuls() -> Dial:
    """The matmuls of both kernels, one of them lit by a slider."""

    def draw(chosen: int):
        drawing, ax = figures.figure("Seven matmuls on the way back, and no table is kept", 8, 3.4)
        for number, matmul in enumerate(MATMULS):
            draw_matmul(ax, matmul, *place(number), number + 1, number == chosen)
        for y, kernel in ((2.7, "keys"), (0.3, "queries")):
            ax.text(-0.2, y + 1.35, f"the kernel that owns {kernel}", weight="bold")
        ax.set(xlim=(-0.3, 15.0), ylim=(-0.3, 4.4), aspect="equal")
        ax.axis("off")
        return drawing, told(chosen)

    return Dial("matmul:", range(len(MATMULS)), draw, 0, name=lambda i: f"{i + 1}: {MATMULS[i][1]}")


def told(chosen: int) -> str:
    """One matmul in words."""
    kernel, made, left, right, says = MATMULS[chosen]
    turned = {name: f"{name[:-2]} turned round" if name.endswith(".T") else name for name in (left, right)}
    fate = (
        "a tile of the table, used and forgotten"
        if made in TABLES
        else "added up in the program that owns it"
    )
    return f"{chosen + 1} of 7, in the kernel that owns {kernel}: {made} = {turned[left]} times {turned[right]}, {says}; {fate}."


def place(number: int) -> tuple[float, float]:
    """Where a matmul stands in the picture: four in the upper row, three below."""
    return (number * APART, 2.7) if number < 4 else ((number - 4) * APART, 0.3)


def shape(name: str) -> tuple[float, float]:
    """Width and height of a table in the picture."""
    bare = name.removesuffix(".T")
    if bare in TABLES:
        return LONG, LONG
    return (LONG, NARROW) if name.endswith(".T") else (NARROW, LONG)


def draw_matmul(ax, matmul: tuple, x: float, y: float, number: int, lit: bool) -> None:
    """Made = left × right, three boxes in a row; a table of all pairs is dashed, for it is never whole."""
    _, made, left, right, _ = matmul
    for name, sign in ((made, "="), (left, "×"), (right, "")):
        width, height = shape(name)
        is_table = name.removesuffix(".T") in TABLES
        box = Rectangle((x, y + (LONG - height) / 2), width, height, fc="white", zorder=2)
        box.set(
            ec=figures.RED if lit else figures.GREY,
            linewidth=2.5 if lit else 1.2,
            ls="--" if is_table else "-",
        )
        ax.add_patch(box)
        label = f"{name[:-2]}ᵀ" if name.endswith(".T") else name
        middle = (x + width / 2, y + LONG / 2)
        ax.text(*middle, label, ha="center", va="center", size=10, color=figures.INK, zorder=3)
        ax.text(x + width + 0.16, y + LONG / 2, sign, ha="center", va="center", zorder=3)
        x += width + 0.32
    ax.text(x - 1.6, y - 0.3, str(number), ha="center", size=10, color=figures.RED if lit else figures.INK)


def owners(tiles: int = 6):
    """Two tables of tiles: in one a program owns a column and goes down it, in the other a row and goes along it."""
    title = "A column is one program's, or a row: nobody adds to what another writes"
    drawing, axes = figures.figure(title, 8, 3.6, columns=2)
    for ax, is_column, name in zip(axes, (True, False), ("keys and values", "queries"), strict=True):
        for row in range(tiles):
            for column in range(row + 1):
                owner = column if is_column else row
                ax.add_patch(Rectangle((column, tiles - 1 - row), 0.94, 0.94, color=shade(owner, tiles)))
                ax.text(
                    column + 0.47, tiles - 0.53 - row, str(owner), ha="center", va="center", color="white"
                )
        ax.set(xlim=(0, tiles), ylim=(0, tiles), aspect="equal", xticks=[], yticks=[])
        ax.set(xlabel="tiles of keys", ylabel="tiles of queries")
        ax.text(tiles, tiles - 0.5, f"gradients of\n{name}", ha="right", va="top", size=10)
    says = (
        f"The lower half of {tiles} by {tiles} tiles, twice; what the causal mask hides is left out. On the left each number "
        "fills a column, the tiles that one program of the keys' kernel goes through; on the right a row, for the queries'."
    )
    return drawing, says


def shade(owner: int, n: int) -> tuple[float, float, float]:
    """A blue for each program, light to dark, on which white can be read."""
    light, dark = np.array([0.32, 0.52, 0.76]), np.array([0.08, 0.16, 0.30])
    return tuple(light + (dark - light) * owner / max(n - 1, 1))
