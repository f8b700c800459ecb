"""The moving pictures of lesson 05: who takes how much from whom, and a word whose meanings part."""

from collections.abc import Callable, Iterable
from html import escape

import torch
from matplotlib.colors import to_rgb

from classroom.display import figures
from classroom.display.spoken import Slider
from classroom.display.typed import Typed
from classroom.lessons.tokens.widgets import visible
from nextword import attention
from nextword.black_box import LanguageModel

READ, SHOWN = 2_000, 24  # characters of a long text that are read at all; pieces that are drawn
EMPTY = "No text, nobody to ask. Type something."
LONGEST = 300  # characters of a sentence with a bank in it
FAINT = 0.02  # a weight below this is left white
CHOSEN, HOVERED = "#fdf2cc", "nextword-looks"  # the ground of the row that is told; a class
UNDER_POINTER = f".{HOVERED} tr:hover th[scope=row]{{outline:2px solid {figures.GOLD};outline-offset:-2px}}"


def table(weights: torch.Tensor, words: list[str], title: str):
    """A small table of weights: a row for each word that asks, with the number in each square."""
    drawing, ax = figures.figure(title, width=5.4, height=3.5)
    hidden = torch.ones_like(weights).triu(1).bool()
    ax.imshow(weights.masked_fill(hidden, torch.nan).numpy(), cmap="Blues", vmin=-0.1, vmax=1.2)
    for row, column in torch.nonzero(~hidden).tolist():
        weight = float(weights[row, column])
        colour = "white" if weight > 0.6 else figures.INK
        ax.text(column, row, f"{weight:.2f}", ha="center", va="center", color=colour)
    ax.set_xticks(range(len(words)), words)
    ax.set_yticks(range(len(words)), words)
    ax.set(xlabel="who gives", ylabel="who asks")
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return drawing


class Explorer(Typed):
    """A sentence of the reader's own and one head's weights on it; sliders choose the layer, the head and who asks."""

    def __init__(self, machine: LanguageModel, start: str, layer: int, head: int):
        self.machine, self.read = machine, None  # the text whose queries and keys are kept
        config = machine.model.config
        self.layer = slider("layer:", map(str, range(config.n_layers)), layer)
        self.head = slider("head:", map(str, range(config.n_heads)), head)
        self.row = slider("who asks:", ["…"], 0)  # the pieces of the text, once it is read
        super().__init__("your sentence:", start, self.drawn)
        self.box.children = [self.input, self.layer, self.head, self.row, self.view, self.text]
        for one in (self.layer, self.head, self.row):
            one.observe(lambda change: self.update({"new": self.typed}), names="value")

    def drawn(self, text: str) -> tuple[str, str]:
        """The pattern of the chosen head on a text, as HTML and as a sentence."""
        self.typed = text
        if not text:
            raise ValueError(EMPTY)
        fresh = self.read != text
        if fresh:
            self.listen(text)
        layer, head = self.layer.value, self.head.value
        query, key = self.asked[layer]
        weights = attention.weights(query, key)[head]
        if fresh:
            self.offer_rows(weights)
        of_it = of_row(weights, self.pieces, self.row.value)
        says = f"{self.part}{told(weights, self.pieces, layer, head)} {of_it}"
        return pattern(weights, self.pieces, self.row.value), says

    @torch.inference_mode()
    def listen(self, text: str) -> None:
        """Run the model once over the beginning of a text, and keep what every head asks and answers to."""
        ids = self.machine.tokenizer.encode(text[:READ])
        n_pieces = f"{len(ids):,}" if len(text) <= READ else f"more than {SHOWN}"
        self.part = f"The first {SHOWN} of {n_pieces} pieces are read. " if len(ids) > SHOWN else ""
        self.pieces = [visible(self.machine.tokenizer.table[i]) for i in ids[:SHOWN]]
        with self.machine.model.recorded("*.query", "*.key") as seen:
            self.machine.model.stream(torch.tensor([ids[:SHOWN]]))
        layers = range(self.machine.model.config.n_layers)
        self.asked = [(seen[f"{n}.query"][0], seen[f"{n}.key"][0]) for n in layers]
        self.read = text

    def offer_rows(self, weights: torch.Tensor) -> None:
        """Let the third slider choose among the pieces of a new text, and begin at the one that looks hardest."""
        row, _ = link(weights) or (0, 0)
        with self.row.hold_trait_notifications():  # a name may be missing until all are set
            self.row.options = tuple((bare(piece), place) for place, piece in enumerate(self.pieces))
            self.row.names = [name for name, _ in self.row.options]
            self.row.index, self.row.value = row, row


