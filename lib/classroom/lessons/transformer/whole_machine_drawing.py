"""The picture of the whole machine: shapes that stand in parts and rows, drawn as SVG to click on or as a still.

From below: the words, the stream through all layers with heads on its left and the MLP on its right, the last vector,
its logits, the next word.
"""

import math
from html import escape
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from classroom.display import figures
from classroom.lessons.tokens.widgets import visible
from classroom.lessons.transformer.whole_machine_numbers import Reading, size
from classroom.lessons.transformer.widgets import readable

WIDTH, LAYER, LINE, WORDS = (
    300,
    14,
    17,
    84,
)  # heights of a layer, of a line of text, of the words at the bottom
LABELS, HEADS, STREAM, MLP = 18, (20, 137), (142, 170), (184, 298)  # from left to right
N_BARS, LONGEST = 5, 11  # letters of a piece that are drawn
FULL_HEAD, FULL_MLP = 0.35, 1.0  # added, for each that the stream is long: full colour, full bar
PALE = 0.08  # of a head that adds nothing
FONT = 11


class Box(NamedTuple):
    """A rectangle: left, top, width, height, colour."""

    x: float
    y: float
    w: float
    h: float
    fill: str


class Words(NamedTuple):
    """A line of text, from its left end or to its right one, or upwards from a point."""

    x: float
    y: float
    text: str
    fill: str = figures.INK
    anchor: str = "start"
    turned: bool = False
    bold: bool = False


class Part(NamedTuple):
    """What can be chosen: its name in code, its name as it is read aloud, its place, and its shapes."""

    key: str
    name: str
    area: tuple[float, float, float, float]
    shapes: list


class Drawing(NamedTuple):
    """Rows of parts from the top down, and shapes that belong to none."""

    height: float
    rows: list[tuple[str, list[Part]]]
    loose: list
    title: str
    says: str


def draw(reading: Reading, place: int) -> Drawing:
    """The whole machine, with the numbers that flow through it at one place of the text."""
    n, word = reading.n_layers, name_of(reading, place)
    top = N_BARS * LINE + 4
    layers = top + 2 * (LINE + 3) + LINE
    foot = layers + n * LAYER
    lengths = [size(reading.stream(layer, place)) for layer in range(n + 1)]
    rows = [("the next word", [next_word(reading, place)]), *ends(reading, place, top)]
    for layer in reversed(range(n)):
        y = layers + (n - 1 - layer) * LAYER
        rows.append((f"layer {layer}", a_layer(reading, layer, place, y, lengths)))
    rows.append(("the words", the_words(reading, place, foot + 14)))
    middle = sum(STREAM) / 2
    x = column(reading, place)
    loose = [
        Words(0, layers - 4, f"layer: {reading.n_heads} heads add", figures.BLUE),
        Words(middle, layers - 4, "stream", figures.INK, "middle"),
        Words(MLP[0], layers - 4, "the MLP adds", figures.RED),
        *(
            Words(LABELS - 3, layers + (n - layer) * LAYER - 3, str(layer), "#4a5568", "end")
            for layer in range(0, n, 1 if n < 10 else 5)
        ),
        Box(min(x, middle), foot + 6, abs(x - middle) + 1, 1.5, figures.INK),
        Box(x - 0.5, foot + 6, 1.5, 8, figures.INK),
        Box(middle - 0.5, foot, 1.5, 7, figures.INK),
    ]
    token, chance = reading.chances(place)[0]
    title = f"After “{word}”: “{readable(reading.piece(token))}” at {chance:.2f}"
    many = f"{len(reading.ids)} pieces of text" if len(reading.ids) > 1 else "One piece of text"
    says = f"{'' if reading.whole else f'The first {len(reading.ids)} pieces are read. '}{many}, {n} layers. The vector of “{word}” "
    says += f"is {lengths[0]:.1f} long at first and {lengths[-1]:.0f} at last."
    return Drawing(foot + 14 + WORDS, rows, loose, title, says)


def name_of(reading: Reading, place: int) -> str:
    """A piece of the text as words name it."""
    return readable(reading.piece(reading.ids[place]))


