"""What is told of a part of the whole machine: its numbers for this text, and the code that computes them.

The code is that of the function which runs just now: the reader's own where it stands in the library's place.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable
from html import escape

from classroom.display import figures
from classroom.lessons.transformer.whole_machine_drawing import name_of
from classroom.lessons.transformer.whole_machine_numbers import Reading, size
from classroom.lessons.transformer.widgets import readable, share
from nextword.base import overrides

FIRST = 4  # numbers of a vector that are shown
CODE = "overflow-x:auto;padding:6px 8px;margin:4px 0 8px;font-size:12px;line-height:1.4;"
CODE += "background:var(--jp-layout-color2, #edf2f7);color:var(--jp-content-font-color1, #22303c)"


class Told(list):
    """Pieces of HTML, one below the other."""

    def line(self, text: str) -> None:
        """A sentence."""
        self.append(f'<p style="margin:4px 0">{escape(text)}</p>')

    def table(self, rows: list[tuple[str, str]], bars: list[float] | None = None) -> None:
        """Names and numbers; with bars, each number has one, from 0 to 1."""
        html = ""
        for number, (name, value) in enumerate(rows):
            bar = ""
            if bars:
                wide = f"width:{100 * min(1, abs(bars[number])):.0f}px;height:9px;background:{figures.BLUE}"
                bar = f'<td><div style="{wide}"></div></td>'
            html += f'<tr><th scope="row" style="text-align:left;font-weight:normal;padding:1px 10px 1px 0"><bdi>{escape(name)}</bdi></th>'
            html += f'<td style="text-align:right;padding:1px 8px 1px 0">{escape(value)}</td>{bar}</tr>'
        self.append(f'<table style="border-spacing:0;margin:4px 0;font-size:13px">{html}</table>')

    def code(self, target: str, holding: str = "") -> None:
        """The function that runs just now under this name, or its lines that hold some text."""
        whose = "your function" if target in overrides.replaced() else "the library’s"
        where = "a line of " if holding else ""
        self.append(f'<p style="margin:6px 0 0"><code>{where}nextword.{target}</code>, {whose}:</p>')
        label = escape(f"code of {target}")
        lines = escape(code_of(target, holding))
        self.append(
            f'<pre tabindex="0" role="group" aria-label="{label}" style="{CODE}"><code>{lines}</code></pre>'
        )


def code_of(target: str, holding: str = "") -> str:
    """The source of what runs as `nextword.<target>`, without its docstring; or only the lines that hold some text.

    >>> print(code_of("attention.weighted_sum", holding="return"))
    return weights @ value
    """
    owner, name = overrides.locate(target)
    try:
        source = textwrap.dedent(inspect.getsource(inspect.unwrap(getattr(owner, name))))
        function = ast.parse(source).body[0]
        lines, body = source.rstrip().splitlines(), function.body
        doc = body[0] if ast.get_docstring(function) is not None and len(body) > 1 else None
        kept = [
            line
            for number, line in enumerate(lines, 1)
            if number >= function.lineno and not (doc and doc.lineno <= number <= doc.end_lineno)
        ]
    except (OSError, TypeError, SyntaxError, AttributeError, IndexError):
        return "(its source is not at hand here)"
    return textwrap.dedent("\n".join(line for line in kept if holding in line))


def numbers(vector) -> str:
    """The first numbers of a vector."""
    return ", ".join(f"{number:.2f}" for number in vector[:FIRST].tolist()) + ", …"


def tell(reading: Reading, place: int, key: str) -> str:
    """All that is told of one part, as HTML."""
    told = Told()
    first, _, rest = key.partition(".")
    if first.isdigit():
        kind, _, head = rest.partition(".")
        more = (int(head),) if head else ()
        LAYERS[kind](told, reading, place, int(first), *more)
    else:
        ENDS[first](told, reading, place)
    return "".join(told)


def heading(told: Told, text: str) -> None:
    """The name of the part."""
    told.append(f'<p style="margin:0 0 4px;font-weight:bold">{escape(text)}</p>')


def tell_word(told: Told, reading: Reading, place: int) -> None:
    """A piece of the text: its token and its row of the table."""
    token, vector = reading.ids[place], reading.stream(0, place)
    heading(told, f"The word “{name_of(reading, place)}”")
    told.line(f"It is token {token:,}, and its vector is that row of the table, {size(vector):.1f} long:")
    told.line(numbers(vector))
    told.line("The picture above the words is its stream, and what it says comes after it.")
    if place + 1 < len(reading.ids):
        chance = reading.chances(place, n=len(reading.logits(place)))
        came = dict(chance)[reading.ids[place + 1]]
        told.line(f"What really comes, “{name_of(reading, place + 1)}”, gets {share(came)}.")
    told.code("transformer.Transformer.stream", "self.embedding(")


def tell_head(told: Told, reading: Reading, place: int, layer: int, head: int) -> None:
    """One head: from which words it takes how much, and what that adds."""
    weights = reading.pattern(layer, head, place).tolist()
    heading(told, f"Layer {layer}, head {head}")
    told.line(f"So much “{name_of(reading, place)}” takes from each word so far:")
    names = [name_of(reading, number) for number in range(place + 1)]
    told.table([(name, f"{w:.2f}") for name, w in zip(names, weights, strict=True)], weights)
    adds = size(reading.head_adds(layer, place)[head])
    told.line(
        f"What it finds adds a vector {adds:.1f} long to a stream {size(reading.stream(layer, place)):.1f} long."
    )
    told.code("attention.attend")
    told.code("attention.weights")
    told.append("<details><summary>and what these call</summary>")
    for name in ("rope", "scores", "repeat_kv", "mask_future", "weighted_sum"):
        told.code(f"attention.{name}")
    told.append("</details>")
    told.code("transformer.Attention.forward", "merge_heads")


def tell_stream(told: Told, reading: Reading, place: int, layer: int) -> None:
    """The stream through one layer: how long it is, what is added, and what it would say if this were all."""
    heading(told, f"Layer {layer}, the stream of “{name_of(reading, place)}”")
    steps = [
        ("before", reading.stream(layer, place)),
        ("attention adds", reading.vector(f"{layer}.attention", place)),
        ("the MLP adds", reading.vector(f"{layer}.mlp", place)),
        ("after", reading.stream(layer + 1, place)),
    ]
    told.table([(name, f"{size(vector):.1f} long: {numbers(vector)}") for name, vector in steps])
    best = ", ".join(
        f"“{readable(reading.piece(token))}” {chance:.2f}"
        for token, chance in reading.chances(place, layer + 1, 3)
    )
    told.line(f"If the machine ended after this layer, the likeliest would be: {best}.")
    told.code("transformer.block")


def tell_mlp(told: Told, reading: Reading, place: int, layer: int) -> None:
    """The MLP of one layer: its loudest neurons, and what all of them add."""
    loudest, vector = reading.neurons(layer, place), reading.vector(f"{layer}.mlp", place)
    heading(told, f"Layer {layer}, the MLP")
    told.line(f"The loudest of its {reading.machine.model.config.d_mlp:,} neurons here:")
    most = abs(loudest[0][1]) or 1
    told.table(
        [(f"neuron {number}", f"{value:.1f}") for number, value in loudest],
        [value / most for _, value in loudest],
    )
    middle = size(reading.vector(f"{layer}.middle", place))
    told.line(
        f"All together they add a vector {size(vector):.1f} long to a stream {middle:.1f} long: {numbers(vector)}"
    )
    name = "mlp" if reading.machine.model.config.mlp == "swiglu" else "mlp_without_gate"
    told.code(f"transformer.{name}")


def tell_norm(told: Told, reading: Reading, place: int) -> None:
    """The last vector, before and after the norm."""
    heading(told, f"The last vector of “{name_of(reading, place)}”")
    told.table(
        [
            (name, f"{size(vector):.1f} long: {numbers(vector)}")
            for name, vector in (
                (f"after {reading.n_layers} layers", reading.vector("final", place)),
                ("normed", reading.vector("normed", place)),
            )
        ]
    )
    told.code(f"transformer.{reading.machine.model.config.norm}_norm")


def tell_logits(told: Told, reading: Reading, place: int) -> None:
    """The logits: the highest and the lowest."""
    logits = reading.logits(place)
    best = logits.topk(5)
    heading(told, f"{len(logits):,} logits")
    told.line(
        f"How well the normed vector matches the row of each token. The highest, after the mean {logits.mean():.1f}:"
    )
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    told.table([(readable(reading.piece(token)), f"{logit:.1f}") for token, logit in pairs])
    told.code("transformer.next_logits")
    told.code("transformer.Transformer.unembed")


def tell_next(told: Told, reading: Reading, place: int) -> None:
    """The likeliest pieces, and their probabilities."""
    heading(told, f"After “{name_of(reading, place)}”")
    best = reading.chances(place, n=10)
    told.table(
        [(readable(reading.piece(token)), f"{chance:.3f}") for token, chance in best],
        [chance for _, chance in best],
    )
    told.line(f"These ten have {sum(chance for _, chance in best):.2f} together; all others share the rest.")
    told.code("sampling.softmax")


Teller = Callable[..., None]
LAYERS: dict[str, Teller] = {"head": tell_head, "stream": tell_stream, "mlp": tell_mlp}
ENDS: dict[str, Teller] = {"word": tell_word, "norm": tell_norm, "logits": tell_logits, "next": tell_next}