def slider(label: str, names: Iterable[str], start: int) -> Slider:
    """A slider over numbers from 0 on, as wide as the text box above it."""
    options = [(name, number) for number, name in enumerate(names)]
    wide = {"width": "min(100% - 4px, 700px)"}
    return Slider(label, options, start, continuous_update=True, layout=wide)


def explorer(machine: LanguageModel, start: str, layer: int, head: int) -> Explorer:
    """Type a sentence, choose a layer and a head, and see where each piece looks."""
    return Explorer(machine, start, layer, head)


def pattern(weights: torch.Tensor, pieces: list[str], chosen: int = 0) -> str:
    """Weights as a table of HTML: a row for each piece that asks, the chosen one marked; the first column is grey."""
    label = "padding:0 4px;font-family:monospace;font-weight:normal;white-space:pre"
    upright = f"{label};padding:4px 0;writing-mode:vertical-rl;transform:rotate(180deg);text-align:left"
    names = [f"<bdi>{escape(piece)}</bdi>" for piece in pieces]
    axes = "padding:0 4px;text-align:right;vertical-align:bottom;font-weight:bold"
    heads = "".join(f'<th scope="col" style="{upright}">{name}</th>' for name in names)
    rows = [f'<tr><th style="{axes}">gives →<br>asks ↓</th>{heads}</tr>']
    strongest = link(weights)
    for row, (name, numbers) in enumerate(zip(names, weights.tolist(), strict=True)):
        seen = enumerate(numbers[: row + 1])
        squares = "".join(
            square(number, (bare(pieces[row]), bare(pieces[column])), column == 0, (row, column) == strongest)
            for column, number in seen
        )
        marked = f";font-weight:bold;background:{CHOSEN}" if row == chosen else ""
        left = f'<th scope="row" style="{label};text-align:right{marked}">{name}</th>'
        rest = len(pieces) - row - 1  # what lies ahead, marked too, so that the eye can follow the row
        ahead = f'<td colspan="{rest}" style="background:{CHOSEN}"></td>' if marked and rest else ""
        rows.append(f"<tr>{left}{squares}{ahead}</tr>")
    style = f"border-spacing:1px;background:#fff;color:{figures.INK};font-size:12px;line-height:1.2"
    table = f'<table dir="ltr" class="{figures.PAPER} {HOVERED}" style="{style}">{"".join(rows)}</table>'
    keys = 'tabindex="0" role="region" aria-label="who looks at whom"'  # so that keys can scroll it
    return f'<style>{UNDER_POINTER}</style><div {keys} style="overflow-x:auto">{table}</div>'


def link(weights: torch.Tensor) -> tuple[int, int] | None:
    """Which piece looks hardest at which, the first piece aside; None where there is no other.

    >>> link(torch.tensor([[1.0, 0.0, 0.0], [0.7, 0.3, 0.0], [0.5, 0.4, 0.1]]))
    (2, 1)
    """
    others = weights[1:, 1:]
    if not others.numel():
        return None
    row, column = divmod(int(others.argmax()), others.shape[1])
    return row + 1, column + 1


def square(weight: float, names: tuple[str, str], first: bool, outlined: bool) -> str:
    """One weight: the darker the more, blue, or grey in the column of the first piece; it tells who asks and gives."""
    full = to_rgb(figures.GREY if first else figures.BLUE)
    strength = 0.06 if weight < FAINT else 0.06 + 0.94 * weight**0.7  # so that small weights are seen too
    colour = "".join(f"{round(255 * (1 - strength * (1 - part))):02x}" for part in full)
    style = f"padding:0;width:20px;min-width:11px;height:18px;background:#{colour}"
    style += f";box-shadow:inset 0 0 0 2px {figures.GOLD}" if outlined else ""
    asks, gives = map(escape, names)
    return f'<td title="{asks} asks, {gives} gives {weight:.2f}" style="{style}"></td>'