def short(piece: str) -> str:
    """A piece that is not too long to be drawn."""
    return piece if len(piece) <= LONGEST else piece[: LONGEST - 1] + "…"


def tint(colour: str, strength: float) -> str:
    """A colour mixed with white: 1 is all of it, 0 white.

    >>> tint("#2b6cb0", 0.5), tint("#000000", 1)
    ('#95b6d8', '#000000')
    """
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - strength * (255 - part)):02x}" for part in parts)


def column(reading: Reading, place: int) -> float:
    """The middle of a word's column."""
    return WIDTH * (place + 0.5) / len(reading.ids)


def next_word(reading: Reading, place: int) -> Part:
    """The likeliest pieces with their probabilities, as bars."""
    shapes, told = [], []
    for row, (token, chance) in enumerate(reading.chances(place, n=N_BARS)):
        y, piece = row * LINE, readable(reading.piece(token))
        shapes.append(Words(88, y + 12, short(piece), anchor="end", bold=row == 0))
        shapes.append(Box(93, y + 2, max(1, 150 * chance), LINE - 4, figures.GREEN))
        shapes.append(Words(93 + 150 * chance + 4, y + 12, f"{chance:.2f}"))
        told.append(f"{piece} {chance:.2f}")
    return Part("next", f"next word: {', '.join(told)}", (0, 0, WIDTH, N_BARS * LINE), shapes)


def ends(reading: Reading, place: int, top: float) -> list[tuple[str, list[Part]]]:
    """The logits, and below them the last vector after its norm."""
    logits = reading.logits(place)
    before, after = (size(reading.vector(point, place)) for point in ("final", "normed"))
    rows = []
    for key, text in (
        ("logits", f"{len(logits):,} logits, {logits.min():.0f} to {logits.max():.0f}"),
        ("norm", f"last vector: {before:.0f} long, normed {after:.0f}"),
    ):
        y = top + len(rows) * (LINE + 3)
        box = Box(40, y, WIDTH - 80, LINE, tint(figures.GREEN, 0.12))
        words = Words(WIDTH / 2, y + 12, text, anchor="middle")
        rows.append((text, [Part(key, text, (40, y, WIDTH - 80, LINE), [box, words])]))
    return rows


def a_layer(reading: Reading, layer: int, place: int, y: float, lengths: list[float]) -> list[Part]:
    """One layer: a square for each head, the darker the more it adds; the stream; a bar for what the MLP adds."""
    parts, high = [], LAYER - 2
    wide = (HEADS[1] - HEADS[0]) / reading.n_heads
    for head, vector in enumerate(reading.head_adds(layer, place)):
        adds = size(vector)
        strength = PALE + (1 - PALE) * min(1, adds / lengths[layer] / FULL_HEAD) ** 0.6
        x = HEADS[0] + head * wide
        name = f"layer {layer}, head {head}: adds {adds:.1f}"
        square = Box(x, y, wide - 2, high, tint(figures.BLUE, strength))
        parts.append(Part(f"{layer}.head.{head}", name, (x, y, wide - 2, high), [square]))
    least, most = (math.log1p(end(lengths)) for end in (min, max))
    part = (math.log1p(lengths[layer + 1]) - least) / ((most - least) or 1)
    thick = 4 + (STREAM[1] - STREAM[0] - 4) * part
    stream = Box(sum(STREAM) / 2 - thick / 2, y - 1, thick, LAYER + 0.5, figures.INK)
    name = f"layer {layer}, stream: {lengths[layer]:.1f} long before, {lengths[layer + 1]:.1f} after"
    parts.append(Part(f"{layer}.stream", name, (STREAM[0], y, STREAM[1] - STREAM[0], high), [stream]))
    adds, middle = (size(reading.vector(f"{layer}.{point}", place)) for point in ("mlp", "middle"))
    bar = Box(MLP[0], y, 1 + (MLP[1] - MLP[0] - 1) * min(1, adds / middle / FULL_MLP), high, figures.RED)
    name = f"layer {layer}, MLP: adds {adds:.1f}"
    ground = Box(MLP[0], y, MLP[1] - MLP[0], high, tint(figures.RED, PALE))
    parts.append(Part(f"{layer}.mlp", name, (MLP[0], y, MLP[1] - MLP[0], high), [ground, bar]))
    return parts