def told(weights: torch.Tensor, pieces: list[str], layer: int, head: int) -> str:
    """What stands out in a pattern: the strongest link, and how much the first piece takes."""
    where = f"Layer {layer}, head {head}."
    strongest = link(weights)
    if strongest is None:
        return f"{where} One piece alone can look at nothing but itself."
    row, column = strongest
    gives = "itself" if row == column else f"“{bare(pieces[column])}”"
    found = f"“{bare(pieces[row])}” takes {weights[strongest]:.2f} from {gives} (outlined)"
    first = f"The first piece gives {weights[1:, 0].mean():.2f} on average (grey)"
    return f"{where} {first}. Most besides: {found}."


def of_row(weights: torch.Tensor, pieces: list[str], row: int, most: int = 3) -> str:
    """From which pieces the one in a row takes most, itself and the first piece included.

    >>> of_row(torch.tensor([[1.0, 0.0], [0.4, 0.6]]), ["A", "·swan"], 1)
    '“swan” asks: it takes 0.60 from itself, 0.40 from “A”.'
    """
    found = weights[row, : row + 1].topk(min(most, row + 1))
    names = ["itself" if column == row else f"“{bare(pieces[column])}”" for column in found.indices.tolist()]
    parts = [f"{share:.2f} from {name}" for share, name in zip(found.values.tolist(), names, strict=True)]
    return f"“{bare(pieces[row])}” asks: it takes {', '.join(parts)}."


def bare(piece: str) -> str:
    """A piece without the dot that stands for its space, unless nothing else is left.

    >>> bare("·bank"), bare("·")
    ('bank', '·')
    """
    return piece.lstrip("·") or piece


def parting(rivers: torch.Tensor, moneys: torch.Tensor, title: str, own: torch.Tensor | None = None):
    """From layer to layer, how far each sentence's bank has come: to the river (up) or to money (down)."""
    drawing, ax = figures.figure(title, width=8.4, height=4.4)
    ax.axhline(0, color=figures.GREY, linewidth=0.8)
    last, middle = rivers.shape[1] - 1, rivers.shape[1] // 3
    for places, colour in ((rivers, figures.BLUE), (moneys, figures.GOLD)):
        ax.plot(places.T, color=colour, linewidth=1.6, alpha=0.75 if own is None else 0.3)
    if own is not None:
        ax.plot(own, color=figures.RED, linewidth=2.5)
        ax.text(last + 0.4, own[-1], "yours", color=figures.RED, va="center", weight="bold")
    ax.plot(0, 0, "o", color=figures.INK, markersize=9, zorder=5)
    style = {"weight": "bold", "ha": "center"}
    ax.text(middle, rivers.max() + 0.01, "a river’s bank", color=figures.BLUE, va="bottom", **style)
    ax.text(middle, moneys.min() - 0.01, "a bank for money", color=figures.GOLD_INK, va="top", **style)
    ax.set(
        xlim=(-0.6, last + (0.6 if own is None else 2.6)), xlabel="layers read", ylabel="money  ←   →  river"
    )
    ax.set_xticks(range(0, last + 1, 5))
    ax.margins(y=0.12)
    return drawing


def your_bank(
    place: Callable[[str], torch.Tensor], rivers: torch.Tensor, moneys: torch.Tensor, start: str
) -> Typed:
    """Type a sentence with a bank in it, and see where its bank goes among the others."""

    def draw(text: str):
        if len(text) > LONGEST:
            raise ValueError(f"{len(text):,} characters are more than it needs: {LONGEST} at most.")
        with torch.no_grad():  # what a cell has switched off is on again in a callback
            places = place(text)
        side = "the river" if places[-1] > 0 else "money"
        title = f"This bank ends on the side of {side}"
        drawing = parting(rivers, moneys, title, places)
        steps = ", ".join(f"{places[n]:+.2f} after {n}" for n in (2, 5, 10, len(places) - 1))
        return drawing, f"{title}: {steps} layers (river +, money -)."

    return Typed("your bank:", start, draw)