def the_words(reading: Reading, place: int, y: float) -> list[Part]:
    """The pieces of the text, upright; the chosen one is dark."""
    parts, wide = [], min(18, WIDTH / len(reading.ids) - 1)
    for number, token in enumerate(reading.ids):
        x, chosen = column(reading, number), number == place
        ground = Box(x - wide / 2, y, wide, WORDS, figures.INK if chosen else tint(figures.INK, 0.08))
        piece = short(visible(reading.machine.tokenizer.table[token]))
        text = Words(x + 4, y + 4, piece, "#ffffff" if chosen else figures.INK, "end", turned=True)
        name = f"word {number + 1} of {len(reading.ids)}: {name_of(reading, number)}" + (
            ", chosen" if chosen else ""
        )
        parts.append(Part(f"word.{number}", name, (x - wide / 2, y, wide, WORDS), [ground, text]))
    return parts


def svg(drawing: Drawing) -> str:
    """The picture as SVG, whose parts can be clicked and reached by keys."""
    rows = []
    for name, parts in drawing.rows:
        cells = "".join(
            f'<g role="gridcell" tabindex="-1" data-part="{part.key}" aria-label="{escape(part.name)}">'
            f"<title>{escape(part.name)}</title>{''.join(map(svg_shape, part.shapes))}"
            f'<rect class="nextword-area" x="{part.area[0]:.1f}" y="{part.area[1]:.1f}" width="{part.area[2]:.1f}" '
            f'height="{part.area[3]:.1f}"/></g>'
            for part in parts
        )
        rows.append(f'<g role="row" aria-label="{escape(name)}">{cells}</g>')
    loose = "".join(map(svg_shape, drawing.loose))
    return (
        f'<svg viewBox="-2 -2 {WIDTH + 4} {drawing.height + 4:.0f}" class="{figures.PAPER}" role="grid" '
        f'aria-label="The whole machine. {escape(drawing.title)}" font-size="{FONT}">'
        f'<g aria-hidden="true">{loose}</g>{"".join(rows)}</svg>'
    )


def svg_shape(shape: Box | Words) -> str:
    """One rectangle or line of text as SVG."""
    if isinstance(shape, Box):
        return f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.w:.1f}" height="{shape.h:.1f}" fill="{shape.fill}"/>'
    turn = f' transform="rotate(-90 {shape.x:.1f} {shape.y:.1f})"' if shape.turned else ""
    bold = ' font-weight="bold"' if shape.bold else ""
    return (
        f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" fill="{shape.fill}" text-anchor="{shape.anchor}"{turn}{bold}>'
        f"{escape(shape.text)}</text>"
    )


def still(drawing: Drawing) -> Figure:
    """The same picture as a figure, for a page that cannot run."""
    figure, ax = figures.figure(drawing.title, width=4, height=4 * (drawing.height + 24) / WIDTH)
    parts = [part for _, row in drawing.rows for part in row]
    for shape in [*drawing.loose, *(shape for part in parts for shape in part.shapes)]:
        if isinstance(shape, Box):
            ax.add_patch(Rectangle(shape[:2], shape.w, shape.h, facecolor=shape.fill, linewidth=0))
        else:
            ax.text(
                shape.x,
                shape.y,
                readable(shape.text),
                color=shape.fill,
                ha={"start": "left", "middle": "center", "end": "right"}[shape.anchor],
                va="baseline",
                rotation=90 if shape.turned else 0,
                rotation_mode="anchor",
                weight="bold" if shape.bold else "normal",
                fontsize=FONT * 0.85,
                parse_math=False,
            )
    ax.set(xlim=(-2, WIDTH + 2), ylim=(drawing.height + 2, -2), aspect="equal")
    ax.axis("off")
    return figure
